using System.Collections.Concurrent;
using System.Globalization;
using Fhir.Metrics;

namespace Health.Fhir.Search.Values;

/// <summary>
/// Which UCUM units measure the same and how they convert, for https://hl7.org/fhir/R4/search.html#quantity ("canonical units").
/// Units whose scale does not begin at nought (Cel) or is not straight (pH) convert to nothing but themselves.
/// </summary>
public static class UnitFactors
{
    public const string Ucum = "http://unitsofmeasure.org";

    private const int MaxKnown = 10_000;

    private static readonly Lazy<SystemOfUnits> Units = new(UCUM.Load);

    private static readonly ConcurrentDictionary<string, (string Dimension, double Factor)?> Known =
        new();

    /// <summary>By what a number in one unit is multiplied to be in the other; null when it cannot be.</summary>
    public static double? Between(string from, string to) =>
        from == to ? 1
        : Of(from) is { } one && Of(to) is { } other && one.Dimension == other.Dimension
            ? one.Factor / other.Factor
        : null;

    private static (string Dimension, double Factor)? Of(string unit)
    {
        if (Known.Count > MaxKnown)
        {
            // Clients invent units; what is known for good is a few hundred.
            Known.Clear();
        }
        return Known.GetOrAdd(unit, static unit => Convert(unit));
    }

    private static (string, double)? Convert(string unit)
    {
        try
        {
            lock (Units)
            {
                var (one, two) = (Canonical(unit, 1), Canonical(unit, 2));
                var factor = Number(one);
                // Twice the number must be twice the amount; of temperatures it is not.
                return factor > 0 && Math.Abs((Number(two) / factor) - 2) < 1e-9
                    ? (one.Metric.ToString(), factor)
                    : null;
            }
        }
        // The library throws what it likes at a text that is no unit.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return null;
        }
    }

    private static Quantity Canonical(string unit, decimal value) =>
        Units.Value.Canonical(new Quantity(value, Units.Value.Metric(unit)));

    private static double Number(Quantity quantity) =>
        double.Parse(
            quantity.Value.ToDecimal().ToString(CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture
        );
}
