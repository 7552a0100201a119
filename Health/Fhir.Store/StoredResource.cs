namespace Health.Fhir.Store;

/// <summary>One version of a resource as the store keeps it.</summary>
/// <param name="LastUpdated">UTC, whole milliseconds; the same instant stands in <c>meta.lastUpdated</c>.</param>
/// <param name="Body">The exact UTF-8 JSON to answer with; empty when this version is a deletion.</param>
public sealed record StoredResource(
    string Type,
    string Id,
    int Version,
    DateTimeOffset LastUpdated,
    ReadOnlyMemory<byte> Body,
    StoredAs StoredAs
)
{
    /// <summary>Number of the Patient it lies with, 0 for none; see <see cref="FhirStore.PatientsOf"/>.</summary>
    public int Compartment { get; internal init; }

    public bool Deleted => StoredAs is StoredAs.Deleted;

    public string Reference => $"{Type}/{Id}";
}

/// <summary>What made a version: decides <c>Bundle.entry.request.method</c> in a history.</summary>
public enum StoredAs : byte
{
    Created = 1,
    Updated = 2,
    Deleted = 3,
}

/// <param name="Matches">In the order asked for; then come the <paramref name="Included"/>, each once.</param>
/// <param name="Total">Only when it was asked for.</param>
/// <param name="Next">Opaque position of the next page, to be given back in <c>_page</c>; null on the last page.</param>
public sealed record SearchPage(
    IReadOnlyList<StoredResource> Matches,
    IReadOnlyList<StoredResource> Included,
    long? Total,
    string? Next
);

/// <summary>Newest first.</summary>
public sealed record HistoryPage(IReadOnlyList<StoredResource> Versions, string? Next);

/// <summary>Of one resource (type and id), of a type, or of everything; https://hl7.org/fhir/R4/http.html#history</summary>
/// <param name="Since">Only versions made at or after this instant.</param>
/// <param name="At">Only versions that were current at this instant, or at some time from it to <paramref name="AtEnd"/>.</param>
/// <param name="Ascending">Oldest first.</param>
/// <param name="Page">What an earlier page gave as <see cref="HistoryPage.Next"/>.</param>
public sealed record HistoryRequest(
    string? Type = null,
    string? Id = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? At = null,
    int Count = 50,
    string? Page = null,
    DateTimeOffset? AtEnd = null,
    bool Ascending = false
);

/// <param name="Faults">What does not agree, in words; empty when all is well.</param>
public sealed record Verification(long Resources, IReadOnlyList<string> Faults);
