using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Health.Fhir.Tests.Store;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.Extensions.Time.Testing;

namespace Health.Fhir.Tests.Search;

/// <summary>Resources of every type and some of Synthea's patients, in a store, and the same ones for the naive search.</summary>
public sealed partial class GeneratedWorld : IAsyncLifetime
{
    public const int Seed = 20_260_423;
    private const int PatientsOfSynthea = 3;

    public StoreFixture Fixture { get; } = new();

    internal NaiveSearch Naive { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Fixture.InitializeAsync();
        var writes = new List<Write>();
        var serializer = new FhirJsonSerializer();
        foreach (var resource in new GeneratedResources(Seed).All(perType: 3))
        {
            writes.Add(StoreFixture.Updating(resource.Id!, serializer.SerializeToString(resource)));
        }
        writes.AddRange(Synthea());
        foreach (var some in writes.Chunk(500))
        {
            await Fixture.Transact(some);
        }
        Naive = new NaiveSearch(await Stored());
    }

    /// <summary>As they are stored, so that <c>_lastUpdated</c> is known too.</summary>
    private async Task<List<Resource>> Stored()
    {
        var firely = new FhirJsonDeserializer(
            new DeserializerSettings().UsingMode(DeserializationMode.Recoverable)
        );
        var request = new SearchParser(FhirModel.R4, new SearchLimits()).Parse(
            null,
            [new("_count", "500")],
            SearchHandling.Strict,
            []
        );
        var all = new List<Resource>();
        string? page = null;
        do
        {
            var found = await Fixture.Store.Search(request, page, Visible.All);
            foreach (var match in found.Matches)
            {
                var reader = new Utf8JsonReader(match.Body.Span);
                firely.TryDeserializeResource(ref reader, out var resource, out _);
                all.Add(resource!);
            }
            page = found.Next;
        } while (page is not null);
        return all;
    }

    private static IEnumerable<Write> Synthea()
    {
        if (!SharedData.Exists)
        {
            yield break;
        }
        var files = new DirectoryInfo(SharedData.Path("fhir", "synthea"))
            .GetFiles("*.json")
            .OrderBy(file => file.Length)
            .Take(PatientsOfSynthea);
        foreach (var file in files)
        {
            var text = File.ReadAllText(file.FullName);
            foreach (var entry in JsonNode.Parse(text)!["entry"]!.AsArray())
            {
                text = text.Replace(
                    (string)entry!["fullUrl"]!,
                    $"{entry["resource"]!["resourceType"]}/{entry["resource"]!["id"]}",
                    StringComparison.Ordinal
                );
            }
            text = Conditional().Replace(text, "\"$1/$2\"");
            foreach (var entry in JsonNode.Parse(text)!["entry"]!.AsArray())
            {
                var resource = entry!["resource"]!;
                yield return StoreFixture.Updating(
                    (string)resource["id"]!,
                    resource.ToJsonString()
                );
            }
        }
    }

    [GeneratedRegex("\"(\\w+)\\?identifier=[^\"]*\\|([A-Za-z0-9.-]+)\"")]
    private static partial Regex Conditional();

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();
}

/// <summary>
/// Thousands of searches, each answered by the store and by looking at every resource with Firely's FHIRPath: the same set, in the
/// order asked for, over all pages, with the same resources included. https://hl7.org/fhir/R4/search.html
/// </summary>
public sealed class DifferentialTests(GeneratedWorld world) : IClassFixture<GeneratedWorld>
{
    private const int Searches = 3_000;
    private static readonly DateTimeOffset Now = new(2026, 4, 23, 8, 0, 0, TimeSpan.FromHours(7));

    private readonly SearchParser parser = new(
        FhirModel.R4,
        new SearchLimits(),
        new FakeTimeProvider(Now)
    );

    [Fact]
    public async Task The_store_finds_what_looking_at_everything_finds()
    {
        var cancel = TestContext.Current.CancellationToken;
        var made = new GeneratedQueries(world.Naive, GeneratedWorld.Seed);
        var searches = Enumerable.Range(0, Searches).Select(_ => made.Next()).Distinct().ToList();
        var wrong = new ConcurrentBag<string>();
        var found = 0;
        await Parallel.ForEachAsync(
            searches,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancel },
            async (search, _) =>
            {
                try
                {
                    var (difference, count) = await Compare(search.Where, search.Query);
                    Interlocked.Add(ref found, Math.Min(count, 1));
                    if (difference is not null)
                    {
                        wrong.Add(difference);
                    }
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    wrong.Add(
                        $"{search.Where}?{Readable(search.Query)}\n    {error.Message.Split('\n')[0]}"
                    );
                }
            }
        );
        Assert.True(
            wrong.IsEmpty,
            $"{wrong.Count} of {searches.Count} with seed {GeneratedWorld.Seed}:\n"
                + string.Join('\n', wrong.OrderBy(text => text.Length).Take(25))
        );
        // A test in which nothing is ever found proves nothing.
        Assert.True(
            found > searches.Count / 2,
            $"Only {found} of {searches.Count} found anything."
        );
    }

    private async Task<(string? Difference, int Count)> Compare(string where, string query)
    {
        var request = Parse(where, query);
        var expected = world.Naive.Find(request);
        // Some three pages, so that most searches turn one.
        var size = Math.Max(3, expected.Count / 3);
        request = request with { Count = size };
        var actual = new List<string>();
        string? page = null;
        var text = new StringBuilder();
        do
        {
            var got = await world.Fixture.Store.Search(request, page, Visible.All);
            var matches = got.Matches.Select(match => match.Reference).ToList();
            actual.AddRange(matches);
            if (request.Includes.Count > 0 && page is null)
            {
                Note(
                    text,
                    "included",
                    world.Naive.Included(matches, request.Includes),
                    [.. got.Included.Select(one => one.Reference)]
                );
            }
            page = got.Next;
            if (actual.Count > expected.Count + (2 * size))
            {
                text.Append("\n    pages do not end");
                break;
            }
        } while (page is not null);
        if (actual.Count != actual.Distinct().Count())
        {
            text.Append("\n    found twice: ")
                .AppendJoin(
                    ' ',
                    actual
                        .GroupBy(key => key)
                        .Where(same => same.Count() > 1)
                        .Select(same => same.Key)
                );
        }
        Note(text, "matches", expected, [.. actual]);
        for (var at = 1; at < actual.Count && text.Length == 0; at++)
        {
            if (
                NaiveOrder.Wrong(
                    world.Naive.All[actual[at - 1]],
                    world.Naive.All[actual[at]],
                    request.Sort
                ) is
                { } misplaced
            )
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"\n    order by {misplaced} ({actual[at - 1]} {actual[at]})"
                );
            }
        }
        return (text.Length == 0 ? null : $"{where}?{Readable(query)}{text}", expected.Count);
    }

    private SearchRequest Parse(string where, string query)
    {
        var pairs = query
            .Split('&')
            .Select(pair => pair.Split('=', 2))
            .Select(pair => new KeyValuePair<string, string>(
                Uri.UnescapeDataString(pair[0]),
                Uri.UnescapeDataString(pair[1])
            ));
        if (where.Split('/') is not [var compartment, var id, var type])
        {
            return parser.Parse(where.Length == 0 ? null : where, pairs, SearchHandling.Strict, []);
        }
        var within = type == "*" ? null : type;
        var request = parser.Parse(within, pairs, SearchHandling.Strict, []);
        return request with
        {
            Clauses = [parser.Compartment(compartment, id, within), .. request.Clauses],
        };
    }

    private static void Note(
        StringBuilder text,
        string what,
        HashSet<string> expected,
        HashSet<string> actual
    )
    {
        foreach (
            var (how, keys) in new[]
            {
                ("missing", expected.Except(actual)),
                ("too many", actual.Except(expected)),
            }
        )
        {
            if (keys.Any())
            {
                text.Append(CultureInfo.InvariantCulture, $"\n    {what} {how}: ")
                    .AppendJoin(' ', keys.Take(4));
            }
        }
    }

    private static string Readable(string query) => Uri.UnescapeDataString(query);
}
