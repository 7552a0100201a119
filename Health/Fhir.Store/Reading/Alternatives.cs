using Health.Fhir.Search.Queries;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// The parts of an <c>or</c>, those about one parameter as one clause with all their values: <c>_filter=name co a or name co b</c> is
/// then one range of the index, as <c>name:contains=a,b</c> is, and not a query for each.
/// </summary>
internal static class Alternatives
{
    public static List<SearchClause> Of(OrClause or)
    {
        var parts = Flat(or).ToList();
        var values = parts.OfType<ValueClause>().Where(CanJoin).ToList();
        return
        [
            .. parts.Where(part => part is not ValueClause value || !CanJoin(value)),
            .. values
                .GroupBy(value => (value.Parameter, value.Modifier))
                .Select(same =>
                    same.First() with
                    {
                        AnyOf = [.. same.SelectMany(value => value.AnyOf)],
                    }
                ),
        ];
    }

    private static IEnumerable<SearchClause> Flat(SearchClause clause) =>
        clause is OrClause or ? or.Any.SelectMany(Flat) : [clause];

    /// <summary>What is not in one set or not in another is more than what is in neither.</summary>
    private static bool CanJoin(ValueClause value) => value.Modifier is not SearchModifier.NotIn;
}
