namespace Health.Fhir.Store;

/// <summary>
/// The engine: a few verbs over versions and indexes. It knows no HTTP and no caller, only what may be seen; ask it through
/// <see cref="GuardedStore"/>, which asks the access table and leaves the audit row. Singleton.
/// </summary>
public sealed class FhirStore
{
    /// <summary>The current version, which may be a deletion; null when there never was one or it may not be seen.</summary>
    public Task<StoredResource?> Read(
        string type,
        string id,
        Visible visible,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();

    /// <summary>One version, which may be a deletion; null when there is none or it may not be seen.</summary>
    public Task<StoredResource?> ReadVersion(
        string type,
        string id,
        int version,
        Visible visible,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();

    public Task<HistoryPage> History(
        HistoryRequest request,
        Visible visible,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();

    /// <summary>The only way to write. Completes when the writes are on disk, all of them, or throws and none is.</summary>
    /// <exception cref="WriteRefused">One write cannot be done; says which and why.</exception>
    /// <exception cref="StoreBusy">Too much is waiting.</exception>
    public Task<TransactionResult> Transact(
        Transaction transaction,
        Visible writable,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();
}
