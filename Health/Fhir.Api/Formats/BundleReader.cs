using System.Text.Json;
using System.Text.Unicode;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Formats;

/// <summary>One entry of a batch or transaction, its resource still the bytes of the body.</summary>
/// <param name="Resource">Empty without one.</param>
/// <param name="Method">Null without a request, as in a collection.</param>
public sealed record BundleEntry(
    int Index,
    string? FullUrl,
    ReadOnlyMemory<byte> Resource,
    string? Method,
    string? Url,
    string? IfNoneMatch,
    string? IfModifiedSince,
    string? IfMatch,
    string? IfNoneExist
)
{
    /// <summary>Its FHIRPath, for errors.</summary>
    public string Expression => At(Index);

    public static string At(int index) => $"Bundle.entry[{index}]";
}

/// <summary>A Bundle that asks for something (https://hl7.org/fhir/R4/bundle.html).</summary>
public sealed record BundleRequest(string Type, IReadOnlyList<BundleEntry> Entries);

/// <summary>
/// Takes a Bundle apart in one pass, without reading its resources: whoever stores them does that.
/// </summary>
public static class BundleReader
{
    /// <exception cref="FhirRefusal">400: not JSON (with line and position), truncated, or no Bundle; 413: too many entries.</exception>
    public static BundleRequest Read(ReadOnlyMemory<byte> body, int most)
    {
        if (body.IsEmpty)
        {
            throw new FhirRefusal(400, "required", "The body is empty: a Bundle is expected.");
        }
        if (!Utf8.IsValid(body.Span))
        {
            throw new FhirRefusal(400, "structure", "The body is not UTF-8.");
        }
        try
        {
            return Scan(body, most);
        }
        catch (JsonException malformed)
        {
            throw ResourceHead.Malformed(malformed);
        }
    }

    private static BundleRequest Scan(ReadOnlyMemory<byte> body, int most)
    {
        var reader = new Utf8JsonReader(body.Span, ResourceHead.Options);
        string? resourceType = null,
            type = null;
        var entries = new List<BundleEntry>();
        var seen = new HashSet<string>();
        reader.Read();
        Demand(reader.TokenType is JsonTokenType.StartObject, "Bundle", "an object");
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            switch (Name(ref reader, seen, "Bundle"))
            {
                case "resourceType":
                    resourceType = Text(ref reader, "Bundle.resourceType");
                    break;
                case "type":
                    type = Text(ref reader, "Bundle.type");
                    break;
                case "entry":
                    Demand(
                        reader.TokenType is JsonTokenType.StartArray,
                        "Bundle.entry",
                        "an array"
                    );
                    while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
                    {
                        if (entries.Count == most)
                        {
                            throw new FhirRefusal(
                                413,
                                "too-costly",
                                $"The bundle has more than {most} entries: send it in parts.",
                                "Bundle.entry"
                            );
                        }
                        entries.Add(Entry(ref reader, body, entries.Count));
                    }
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        // Anything after the object is an error too.
        while (reader.Read()) { }
        if (resourceType != nameof(Bundle))
        {
            var found = resourceType is null
                ? "something without resourceType"
                : "a " + resourceType;
            throw new FhirRefusal(
                400,
                "invalid",
                $"A Bundle is expected here, not {found}.",
                "resourceType"
            );
        }
        return new(
            type
                ?? throw new FhirRefusal(400, "required", "Bundle.type is missing.", "Bundle.type"),
            entries
        );
    }

    private static BundleEntry Entry(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        int index
    )
    {
        var at = BundleEntry.At(index);
        Demand(reader.TokenType is JsonTokenType.StartObject, at, "an object");
        var entry = new BundleEntry(index, null, default, null, null, null, null, null, null);
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            switch (Name(ref reader, seen, at))
            {
                case "fullUrl":
                    entry = entry with { FullUrl = Text(ref reader, at + ".fullUrl") };
                    break;
                case "resource":
                    Demand(
                        reader.TokenType is JsonTokenType.StartObject,
                        at + ".resource",
                        "a resource"
                    );
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    entry = entry with { Resource = body[start..(int)reader.BytesConsumed] };
                    break;
                case "request":
                    entry = Request(ref reader, entry);
                    break;
                case "link" or "search" or "response" or "id" or "extension" or "modifierExtension":
                    reader.Skip();
                    break;
                case var unknown:
                    throw new FhirRefusal(
                        400,
                        "structure",
                        $"'{unknown}' is no element of {at}.",
                        at
                    );
            }
        }
        return entry;
    }

    private static BundleEntry Request(ref Utf8JsonReader reader, BundleEntry entry)
    {
        var at = entry.Expression + ".request";
        Demand(reader.TokenType is JsonTokenType.StartObject, at, "an object");
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = Name(ref reader, seen, at);
            if (name is "id" or "extension" or "modifierExtension" or ['_', ..])
            {
                reader.Skip();
                continue;
            }
            var text = Text(ref reader, $"{at}.{name}");
            entry = name switch
            {
                "method" => entry with { Method = text },
                "url" => entry with { Url = text },
                "ifNoneMatch" => entry with { IfNoneMatch = text },
                "ifModifiedSince" => entry with { IfModifiedSince = text },
                "ifMatch" => entry with { IfMatch = text },
                "ifNoneExist" => entry with { IfNoneExist = text },
                _ => throw new FhirRefusal(
                    400,
                    "structure",
                    $"'{name}' is no element of {at}.",
                    at
                ),
            };
        }
        if (entry.Method is null || entry.Url is null)
        {
            throw new FhirRefusal(400, "required", $"{at} needs method and url.", at);
        }
        return entry;
    }

    /// <summary>The property's name, with the reader moved to its value; the same name twice is refused.</summary>
    private static string Name(ref Utf8JsonReader reader, HashSet<string> seen, string at)
    {
        var name = Decode(ref reader, at);
        if (!seen.Add(name))
        {
            throw new FhirRefusal(400, "structure", $"'{name}' is given twice in {at}.", at);
        }
        reader.Read();
        return name;
    }

    private static string Text(ref Utf8JsonReader reader, string at)
    {
        Demand(reader.TokenType is JsonTokenType.String, at, "a string");
        return Decode(ref reader, at);
    }

    private static string Decode(ref Utf8JsonReader reader, string at)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new FhirRefusal(400, "value", $"{at} is not valid Unicode.", at);
        }
    }

    private static void Demand(bool holds, string at, string what)
    {
        if (!holds)
        {
            throw new FhirRefusal(400, "structure", $"{at} must be {what}.", at);
        }
    }
}
