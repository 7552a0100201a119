using Health.Emr.Growth;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Growth;

/// <summary>
/// Against scores that the WHO's own programs give: the examples and tests of <c>anthro</c> (0–5 years) and <c>anthroplus</c> (5–19 years), github.com/
/// WorldHealthOrganization, two decimals; and against the standard deviations that the WHO publishes in its tables.
/// </summary>
public sealed class GrowthStandardTests
{
    private const double Exact = 0.005001;

    [Theory]
    [InlineData(Sex.Male, 1001, 18, 120, 7.31, 2.20, -2.39, -3.01)]
    [InlineData(Sex.Female, 1000, 15, 80, -3.50, 0.95, 4.13, 4.66)]
    [InlineData(Sex.Male, 1010, 10, 100, 1.62, -2.76, -5.19, -5.61)]
    [InlineData(Sex.Male, 1000, 15, 100, 1.70, 0.69, -0.29, -0.58)]
    public void Gives_the_scores_of_the_WHOs_program_under_five(
        Sex sex,
        int days,
        double kilograms,
        double centimetres,
        double heightForAge,
        double weightForAge,
        double weightForHeight,
        double bmiForAge
    )
    {
        Assert.Equal(
            heightForAge,
            GrowthStandard.HeightForAge(sex, days, centimetres)!.Value,
            Exact
        );
        Assert.Equal(weightForAge, GrowthStandard.WeightForAge(sex, days, kilograms)!.Value, Exact);
        Assert.Equal(
            weightForHeight,
            GrowthStandard.WeightForHeight(sex, days, kilograms, centimetres)!.Value,
            Exact
        );
        Assert.Equal(
            bmiForAge,
            GrowthStandard.BmiForAge(sex, days, kilograms, centimetres)!.Value,
            Exact
        );
    }

    [Theory]
    [InlineData(Sex.Male, 100, 30, 100, -5.04, 0.87, 5.03)]
    [InlineData(Sex.Female, 110, 40, 90, -7.06, 1.78, 7.37)]
    [InlineData(Sex.Female, 60.32, 18.7, 113.8, 0.96, 0.21, -0.58)]
    [InlineData(Sex.Female, 60.911701, 20.5, 113.6, 0.85, 0.79, 0.42)]
    public void Gives_the_scores_of_the_WHOs_program_from_five_on(
        Sex sex,
        double months,
        double kilograms,
        double centimetres,
        double heightForAge,
        double weightForAge,
        double bmiForAge
    )
    {
        // The program takes months; a day more or less than they are moves a score by less than the tables do in a month.
        var days = (int)Math.Round(months * GrowthStandard.DaysInMonth);
        var exact = Math.Abs(days - months * GrowthStandard.DaysInMonth) < 0.01 ? Exact : 0.01;
        Assert.Equal(
            heightForAge,
            GrowthStandard.HeightForAge(sex, days, centimetres)!.Value,
            exact
        );
        Assert.Equal(weightForAge, GrowthStandard.WeightForAge(sex, days, kilograms)!.Value, exact);
        Assert.Equal(
            bmiForAge,
            GrowthStandard.BmiForAge(sex, days, kilograms, centimetres)!.Value,
            exact
        );
    }

    /// <summary>WHO, weight-for-age z-score tables by month: birth, 12 and 24 months, in kilograms to one decimal.</summary>
    [Theory]
    [InlineData(Sex.Male, 0, 2.1, 2.5, 2.9, 3.3, 3.9, 4.4, 5.0)]
    [InlineData(Sex.Male, 365, 6.9, 7.7, 8.6, 9.6, 10.8, 12.0, 13.3)]
    [InlineData(Sex.Male, 731, 8.6, 9.7, 10.8, 12.2, 13.6, 15.3, 17.1)]
    [InlineData(Sex.Female, 0, 2.0, 2.4, 2.8, 3.2, 3.7, 4.2, 4.8)]
    [InlineData(Sex.Female, 365, 6.3, 7.0, 7.9, 8.9, 10.1, 11.5, 13.1)]
    [InlineData(Sex.Female, 731, 8.1, 9.0, 10.2, 11.5, 13.0, 14.8, 17.0)]
    public void Has_the_published_standard_deviations(
        Sex sex,
        int days,
        double minus3,
        double minus2,
        double minus1,
        double median,
        double plus1,
        double plus2,
        double plus3
    )
    {
        var weight = GrowthStandard.At(Indicator.WeightForAge, sex, days)!.Value;
        Assert.Equal(
            [minus3, minus2, minus1, median, plus1, plus2, plus3],
            Enumerable.Range(-3, 7).Select(z => Math.Round(weight.At(z), 1))
        );
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    [InlineData(4.5)]
    [InlineData(-4.5)]
    public void Beyond_three_the_distance_from_two_to_three_is_the_measure(double z)
    {
        var weight = GrowthStandard.At(Indicator.WeightForAge, Sex.Male, 365)!.Value;
        var sign = Math.Sign(z);
        var step = weight.At(3 * sign) - weight.At(2 * sign);
        var measured = weight.At(3 * sign) + (Math.Abs(z) - 3) * step;
        Assert.Equal(z, weight.RestrictedZScore(measured), 1e-9);
    }

    [Fact]
    public void A_child_is_seven_millimetres_longer_lying()
    {
        Assert.Equal(
            GrowthStandard.HeightForAge(Sex.Male, 700, 84.7, Posture.Lying),
            GrowthStandard.HeightForAge(Sex.Male, 700, 84.0, Posture.Standing)
        );
        Assert.Equal(
            GrowthStandard.HeightForAge(Sex.Male, 731, 86.0, Posture.Standing)!.Value,
            GrowthStandard.HeightForAge(Sex.Male, 731, 86.7, Posture.Lying)!.Value,
            1e-9
        );
        // The weight for it is read in the table of its own age's way.
        Assert.Equal(
            GrowthStandard.WeightForHeight(Sex.Female, 900, 12, 88, Posture.Standing)!.Value,
            GrowthStandard.WeightForHeight(Sex.Female, 900, 12, 88.7, Posture.Lying)!.Value,
            1e-9
        );
    }

    [Theory]
    [InlineData(1826, true)]
    [InlineData(1827, true)] // the reference of 2007 takes over without a gap
    [InlineData(3652, true)] // 120 months less than a day
    [InlineData(3690, false)] // no weight for age past 10 years
    public void Knows_where_the_tables_end(int days, bool weight) =>
        Assert.Equal(weight, GrowthStandard.WeightForAge(Sex.Male, days, 25) is not null);

    [Fact]
    public void Says_nothing_without_a_sex_or_outside_the_tables()
    {
        Assert.Null(GrowthStandard.WeightForAge(Sex.Unknown, 365, 9));
        Assert.Null(GrowthStandard.HeadForAge(Sex.Male, 1827, 50));
        Assert.Null(GrowthStandard.WeightForHeight(Sex.Male, 100, 3, 44.9));
        Assert.Null(GrowthStandard.HeightForAge(Sex.Male, 7000, 170));
    }

    [Theory]
    [InlineData(Indicator.HeightForAge, -2.01, 400, "Thấp còi", true)]
    [InlineData(Indicator.HeightForAge, -2.00, 400, "Bình thường", false)]
    [InlineData(Indicator.WeightForAge, -3.01, 400, "Nhẹ cân nặng", true)]
    [InlineData(Indicator.WeightForHeight, 2.01, 400, "Thừa cân", true)]
    [InlineData(Indicator.WeightForHeight, 3.01, 400, "Béo phì", true)]
    [InlineData(Indicator.BmiForAge, 1.50, 400, "Bình thường", false)]
    [InlineData(Indicator.BmiForAge, 1.50, 2500, "Thừa cân", true)] // from five years on
    [InlineData(Indicator.BmiForAge, 2.01, 2500, "Béo phì", true)]
    [InlineData(Indicator.WeightForAge, 5.01, 400, "Khó có thật, đo lại", true)]
    public void Says_what_a_score_means(
        Indicator indicator,
        double z,
        int days,
        string text,
        bool isOut
    ) => Assert.Equal((text, isOut), GrowthWords.Of(indicator, z, days));

    [Fact]
    public void Draws_the_childs_line_over_the_curves_and_says_it_in_words()
    {
        var visits = new[] { (30, 4.2, 54.0), (182, 7.0, 66.0), (365, 7.4, 73.0) }
            .Select(at =>
                ReadGrowth.Assess(
                    Sex.Male,
                    new DateOnly(2025, 1, 1).AddDays(at.Item1),
                    at.Item1,
                    at.Item2,
                    at.Item3,
                    Posture.Lying,
                    head: null
                )
            )
            .ToList();
        var charts = GrowthCharts
            .Of(new(null!, Sex.Male, new DateOnly(2025, 1, 1), visits))
            .ToList();
        Assert.Equal(
            ["growth-WeightForAge", "growth-HeightForAge", "growth-BmiForAge"],
            charts.Select(chart => chart.Id)
        );
        var svg = System.Xml.Linq.XElement.Parse(charts[0].Svg());
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Contains("3 lần đo, lần cuối 01/01/2026: 7,4 kg", charts[0].Description);
        Assert.Equal(6, svg.Elements().Count(part => part.Name.LocalName == "polyline"));
        // Underweight at one year: a triangle and not only another colour.
        Assert.Single(svg.Elements(), part => part.Attribute("class")?.Value == "mark out");
    }
}
