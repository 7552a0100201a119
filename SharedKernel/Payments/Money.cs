using System.Globalization;

namespace SharedKernel.Payments;

/// <summary>Amounts as they are typed.</summary>
public static class Money
{
    /// <summary>Whole đồng, with or without dots and spaces between thousands; -1 for what is no amount, which every rule refuses.</summary>
    public static long Read(string? text)
    {
        var digits = string.Concat(
            (text ?? "").Where(letter => letter is not ('.' or ',' or ' ' or '₫' or '\u00A0'))
        );
        return long.TryParse(
            digits,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var amount
        )
            ? amount
            : -1;
    }
}
