using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Queries;

/// <summary>From the query of a url to a <see cref="SearchRequest"/>. Safe to share between threads.</summary>
public sealed class SearchParser(FhirModel model, SearchLimits limits)
{
    /// <param name="type">The type in the path; null for a search of the whole system.</param>
    /// <param name="query">Decoded name and value pairs, in order. <c>_format</c>, <c>_pretty</c> are passed over; the caller removes its own paging parameters first.</param>
    /// <param name="baseUrls">References that begin with one of these are local.</param>
    /// <exception cref="InvalidSearch">Under strict handling: a parameter that is unknown or wrong. Under lenient handling only what cannot be dropped safely, such as a limit that is passed.</exception>
    public SearchRequest Parse(
        string? type,
        IEnumerable<KeyValuePair<string, string>> query,
        SearchHandling handling,
        IReadOnlyList<string> baseUrls
    ) => throw new NotImplementedException();

    public SearchLimits Limits => limits;

    public FhirModel Model => model;
}
