using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Import;

/// <summary>
/// References by a search (<c>Practitioner?identifier=…</c>, https://hl7.org/fhir/R4/http.html#trules) in a file whose targets neither the
/// store nor any other file of the import holds: those that another entry of the file answers become its fullUrl; the rest
/// become references by identifier alone (https://hl7.org/fhir/R4/references.html#logical), which say all that is known and point nowhere.
/// </summary>
public sealed class ConditionalReferences(GuardedStore store)
{
    private static readonly JsonSerializerOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Limits.NestingDepth * 2,
    };

    /// <summary>Whether the file may hold such references at all; may say yes too often.</summary>
    public static bool Any(ReadOnlySpan<byte> content) => content.IndexOf("?identifier="u8) >= 0;

    /// <summary>A condition that is no identifier is left as it is, and so refused by the store.</summary>
    public async Task<ReadOnlyMemory<byte>> MakeLogical(
        ReadOnlyMemory<byte> content,
        CancellationToken cancel
    )
    {
        var file = JsonNode.Parse(
            content.Span,
            documentOptions: new JsonDocumentOptions { MaxDepth = Limits.NestingDepth }
        )!;
        var known = new Dictionary<string, bool>();
        foreach (var reference in ReferencesIn(file).ToList())
        {
            var text = (string)reference["reference"]!;
            var (type, condition) = (text[..text.IndexOf('?')], text[(text.IndexOf('?') + 1)..]);
            if (
                !condition.StartsWith("identifier=", StringComparison.Ordinal)
                || condition.Contains('&', StringComparison.Ordinal)
            )
            {
                continue;
            }
            if (!known.TryGetValue(text, out var isStored))
            {
                var found = await store.Search(
                    store.Parse(type, condition) with
                    {
                        Count = 1,
                    },
                    null,
                    text,
                    cancel
                );
                known[text] = isStored = found.Matches.Count > 0;
            }
            if (isStored)
            {
                continue;
            }
            var token = Uri.UnescapeDataString(condition["identifier=".Length..]).Split('|', 2);
            var (system, value) = token.Length == 2 ? (token[0], token[1]) : (null, token[0]);
            if (EntryWith(file, type, system, value) is { } fullUrl)
            {
                reference["reference"] = fullUrl;
                continue;
            }
            reference.Remove("reference");
            reference["type"] ??= type;
            var identifier = new JsonObject();
            if (system is { Length: > 0 })
            {
                identifier["system"] = system;
            }
            identifier["value"] = value;
            reference["identifier"] ??= identifier;
        }
        return JsonSerializer.SerializeToUtf8Bytes(file, Writing);
    }

    private static IEnumerable<JsonObject> ReferencesIn(JsonNode? node) =>
        node switch
        {
            JsonObject reference
                when reference["reference"] is JsonValue value
                    && value.TryGetValue<string>(out var text)
                    && text.IndexOf('?') is > 0 and var mark
                    && FhirModel.R4.IsResourceType(text[..mark]) => [reference],
            JsonObject parent => parent.SelectMany(child => ReferencesIn(child.Value)),
            JsonArray list => list.SelectMany(ReferencesIn),
            _ => [],
        };

    private static string? EntryWith(JsonNode file, string type, string? system, string value) =>
        (file["entry"] as JsonArray ?? [])
            .Where(entry =>
                (string?)entry?["resource"]?["resourceType"] == type
                && entry["resource"]!["identifier"] is JsonArray identifiers
                && identifiers.Any(identifier =>
                    (string?)identifier?["value"] == value
                    && (system is null || (string?)identifier["system"] == system)
                )
            )
            .Select(entry => (string?)entry!["fullUrl"])
            .FirstOrDefault();
}
