using System.Globalization;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>Hard limits: the most of an ingredient each time and each day, by age and weight, and the age below which it is not given.</summary>
internal static class Doses
{
    private sealed record Limit(
        string Inn,
        int FromMonths,
        int? ToMonths,
        decimal? Dose,
        decimal? Day,
        decimal? DosePerKg,
        decimal? DayPerKg,
        Validity Validity
    );

    private sealed record AgeLimit(
        string Inn,
        int UnderMonths,
        AlertLevel Level,
        string Vietnamese,
        string English,
        Validity Validity
    );

    private static readonly ILookup<string, Limit> Limits = DecisionTable
        .Rows("dose-limits.tsv")
        .Select(row => new Limit(
            row[0],
            DecisionTable.Whole(row[2])!.Value,
            DecisionTable.Whole(row[3]),
            DecisionTable.Number(row[4]),
            DecisionTable.Number(row[5]),
            DecisionTable.Number(row[6]),
            DecisionTable.Number(row[7]),
            Validity.Of(row)
        ))
        .ToLookup(limit => limit.Inn);

    private static readonly ILookup<string, AgeLimit> AgeLimits = DecisionTable
        .Rows("age-limits.tsv")
        .Select(row => new AgeLimit(
            row[0],
            DecisionTable.Whole(row[1])!.Value,
            row[2] == "stop" ? AlertLevel.Stop : AlertLevel.Inform,
            row[3],
            row[4],
            Validity.Of(row)
        ))
        .ToLookup(limit => limit.Inn);

    public static IEnumerable<Alert> Check(IReadOnlyList<DrugUse> uses, PatientFacts facts)
    {
        var taken =
            from use in uses
            where use.IsNew && use.IsSystemic
            from part in use.Components
            where part.Inn is not null
            group (use, part) by part.Inn!;
        foreach (var same in taken)
        {
            var oral = same.Where(one => one.use.Route is DrugRoute.Oral).ToList();
            if (Youth(same.Key, facts) is { } young)
            {
                yield return Told(
                    young.Level,
                    AlertRule.Age,
                    same.Select(one => one.use.Ref),
                    T.Of(
                        $"{Ingredients.NameOf(same.Key)}: {(young.Level is AlertLevel.Stop ? "không dùng" : "thận trọng")} dưới {Age(young.UnderMonths)} ({young.Vietnamese}).",
                        $"{Ingredients.NameOf(same.Key)}: {(young.Level is AlertLevel.Stop ? "not" : "with care")} below {Age(young.UnderMonths)} ({young.English})."
                    ),
                    young.Validity.Source
                );
            }
            foreach (var alert in Amounts(same.Key, oral, facts))
            {
                yield return alert;
            }

            Alert Told(
                AlertLevel level,
                AlertRule rule,
                IEnumerable<string> refs,
                string message,
                string source
            ) => Of(level, rule, same.Key, refs, message, source);
        }
    }

    private static IEnumerable<Alert> Amounts(
        string inn,
        IReadOnlyList<(DrugUse Use, Component Part)> taken,
        PatientFacts facts
    )
    {
        if (taken.Count == 0 || !Limits[inn].Any())
        {
            yield break;
        }
        var refs = taken.Select(one => one.Use.Ref);
        if (facts.AgeMonths is not { } months)
        {
            yield return NotRun(T.Of("chưa biết tuổi", "the age is not known"));
            yield break;
        }
        var limit = Limits[inn]
            .FirstOrDefault(row =>
                row.Validity.Holds(facts.On)
                && row.FromMonths <= months
                && (row.ToMonths is null || months < row.ToMonths)
            );
        if (limit is null)
        {
            yield break;
        }
        if (
            taken.Any(one =>
                one.Part.Milligrams is null || one.Use.PerDose is null || one.Use.PerDay is null
            )
        )
        {
            yield return NotRun(
                T.Of("chưa rõ hàm lượng hoặc liều", "strength or dose is not known")
            );
            yield break;
        }
        if (facts.WeightKg is null && (limit.DosePerKg ?? limit.DayPerKg) is not null)
        {
            yield return NotRun(T.Of("thiếu cân nặng", "the weight is missing"));
        }
        var dose = taken.Max(one => one.Part.Milligrams!.Value * one.Use.PerDose!.Value);
        var day = taken.Sum(one => one.Part.Milligrams!.Value * one.Use.PerDay!.Value);
        var mostDose = Least(limit.Dose, limit.DosePerKg * facts.WeightKg);
        var mostDay = Least(limit.Day, limit.DayPerKg * facts.WeightKg);
        if (dose > mostDose)
        {
            yield return Over(
                T.Of(
                    $"{Mg(dose)} mỗi lần, tối đa {Mg(mostDose.Value)}",
                    $"{Mg(dose)} each time, at most {Mg(mostDose.Value)}"
                )
            );
        }
        else if (day > mostDay)
        {
            yield return Over(
                T.Of(
                    $"{Mg(day)} mỗi ngày, tối đa {Mg(mostDay.Value)}",
                    $"{Mg(day)} a day, at most {Mg(mostDay.Value)}"
                )
            );
        }

        Alert Over(string what)
        {
            var weight =
                facts.WeightKg is { } kilograms && (limit.DosePerKg ?? limit.DayPerKg) is not null
                    ? T.Of($", nặng {kilograms:0.##} kg", $", {kilograms:0.##} kg")
                    : "";
            return Of(
                AlertLevel.Stop,
                AlertRule.Dose,
                inn,
                refs,
                T.Of(
                    $"{Ingredients.NameOf(inn)}: quá liều tối đa ở {Age(months)}{weight}: {what}.",
                    $"{Ingredients.NameOf(inn)}: above the highest dose at {Age(months)}{weight}: {what}."
                ),
                limit.Validity.Source
            );
        }

        Alert NotRun(string why) =>
            Of(
                AlertLevel.NotRun,
                AlertRule.Dose,
                inn,
                refs,
                T.Of(
                    $"{Ingredients.NameOf(inn)}: chưa kiểm tra được liều tối đa, {why}.",
                    $"{Ingredients.NameOf(inn)}: the highest dose was not checked, {why}."
                ),
                "Records"
            );
    }

    private static AgeLimit? Youth(string inn, PatientFacts facts) =>
        AgeLimits[inn]
            .Where(row => row.Validity.Holds(facts.On) && facts.AgeMonths < row.UnderMonths)
            .OrderByDescending(row => row.Level)
            .FirstOrDefault();

    private static Alert Of(
        AlertLevel level,
        AlertRule rule,
        string inn,
        IEnumerable<string> refs,
        string message,
        string source
    ) =>
        new(
            level,
            rule,
            $"{rule.ToString().ToLowerInvariant()}:{inn}",
            [.. refs],
            message,
            null,
            source
        );

    private static decimal? Least(decimal? one, decimal? other) =>
        one is null ? other
        : other is null ? one
        : Math.Min(one.Value, other.Value);

    private static string Age(int months) =>
        months < 72
            ? T.Of($"{months} tháng tuổi", $"{months} months")
            : T.Of($"{months / 12} tuổi", $"{months / 12} years");

    private static string Mg(decimal milligrams) =>
        $"{milligrams.ToString("0.###", CultureInfo.GetCultureInfo("vi-VN"))} mg";
}
