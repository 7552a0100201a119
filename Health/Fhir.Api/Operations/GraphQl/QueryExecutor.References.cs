using System.Text.Json;
using System.Text.Json.Nodes;
using GraphQLParser.AST;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Api.Operations.GraphQl;

// From one resource to others: references, lists and connections.
internal sealed partial class QueryExecutor
{
    private async Task<List<QueryNode>> Resolve(
        QueryNode node,
        Dictionary<string, string> arguments
    )
    {
        var isOptional = arguments.GetValueOrDefault("optional") == "true";
        var text = node.Value.TryGetProperty("reference", out var given) ? given.GetString()! : "";
        JsonElement? found = null;
        if (text is ['#', .. var contained])
        {
            found = node.Resource.TryGetProperty("contained", out var inside)
                ? inside
                    .EnumerateArray()
                    .Where(one =>
                        one.TryGetProperty("id", out var id) && id.GetString() == contained
                    )
                    .Select(one => (JsonElement?)one)
                    .FirstOrDefault()
                : null;
        }
        else if (data.ReferenceOf(text) is var (type, id))
        {
            if (arguments.TryGetValue("type", out var only) && only != type)
            {
                return [];
            }
            try
            {
                found = await data.Read(type, id);
            }
            catch (FhirRefusal refused) when (refused.Status == 403 && isOptional) { }
        }
        return found is { } resource ? [QueryNode.Of(resource)]
            : isOptional ? []
            : throw new QueryFault($"'{text}' cannot be resolved.");
    }

    /// <summary><c>PatientList</c> and <c>PatientConnection</c>; inside a resource, of those that refer to it by <c>_reference</c>.</summary>
    private async Task<bool> Listed(
        GraphQLField field,
        string name,
        Dictionary<string, string> arguments,
        QueryTarget target,
        QueryNode? of,
        IReadOnlyList<string> path,
        int depth
    )
    {
        var isList = name.EndsWith("List", StringComparison.Ordinal);
        var type =
            isList ? name[..^4]
            : name.EndsWith("Connection", StringComparison.Ordinal) ? name[..^10]
            : "";
        if (!ResourceTypes.IsKnown(type))
        {
            return false;
        }
        path = path.Count == 0 ? [NameOf(field)] : path;
        string[] own = ["_reference", "_cursor", "cursor"];
        var search = arguments.Where(one => !own.Contains(one.Key)).ToList();
        if (of is { } resource)
        {
            var by =
                arguments.GetValueOrDefault("_reference")
                ?? throw new QueryFault(
                    $"{name} inside a resource needs _reference: the search parameter by which it refers here."
                );
            search.Insert(
                0,
                new(by, $"{resource.Type!.Name}/{resource.Value.GetProperty("id").GetString()}")
            );
        }
        var cursor =
            arguments.GetValueOrDefault("_cursor") ?? arguments.GetValueOrDefault("cursor");
        var (found, page, size) = await data.Search(type, search, cursor);
        if (isList)
        {
            await Put(field, [.. found.Select(QueryNode.Of)], true, target, path, depth);
            return true;
        }
        var connection = new JsonObject();
        await Each(
            field.SelectionSet ?? throw NoSelection(name),
            null,
            depth + 1,
            async part =>
            {
                switch (part.Name.StringValue)
                {
                    case "count":
                        connection[NameOf(part)] = page.Total;
                        break;
                    case "pagesize":
                        connection[NameOf(part)] = size;
                        break;
                    case "first":
                        connection[NameOf(part)] = "";
                        break;
                    case "next":
                        connection[NameOf(part)] = page.Next;
                        break;
                    case "edges":
                        connection[NameOf(part)] = await Edges(part, found, path, depth + 1);
                        break;
                    case var other:
                        throw new QueryFault(
                            $"A connection has no field '{other}': it has count, pagesize, edges, first, next; pages go forward by key."
                        );
                }
            },
            path
        );
        target.Add(NameOf(field), connection, false);
        return true;
    }

    private async Task<JsonArray> Edges(
        GraphQLField edges,
        IReadOnlyList<JsonElement> found,
        IReadOnlyList<string> path,
        int depth
    )
    {
        var list = new JsonArray();
        foreach (var resource in found)
        {
            var edge = new JsonObject();
            await Each(
                edges.SelectionSet ?? throw NoSelection("edges"),
                null,
                depth + 1,
                async part =>
                {
                    switch (part.Name.StringValue)
                    {
                        case "mode":
                            edge[NameOf(part)] = "match";
                            break;
                        case "score":
                            edge[NameOf(part)] = null;
                            break;
                        case "resource":
                            await Put(
                                part,
                                [QueryNode.Of(resource)],
                                false,
                                new QueryTarget(edge, false),
                                [.. path, "edges", "resource"],
                                depth + 1
                            );
                            break;
                        case var other:
                            throw new QueryFault($"An edge has no field '{other}'.");
                    }
                },
                [.. path, "edges"]
            );
            list.Add((JsonNode)edge);
        }
        return list;
    }
}
