using System.Globalization;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>
/// Sorted pages across all patients, which walk the index of the values: https://hl7.org/fhir/R4/search.html#sort. There are so many
/// resources that the walk is taken, and its last pages come to those without a value.
/// </summary>
public sealed class SortedPageTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const int Count = 1_400;

    [Theory]
    [InlineData("_sort=-date", true)]
    [InlineData("_sort=date", false)]
    [InlineData("code=urn:s|common&_sort=-date", true)]
    [InlineData("code=urn:s|common&status=final&_sort=date", false)]
    public async Task Every_page_goes_on_where_the_last_one_ended(string query, bool descending)
    {
        var starts = await Stored();
        var (found, next) = (new List<string>(), (string?)null);
        do
        {
            var page = await store.Page("Observation", query + "&_count=171", page: next);
            found.AddRange(page.Matches.Select(match => match.Id));
            next = page.Next;
        } while (next is not null);
        // Equal starts stay in the order in which they were stored; what has none comes last.
        var timed = starts.Where(one => one.Start is not null);
        var expected = (
            descending ? timed.OrderByDescending(one => one.Start) : timed.OrderBy(one => one.Start)
        ).Concat(starts.Where(one => one.Start is null));
        Assert.Equal(expected.Select(one => one.Id), found);
    }

    [Fact]
    public async Task Newest_first_is_the_order_of_writing_backwards()
    {
        var starts = await Stored();
        var page = await store.Page("Observation", "_sort=-_lastUpdated&_count=40");
        Assert.Equal(
            page.Matches.OrderByDescending(match => match.LastUpdated).Select(match => match.Id),
            page.Matches.Select(match => match.Id)
        );
        // The last transaction wrote the last 100.
        Assert.Subset(
            starts.Skip(Count - 100).Select(one => one.Id).ToHashSet(),
            page.Matches.Select(match => match.Id).ToHashSet()
        );
    }

    private async Task<List<(string Id, DateTimeOffset? Start)>> Stored()
    {
        var random = new Random(20240110);
        var all = new List<(string Id, DateTimeOffset? Start, string Json)>();
        for (var at = 0; at < Count; at++)
        {
            var day = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(
                random.Next(900)
            );
            var (start, effective) = random.Next(10) switch
            {
                0 => ((DateTimeOffset?)null, ""),
                1 => (
                    day,
                    $$""","effectivePeriod":{"start":"{{Text(day)}}","end":"{{Text(day.AddDays(20))}}"}"""
                ),
                _ => (day, $@",""effectiveDateTime"":""{Text(day)}"""),
            };
            all.Add(
                (
                    string.Create(CultureInfo.InvariantCulture, $"o{at:d4}"),
                    start,
                    $$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:s","code":"common"}]}{{effective}}}"""
                )
            );
        }
        if ((await store.Find("Observation", "_id=o0000")).Length == 0)
        {
            foreach (var part in all.Chunk(100))
            {
                await store.Transact([.. part.Select(one => Updating(one.Id, one.Json))]);
            }
        }
        return all.ConvertAll(one => (one.Id, one.Start));

        static string Text(DateTimeOffset at) =>
            at.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture);
    }
}
