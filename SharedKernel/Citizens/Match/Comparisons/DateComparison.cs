namespace SharedKernel.Citizens.Match;

/// <summary>
/// Birth dates with the slips of counters and keyboards: day and month swapped, one digit wrong, only the year known.
/// Reads <c>yyyy</c>, <c>yyyy-MM</c>, <c>yyyy-MM-dd</c> and <c>yyyyMMdd</c>; a date that no calendar has is compared as it stands.
/// </summary>
/// <param name="newYearIsYearOnly">Many people whose day is unknown are on file with 1 January.</param>
public sealed class DateComparison(bool newYearIsYearOnly = false)
    : Comparison<LooseDate>([
        new("đúng ngày", "the same day", 0.90, 0.00004),
        new("đảo ngày và tháng", "day and month swapped", 0.01, 0.00004),
        new("lệch một chữ số", "one digit off", 0.03, 0.0006),
        new(
            "đúng năm, một bên không rõ ngày",
            "the same year, one side does not know the day",
            0.03,
            0.003
        ),
        new("lệch hai chữ số", "two digits off", 0.01, 0.01),
        new("khác ngày", "another date", 0.02, 0.98632),
    ])
{
    public const int SameDay = 0,
        Swapped = 1,
        OneDigit = 2,
        SameYear = 3,
        TwoDigits = 4,
        Other = 5;

    internal override bool TryRead(string text, out LooseDate value)
    {
        value = default;
        Span<int> digits = stackalloc int[8];
        var count = 0;
        foreach (var letter in text)
        {
            if (char.IsAsciiDigit(letter))
            {
                if (count == digits.Length)
                {
                    return false;
                }
                digits[count++] = letter - '0';
            }
            else if (letter is not ('-' or ' '))
            {
                return false;
            }
        }
        if (count is not (4 or 6 or 8))
        {
            return false;
        }
        var year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
        var month = count > 4 ? digits[4] * 10 + digits[5] : 0;
        var day = count > 6 ? digits[6] * 10 + digits[7] : 0;
        value =
            newYearIsYearOnly && (month, day) == (1, 1)
                ? new((short)year, 0, 0)
                : new((short)year, (byte)month, (byte)day);
        return year > 0;
    }

    internal override int Compare(in LooseDate left, in LooseDate right)
    {
        if (left.Day == 0 || right.Day == 0)
        {
            var sameMonth = left.Month == 0 || right.Month == 0 || left.Month == right.Month;
            return left.Year == right.Year && sameMonth ? SameYear : Other;
        }
        if (left == right)
        {
            return SameDay;
        }
        if (left.Year == right.Year && left.Day == right.Month && left.Month == right.Day)
        {
            return Swapped;
        }
        Span<char> a = stackalloc char[8];
        Span<char> b = stackalloc char[8];
        Write(left, a);
        Write(right, b);
        return StringDistance.Damerau(a, b, 2) switch
        {
            1 => OneDigit,
            2 => TwoDigits,
            _ => Other,
        };
    }

    internal override ulong Key(in LooseDate value, KeyOf part) =>
        part switch
        {
            KeyOf.Year => (ulong)value.Year,
            KeyOf.Value when value.Day > 0 => (ulong)(
                value.Year * 10000 + value.Month * 100 + value.Day
            ),
            KeyOf.DayAndMonth when value.Day > 0 => (ulong)(
                value.Year * 10000
                + Math.Min(value.Month, value.Day) * 100
                + Math.Max(value.Month, value.Day)
            ),
            KeyOf.Value or KeyOf.DayAndMonth => 0,
            _ => throw HasNo(part),
        };

    private static void Write(in LooseDate date, Span<char> text)
    {
        var number = date.Year * 10000 + date.Month * 100 + date.Day;
        for (var i = 7; i >= 0; i--)
        {
            text[i] = (char)('0' + number % 10);
            number /= 10;
        }
    }
}

/// <summary>A date as written; month and day are 0 where they are not known.</summary>
public readonly record struct LooseDate(short Year, byte Month, byte Day);
