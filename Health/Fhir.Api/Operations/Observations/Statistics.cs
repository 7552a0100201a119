namespace Health.Fhir.Api.Operations.Observations;

/// <summary>
/// The measures of https://hl7.org/fhir/R4/codesystem-observation-statistics.html over one row of numbers. Percentiles interpolate between
/// neighbours; standard deviation and variance are those of a sample (n − 1); skew and kurtosis are the standardised third and fourth moments
/// (a normal distribution has kurtosis 3).
/// </summary>
internal static class Statistics
{
    public const string System = "http://terminology.hl7.org/CodeSystem/observation-statistics";

    private static readonly Dictionary<string, Func<double[], double?>> Measures = new()
    {
        ["average"] = values => values.Average(),
        ["maximum"] = values => values[^1],
        ["minimum"] = values => values[0],
        ["count"] = values => values.Length,
        ["total-count"] = values => values.Length,
        ["median"] = values => Percentile(values, 0.5),
        ["std-dev"] = values => Math.Sqrt(Variance(values) ?? double.NaN),
        ["sum"] = values => values.Sum(),
        ["variance"] = Variance,
        ["20-percent"] = values => Percentile(values, 0.2),
        ["80-percent"] = values => Percentile(values, 0.8),
        ["4-lower"] = values => Percentile(values, 0.25),
        ["4-upper"] = values => Percentile(values, 0.75),
        ["4-dev"] = values => (Percentile(values, 0.75) - Percentile(values, 0.25)) / 2,
        ["5-1"] = values => Percentile(values, 0.2),
        ["5-2"] = values => Percentile(values, 0.4),
        ["5-3"] = values => Percentile(values, 0.6),
        ["5-4"] = values => Percentile(values, 0.8),
        ["skew"] = values => Moment(values, 3),
        ["kurtosis"] = values => Moment(values, 4),
    };

    public static IReadOnlyCollection<string> Codes => Measures.Keys;

    /// <summary>A number of values, without a unit.</summary>
    public static bool IsCount(string code) => code is "count" or "total-count";

    /// <summary>A ratio, without a unit.</summary>
    public static bool IsPure(string code) => code is "skew" or "kurtosis";

    /// <summary>Null when so few values do not have it.</summary>
    /// <param name="sorted">At least one, ascending.</param>
    public static double? Of(string code, double[] sorted) =>
        Measures[code](sorted) is { } value && double.IsFinite(value) ? value : null;

    private static double Percentile(double[] sorted, double part)
    {
        var at = part * (sorted.Length - 1);
        var (below, above) = ((int)Math.Floor(at), (int)Math.Ceiling(at));
        return sorted[below] + ((sorted[above] - sorted[below]) * (at - below));
    }

    private static double? Variance(double[] values)
    {
        var mean = values.Average();
        return values.Length > 1
            ? values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1)
            : null;
    }

    private static double? Moment(double[] values, int power)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return deviation > 0
            ? values.Average(value => Math.Pow((value - mean) / deviation, power))
            : null;
    }
}
