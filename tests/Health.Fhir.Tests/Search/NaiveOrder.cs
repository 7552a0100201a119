using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Tests.Search;

/// <summary>What <c>_sort</c> says about two resources, https://hl7.org/fhir/R4/search.html#sort: the smallest value ascending, the largest descending, none last.</summary>
internal static class NaiveOrder
{
    /// <summary>Null when the first is well placed before the second; else the key by which it is not.</summary>
    public static string? Wrong(
        NaiveSearch.Held first,
        NaiveSearch.Held second,
        IReadOnlyList<SortKey> sort
    )
    {
        foreach (var key in sort)
        {
            if (key.Parameter.Type is SearchParamType.Reference or SearchParamType.Uri)
            {
                // Which of two references comes first is not defined.
                return null;
            }
            var (one, other) = (Value(first, key), Value(second, key));
            var compared =
                one is null ? (other is null ? 0 : 1)
                : other is null ? -1
                : (key.Descending ? -1 : 1) * Compare(one, other);
            if (compared != 0)
            {
                return compared < 0
                    ? null
                    : $"{key.Parameter}: {one ?? "none"} before {other ?? "none"}";
            }
        }
        return null;
    }

    private static int Compare(IComparable one, IComparable other) =>
        one is string text ? string.CompareOrdinal(text, (string)other) : one.CompareTo(other);

    private static IComparable? Value(NaiveSearch.Held held, SortKey key)
    {
        if (key.Parameter.Code == "_id")
        {
            return held.Resource.Id;
        }
        if (key.Parameter.Code == "_lastUpdated")
        {
            return held.Resource.Meta!.LastUpdated!.Value.ToUnixTimeMilliseconds();
        }
        var rows = held.Of(key.Parameter);
        var values = key.Parameter.Type switch
        {
            SearchParamType.Date => rows.OfType<DateIndex>()
                .Select(row => (IComparable)Milliseconds(row.Range.Low)),
            SearchParamType.Number => rows.OfType<NumberIndex>()
                .Select(row => (IComparable)(row.Range.Low)),
            SearchParamType.Quantity => rows.OfType<QuantityIndex>()
                .Select(row => (IComparable)(row.Range.Low)),
            SearchParamType.String => rows.OfType<StringIndex>()
                .Select(row => (IComparable)row.Normalised),
            SearchParamType.Token => rows.OfType<TokenIndex>()
                .Select(row => (IComparable)(row.Code ?? "")),
            _ => [],
        };
        IComparable? best = null;
        foreach (var value in values)
        {
            if (
                best is null
                || (key.Descending ? Compare(value, best) > 0 : Compare(value, best) < 0)
            )
            {
                best = value;
            }
        }
        return best;
    }

    private static long Milliseconds(long ticks) => ticks / TimeSpan.TicksPerMillisecond;
}
