using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>What is not given in pregnancy, by the week.</summary>
internal static class Pregnancies
{
    private const int FirstYear = 15;
    private const int LastYear = 49;

    private sealed record Row(
        string Inn,
        int FromWeek,
        int? ToWeek,
        decimal? AboveDayMg,
        AlertLevel Level,
        string Vietnamese,
        string English,
        Validity Validity
    );

    private static readonly ILookup<string, Row> Rows = DecisionTable
        .Rows("pregnancy.tsv")
        .Select(row => new Row(
            row[0],
            DecisionTable.Whole(row[1])!.Value,
            DecisionTable.Whole(row[2]),
            DecisionTable.Number(row[3]),
            row[4] == "stop" ? AlertLevel.Stop : AlertLevel.Inform,
            row[5],
            row[6],
            Validity.Of(row)
        ))
        .ToLookup(row => row.Inn);

    public static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses, PatientFacts facts)
    {
        foreach (var use in uses.Where(use => use.IsNew && use.IsSystemic))
        {
            foreach (var part in use.Components.Where(part => part.Inn is not null))
            {
                var inn = part.Inn!;
                var rows = Rows[inn]
                    .Where(row => row.Validity.Holds(facts.On) && IsEnough(row, use, part));
                if (facts.Pregnancy is { } pregnancy)
                {
                    var row = rows.Where(row => IsAt(row, pregnancy.Week))
                        .OrderByDescending(row => row.Level)
                        .FirstOrDefault();
                    if (row is not null)
                    {
                        yield return Told(use, inn, row, pregnancy.Week);
                    }
                }
                else if (
                    MayBePregnant(facts)
                    && rows.Any(row => row is { Level: AlertLevel.Stop, FromWeek: 0 })
                )
                {
                    yield return new Alert(
                        AlertLevel.NotRun,
                        AlertRule.Pregnancy,
                        $"pregnancy:{inn}",
                        [use.Ref],
                        T.Of(
                            $"{use.Name}: chống chỉ định khi mang thai; hồ sơ không ghi có thai hay không.",
                            $"{use.Name}: contraindicated in pregnancy; the record does not say whether she is pregnant."
                        ),
                        null,
                        rows.First().Validity.Source
                    );
                }
            }
        }
    }

    private static Alert Told(DrugUse use, string inn, Row row, int? week)
    {
        var when = week is { } known
            ? T.Of($"thai {known} tuần", $"week {known}")
            : T.Of("chưa rõ tuần thai", "week not known");
        return new Alert(
            row.Level,
            AlertRule.Pregnancy,
            $"pregnancy:{inn}",
            [use.Ref],
            row.Level is AlertLevel.Stop
                ? T.Of(
                    $"{use.Name}: không dùng khi mang thai ({when}): {row.Vietnamese}.",
                    $"{use.Name}: not in pregnancy ({when}): {row.English}."
                )
                : T.Of(
                    $"{use.Name}: đang mang thai ({when}): {row.Vietnamese}.",
                    $"{use.Name}: pregnant ({when}): {row.English}."
                ),
            null,
            row.Validity.Source
        );
    }

    private static bool IsAt(Row row, int? week) =>
        week is not { } known
        || (row.FromWeek <= known && (row.ToWeek is null || known < row.ToWeek));

    private static bool IsEnough(Row row, DrugUse use, Component part) =>
        row.AboveDayMg is not { } most || part.Milligrams * use.PerDay is not { } day || day > most;

    private static bool MayBePregnant(PatientFacts facts) =>
        facts.Sex is Sex.Female && facts.AgeMonths / 12 is >= FirstYear and <= LastYear;
}
