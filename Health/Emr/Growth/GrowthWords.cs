using SharedKernel.Ui;

namespace Health.Emr.Growth;

/// <summary>
/// What a z-score means, by the WHO's cut-offs: underweight, stunting, wasting, overweight under five years (WHO 2008, <i>Training course on
/// child growth assessment</i>); thinness, overweight, obesity from five years on (WHO Reference 2007).
/// </summary>
public static class GrowthWords
{
    private const int FiveYears = 1826;

    public static string Name(Indicator indicator) =>
        indicator switch
        {
            Indicator.WeightForAge => T.Of("Cân nặng theo tuổi", "Weight for age"),
            Indicator.HeightForAge => T.Of("Chiều dài/cao theo tuổi", "Length/height for age"),
            Indicator.WeightForHeight => T.Of(
                "Cân nặng theo chiều dài/cao",
                "Weight for length/height"
            ),
            Indicator.BmiForAge => T.Of("BMI theo tuổi", "BMI for age"),
            _ => T.Of("Vòng đầu theo tuổi", "Head circumference for age"),
        };

    public static string Unit(Indicator indicator) =>
        indicator switch
        {
            Indicator.WeightForAge or Indicator.WeightForHeight => "kg",
            Indicator.BmiForAge => "kg/m²",
            _ => "cm",
        };

    /// <returns>What to call it and whether it is out of the ordinary.</returns>
    public static (string Text, bool Out) Of(Indicator indicator, double z, int days)
    {
        if (GrowthStandard.IsImplausible(indicator, z))
        {
            return (T.Of("Khó có thật, đo lại", "Hardly possible, measure again"), true);
        }
        var (low, veryLow, high, veryHigh) = indicator switch
        {
            Indicator.WeightForAge => (
                T.Of("Nhẹ cân", "Underweight"),
                T.Of("Nhẹ cân nặng", "Severely underweight"),
                T.Of(
                    "Nặng hơn tuổi, xem cân nặng theo chiều cao",
                    "Heavy for age, see weight for height"
                ),
                null
            ),
            Indicator.HeightForAge => (
                T.Of("Thấp còi", "Stunted"),
                T.Of("Thấp còi nặng", "Severely stunted"),
                null,
                T.Of("Rất cao so với tuổi", "Very tall for age")
            ),
            Indicator.HeadForAge => (
                T.Of("Vòng đầu nhỏ", "Small head"),
                T.Of("Vòng đầu rất nhỏ", "Very small head"),
                T.Of("Vòng đầu to", "Large head"),
                T.Of("Vòng đầu rất to", "Very large head")
            ),
            _ => (
                T.Of("Gầy còm", days > FiveYears ? "Thin" : "Wasted"),
                T.Of("Gầy còm nặng", days > FiveYears ? "Severely thin" : "Severely wasted"),
                T.Of("Thừa cân", "Overweight"),
                T.Of("Béo phì", "Obese")
            ),
        };
        // From five years on, body mass is judged one standard deviation earlier.
        var shift = days > FiveYears && indicator is Indicator.BmiForAge ? 1 : 0;
        return z < -3 ? (veryLow, true)
            : z < -2 ? (low, true)
            : z > 3 - shift && (veryHigh ?? high) is { } top ? (top, true)
            : z > 2 - shift && high is not null ? (high, true)
            : (T.Of("Bình thường", "Ordinary"), false);
    }
}
