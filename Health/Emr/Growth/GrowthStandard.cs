using System.Globalization;
using System.Reflection;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Health.Emr.Growth;

[JsonConverter(typeof(JsonStringEnumConverter<Indicator>))]
public enum Indicator
{
    WeightForAge,
    HeightForAge,
    WeightForHeight,
    BmiForAge,
    HeadForAge,
}

/// <summary>How a child's length or height was measured.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Posture>))]
public enum Posture
{
    Lying,
    Standing,
}

/// <summary>Skewness, median and coefficient of variation of a distribution.</summary>
public readonly record struct Lms(double L, double M, double S)
{
    /// <summary>The measurement that lies <paramref name="z"/> standard deviations from the median.</summary>
    public double At(double z) => M * Math.Pow(1 + L * S * z, 1 / L);

    public double ZScore(double measured) => (Math.Pow(measured / M, L) - 1) / (L * S);

    /// <summary>
    /// Beyond ±3 SD a skewed distribution is cut: the distance between 2 and 3 SD is the measure of what lies further out
    /// (WHO 2006, “restricted application of the LMS method”, for indicators based on weight).
    /// </summary>
    public double RestrictedZScore(double measured)
    {
        var z = ZScore(measured);
        return z > 3 ? 3 + (measured - At(3)) / (At(3) - At(2))
            : z < -3 ? -3 + (measured - At(-3)) / (At(-2) - At(-3))
            : z;
    }
}

/// <summary>
/// The WHO Child Growth Standards of 2006 (birth to five years, by day) and the WHO Growth Reference of 2007 (to 19 years, by
/// month), as the WHO's own programs apply them: https://www.who.int/tools/child-growth-standards. Values are in kilograms, centimetres,
/// kg/m² and days; whatever the tables do not reach is null.
/// </summary>
public static class GrowthStandard
{
    public const double DaysInMonth = 30.4375;

    /// <summary>From this day on a child stands to be measured.</summary>
    public const int StandsFromDay = 731;

    /// <summary>A child is so much longer lying than standing.</summary>
    public const double LyingIsLonger = 0.7;

    private const int LastDay = 1826;

    private static readonly Table WeightByDay = new("weight-for-age-days");
    private static readonly Table HeightByDay = new("height-for-age-days");
    private static readonly Table BmiByDay = new("bmi-for-age-days");
    private static readonly Table HeadByDay = new("head-for-age-days");
    private static readonly Table ByLength = new("weight-for-length");
    private static readonly Table ByHeight = new("weight-for-height");
    private static readonly Table WeightByMonth = new("weight-for-age-months", last: 120);
    private static readonly Table HeightByMonth = new("height-for-age-months", last: 228);
    private static readonly Table BmiByMonth = new("bmi-for-age-months", last: 228);

    public static double? WeightForAge(Sex sex, int days, double kilograms) =>
        At(Indicator.WeightForAge, sex, days)?.RestrictedZScore(kilograms);

    public static double? HeightForAge(
        Sex sex,
        int days,
        double centimetres,
        Posture? measured = null
    ) => At(Indicator.HeightForAge, sex, days)?.ZScore(Height(days, centimetres, measured));

    public static double? BmiForAge(
        Sex sex,
        int days,
        double kilograms,
        double centimetres,
        Posture? measured = null
    ) =>
        At(Indicator.BmiForAge, sex, days)
            ?.RestrictedZScore(Bmi(kilograms, Height(days, centimetres, measured)));

    public static double? HeadForAge(Sex sex, int days, double centimetres) =>
        At(Indicator.HeadForAge, sex, days)?.ZScore(centimetres);

    /// <summary>For length in the first two years, for height until the fifth birthday.</summary>
    public static double? WeightForHeight(
        Sex sex,
        int days,
        double kilograms,
        double centimetres,
        Posture? measured = null
    ) =>
        days > LastDay
            ? null
            : (days < StandsFromDay ? ByLength : ByHeight)
                .At(sex, Height(days, centimetres, measured))
                ?.RestrictedZScore(kilograms);

    /// <summary>As the standard for the age has it: lying before the second birthday, standing from then on.</summary>
    public static double Height(int days, double centimetres, Posture? measured) =>
        (days < StandsFromDay, measured) switch
        {
            (true, Posture.Standing) => centimetres + LyingIsLonger,
            (false, Posture.Lying) => centimetres - LyingIsLonger,
            _ => centimetres,
        };

    public static double Bmi(double kilograms, double centimetres) =>
        kilograms / (centimetres * centimetres / 10_000);

    /// <summary>The distribution of an indicator at an age; null where there is none.</summary>
    public static Lms? At(Indicator indicator, Sex sex, int days)
    {
        var young = days <= LastDay;
        var table = indicator switch
        {
            Indicator.WeightForAge => young ? WeightByDay : WeightByMonth,
            Indicator.HeightForAge => young ? HeightByDay : HeightByMonth,
            Indicator.BmiForAge => young ? BmiByDay : BmiByMonth,
            Indicator.HeadForAge => young ? HeadByDay : null,
            _ => null,
        };
        return table?.At(sex, young ? days : days / DaysInMonth);
    }

    /// <summary>A value that the WHO's programs flag: rather a slip than a child.</summary>
    public static bool IsImplausible(Indicator indicator, double z) =>
        indicator switch
        {
            Indicator.WeightForAge => z is < -6 or > 5,
            Indicator.HeightForAge => Math.Abs(z) > 6,
            _ => Math.Abs(z) > 5,
        };

    /// <summary>Rows at equal steps, boys and girls; between two rows L, M and S are taken in proportion.</summary>
    private sealed class Table(string name, double last = double.PositiveInfinity)
    {
        private const double Exact = 1e-6;

        private readonly Lazy<(double First, double Step, Lms[] Boys, Lms[] Girls)> rows = new(() =>
            Read(name)
        );

        public Lms? At(Sex sex, double index)
        {
            if (sex is not (Sex.Male or Sex.Female) || index > last)
            {
                return null;
            }
            var (first, step, boys, girls) = rows.Value;
            var values = sex is Sex.Male ? boys : girls;
            var at = (index - first) / step;
            var low = (int)Math.Floor(at + Exact);
            if (low < 0 || low >= values.Length)
            {
                return null;
            }
            var part = at - low;
            if (part < Exact)
            {
                return values[low];
            }
            return low + 1 >= values.Length ? null : Between(values[low], values[low + 1], part);
        }

        private static Lms Between(Lms low, Lms high, double part) =>
            new(
                low.L + part * (high.L - low.L),
                low.M + part * (high.M - low.M),
                low.S + part * (high.S - low.S)
            );

        private static (double, double, Lms[], Lms[]) Read(string name)
        {
            using var stream = Assembly
                .GetExecutingAssembly()
                .GetManifestResourceStream($"Health.Emr.Growth.Data.{name}.tsv")!;
            using var reader = new StreamReader(stream);
            var (indexes, boys, girls) = (new List<double>(), new List<Lms>(), new List<Lms>());
            while (reader.ReadLine() is { } line)
            {
                var numbers = line.Split('\t')
                    .Select(text => double.Parse(text, CultureInfo.InvariantCulture))
                    .ToArray();
                indexes.Add(numbers[0]);
                boys.Add(new(numbers[1], numbers[2], numbers[3]));
                girls.Add(new(numbers[4], numbers[5], numbers[6]));
            }
            var step = (indexes[^1] - indexes[0]) / (indexes.Count - 1);
            return (indexes[0], step, [.. boys], [.. girls]);
        }
    }
}
