using Interop.Registries.Forms;
using Interop.Registries.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

public enum Punctuality
{
    /// <summary>Its day has not come.</summary>
    NotDue,

    /// <summary>Made, and waits for somebody.</summary>
    Waiting,

    /// <summary>Not handed over by its day.</summary>
    Overdue,
    OnTime,
    Late,
}

/// <summary>What the ministry looks at first: which reports are in and in time, which facilities report, and how the figures move.</summary>
public sealed class WatchReports(
    RegistriesDb db,
    ExportCatalogue catalogue,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    public const int Months = 12;
    private const string Form = "form-14";

    /// <param name="Version">The newest one; null when there is none.</param>
    public sealed record Report(
        Period Period,
        DateOnly Due,
        Punctuality Punctuality,
        int? Version,
        SnapshotState? State
    );

    public sealed record Line(ExportDefinition Export, IReadOnlyList<Report> Reports);

    /// <param name="Visits">By month, oldest first; null where the facility is not in the report, or there is none.</param>
    public sealed record Facility(string Code, IReadOnlyList<double?> Visits);

    /// <param name="Coverage">Share of the known facilities that are in each month's report; null where there is no report.</param>
    public sealed record Overview(
        IReadOnlyList<Period> Periods,
        IReadOnlyList<Line> Lines,
        IReadOnlyList<Facility> Facilities,
        IReadOnlyList<double?> Coverage,
        IReadOnlyList<double?> Outpatients,
        IReadOnlyList<double?> Inpatients
    );

    public async Task<Overview> Run(CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var last = Period.LastEnded(PeriodKind.Month, clock.GetUtcNow());
        var months = Enumerable
            .Range(0, Months)
            .Select(back => last.First.AddMonths(back - Months + 1))
            .Select(first => Period.OfMonth(first.Year, first.Month))
            .ToList();
        var lines = new List<Line>();
        foreach (var export in catalogue.All)
        {
            var periods =
                export.Period is PeriodKind.Month
                    ? months
                    : [Period.LastEnded(PeriodKind.SchoolYear, clock.GetUtcNow())];
            lines.Add(new(export, await Reports(export, periods, cancel)));
        }
        var totals = await Totals(months, cancel);
        var facilities = totals
            .Keys.Select(key => key.Name.Split('/'))
            .Where(name => name.Length == 2)
            .Select(name => name[0])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(code => new Facility(
                code,
                [.. months.Select(month => Of(totals, month, $"{code}/c4"))]
            ))
            .ToList();
        return new(
            months,
            lines,
            facilities,
            [
                .. months
                    .Index()
                    .Select(month =>
                        facilities.Count == 0 || Of(totals, month.Item, "c4") is null
                            ? (double?)null
                            : (double)facilities.Count(one => one.Visits[month.Index] is not null)
                                / facilities.Count
                    ),
            ],
            [.. months.Select(month => Of(totals, month, "c4"))],
            [.. months.Select(month => Of(totals, month, "c10"))]
        );
    }

    private async Task<IReadOnlyList<Report>> Reports(
        ExportDefinition export,
        IReadOnlyList<Period> periods,
        CancellationToken cancel
    )
    {
        var names = periods.Select(period => period.ToString()).ToList();
        var snapshots = await db
            .Snapshots.AsNoTracking()
            .Where(row => row.Export == export.Name && names.Contains(row.Period))
            .ToListAsync(cancel);
        var today = clock.Today();
        return
        [
            .. periods.Select(period =>
            {
                var versions = snapshots.Where(row => row.Period == period.ToString()).ToList();
                var newest = versions.MaxBy(row => row.Version);
                // In time is whoever handed over any version in time; corrections come later by nature.
                var sent = versions
                    .Where(row => row.Receipt is not null)
                    .Min(row => row.SentAt)
                    ?.VietnamDay();
                var due = DueDay(export, period);
                return new Report(
                    period,
                    due,
                    sent is { } day
                        ? day <= due
                            ? Punctuality.OnTime
                            : Punctuality.Late
                        : today > due
                            ? Punctuality.Overdue
                            : newest is not null
                                ? Punctuality.Waiting
                                : Punctuality.NotDue,
                    newest?.Version,
                    newest?.State
                );
            }),
        ];
    }

    /// <summary>
    /// Of a health form its working days after the month (Circular 23/2025/TT-BYT); Saturdays and Sundays are none, public holidays are not known here. Of a school
    /// year 30 June (Circular 24/2018/TT-BGDĐT).
    /// </summary>
    public static DateOnly DueDay(ExportDefinition export, Period period)
    {
        if (period.Kind is PeriodKind.SchoolYear)
        {
            return new(period.Year + 1, 6, 30);
        }
        var days = FormDefinition.All.Any(form => form.Form == export.Name)
            ? FormDefinition.On(export.Name, period.Last).DueDays
            : 5;
        var day = period.Last;
        while (days > 0)
        {
            day = day.AddDays(1);
            days -= day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 1;
        }
        return day;
    }

    private async Task<Dictionary<(string Period, string Name), double>> Totals(
        IReadOnlyList<Period> months,
        CancellationToken cancel
    )
    {
        var names = months.Select(month => month.ToString()).ToList();
        var rows = await db
            .Totals.AsNoTracking()
            .Where(row => row.Export == Form && names.Contains(row.Period))
            .ToListAsync(cancel);
        return rows.GroupBy(row => row.Period)
            .SelectMany(period =>
                period.Where(row => row.Version == period.Max(one => one.Version))
            )
            .ToDictionary(row => (row.Period, row.Name), row => row.Value);
    }

    private static double? Of(
        Dictionary<(string Period, string Name), double> totals,
        Period month,
        string name
    ) => totals.TryGetValue((month.ToString(), name), out var value) ? value : null;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/exports/overview",
                async (WatchReports watch, CancellationToken cancel) =>
                {
                    var overview = await watch.Run(cancel);
                    return Results.Ok(
                        new
                        {
                            Periods = overview.Periods.Select(period => period.ToString()),
                            Exports = overview.Lines.Select(line => new
                            {
                                line.Export.Name,
                                Reports = line.Reports.Select(report => new
                                {
                                    Period = report.Period.ToString(),
                                    report.Due,
                                    Punctuality = report.Punctuality.ToString(),
                                    report.Version,
                                    State = report.State?.ToString(),
                                }),
                            }),
                            overview.Facilities,
                            overview.Coverage,
                            overview.Outpatients,
                            overview.Inpatients,
                        }
                    );
                }
            )
            .Requires(Permission.ReadStatistics);
}
