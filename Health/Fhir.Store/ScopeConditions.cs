using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// Which search conditions a scope may have: plain ones on the resource itself. Chains, lists and code trees would make what a token
/// opens hang on other resources; parameters that shape an answer narrow nothing.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
/// </summary>
public sealed class ScopeConditions(FhirStore store) : IScopeConditions
{
    /// <inheritdoc/>
    public bool Understands(SmartScope scope) =>
        scope.Query is null
        || (
            // A condition for every type must mean something for each.
            scope.Resource == "*"
                ? FhirModel.R4.ResourceTypes.All(type => Reads(type, scope.Query))
                : FhirModel.R4.IsResourceType(scope.Resource) && Reads(scope.Resource, scope.Query)
        );

    private bool Reads(string type, string query) =>
        Clauses(() => store.Parse(type, query)) is not null;

    /// <summary>Type and query → the clauses, of which all must hold; null when it is none of these.</summary>
    internal static Func<string, string, IReadOnlyList<SearchClause>?> Read(
        Func<string, string, SearchRequest> parse
    ) => (type, query) => Clauses(() => parse(type, query));

    private static IReadOnlyList<SearchClause>? Clauses(Func<SearchRequest> parse)
    {
        try
        {
            return
                parse()
                    is {
                        Clauses: { Count: > 0 } clauses,
                        Sort: [],
                        Includes: [],
                        Elements: [],
                        Count: null,
                        Total: TotalMode.None,
                        Summary: SummaryMode.False
                    }
                && clauses.All(IsPlain)
                ? clauses
                : null;
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static bool IsPlain(SearchClause clause) =>
        clause switch
        {
            AndClause and => and.All.All(IsPlain),
            OrClause or => or.Any.All(IsPlain),
            NotClause not => IsPlain(not.Clause),
            ValueClause value => value.Modifier
                is not (
                    SearchModifier.In
                    or SearchModifier.NotIn
                    or SearchModifier.Above
                    or SearchModifier.Below
                )
                && value.Parameter.Type is not Hl7.Fhir.Model.SearchParamType.Special,
            IdClause or LastUpdatedClause or MissingClause => true,
            _ => false,
        };
}
