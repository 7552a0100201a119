using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api;

/// <summary>What one interaction answers; the edge turns it into HTTP, a bundle into an entry.</summary>
/// <param name="Body">Writes UTF-8 JSON; stored resources are copied, not parsed. Null when there is none.</param>
public sealed record FhirAnswer(int Status, Action<IBufferWriter<byte>>? Body = null)
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public int? Version { get; init; }
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Below the base: <c>Patient/1/_history/2</c>.</summary>
    public string? Location { get; init; }

    /// <summary>What was mended in the body that was sent: goes into the outcome of a bundle's entry, and into Warning headers.</summary>
    public IReadOnlyList<Issue> Notes { get; init; } = [];

    public string? Allow { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>Bytes of the body where they are known beforehand.</summary>
    public int? Length { get; init; }

    /// <summary>The body is already cut to what was asked; a search page cuts each of its resources.</summary>
    public bool IsSubset { get; init; }

    /// <summary>A stored version, copied as it stands.</summary>
    public static FhirAnswer Of(StoredResource stored, int status = 200) =>
        new(status, target => target.Write(stored.Body.Span))
        {
            Length = stored.Body.Length,
            Version = stored.Version,
            LastModified = stored.LastUpdated,
        };

    public static FhirAnswer Of(Resource resource, int status = 200)
    {
        var bytes = FhirJson.Write(resource);
        return new(status, target => target.Write(bytes)) { Length = bytes.Length };
    }

    public static FhirAnswer Json(int status, Action<Utf8JsonWriter> write) =>
        new(
            status,
            target =>
            {
                using var json = new Utf8JsonWriter(target, Options);
                write(json);
            }
        )
        {
            IsSubset = true,
        };

    /// <summary>Further headers, such as <c>Content-Location</c> or <c>X-Progress</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>In place of <see cref="Body"/>: what is no FHIR resource, or too long to be held.</summary>
    public RawContent? Raw { get; init; }

    public static FhirAnswer Outcome(int status, params IReadOnlyList<Issue> issues) =>
        Json(status, json => OperationOutcomes.Write(json, issues));
}

/// <summary>Bytes that go out as they are, under their own type: a file of an export, rows of a table.</summary>
/// <param name="Write">Called once, after status and headers; what it throws cuts the connection, so that half an answer never looks whole.</param>
/// <param name="Length">Bytes, where known beforehand.</param>
public sealed record RawContent(
    string ContentType,
    Func<Stream, CancellationToken, Task> Write,
    long? Length = null
);
