using System.Globalization;
using SharedKernel.Documents;

namespace Health.Emr.Prescriptions;

/// <summary>
/// How amounts are written so that no digit can be put before them: below ten with a leading zero, narcotics also in words
/// (TT 26/2025/TT-BYT, Art. 6).
/// </summary>
public static class QuantityText
{
    /// <summary><c>05</c>, <c>15</c>.</summary>
    public static string Digits(int quantity) =>
        quantity.ToString("00", CultureInfo.InvariantCulture);

    /// <summary><c>05 viên</c>; of a narcotic <c>20 (Hai mươi) viên</c>.</summary>
    public static string Of(int quantity, string unit, ControlClass kind) =>
        kind is ControlClass.Narcotic
            ? $"{Digits(quantity)} ({VietnameseNumber.InWordsCapitalised(quantity)}) {unit}"
            : $"{Digits(quantity)} {unit}";

    /// <summary>A dose as people say it: <c>½ viên</c>, <c>1½ viên</c>, <c>2,5 ml</c>.</summary>
    public static string Dose(decimal dose, string unit)
    {
        var whole = decimal.Truncate(dose);
        var fraction = (dose - whole) switch
        {
            0.25m => "¼",
            0.5m => "½",
            0.75m => "¾",
            _ => null,
        };
        var countable = unit is not ("ml" or "g" or "mg");
        var number =
            fraction is not null && countable
                ? $"{(whole > 0 ? whole.ToString("0", CultureInfo.InvariantCulture) : "")}{fraction}"
                : dose.ToString("0.###", CultureInfo.GetCultureInfo("vi-VN"));
        return $"{number} {unit}";
    }
}
