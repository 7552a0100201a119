using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// What must not become of a stored resource, whoever asks and by whichever way: every change of a type it governs passes here,
/// inside the transaction. Registered as singletons by the modules whose law it is.
/// </summary>
public interface IFhirWriteRule
{
    bool Governs(string type);

    /// <param name="current">UTF-8 JSON of the version that would be replaced or deleted.</param>
    /// <param name="next">UTF-8 JSON of what would take its place; null for a deletion.</param>
    /// <exception cref="Refusal">Why it may not be.</exception>
    void Check(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? next);
}
