using Health.Emr.DecisionSupport;
using Health.Emr.Prescriptions;

namespace Health.Emr.Pharmacy;

/// <summary>
/// What a pharmacist may hand out instead: the same ingredients in the same strength, form and route, under another brand. Controlled drugs
/// are handed out as written.
/// </summary>
public static class Substitution
{
    public static bool IsAllowed(Drug written, Drug given) =>
        written.Code != given.Code
        && written.Class is ControlClass.Common
        && given.Class is ControlClass.Common
        && written.Strength == given.Strength
        && written.Form == given.Form
        && written.Unit == given.Unit
        && written.Route == given.Route
        && Inns(written).SequenceEqual(Inns(given));

    public static IReadOnlyList<Drug> For(Drug written) =>
        [.. DrugCatalogue.All.Where(given => IsAllowed(written, given))];

    /// <summary>In the order of the strengths. What is not known here is equal to nothing but itself.</summary>
    private static IEnumerable<string> Inns(Drug drug) =>
        drug.Ingredients.Split(" + ").Select(name => Ingredients.Find(name) ?? name);
}
