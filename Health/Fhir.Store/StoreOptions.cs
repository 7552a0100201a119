using Health.Fhir.Search.Queries;

namespace Health.Fhir.Store;

/// <summary>Limits of the store; section <c>Fhir:Store</c> of the configuration.</summary>
public sealed record StoreOptions
{
    /// <summary>Longest a read or a search may take; then it is stopped in the database too.</summary>
    public TimeSpan QueryTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads and searches in work at once.</summary>
    public int Readers { get; init; } = 64;

    /// <summary>Reads and searches that may wait for a place; one more is refused with <see cref="StoreBusy"/>.</summary>
    public int WaitingReaders { get; init; } = 2_000;

    /// <summary>Transactions that may wait for the writer; one more is refused with <see cref="StoreBusy"/>.</summary>
    public int WaitingWriters { get; init; } = 2_000;

    /// <summary>
    /// A PostgreSQL server that streams from the primary and answers reads: what differs from the primary's connection string, such as
    /// <c>Host=replica1</c>. Null for none.
    /// </summary>
    public string? Replica { get; init; }

    /// <summary>Longest a read waits for the replica to have what the primary has acknowledged; then the primary is asked. Shorter than <see cref="QueryTime"/>.</summary>
    public TimeSpan ReplicaWait { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Largest page.</summary>
    public int PageSize { get; init; } = 1_000;

    public int DefaultPageSize { get; init; } = 50;

    /// <summary>Resources that <c>_include</c> and <c>_revinclude</c> may add to one page.</summary>
    public int Included { get; init; } = 2_000;

    /// <summary>What one search may ask: chain depth, includes, values, parameters.</summary>
    public SearchLimits Search { get; init; } = new();
}
