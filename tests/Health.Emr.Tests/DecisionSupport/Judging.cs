using Health.Emr.DecisionSupport;
using Health.Emr.Prescriptions;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>Short ways to ask the rules.</summary>
internal static class Judging
{
    public static readonly PatientFacts Adult = new(
        Sex.Male,
        AgeMonths: 42 * 12,
        WeightKg: 60,
        Pregnancy: null,
        Kidney: new KidneyFact(95),
        Allergies: [],
        On: new(2026, 11, 23)
    );

    public static readonly PatientFacts Woman = Adult with
    {
        Sex = Sex.Female,
        AgeMonths = 28 * 12,
    };

    public static PatientFacts Child(int months, decimal? weight) =>
        Adult with
        {
            AgeMonths = months,
            WeightKg = weight,
        };

    public static DrugUse Use(
        string name,
        DrugRoute route = DrugRoute.Oral,
        bool isNew = true,
        bool isTablet = true
    ) =>
        new(
            name,
            name,
            [new Component(name, Ingredients.Find(name))],
            route,
            isTablet,
            IsNew: isNew
        );

    /// <summary>Of the catalogue, with a dose in its unit.</summary>
    public static DrugUse Drug(string code, decimal dose, int times) =>
        DrugUses.Of(DrugCatalogue.Find(code)!, new(code, dose, times, 5), code);

    public static IReadOnlyList<Alert> Check(PatientFacts facts, params DrugUse[] uses) =>
        DecisionRules.Check(uses, facts);

    public static AlertLevel? Level(this IEnumerable<Alert> alerts, AlertRule rule) =>
        alerts.FirstOrDefault(alert => alert.Rule == rule)?.Level;
}
