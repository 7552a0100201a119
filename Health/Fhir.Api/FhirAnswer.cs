using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;

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

    public static FhirAnswer Outcome(int status, params IReadOnlyList<Issue> issues) =>
        Json(status, json => OperationOutcomes.Write(json, issues));
}
