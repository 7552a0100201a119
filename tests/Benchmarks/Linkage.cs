using System.Diagnostics;
using Samples.GeneratedPeople;
using SharedKernel.Citizens.Match;
using SharedKernel.Citizens.Places;
using SharedKernel.Contracts;
using SharedKernel.Tests.Match;

namespace Benchmarks;

/// <summary>
/// <c>linkage [people …]</c>: de-duplicates so many generated people (100,000 if none is said), then looks 1,000 of them up one by one;
/// prints quality, time and memory as rows of a table.
/// </summary>
public static class Linkage
{
    public const int Seed = 20250701;
    private const int LookUps = 1000;

    public static int Run(string[] args)
    {
        Console.WriteLine(
            "| people | read | block+learn | weigh+cluster | total | CPU | pairs | peak memory | look-up p50 / p99 | quality |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var count in args.Length == 0 ? [100_000] : args.Select(int.Parse).ToArray())
        {
            Measure(count);
        }
        return 0;
    }

    private static void Measure(int count)
    {
        var units = new AdministrativeUnits();
        var records = Kept(count, units);
        var clock = Stopwatch.StartNew();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var people = new PeopleTable(CitizenSchema.Create(units.CommuneNow));
        foreach (var (_, details) in records)
        {
            people.Add(CitizenSchema.Values(details));
        }
        var read = clock.Elapsed;
        var index = PeopleIndex.Build(people);
        var built = clock.Elapsed;
        var found = FindDuplicates.Run(index);
        var total = clock.Elapsed;
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        var quality = LinkageQuality.Of(found, [.. records.Select(record => record.Person)]);
        var times = new List<double>(LookUps);
        for (var i = 0; i < LookUps; i++)
        {
            var start = Stopwatch.GetTimestamp();
            index.Find(10, CitizenSchema.Values(records[(int)((long)i * count / LookUps)].Details));
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        process.Refresh();
        Console.WriteLine(
            $"| {count:N0} | {read.TotalSeconds:F1} s | {(built - read).TotalSeconds:F1} s | {(total - built).TotalSeconds:F1} s "
                + $"| {total.TotalSeconds:F1} s | {cpu.TotalSeconds:F1} s | {found.Compared:N0} | {process.PeakWorkingSet64 >> 20:N0} MiB "
                + $"| {times[LookUps / 2]:F2} / {times[LookUps * 99 / 100]:F2} ms "
                + $"| {quality}, {found.ToReview.Count:N0} pairs to review |"
        );
    }

    /// <summary>As the register keeps them: the commune of an old form is what it is now, or unknown where it was divided.</summary>
    public static (int Person, CitizenDetails Details)[] Kept(
        int count,
        AdministrativeUnits units
    ) =>
        Array.ConvertAll(
            new PeopleGenerator(count, Seed).Records(),
            record =>
                (
                    record.Person,
                    record.Details.AddressAsOf is { } asOf
                        ? record.Details with
                        {
                            CommuneCode = units.Now(
                                units.Commune(record.Details.CommuneCode!, asOf)!
                            )
                                is [var now]
                                ? now.Code
                                : null,
                            AddressAsOf = null,
                        }
                        : record.Details
                )
        );
}
