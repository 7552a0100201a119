using System.Collections;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.FhirPath;

namespace Health.Fhir.Api.Interactions;

/// <summary>FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html): a Parameters resource of operations, all of them or none.</summary>
public static class FhirPathPatch
{
    /// <exception cref="FhirRefusal">400: no FHIRPath Patch; 422: an operation that cannot be done on this resource.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> resource, ReadOnlyMemory<byte> patch)
    {
        ResourceHead.Demand(patch, nameof(Parameters));
        var target = FhirJson.Parse(resource);
        var operations = ((Parameters)FhirJson.Demand(patch)).Parameter;
        for (var i = 0; i < operations.Count; i++)
        {
            var at = $"Parameters.parameter[{i}]";
            if (operations[i].Name != "operation")
            {
                throw Malformed(
                    $"'{operations[i].Name}' is not known: each parameter is an operation.",
                    at
                );
            }
            Apply(target, new Operation(operations[i], at));
        }
        return FhirJson.Write(target);
    }

    private static void Apply(Resource target, Operation operation)
    {
        switch (operation.Text("type"))
        {
            case "add":
                Add(
                    Only(target, operation, operation.Text("path")).Poco,
                    operation.Text("name"),
                    operation
                );
                break;
            case "insert":
                var (list, type) = List(target, operation);
                Insert(list, operation.Number("index"), operation.Value(type), operation);
                break;
            case "delete":
                var found = Select(target, operation, operation.Text("path"));
                if (found.Count > 1)
                {
                    throw Impossible(operation, "the path means more than one element");
                }
                found.ForEach(Delete);
                break;
            case "replace":
                Replace(Only(target, operation, operation.Text("path")), operation);
                break;
            case "move":
                var (moving, _) = List(target, operation);
                var source = operation.Number("source");
                if (source >= moving.Count)
                {
                    throw Impossible(operation, $"there is no element {source}");
                }
                var element = moving[source];
                moving.RemoveAt(source);
                Insert(moving, operation.Number("destination"), element!, operation);
                break;
            case var unknown:
                throw Malformed(
                    $"type '{unknown}' is not known: use add, insert, delete, replace or move.",
                    operation.At
                );
        }
    }

    private static void Add(Base parent, string name, Operation operation)
    {
        var property = Property(parent, name, operation);
        var value = operation.Value(property);
        if (property.IsCollection)
        {
            ListOf(parent, property).Add(value);
            return;
        }
        if (parent.TryGetValue(property.Name, out _))
        {
            throw Impossible(operation, $"{name} has a value already: use replace");
        }
        parent.SetValue(property.Name, value);
    }

    private static void Replace(PocoNode node, Operation operation)
    {
        var parent = ParentOf(node, operation);
        var property = Property(parent, node.Name, operation);
        var value = operation.Value(property);
        if (node.Index is { } index)
        {
            ListOf(parent, property)[index] = value;
        }
        else
        {
            parent.SetValue(property.Name, value);
        }
    }

    private static void Delete(PocoNode node)
    {
        if (node.Parent is not { } parent)
        {
            return;
        }
        if (
            node.Index is { } index
            && parent.Poco.TryGetValue(node.Name, out var value)
            && value is IList list
        )
        {
            list.RemoveAt(index);
        }
        else
        {
            parent.Poco.SetValue(node.Name, null!);
        }
    }

    private static void Insert(IList list, int index, object value, Operation operation)
    {
        if (index > list.Count)
        {
            throw Impossible(operation, $"the list has only {list.Count} elements");
        }
        list.Insert(index, value);
    }

    /// <summary>The list that a path such as <c>Patient.contact[0].telecom</c> means, empty or not.</summary>
    private static (IList List, PropertyMapping Property) List(Resource target, Operation operation)
    {
        var path = operation.Text("path");
        var dot = path.LastIndexOf('.');
        if (dot < 0)
        {
            throw Impossible(operation, "the path must end with the name of a list");
        }
        var parent = Only(target, operation, path[..dot]).Poco;
        var property = Property(parent, path[(dot + 1)..], operation);
        return property.IsCollection
            ? (ListOf(parent, property), property)
            : throw Impossible(operation, $"{property.Name} is not a list");
    }

    private static IList ListOf(Base parent, PropertyMapping property)
    {
        if (parent.TryGetValue(property.Name, out var value) && value is IList list)
        {
            return list;
        }
        var made = (IList)
            Activator.CreateInstance(typeof(List<>).MakeGenericType(property.ImplementingType))!;
        parent.SetValue(property.Name, made);
        return made;
    }

    private static PropertyMapping Property(Base parent, string name, Operation operation)
    {
        var type = ModelInfo.ModelInspector.FindOrImportClassMapping(parent.GetType())!;
        return type.FindMappedElementByName(name)
            ?? type.FindMappedElementByChoiceName(name)
            ?? throw Impossible(operation, $"{type.Name} has no element {name}");
    }

    private static Base ParentOf(PocoNode node, Operation operation) =>
        node.Parent?.Poco ?? throw Impossible(operation, "the resource itself cannot be replaced");

    private static PocoNode Only(Resource target, Operation operation, string path) =>
        Select(target, operation, path) switch
        {
            [var only] => only,
            [] => throw Impossible(operation, $"there is nothing at {path}"),
            _ => throw Impossible(operation, $"{path} means more than one element"),
        };

    private static List<PocoNode> Select(Resource target, Operation operation, string path)
    {
        try
        {
            return [.. target.ToPocoNode(ModelInfo.ModelInspector).Select(path).Cast<PocoNode>()];
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw Malformed($"The path '{path}' is no FHIRPath: {error.Message}", operation.At);
        }
    }

    private static FhirRefusal Malformed(string diagnostics, string at) =>
        new(400, "structure", diagnostics, at);

    private static FhirRefusal Impossible(Operation operation, string why) =>
        new(422, "processing", $"{operation.Kind} cannot be done: {why}.", operation.At);

    private sealed record Operation(Parameters.ParameterComponent Parameter, string At)
    {
        public string Kind => Part("type")?.Value?.ToString() ?? "The operation";

        public string Text(string name) =>
            (Part(name)?.Value as PrimitiveType)?.JsonValue?.ToString()
            ?? throw Malformed($"The operation has no {name}.", At);

        public int Number(string name) =>
            Part(name)?.Value is Integer { Value: >= 0 and var number }
                ? number
                : throw Malformed($"The operation needs {name}, an integer from 0.", At);

        /// <summary>The value as the element's own type: a string for a code or an id, parts for an element without a data type.</summary>
        public Base Value(PropertyMapping property) =>
            Part("value") is { } part
                ? Convert(part, property)
                : throw Malformed("The operation has no value.", At);

        private Base Convert(Parameters.ParameterComponent part, PropertyMapping property)
        {
            var type = property.ImplementingType;
            if (part.Value is { } value)
            {
                if (type.IsInstanceOfType(value))
                {
                    return value;
                }
                if (
                    value is PrimitiveType primitive
                    && typeof(PrimitiveType).IsAssignableFrom(type)
                    && !type.IsAbstract
                )
                {
                    var made = (PrimitiveType)Activator.CreateInstance(type)!;
                    made.JsonValue = primitive.JsonValue;
                    return made;
                }
                throw Malformed($"{property.Name} takes no {value.TypeName}.", At);
            }
            if (part.Resource is { } resource && type.IsInstanceOfType(resource))
            {
                return resource;
            }
            if (type.IsAbstract || part.Part.Count == 0)
            {
                throw Malformed($"{property.Name} has no value.", At);
            }
            var backbone = (Base)Activator.CreateInstance(type)!;
            foreach (var child in part.Part)
            {
                var inner = Property(backbone, child.Name ?? "", this);
                var converted = Convert(child, inner);
                if (inner.IsCollection)
                {
                    ListOf(backbone, inner).Add(converted);
                }
                else
                {
                    backbone.SetValue(inner.Name, converted);
                }
            }
            return backbone;
        }

        private Parameters.ParameterComponent? Part(string name) =>
            Parameter.Part.Find(part => part.Name == name);
    }
}
