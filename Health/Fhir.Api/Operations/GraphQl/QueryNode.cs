using System.Text.Json;
using System.Text.Json.Nodes;
using Hl7.Fhir.Introspection;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>A value of a resource with its type.</summary>
/// <param name="Resource">The resource around, for its contained ones.</param>
internal readonly record struct QueryNode(
    JsonElement Value,
    ClassMapping? Type,
    JsonElement Resource
)
{
    public static QueryNode Of(JsonElement resource) =>
        new(
            resource,
            QueryTypes.Named(resource.GetProperty("resourceType").GetString()!),
            resource
        );

    public bool IsResource => Type is { IsResource: true } && Value.TryGetProperty("id", out _);
}

/// <summary>An object being filled.</summary>
/// <param name="Collects">Values of the same name become a list, for they come from several objects that were flattened.</param>
internal readonly record struct QueryTarget(JsonObject Object, bool Collects)
{
    public void Add(string name, JsonNode? value, bool isSingle)
    {
        if (!Collects || isSingle)
        {
            Object.TryAdd(name, value);
            return;
        }
        if (Object[name] is not JsonArray list)
        {
            Object[name] = list = [];
        }
        if (value is JsonArray several)
        {
            foreach (var one in several.ToList())
            {
                several.Remove(one);
                list.Add(one);
            }
        }
        else if (value is not null)
        {
            list.Add(value);
        }
    }
}
