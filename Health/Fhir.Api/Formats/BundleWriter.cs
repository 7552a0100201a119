using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Formats;

/// <summary>
/// Writes answers that are Bundles (https://hl7.org/fhir/R4/bundle.html) around resources that are copied as they are stored.
/// </summary>
public sealed class BundleWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Utf8JsonWriter json;
    private readonly Subset subset;
    private bool inEntries;

    public BundleWriter(IBufferWriter<byte> target, string type, Subset subset)
    {
        json = new Utf8JsonWriter(target, Options);
        this.subset = subset;
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "Bundle"u8);
        json.WriteString("type"u8, type);
    }

    public Utf8JsonWriter Json => json;

    public void Total(long total) => json.WriteNumber("total"u8, total);

    public void Links(params ReadOnlySpan<(string Relation, string? Url)> links)
    {
        json.WriteStartArray("link"u8);
        foreach (var (relation, url) in links)
        {
            if (url is null)
            {
                continue;
            }
            json.WriteStartObject();
            json.WriteString("relation"u8, relation);
            json.WriteString("url"u8, url);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public void StartEntry(string? fullUrl)
    {
        if (!inEntries)
        {
            // An empty array is not allowed in FHIR, so it is opened by the first entry.
            json.WriteStartArray("entry"u8);
            inEntries = true;
        }
        json.WriteStartObject();
        if (fullUrl is not null)
        {
            json.WriteString("fullUrl"u8, fullUrl);
        }
    }

    public void Resource(StoredResource stored)
    {
        json.WritePropertyName("resource"u8);
        if (subset.IsWhole)
        {
            json.WriteRawValue(stored.Body.Span, skipInputValidation: true);
            return;
        }
        var part = new ArrayBufferWriter<byte>(stored.Body.Length);
        subset.Copy(stored.Body.Span, part);
        json.WriteRawValue(part.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>
    /// Entries of a searchset; what is included may be of other types than the token's scopes allow, and is left out then.
    /// </summary>
    public void Found(
        FhirRequest request,
        IEnumerable<StoredResource> matches,
        IEnumerable<StoredResource> included
    )
    {
        foreach (var match in matches)
        {
            Found(request, match, "match"u8);
        }
        foreach (var one in included.Where(one => request.May(one.Type)))
        {
            Found(request, one, "include"u8);
        }
    }

    private void Found(FhirRequest request, StoredResource stored, ReadOnlySpan<byte> mode)
    {
        StartEntry($"{request.BaseUrl}/{stored.Reference}");
        Resource(stored);
        SearchMode(mode);
        EndEntry();
    }

    public void SearchMode(ReadOnlySpan<byte> mode)
    {
        json.WriteStartObject("search"u8);
        json.WriteString("mode"u8, mode);
        json.WriteEndObject();
    }

    public void EndEntry() => json.WriteEndObject();

    public void Dispose()
    {
        if (inEntries)
        {
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.Flush();
        json.Dispose();
    }
}
