using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Tests.Search;

/// <summary>Quantities and their units, by a table of factors that is written here by hand.</summary>
internal static class NaiveUnits
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>What one of the unit is in its dimension's own unit.</summary>
    private static readonly Dictionary<string, (string Of, double Factor)> Known = new()
    {
        ["mg"] = ("g", 0.001),
        ["g"] = ("g", 1),
        ["kg"] = ("g", 1000),
        ["[lb_av]"] = ("g", 453.59237),
        ["cm"] = ("m", 0.01),
    };

    public static bool Passes(QuantityIndex quantity, QuantityTest wanted)
    {
        var isSame =
            (wanted.System is null || wanted.System == (quantity.System ?? ""))
            && (
                wanted.Code is null
                || wanted.Code == quantity.Code
                || (
                    wanted.System is null
                    && SearchText.Normalise(wanted.Code)
                        == SearchText.Normalise(quantity.Unit ?? "")
                )
            );
        return isSame ? NaiveSearch.Holds(wanted.Number, quantity.Range)
            : wanted is { System: Ucum, Code: { } asked }
            && quantity is { System: Ucum, Code: { } has }
            && Known.TryGetValue(asked, out var one)
            && Known.TryGetValue(has, out var other)
            && one.Of == other.Of
                ? NaiveSearch.Holds(
                    wanted.Number,
                    new NumberRange(
                        Scaled(quantity.Range.Low, other.Factor / one.Factor),
                        Scaled(quantity.Range.High, other.Factor / one.Factor)
                    )
                )
            : false;
    }

    private static double Scaled(double value, double factor) =>
        value is double.MinValue or double.MaxValue ? value : value * factor;
}
