using System.Diagnostics;
using SharedKernel.Citizens.Match;
using SharedKernel.Tests.Match;

namespace Benchmarks;

/// <summary>
/// <c>linkage [people …]</c>: de-duplicates so many generated people (100,000 if none is said), then looks 1,000 of them up one by one;
/// prints quality, time and memory as rows of a table.
/// </summary>
public static class Linkage
{
    private const int Seed = 20250701;
    private const int LookUps = 1000;

    public static int Run(string[] args)
    {
        Console.WriteLine(
            "| people | read | block+learn | weigh+cluster | total | pairs | peak memory | look-up p50 / p99 | quality |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var count in args.Length == 0 ? [100_000] : args.Select(int.Parse).ToArray())
        {
            Measure(count);
        }
        return 0;
    }

    private static void Measure(int count)
    {
        var records = new GeneratedPeople(count, Seed).Records();
        var clock = Stopwatch.StartNew();
        var people = new PeopleTable(CitizenSchema.Create());
        foreach (var (_, details) in records)
        {
            people.Add(CitizenSchema.Values(details));
        }
        var read = clock.Elapsed;
        var index = PeopleIndex.Build(people);
        var built = clock.Elapsed;
        var found = FindDuplicates.Run(index);
        var total = clock.Elapsed;
        var quality = LinkageQuality.Of(found, [.. records.Select(record => record.Person)]);
        var times = new List<double>(LookUps);
        for (var i = 0; i < LookUps; i++)
        {
            var start = Stopwatch.GetTimestamp();
            index.Find(10, CitizenSchema.Values(records[(int)((long)i * count / LookUps)].Details));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"| {count:N0} | {read.TotalSeconds:F1} s | {(built - read).TotalSeconds:F1} s | {(total - built).TotalSeconds:F1} s "
                + $"| {total.TotalSeconds:F1} s | {found.Compared:N0} | {process.PeakWorkingSet64 >> 20:N0} MiB "
                + $"| {times[LookUps / 2]:F2} / {times[LookUps * 99 / 100]:F2} ms "
                + $"| {quality}, {found.ToReview.Count:N0} pairs to review |"
        );
    }
}
