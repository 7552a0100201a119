using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>What is not given, or less of it, when the kidneys filter little. Also the filtration itself, from creatinine.</summary>
public static class Kidneys
{
    private const decimal MicromolesPerMilligramPerDecilitre = 88.42m;

    /// <summary>Kidneys that are well now may not be so in a year.</summary>
    private const int DaysThatAResultHolds = 365;

    private sealed record Row(
        string Inn,
        decimal BelowEgfr,
        AlertLevel Level,
        string Vietnamese,
        string English,
        Validity Validity
    );

    private static readonly ILookup<string, Row> Rows = DecisionTable
        .Rows("kidney.tsv")
        .Select(row => new Row(
            row[0],
            DecisionTable.Number(row[1])!.Value,
            row[2] == "stop" ? AlertLevel.Stop : AlertLevel.Inform,
            row[3],
            row[4],
            Validity.Of(row)
        ))
        .ToLookup(row => row.Inn);

    /// <summary>
    /// CKD-EPI 2021 from 18 years (Inker, NEJM 2021); below, the bedside Schwartz formula, which needs the height (Schwartz, JASN 2009).
    /// </summary>
    /// <param name="creatinine">µmol/L.</param>
    /// <returns>ml/min/1.73 m²; null when age, or a child's height, is missing.</returns>
    public static decimal? Egfr(decimal creatinine, bool isFemale, int? years, decimal? heightCm)
    {
        var milligrams = (double)(creatinine / MicromolesPerMilligramPerDecilitre);
        if (years is not { } age || milligrams <= 0)
        {
            return null;
        }
        if (age < 18)
        {
            return heightCm is { } height
                ? decimal.Round(0.413m * height / (decimal)milligrams, 1)
                : null;
        }
        var (kappa, alpha) = isFemale ? (0.7, -0.241) : (0.9, -0.302);
        var ratio = milligrams / kappa;
        return decimal.Round(
            (decimal)(
                142
                * Math.Pow(Math.Min(ratio, 1), alpha)
                * Math.Pow(Math.Max(ratio, 1), -1.200)
                * Math.Pow(0.9938, age)
                * (isFemale ? 1.012 : 1)
            ),
            1
        );
    }

    internal static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses, PatientFacts facts)
    {
        var isKnown =
            facts.Kidney is { } known
            && (known.MeasuredOn is not { } day || day >= facts.On.AddDays(-DaysThatAResultHolds));
        foreach (var use in uses.Where(use => use.IsNew && use.IsSystemic))
        {
            foreach (var inn in use.Inns)
            {
                var rows = Rows[inn].Where(row => row.Validity.Holds(facts.On)).ToList();
                if (!isKnown)
                {
                    if (rows.Find(row => row.Level is AlertLevel.Stop) is { } never)
                    {
                        yield return Told(
                            AlertLevel.NotRun,
                            use,
                            inn,
                            T.Of(
                                $"chưa kiểm tra chức năng thận, không có eGFR trong 12 tháng (không dùng khi dưới {never.BelowEgfr:0})",
                                $"kidney function was not checked, no eGFR within 12 months (not below {never.BelowEgfr:0})"
                            ),
                            never.Validity.Source
                        );
                    }
                }
                else if (
                    rows.Where(row => facts.Kidney!.Egfr < row.BelowEgfr)
                        .OrderByDescending(row => row.Level)
                        .ThenBy(row => row.BelowEgfr)
                        .FirstOrDefault() is
                    { } row
                )
                {
                    yield return Told(
                        row.Level,
                        use,
                        inn,
                        T.Of(
                            $"eGFR {facts.Kidney!.Egfr:0}, {(row.Level is AlertLevel.Stop ? "không dùng khi" : "ngưỡng")} dưới {row.BelowEgfr:0}: {row.Vietnamese}",
                            $"eGFR {facts.Kidney!.Egfr:0}, {(row.Level is AlertLevel.Stop ? "not below" : "threshold")} {row.BelowEgfr:0}: {row.English}"
                        ),
                        row.Validity.Source
                    );
                }
            }
        }
    }

    private static Alert Told(
        AlertLevel level,
        DrugUse use,
        string inn,
        string message,
        string source
    ) =>
        new(
            level,
            AlertRule.Kidney,
            $"kidney:{inn}",
            [use.Ref],
            $"{use.Name}: {message}.",
            null,
            source
        );
}
