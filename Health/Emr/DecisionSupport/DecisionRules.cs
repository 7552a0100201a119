using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// Judges drugs for one person: allergy, duplicate, interaction, dose, age, pregnancy, kidney. Only what matters interrupts. Pure: the same
/// drugs, person and day give the same alerts, in the editor, at signing and by CDS Hooks alike.
/// </summary>
public static class DecisionRules
{
    /// <returns>Worst first; one alert a <see cref="Alert.Key"/>.</returns>
    public static IReadOnlyList<Alert> Check(IReadOnlyList<DrugUse> uses, PatientFacts facts) =>
        [
            .. Unknown(uses)
                .Concat(Allergies.Check(uses, facts))
                .Concat(Duplicates.Check(uses))
                .Concat(Interactions.Check(uses))
                .Concat(Doses.Check(uses, facts))
                .Concat(Pregnancies.Check(uses, facts))
                .Concat(Kidneys.Check(uses, facts))
                .OrderByDescending(alert => alert.Level)
                .DistinctBy(alert => alert.Key),
        ];

    private static IEnumerable<Alert> Unknown(IReadOnlyList<DrugUse> uses) =>
        from use in uses
        where use.IsSystemic
        let unknown = use.Components.Where(part => part.Inn is null).ToList()
        where unknown.Count > 0
        let names = string.Join(", ", unknown.Select(part => part.Name))
        select new Alert(
            AlertLevel.NotRun,
            AlertRule.Ingredient,
            $"ingredient:{names}",
            [use.Ref],
            T.Of(
                $"{use.Name}: chưa kiểm tra được, không nhận ra hoạt chất {names}.",
                $"{use.Name}: not checked, the ingredient {names} is not known here."
            ),
            null,
            "Records"
        );
}
