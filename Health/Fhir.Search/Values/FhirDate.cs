using System.Text;
using SharedKernel.Contracts;

namespace Health.Fhir.Search.Values;

public enum DatePrecision : byte
{
    Year,
    Month,
    Day,
    Minute,
    Second,
    Fraction,
}

/// <summary>
/// A FHIR date, dateTime or instant as the time it covers. What has no zone is taken in Viet Nam's, on both sides of a
/// comparison: https://hl7.org/fhir/R4/search.html#date asks for the server's own.
/// </summary>
public readonly record struct FhirDate(DateRange Range, DatePrecision Precision, bool HasZone)
{
    /// <summary>Reads every form that a query may have; a body is held to fewer, see <see cref="Precision"/> and <see cref="HasZone"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out FhirDate date)
    {
        date = default;
        if (!Digits(text, 0, 4, out var year) || year == 0)
        {
            return false;
        }
        if (text.Length == 4)
        {
            var end = year == 9999 ? DateTime.MaxValue.Ticks : Ticks(year + 1, 1, 1) - 1;
            date = Local(Ticks(year, 1, 1), end, DatePrecision.Year);
            return true;
        }
        if (text[4] != '-' || !Digits(text, 5, 2, out var month) || month is 0 or > 12)
        {
            return false;
        }
        if (text.Length == 7)
        {
            var start = Ticks(year, month, 1);
            var days = DateTime.DaysInMonth(year, month) * TimeSpan.TicksPerDay;
            date = Local(start, start + days - 1, DatePrecision.Month);
            return true;
        }
        if (
            text[7] != '-'
            || !Digits(text, 8, 2, out var day)
            || day == 0
            || day > DateTime.DaysInMonth(year, month)
        )
        {
            return false;
        }
        var ticks = Ticks(year, month, day);
        if (text.Length == 10)
        {
            date = Local(ticks, ticks + TimeSpan.TicksPerDay - 1, DatePrecision.Day);
            return true;
        }
        return text[10] == 'T' && TryParseTime(text[11..], ticks, out date);
    }

    public static bool TryParse(string text, out FhirDate date)
    {
        Span<byte> bytes = stackalloc byte[64];
        date = default;
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length)
            && TryParse(bytes[..length], out date);
    }

    private static bool TryParseTime(ReadOnlySpan<byte> text, long day, out FhirDate date)
    {
        date = default;
        if (
            !Digits(text, 0, 2, out var hour)
            || hour > 23
            || text.Length < 5
            || text[2] != ':'
            || !Digits(text, 3, 2, out var minute)
            || minute > 59
        )
        {
            return false;
        }
        var start = day + (hour * TimeSpan.TicksPerHour) + (minute * TimeSpan.TicksPerMinute);
        var width = TimeSpan.TicksPerMinute;
        var precision = DatePrecision.Minute;
        var rest = text[5..];
        if (rest is [(byte)':', ..])
        {
            // 60 is a leap second; it lies at the start of the next minute.
            if (!Digits(rest, 1, 2, out var second) || second > 60)
            {
                return false;
            }
            (precision, width) = (DatePrecision.Second, TimeSpan.TicksPerSecond);
            start += second * TimeSpan.TicksPerSecond;
            rest = rest[3..];
            if (rest is [(byte)'.', ..])
            {
                var digits = 0;
                while (digits + 1 < rest.Length && char.IsAsciiDigit((char)rest[digits + 1]))
                {
                    digits++;
                    if (digits <= 7)
                    {
                        width /= 10;
                        start += (rest[digits] - '0') * width;
                    }
                }
                if (digits == 0)
                {
                    return false;
                }
                precision = DatePrecision.Fraction;
                rest = rest[(digits + 1)..];
            }
        }
        var end = start + width - 1;
        if (rest.IsEmpty)
        {
            date = Local(start, end, precision);
            return true;
        }
        if (rest is [(byte)'Z'])
        {
            date = Zoned(start, end, 0, precision);
            return true;
        }
        if (
            rest.Length != 6
            || rest[0] is not ((byte)'+' or (byte)'-')
            || rest[3] != ':'
            || !Digits(rest, 1, 2, out var zoneHour)
            || !Digits(rest, 4, 2, out var zoneMinute)
            || zoneMinute > 59
            || (zoneHour * 60) + zoneMinute > 14 * 60
        )
        {
            return false;
        }
        var offset = ((zoneHour * 60) + zoneMinute) * TimeSpan.TicksPerMinute;
        date = Zoned(start, end, rest[0] == '+' ? offset : -offset, precision);
        return true;
    }

    private static FhirDate Local(long start, long end, DatePrecision precision) =>
        new(Shift(start, end, VietnamTime.Offset.Ticks), precision, false);

    private static FhirDate Zoned(long start, long end, long offset, DatePrecision precision) =>
        new(Shift(start, end, offset), precision, true);

    private static DateRange Shift(long start, long end, long offset) =>
        new(
            Math.Clamp(start - offset, 0, DateTime.MaxValue.Ticks),
            Math.Clamp(end - offset, 0, DateTime.MaxValue.Ticks)
        );

    private static long Ticks(int year, int month, int day) => new DateTime(year, month, day).Ticks;

    private static bool Digits(ReadOnlySpan<byte> text, int start, int count, out int number)
    {
        number = 0;
        if (text.Length < start + count)
        {
            return false;
        }
        foreach (var letter in text.Slice(start, count))
        {
            if (letter is < (byte)'0' or > (byte)'9')
            {
                return false;
            }
            number = (number * 10) + letter - '0';
        }
        return true;
    }
}
