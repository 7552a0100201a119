using System.Globalization;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries.Quality;

/// <summary>One thing that looks wrong in the figures of a version.</summary>
/// <param name="Rule">Short name of the rule.</param>
/// <param name="Place">Row and column in words.</param>
public sealed record Finding(string Rule, string Place, string Message);

/// <summary>An export that knows what its figures must fulfil, such as that a part is no more than the whole.</summary>
public interface IHaveRules
{
    IEnumerable<Finding> Check(IReadOnlyList<ExportRow> rows);
}

/// <summary>
/// What is checked before figures may be sent: the export's own rules, and for every total whether it lies far outside what the last twelve
/// periods reported (modified z-score over 3.0, the default of DHIS2's outlier detection; Iglewicz and Hoaglin 1993).
/// </summary>
public sealed class CheckFigures(RegistriesDb db) : IFeature
{
    public const double Threshold = 3.0;

    private const int Periods = 12;

    /// <summary>Fewer periods say nothing about what is usual.</summary>
    public const int FewestPeriods = 4;

    /// <summary>So many findings are shown; a table that is wrong throughout needs no longer list.</summary>
    private const int Most = 200;

    public async Task<IReadOnlyList<Finding>> Run(
        ExportRun run,
        IExport export,
        IReadOnlyList<ExportRow> rows,
        CancellationToken cancel
    )
    {
        var found = new List<Finding>();
        if (export is IHaveRules ruled)
        {
            found.AddRange(ruled.Check(rows));
        }
        found.AddRange(await Outliers(run, export, rows, cancel));
        return [.. found.Take(Most)];
    }

    private async Task<IEnumerable<Finding>> Outliers(
        ExportRun run,
        IExport export,
        IReadOnlyList<ExportRow> rows,
        CancellationToken cancel
    )
    {
        if (export.TotalsOf(rows) is not { Count: > 0 } totals)
        {
            return [];
        }
        db.AddRange(
            totals.Select(total => new ReportedTotal
            {
                Export = run.Export,
                Period = run.Period,
                Version = run.Version!.Value,
                Name = total.Key,
                Value = total.Value,
            })
        );
        var periods = (
            await db
                .Totals.Where(total => total.Export == run.Export)
                .Select(total => total.Period)
                .Distinct()
                .ToListAsync(cancel)
        )
            .Where(period => string.CompareOrdinal(period, run.Period) < 0)
            .OrderDescending(StringComparer.Ordinal)
            .Take(Periods)
            .ToList();
        var before = (
            await db
                .Totals.AsNoTracking()
                .Where(total => total.Export == run.Export && periods.Contains(total.Period))
                .ToListAsync(cancel)
        )
            .GroupBy(total => total.Period)
            .SelectMany(period =>
                period.Where(total => total.Version == period.Max(one => one.Version))
            );
        var byName = before.ToLookup(total => total.Name, total => total.Value);
        return from total in totals
            let past = byName[total.Key].ToList()
            where past.Count >= FewestPeriods
            // Counts scatter by about their square root (Poisson): within twice that, a deviation is no news.
            where Math.Abs(total.Value - Median(past)) > 2 * Math.Sqrt(Median(past)) + 1
            let score = ModifiedZScore(past, total.Value)
            where Math.Abs(score) > Threshold
            select new Finding(
                "outlier",
                total.Key,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{total.Value} khác xa các kỳ trước (trung vị {Median(past):0.#}, điểm z điều chỉnh {score:0.0})."
                )
            );
    }

    /// <summary>0.6745 · (x − median) / MAD; with a MAD of 0 by the mean absolute deviation instead (1.2533), as the authors advise.</summary>
    public static double ModifiedZScore(IReadOnlyList<double> past, double value)
    {
        var median = Median(past);
        var deviations = past.Select(one => Math.Abs(one - median)).ToList();
        if (Median(deviations) is > 0 and var mad)
        {
            return 0.6745 * (value - median) / mad;
        }
        var mean = deviations.Average();
        return mean > 0 ? (value - median) / (1.253314 * mean)
            // All periods were alike.
            : value == median ? 0
            : value > median ? double.PositiveInfinity
            : double.NegativeInfinity;
    }

    private static double Median(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>A total that a version reported, kept so that later periods can be compared without opening old files.</summary>
public sealed class ReportedTotal
{
    public required string Export { get; init; }
    public required string Period { get; init; }
    public required int Version { get; init; }

    /// <summary>Column, or facility and column: what makes it the same figure in every period.</summary>
    public required string Name { get; init; }
    public required double Value { get; init; }
}
