using System.Globalization;
using Health.Emr.Charts;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Growth;

/// <summary>A child's measurements over the WHO's curves at −3, −2, 0, +2 and +3 standard deviations.</summary>
public static class GrowthCharts
{
    private const int CurvePoints = 48;
    private static readonly int[] Curves = [-3, -2, 0, 2, 3];

    /// <summary>Age windows in months: the child's own age decides how much of the curve is drawn.</summary>
    private static readonly int[] Windows = [6, 24, 60, 120, 228];

    /// <summary>One chart for each indicator of age that has a measurement.</summary>
    public static IEnumerable<Chart> Of(ReadGrowth.Result growth)
    {
        if (growth.Visits.Count == 0)
        {
            yield break;
        }
        (Indicator, Func<ReadGrowth.Visit, double?>)[] indicators =
        [
            (Indicator.WeightForAge, visit => visit.Weight),
            (Indicator.HeightForAge, visit => visit.StandardHeight),
            (Indicator.BmiForAge, visit => visit.Bmi),
            (Indicator.HeadForAge, visit => visit.Head),
        ];
        foreach (var (indicator, value) in indicators)
        {
            var points = growth
                .Visits.Where(visit =>
                    value(visit) is not null
                    && visit.Scores.Any(score => score.Indicator == indicator)
                )
                .Select(visit => Point(indicator, visit, value(visit)!.Value))
                .ToList();
            if (points.Count > 0)
            {
                yield return Draw(indicator, growth.Sex, points);
            }
        }
    }

    private static ChartPoint Point(Indicator indicator, ReadGrowth.Visit visit, double value)
    {
        var score = visit.Scores.First(score => score.Indicator == indicator);
        return new(
            visit.Day,
            value,
            $"{visit.On.Text()}: {value.ToString("0.##", T.Vietnamese)} {GrowthWords.Unit(indicator)}, z {Z(score.Z)}, {score.Text}",
            score.Out
        );
    }

    private static Chart Draw(Indicator indicator, Sex sex, List<ChartPoint> points)
    {
        // Before and after the fifth birthday are two standards; one picture shows the one that the child is in.
        var newest = points[^1].X / GrowthStandard.DaysInMonth;
        var window = Windows.First(months => newest <= months || months == Windows[^1]);
        var from = window > 60 ? 61 : 0;
        var shown = points.Where(point => point.X >= from * GrowthStandard.DaysInMonth).ToList();
        var lines = Curves
            .Select(z => new ChartLine(
                z == 0 ? "median"
                    : Math.Abs(z) == 2 ? "limit"
                    : "far",
                Curve(indicator, sex, z, from, window),
                z > 0 ? $"+{z}"
                    : z < 0 ? $"−{-z}"
                    : "0"
            ))
            .Append(new ChartLine("data", shown))
            .ToList();
        var last = points[^1];
        return new Chart(
            $"growth-{indicator}",
            GrowthWords.Name(indicator),
            T.Of(
                $"{points.Count} lần đo, lần cuối {last.Text}. Các đường là −3, −2, 0, +2, +3 độ lệch chuẩn của WHO.",
                $"{points.Count} measurements, the last {last.Text}. The curves are −3, −2, 0, +2, +3 standard deviations of the WHO."
            ),
            lines,
            Ticks(from, window)
        );
    }

    private static List<ChartPoint> Curve(
        Indicator indicator,
        Sex sex,
        int z,
        int fromMonth,
        int toMonth
    ) =>
        [
            .. Enumerable
                .Range(0, CurvePoints + 1)
                .Select(part =>
                    (int)
                        Math.Ceiling(
                            (fromMonth + (toMonth - fromMonth) * part / (double)CurvePoints)
                                * GrowthStandard.DaysInMonth
                        )
                )
                .Select(day => (day, Lms: GrowthStandard.At(indicator, sex, day)))
                .Where(at => at.Lms is not null)
                .Select(at => new ChartPoint(at.day, at.Lms!.Value.At(z))),
        ];

    private static List<(double, string)> Ticks(int from, int to)
    {
        var step = to switch
        {
            <= 6 => 1,
            <= 24 => 3,
            <= 60 => 12,
            <= 120 => 12,
            _ => 24,
        };
        var first = from == 0 ? 0 : 72;
        return
        [
            .. Enumerable
                .Range(0, (to - first) / step + 1)
                .Select(part => first + part * step)
                .Select(month =>
                    (
                        month * GrowthStandard.DaysInMonth,
                        step < 12
                            ? month.ToString(CultureInfo.InvariantCulture)
                            : T.Of($"{month / 12}t", $"{month / 12}y")
                    )
                ),
        ];
    }

    public static string Z(double z) =>
        (z < 0 ? "−" : "+") + Math.Abs(z).ToString("0.00", T.IsEnglish ? T.English : T.Vietnamese);
}
