using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Terminology.ValueSets;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Lists the codes that a search by <c>:in :not-in :above :below</c> means, by the packaged and the stored code systems and value sets.
/// https://hl7.org/fhir/R4/search.html#token
/// </summary>
public sealed class SearchTerminology(TerminologyCache cache) : ISearchTerminology
{
    private const string Stored = "ValueSet/";

    public async Task<IReadOnlyList<TokenTest>?> InValueSet(
        string valueSet,
        FindDefinitions find,
        CancellationToken cancel
    )
    {
        var service = new TerminologyService(cache, new FoundCanonicals(find));
        var set = valueSet.StartsWith(Stored, StringComparison.Ordinal)
            ? await ById(valueSet[Stored.Length..], service, find, cancel)
            : await service.FindValueSet(valueSet, cancel);
        return set is null
            ? null
            :
            [
                .. Expansion
                    .Of(set, new ExpansionRequest())
                    .Page.Select(code => new TokenTest(code.System, code.Concept.Code)),
            ];
    }

    public async Task<IReadOnlyList<TokenTest>?> Related(
        string system,
        string code,
        bool below,
        FindDefinitions find,
        CancellationToken cancel
    )
    {
        var service = new TerminologyService(cache, new FoundCanonicals(find));
        var codes =
            await service.FindCodeSystem(system, null, cancel)
            ?? throw new TerminologyRefusal(
                "not-found",
                $"The code system {system} is not known here, so nobody can say what lies above or below its codes."
            );
        return codes.Find(code) is not { } concept
            ? null
            :
            [
                .. (below ? ConceptTable.Under(concept) : Above(concept))
                    .Prepend(concept)
                    .Select(related => new TokenTest(system, related.Code)),
            ];
    }

    private static IEnumerable<Concept> Above(Concept concept) =>
        concept.Parents.SelectMany(parent => Above(parent).Prepend(parent)).Distinct();

    private static async Task<ValueSet?> ById(
        string id,
        TerminologyService service,
        FindDefinitions find,
        CancellationToken cancel
    ) =>
        await find("ValueSet", $"_id={Uri.EscapeDataString(id)}", cancel) is [var found, ..]
            ? await service.Read(StoredCanonicals.Read(found).Resource, cancel)
            : null;

    /// <summary>The current resource of an address, of several the one changed last.</summary>
    private sealed class FoundCanonicals(FindDefinitions find) : ICanonicalSource
    {
        public async ValueTask<CanonicalResource?> Find(
            string type,
            string url,
            string? version,
            CancellationToken cancel
        ) =>
            await find(type, StoredCanonicals.QueryOf(url, version), cancel) is [var found, ..]
                ? StoredCanonicals.Read(found)
                : null;

        /// <summary>Nothing that a search means rests on a map.</summary>
        public ValueTask<IReadOnlyList<CanonicalResource>> MapsOf(
            string system,
            bool reverse,
            CancellationToken cancel
        ) => ValueTask.FromResult<IReadOnlyList<CanonicalResource>>([]);
    }
}
