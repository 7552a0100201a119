using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQLParser.AST;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>
/// Answers a query from the JSON of the stored resources, without a model of objects in between; what is wrong with a field makes that
/// field null and is told beside the data. https://hl7.org/fhir/R4/graphql.html
/// </summary>
internal sealed partial class QueryExecutor(QueryDocument query, QueryData data)
{
    /// <summary>Values that an answer may hold.</summary>
    private const int MostValues = 200_000;

    private readonly JsonArray errors = [];
    private int values;

    /// <param name="root">At the instance's level the resource; null at the system's.</param>
    public async Task<JsonObject> Run(JsonElement? root)
    {
        var answer = new JsonObject();
        var target = new QueryTarget(answer, false);
        if (root is { } resource)
        {
            await Select(query.Selection, QueryNode.Of(resource), target, [], 0);
        }
        else
        {
            await SelectRoot(query.Selection, target, 0);
        }
        return errors.Count == 0
            ? new JsonObject { ["data"] = answer }
            : new JsonObject { ["errors"] = errors, ["data"] = answer };
    }

    private Task SelectRoot(GraphQLSelectionSet selection, QueryTarget target, int depth) =>
        Each(
            selection,
            null,
            depth,
            async field =>
            {
                var name = field.Name.StringValue;
                var arguments = query.Arguments(field.Arguments);
                if (await Listed(field, name, arguments, target, null, [], depth))
                {
                    return;
                }
                if (!ResourceTypes.IsKnown(name))
                {
                    throw new QueryFault(ResourceTypes.Unknown(name));
                }
                if (!arguments.TryGetValue("id", out var id))
                {
                    throw new QueryFault(
                        $"{name} needs an id; to search write {name}List or {name}Connection."
                    );
                }
                var found =
                    await data.Read(name, id) ?? throw new QueryFault($"{name}/{id} is not known.");
                await Put(field, [QueryNode.Of(found)], false, target, [NameOf(field)], depth);
            },
            []
        );

    private Task Select(
        GraphQLSelectionSet selection,
        QueryNode node,
        QueryTarget target,
        IReadOnlyList<string> path,
        int depth
    ) =>
        Each(
            selection,
            node.Type,
            depth,
            field => Field(field, node, target, [.. path, NameOf(field)], depth),
            path
        );

    /// <summary>Every field of the selection, those of its fragments that are for this type among them.</summary>
    private async Task Each(
        GraphQLSelectionSet selection,
        ClassMapping? type,
        int depth,
        Func<GraphQLField, Task> run,
        IReadOnlyList<string> path
    )
    {
        if (depth > QueryDocument.Depth)
        {
            throw new FhirRefusal(
                422,
                "too-costly",
                $"The query goes deeper than {QueryDocument.Depth} levels.",
                "query"
            );
        }
        foreach (var selected in selection.Selections)
        {
            switch (selected)
            {
                case GraphQLField field when query.IsWanted(field.Directives):
                    await Guarded(() => run(field), [.. path, NameOf(field)]);
                    break;
                case GraphQLInlineFragment inline
                    when query.IsWanted(inline.Directives)
                        && IsOf(type, inline.TypeCondition?.Type.Name.StringValue):
                    await Each(inline.SelectionSet, type, depth + 1, run, path);
                    break;
                case GraphQLFragmentSpread spread when query.IsWanted(spread.Directives):
                    await Guarded(
                        async () =>
                        {
                            var fragment = query.Fragment(spread.FragmentName.Name.StringValue);
                            if (IsOf(type, fragment.TypeCondition.Type.Name.StringValue))
                            {
                                await Each(fragment.SelectionSet, type, depth + 1, run, path);
                            }
                        },
                        path
                    );
                    break;
            }
        }
    }

    private async Task Guarded(Func<Task> run, IReadOnlyList<string> path)
    {
        try
        {
            await run();
        }
        catch (Exception fault)
            when (fault is QueryFault or InvalidSearch or InvalidInput
                || fault is FhirRefusal { Status: 403 or 404 }
            )
        {
            errors.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["message"] = fault.Message,
                        ["path"] = new JsonArray([.. path.Select(step => (JsonNode)step!)]),
                    }
            );
        }
    }

    private async Task Field(
        GraphQLField field,
        QueryNode node,
        QueryTarget target,
        IReadOnlyList<string> path,
        int depth
    )
    {
        var name = field.Name.StringValue;
        var arguments = query.Arguments(field.Arguments);
        if (name == "__typename" || name == "resourceType" && node.IsResource)
        {
            target.Add(NameOf(field), node.Type?.Name, false);
            return;
        }
        if (name == "resource" && node.Type?.Name == "Reference")
        {
            await Put(field, await Resolve(node, arguments), false, target, path, depth);
            return;
        }
        if (node.IsResource && await Listed(field, name, arguments, target, node, path, depth))
        {
            return;
        }
        if (node.Type is null || QueryTypes.Find(node.Type, name) is not { } element)
        {
            throw new QueryFault($"{node.Type?.Name ?? "This"} has no field '{name}'.");
        }
        if (!node.Value.TryGetProperty(name, out var value))
        {
            return;
        }
        var items = (
            value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().ToList() : [value]
        ).Select(item => new QueryNode(
            item,
            element.Type is null or { IsAbstract: true }
            && item.ValueKind is JsonValueKind.Object
            && item.TryGetProperty("resourceType", out var type)
                ? QueryTypes.Named(type.GetString()!)
                : element.Type,
            node.Resource
        ));
        await Put(field, FieldFilter.Apply(items, arguments), element.IsList, target, path, depth);
    }

    /// <summary>Lays the values of a field out, as its directives say.</summary>
    private async Task Put(
        GraphQLField field,
        List<QueryNode> items,
        bool isList,
        QueryTarget target,
        IReadOnlyList<string> path,
        int depth
    )
    {
        var directives = FieldDirectives.Of(query, field.Directives);
        if (directives.First)
        {
            items = [.. items.Take(1)];
        }
        if (directives.Flatten)
        {
            var lifted = new QueryTarget(target.Object, !directives.Singleton);
            foreach (var item in items)
            {
                await Select(
                    field.SelectionSet ?? throw NoSelection(NameOf(field)),
                    item,
                    lifted,
                    path,
                    depth + 1
                );
            }
            return;
        }
        var name = NameOf(field);
        if (directives.SlicePath is { } slice)
        {
            for (var at = 0; at < items.Count; at++)
            {
                var suffix = slice == "$index" ? $"{at}" : FieldFilter.TextAt(items[at], slice);
                target.Add($"{name}.{suffix}", await Value(field, items[at], path, depth), true);
            }
            return;
        }
        var isSingle = !isList || directives.First || directives.Singleton;
        if (isSingle)
        {
            if (items is [var only, ..])
            {
                target.Add(name, await Value(field, only, path, depth), directives.Singleton);
            }
            return;
        }
        var list = new JsonArray();
        foreach (var item in items)
        {
            list.Add(await Value(field, item, path, depth));
        }
        target.Add(name, list, false);
    }

    private async Task<JsonNode?> Value(
        GraphQLField field,
        QueryNode node,
        IReadOnlyList<string> path,
        int depth
    )
    {
        if (++values > MostValues)
        {
            throw new FhirRefusal(
                422,
                "too-costly",
                $"The answer would hold more than {MostValues} values: ask for less at once.",
                "query"
            );
        }
        if (node.Value.ValueKind is not JsonValueKind.Object)
        {
            return field.SelectionSet is null
                ? JsonValue.Create(node.Value)
                : throw new QueryFault($"{field.Name.StringValue} has no fields inside.");
        }
        var inner = new JsonObject();
        await Select(
            field.SelectionSet ?? throw NoSelection(field.Name.StringValue),
            node,
            new QueryTarget(inner, false),
            path,
            depth + 1
        );
        return inner;
    }

    private static bool IsOf(ClassMapping? type, string? condition) =>
        condition is null
        || type?.Name == condition
        || condition is "Resource" or "DomainResource" && type is { IsResource: true };

    private static string NameOf(GraphQLField field) =>
        (field.Alias?.Name ?? field.Name).StringValue;

    private static QueryFault NoSelection(string name) =>
        new($"Say which fields of {name}: {name} {{ … }}.");
}
