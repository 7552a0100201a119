using System.Globalization;
using System.Text.RegularExpressions;
using Health.Emr.DecisionSupport;

namespace Health.Emr.Prescriptions;

/// <summary>Drugs of the catalogue as decision support sees them: INN, route, and milligrams in a dose unit.</summary>
public static partial class DrugUses
{
    private const decimal MilligramsPerMillilitreOfOnePercent = 10;

    public static DrugUse Of(Drug drug, PrescriptionDraft.Line line, string reference) =>
        Of(drug, reference) with
        {
            PerDose = line.Dose,
            PerDay = line.Dose * line.Times,
        };

    public static DrugUse Of(Drug drug, string reference, bool isNew = true) =>
        new(
            reference,
            drug.Name,
            Components(drug),
            RouteOf(drug.Route),
            drug.DoseUnit == "viên",
            IsModifiedRelease(drug.Form),
            IsNew: isNew
        );

    /// <summary><c>Uống</c>, <c>Tiêm tĩnh mạch</c>, <c>Nhỏ mắt</c>, or their English.</summary>
    public static DrugRoute RouteOf(string? route) =>
        route?.ToLowerInvariant() switch
        {
            null or "" => DrugRoute.Systemic,
            var text when text.Contains("uống") || text.Contains("oral") => DrugRoute.Oral,
            var text when text.Contains("hít") || text.Contains("inhal") => DrugRoute.Inhaled,
            var text
                when text.Contains("tiêm")
                    || text.Contains("truyền")
                    || text.Contains("intravenous")
                    || text.Contains("injection") => DrugRoute.Injected,
            var text
                when text.Contains("bôi")
                    || text.Contains("nhỏ")
                    || text.Contains("topical")
                    || text.Contains("ophthalmic") => DrugRoute.Topical,
            _ => DrugRoute.Systemic,
        };

    /// <summary>Of each ingredient in the order written; null where the strength cannot be read.</summary>
    /// <param name="doseUnit">A strength in 5 ml is per ml only where the dose is counted in ml.</param>
    public static IReadOnlyList<decimal?> MilligramsOf(string strength, string doseUnit, int count)
    {
        var parts = strength.Split(" + ");
        return parts.Length != count
            ? [.. Enumerable.Repeat<decimal?>(null, count)]
            : [.. parts.Select(part => Milligrams(part, doseUnit))];
    }

    private static IReadOnlyList<Component> Components(Drug drug)
    {
        var names = drug.Ingredients.Split(" + ");
        var milligrams = MilligramsOf(drug.Strength, drug.DoseUnit, names.Length);
        return
        [
            .. names.Select(
                (name, i) => new Component(name, Ingredients.Find(name), milligrams[i])
            ),
        ];
    }

    private static decimal? Milligrams(string part, string doseUnit)
    {
        if (Strength().Match(part) is not { Success: true } match)
        {
            return null;
        }
        var amount = Number(match.Groups[1].Value);
        if (match.Groups[2].Value == "%")
        {
            return doseUnit == "ml" ? amount * MilligramsPerMillilitreOfOnePercent : null;
        }
        var milligrams = match.Groups[2].Value switch
        {
            "g" => amount * 1000,
            "microgam" => amount / 1000,
            _ => amount,
        };
        if (match.Groups[3].Value is not { Length: > 0 } volume)
        {
            return milligrams;
        }
        return doseUnit == "ml" ? milligrams / Number(volume) : null;
    }

    private static bool IsModifiedRelease(string form) =>
        form.Contains("kéo dài", StringComparison.Ordinal)
        || form.Contains("kiểm soát", StringComparison.Ordinal);

    private static decimal Number(string text) =>
        decimal.Parse(text.Replace(',', '.'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([\d,.]+) ?(mg|g|microgam|%)(?:/([\d,.]+) ?ml)?")]
    private static partial Regex Strength();
}
