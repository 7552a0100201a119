using System.Text.Json;
using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

/// <summary>A Bundle that asks for something: https://hl7.org/fhir/R4/http.html#transaction.</summary>
public sealed class ReadBundle : IDisposable
{
    /// <summary><c>transaction</c>, <c>batch</c>, …; null when missing.</summary>
    public string? Type { get; internal set; }

    /// <summary>What is wrong with the Bundle itself; those of a resource are with the resource.</summary>
    public List<StructureIssue> Issues { get; } = [];

    public List<ReadBundleEntry> Entries { get; } = [];

    public void Dispose() => Entries.ForEach(entry => entry.Resource?.Dispose());
}

/// <param name="Resource">Null when the entry has none.</param>
/// <param name="Method"><c>Bundle.entry.request.method</c>; null without a request.</param>
public sealed record ReadBundleEntry(
    string? FullUrl,
    IndexedResource? Resource,
    string? Method,
    string? Url,
    string? IfNoneMatch,
    string? IfModifiedSince,
    string? IfMatch,
    string? IfNoneExist
);

/// <summary>Walks the Bundle; each resource is read where it stands, so that the text is tokenised once.</summary>
internal sealed class BundleCheck(
    FhirModel model,
    ReaderOptions options,
    ReadBundle bundle,
    ReadOnlyMemory<byte> body
)
{
    private readonly StructureCheck check = new(options);

    public void Run(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Error("A Bundle is a JSON object.", "Bundle");
            return;
        }
        string? resourceType = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "resourceType":
                    resourceType = Text(ref reader, "Bundle.resourceType");
                    break;
                case "type":
                    bundle.Type = Text(ref reader, "Bundle.type");
                    break;
                case "entry" when reader.TokenType == JsonTokenType.StartArray:
                    for (
                        var index = 0;
                        reader.Read() && reader.TokenType != JsonTokenType.EndArray;
                        index++
                    )
                    {
                        ReadEntry(ref reader, $"Bundle.entry[{index}]");
                    }
                    break;
                case "entry":
                    Error("entry may repeat, so it is written as an array.", "Bundle.entry");
                    reader.Skip();
                    break;
                case "id"
                or "meta"
                or "implicitRules"
                or "language"
                or "identifier"
                or "timestamp"
                or "total"
                or "link"
                or "signature":
                case ['_', ..]:
                    reader.Skip();
                    break;
                default:
                    Error($"Bundle has no element '{name}'.", "Bundle");
                    reader.Skip();
                    break;
            }
        }
        if (resourceType != "Bundle")
        {
            Error(
                resourceType is null
                    ? "A resource names its type in resourceType."
                    : $"This is a {resourceType}, not a Bundle.",
                "Bundle"
            );
        }
    }

    private void ReadEntry(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Error("An entry is a JSON object.", path);
            reader.Skip();
            return;
        }
        string? fullUrl = null;
        IndexedResource? resource = null;
        var request = new Dictionary<string, string?>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "fullUrl":
                    fullUrl = Text(ref reader, $"{path}.fullUrl");
                    break;
                case "resource":
                    resource?.Dispose();
                    resource = IndexedResource.Rent();
                    resource.Read(ref reader, body, check, $"{path}.resource", model, options);
                    resource.Complete();
                    break;
                case "request" when reader.TokenType == JsonTokenType.StartObject:
                    ReadRequest(ref reader, request, $"{path}.request");
                    break;
                case "id" or "extension" or "modifierExtension" or "link" or "search" or "response":
                case ['_', ..]:
                    reader.Skip();
                    break;
                default:
                    Error($"Bundle.entry has no element '{name}' here.", path);
                    reader.Skip();
                    break;
            }
        }
        bundle.Entries.Add(
            new ReadBundleEntry(
                fullUrl,
                resource,
                request.GetValueOrDefault("method"),
                request.GetValueOrDefault("url"),
                request.GetValueOrDefault("ifNoneMatch"),
                request.GetValueOrDefault("ifModifiedSince"),
                request.GetValueOrDefault("ifMatch"),
                request.GetValueOrDefault("ifNoneExist")
            )
        );
    }

    private void ReadRequest(
        ref Utf8JsonReader reader,
        Dictionary<string, string?> request,
        string path
    )
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "method"
                or "url"
                or "ifNoneMatch"
                or "ifModifiedSince"
                or "ifMatch"
                or "ifNoneExist":
                    request[name] = Text(ref reader, $"{path}.{name}");
                    break;
                case "id" or "extension" or "modifierExtension":
                case ['_', ..]:
                    reader.Skip();
                    break;
                default:
                    Error($"Bundle.entry.request has no element '{name}'.", path);
                    reader.Skip();
                    break;
            }
        }
    }

    private string? Text(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }
        Error("This is written as a JSON string.", path);
        reader.Skip();
        return null;
    }

    private void Error(string text, string path)
    {
        if (bundle.Issues.Count < options.Issues)
        {
            bundle.Issues.Add(new StructureIssue("structure", text, path, true));
        }
    }
}
