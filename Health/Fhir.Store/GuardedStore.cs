namespace Health.Fhir.Store;

/// <summary>
/// The store as the current caller may use it: each call asks the access table and leaves one audit row naming the Patients
/// touched. Raw bytes, for the FHIR interface; <see cref="FhirSession"/> gives typed resources on top. Scoped.
/// </summary>
public sealed class GuardedStore
{
    /// <inheritdoc cref="FhirStore.Read"/>
    public Task<StoredResource?> Read(string type, string id, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <inheritdoc cref="FhirStore.ReadVersion"/>
    public Task<StoredResource?> ReadVersion(
        string type,
        string id,
        int version,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();

    /// <inheritdoc cref="FhirStore.History"/>
    public Task<HistoryPage> History(HistoryRequest request, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <inheritdoc cref="FhirStore.Transact"/>
    public Task<TransactionResult> Transact(
        Transaction transaction,
        CancellationToken cancel = default
    ) => throw new NotImplementedException();
}
