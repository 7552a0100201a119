namespace Health.Contracts;

/// <summary>Reads of the clinical store for other modules: exports, statistics, the citizen's record.</summary>
public interface IFhirReader
{
    /// <summary>
    /// Streams the current resources of a type that match a FHIR search, as their stored UTF-8 JSON, in a stable order. Memory
    /// does not grow with the matches.
    /// </summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> Scan(
        string type,
        string query,
        CancellationToken cancel = default
    );
}
