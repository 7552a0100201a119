namespace SharedKernel.Documents;

/// <summary>
/// Whole numbers in Vietnamese words, as amounts are written where a digit must not be changed: narcotic prescriptions and
/// receipts. <c>21 → hai mươi mốt</c>, <c>105 → một trăm linh năm</c>.
/// </summary>
public static class VietnameseNumber
{
    private static readonly string[] Digits =
    [
        "không",
        "một",
        "hai",
        "ba",
        "bốn",
        "năm",
        "sáu",
        "bảy",
        "tám",
        "chín",
    ];

    private static readonly string[] Scales = ["", "nghìn", "triệu"];

    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static string InWords(long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return number == 0 ? Digits[0] : string.Join(' ', Billions(number, leading: true));
    }

    /// <summary>With a capital, as the first word of its line.</summary>
    public static string InWordsCapitalised(long number)
    {
        var words = InWords(number);
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static IEnumerable<string> Billions(long number, bool leading)
    {
        const long billion = 1_000_000_000;
        var words = new List<string>();
        if (number >= billion)
        {
            words.AddRange(Billions(number / billion, leading));
            words.Add("tỷ");
            (number, leading) = (number % billion, false);
        }
        for (var scale = Scales.Length - 1; scale >= 0; scale--)
        {
            var group = (int)(number / (long)Math.Pow(1000, scale) % 1000);
            if (group == 0)
            {
                continue;
            }
            words.AddRange(Hundreds(group, leading));
            if (scale > 0)
            {
                words.Add(Scales[scale]);
            }
            leading = false;
        }
        return words;
    }

    /// <param name="leading">The first group says no empty hundreds: "năm", behind another "không trăm linh năm".</param>
    private static IEnumerable<string> Hundreds(int group, bool leading)
    {
        var (hundreds, tens, ones) = (group / 100, group / 10 % 10, group % 10);
        if (hundreds > 0 || !leading)
        {
            yield return Digits[hundreds];
            yield return "trăm";
        }
        switch (tens)
        {
            case 0 when ones > 0 && (hundreds > 0 || !leading):
                yield return "linh";
                break;
            case 1:
                yield return "mười";
                break;
            case > 1:
                yield return Digits[tens];
                yield return "mươi";
                break;
            default:
                break;
        }
        if (ones > 0)
        {
            yield return ones switch
            {
                1 when tens > 1 => "mốt",
                5 when tens > 0 => "lăm",
                _ => Digits[ones],
            };
        }
    }
}
