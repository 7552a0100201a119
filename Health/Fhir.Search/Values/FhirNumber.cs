using System.Globalization;

namespace Health.Fhir.Search.Values;

/// <summary>A number as a query writes it. https://hl7.org/fhir/R4/search.html#number</summary>
/// <param name="Value">Taken as exact by every prefix but <c>eq</c> and <c>ne</c>.</param>
/// <param name="Implied">What <c>eq</c> covers by the digits written: <c>100</c> is [99.5, 100.5), <c>100.00</c> is [99.995, 100.005); both ends inclusive here.</param>
public readonly record struct FhirNumber(double Value, NumberRange Implied)
{
    public static bool TryParse(ReadOnlySpan<char> text, out FhirNumber number)
    {
        number = default;
        const NumberStyles Form =
            NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite;
        if (
            text.IsEmpty
            || !(char.IsAsciiDigit(text[^1]) && text[0] is '-' or '+' or (>= '0' and <= '9'))
            || !decimal.TryParse(text, Form, CultureInfo.InvariantCulture, out var value)
        )
        {
            return false;
        }
        var mark = text.IndexOfAny('e', 'E');
        var mantissa = mark < 0 ? text : text[..mark];
        var point = mantissa.IndexOf('.');
        var decimals = point < 0 ? 0 : mantissa.Length - point - 1;
        var exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..], CultureInfo.InvariantCulture);
        // The page reads 1e2 as [95, 105): in this form a lone digit counts as two.
        if (mark >= 0 && decimals == 0 && mantissa.TrimStart("+-").Length == 1)
        {
            decimals = 1;
        }
        var half = Half(exponent - decimals);
        var exact = double.Parse(text, Form, CultureInfo.InvariantCulture);
        number = new FhirNumber(
            exact,
            half is { } within
                ? new(Rounded(value - within), Math.BitDecrement(Rounded(value + within)))
                : new(exact, exact)
        );
        return true;
    }

    /// <summary>As a text with the same digits would be read; a cast from decimal can be a bit off.</summary>
    private static double Rounded(decimal value) =>
        double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Half of a unit at the power of ten; null when a decimal cannot hold it.</summary>
    private static decimal? Half(int power)
    {
        if (power is < -27 or > 26)
        {
            return null;
        }
        var half = 0.5m;
        for (; power > 0; power--)
        {
            half *= 10;
        }
        for (; power < 0; power++)
        {
            half /= 10;
        }
        return half;
    }
}
