using System.Collections.Concurrent;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>The fields that a FHIR type has in GraphQL: its elements by their names in JSON, a choice under each of its types.</summary>
internal static class QueryTypes
{
    private static readonly ConcurrentDictionary<
        ClassMapping,
        Dictionary<string, ElementField>
    > Tables = new();

    /// <exception cref="QueryFault">There is no such type.</exception>
    public static ClassMapping Named(string type) =>
        ModelInfo.ModelInspector.FindClassMapping(type)
        ?? throw new QueryFault($"There is no type '{type}'.");

    /// <summary>Null when the type has no such field.</summary>
    public static ElementField? Find(ClassMapping type, string field)
    {
        var table = Tables.GetOrAdd(type, Fields);
        return table.TryGetValue(field, out var found) ? found
            // Id and extensions of a primitive: _birthDate.
            : field is ['_', .. var primitive]
            && table.TryGetValue(primitive, out var of)
            && of.Type is { IsFhirPrimitive: true }
                ? of with
                {
                    Type = Named("Element"),
                }
            : null;
    }

    private static Dictionary<string, ElementField> Fields(ClassMapping type)
    {
        var fields = new Dictionary<string, ElementField>(StringComparer.Ordinal);
        foreach (var property in type.PropertyMappings)
        {
            if (property.Choice is ChoiceType.DatatypeChoice)
            {
                foreach (var choice in property.FhirTypeMappings)
                {
                    fields[
                        property.Name + char.ToUpperInvariant(choice.Name[0]) + choice.Name[1..]
                    ] = new(choice, property.IsCollection);
                }
                continue;
            }
            fields[property.Name] = new(property.PropertyTypeMapping, property.IsCollection);
        }
        return fields;
    }
}

/// <param name="Type">Null when it is decided by the value, as that of a contained resource is.</param>
internal sealed record ElementField(ClassMapping? Type, bool IsList);
