using Health.Fhir.Search.Queries;

namespace Health.Fhir.Store;

/// <summary>
/// What a search asks of value sets and code systems: https://hl7.org/fhir/R4/search.html#token, <c>:in :not-in :above :below</c>.
/// Carried out where terminology is known.
/// </summary>
public interface ISearchTerminology
{
    /// <summary>Every code of the set; null when there is no such set.</summary>
    /// <param name="valueSet">Its canonical url, <c>url|version</c>, or <c>ValueSet/id</c>.</param>
    /// <exception cref="SharedKernel.Contracts.Refusal">It cannot be listed.</exception>
    Task<IReadOnlyList<TokenTest>?> InValueSet(
        string valueSet,
        FindDefinitions find,
        CancellationToken cancel
    );

    /// <summary>The code and all below (or above) it in its code system; null when there is no such code.</summary>
    /// <exception cref="SharedKernel.Contracts.Refusal">The code system is not known.</exception>
    Task<IReadOnlyList<TokenTest>?> Related(
        string system,
        string code,
        bool below,
        FindDefinitions find,
        CancellationToken cancel
    );
}

/// <summary>Stored resources of a type that a query finds, whoever asks: definitions are nobody's record.</summary>
public delegate Task<IReadOnlyList<StoredResource>> FindDefinitions(
    string type,
    string query,
    CancellationToken cancel
);
