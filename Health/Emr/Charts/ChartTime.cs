using System.Globalization;

namespace Health.Emr.Charts;

/// <summary>Dates and ages along the horizontal axis.</summary>
public static class ChartTime
{
    /// <summary>First, last and what lies evenly between, as day and month, with the year where the years differ.</summary>
    public static IReadOnlyList<(double X, string Text)> Days(DateOnly first, DateOnly last)
    {
        const int most = 4;
        var days = last.DayNumber - first.DayNumber;
        var parts = Math.Min(most, Math.Max(days, 1));
        var format = first.Year == last.Year ? "dd/MM" : "MM/yyyy";
        return
        [
            .. Enumerable
                .Range(0, parts + 1)
                .Select(part => first.AddDays(days * part / parts))
                .Distinct()
                .Select(day =>
                    ((double)day.DayNumber, day.ToString(format, CultureInfo.InvariantCulture))
                )
                .DistinctBy(tick => tick.Item2),
        ];
    }
}
