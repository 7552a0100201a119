using System.Runtime.CompilerServices;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Operations;

/// <summary>All matches of a search, page after page, for operations that must see each of them once.</summary>
internal static class EveryMatch
{
    private const int PageSize = 500;

    /// <param name="asked">For the audit trail.</param>
    /// <param name="most">More matches than this are refused, not left out.</param>
    /// <exception cref="FhirRefusal">422: there are more.</exception>
    public static async IAsyncEnumerable<StoredResource> All(
        this GuardedStore store,
        SearchRequest search,
        string asked,
        int most,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var count = 0;
        string? page = null;
        do
        {
            var found = await store.Search(search with { Count = PageSize }, page, asked, cancel);
            foreach (var match in found.Matches)
            {
                if (++count > most)
                {
                    throw new FhirRefusal(
                        422,
                        "too-costly",
                        $"More than {most} resources would have to be looked at for {asked}: narrow it, for example by a period or a code."
                    );
                }
                yield return match;
            }
            page = found.Next;
        } while (page is not null);
    }
}
