using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Profiles, tags and security labels in a resource's meta: what <c>$meta</c> tells and its sisters change
/// (https://hl7.org/fhir/R4/resource.html#Meta).
/// </summary>
internal static class MetaLabels
{
    public static OperationParameter In { get; } =
        new("meta", "Meta", 1)
        {
            Documentation =
                "Profiles, tags and security labels; anything else in it is passed over.",
        };

    public static OperationParameter Out { get; } = new("return", "Meta", 1);

    private static readonly string[] Labels = ["profile", "tag", "security"];

    public static FhirAnswer Answer(StoredResource stored) =>
        FhirAnswer.Of(
            new Parameters
            {
                Parameter =
                [
                    new() { Name = Out.Name, Value = FhirJson.Parse(stored.Body).Meta ?? new() },
                ],
            }
        );

    /// <summary>Stores the resource with its labels changed; unchanged it stays the version that it is.</summary>
    public static async Task<FhirAnswer> Change(
        GuardedStore store,
        ResourceReader reader,
        FhirRequest request,
        Action<JsonArray, JsonNode> change,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var given = JsonNode.Parse(arguments.Json("meta")!)!;
        var (type, id) = (request.Type!, request.Id!);
        var stored = await store.Demand(type, id, cancel);
        if (Changed(stored, given, change) is null)
        {
            return Answer(stored);
        }
        var written = await store.CommitAgain(
            async () =>
            {
                var now = await store.Demand(type, id, cancel);
                return new Write(WriteVerb.Update, type)
                {
                    Id = id,
                    IfMatch = FhirRequest.VersionOf(request.IfMatch, "If-Match") ?? now.Version,
                    Resource = Writes.Demand(Changed(now, given, change) ?? now.Body, type, reader),
                };
            },
            request,
            cancel
        );
        return Answer(written.Resource!);
    }

    /// <summary>Null when nothing changes.</summary>
    private static byte[]? Changed(
        StoredResource stored,
        JsonNode given,
        Action<JsonArray, JsonNode> change
    )
    {
        var resource = JsonNode.Parse(stored.Body.Span)!.AsObject();
        var meta = resource["meta"]!.AsObject();
        var before = meta.ToJsonString();
        foreach (var label in Labels)
        {
            var kept = meta[label]?.AsArray() ?? [];
            foreach (var one in given[label]?.AsArray() ?? [])
            {
                change(kept, one!);
            }
            if (kept.Parent is null && kept.Count > 0)
            {
                meta[label] = kept;
            }
            else if (kept.Count == 0)
            {
                meta.Remove(label);
            }
        }
        return meta.ToJsonString() == before ? null : FhirJson.Write(resource);
    }

    /// <summary>Profiles by their url; codings by system and code: display and version do not tell labels apart.</summary>
    public static bool IsSame(JsonNode? one, JsonNode? other) =>
        one is JsonObject coding && other is JsonObject another
            ? (string?)coding["system"] == (string?)another["system"]
                && (string?)coding["code"] == (string?)another["code"]
            : JsonNode.DeepEquals(one, other);
}
