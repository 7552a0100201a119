using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>
/// A date known to the year, the month or the day, such as the birth of an elder. Written as FHIR date: <c>1950</c>,
/// <c>1950-03</c>, <c>1950-03-12</c> (https://hl7.org/fhir/R4/datatypes.html#date).
/// </summary>
[JsonConverter(typeof(TextConverter<PartialDate>))]
public readonly record struct PartialDate : IParsable<PartialDate>, IComparable<PartialDate>
{
    public PartialDate(int year, int? month = null, int? day = null)
    {
        _ = new DateOnly(year, month ?? 1, day ?? 1);
        if (day is not null && month is null)
        {
            throw new ArgumentException("A day needs its month.", nameof(day));
        }
        (Year, Month, Day) = (year, month, day);
    }

    public PartialDate(DateOnly date)
        : this(date.Year, date.Month, date.Day) { }

    public int Year { get; }
    public int? Month { get; }
    public int? Day { get; }

    /// <summary>First day that it can mean.</summary>
    public DateOnly First => new(Year, Month ?? 1, Day ?? 1);

    /// <summary>Last day that it can mean.</summary>
    public DateOnly Last => new(Year, Month ?? 12, Day ?? DateTime.DaysInMonth(Year, Month ?? 12));

    /// <summary>Full years on <paramref name="day"/>, counted from the first day it can mean.</summary>
    public int YearsOn(DateOnly day)
    {
        var years = day.Year - First.Year;
        return First.AddYears(years) > day ? years - 1 : years;
    }

    /// <summary>Full months on <paramref name="day"/>; the law counts young children so (under 72 months).</summary>
    public int MonthsOn(DateOnly day)
    {
        var months = (day.Year - First.Year) * 12 + day.Month - First.Month;
        return First.AddMonths(months) > day ? months - 1 : months;
    }

    public static PartialDate Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result)
            ? result
            : throw new FormatException($"'{s}' is not a date: write yyyy, yyyy-MM or yyyy-MM-dd.");

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        out PartialDate result
    )
    {
        result = default;
        string[] formats = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];
        var format = Array.Find(formats, f => f.Length == s?.Length);
        if (
            format is null
            || !DateOnly.TryParseExact(
                s,
                format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var date
            )
        )
        {
            return false;
        }
        result = new(
            date.Year,
            format.Length > 4 ? date.Month : null,
            format.Length > 7 ? date.Day : null
        );
        return true;
    }

    /// <summary>As people type it in Viet Nam: <c>15/08/1990</c>, <c>15081990</c>, <c>8/1990</c>, <c>1990</c>; FHIR's form is read too.</summary>
    public static bool TryRead(string? text, out PartialDate date)
    {
        text = text?.Trim();
        if (TryExact(text, ["d/M/yyyy", "d-M-yyyy", "d.M.yyyy", "ddMMyyyy"], out var day))
        {
            date = new(day);
            return true;
        }
        if (TryExact(text, ["M/yyyy", "M-yyyy", "M.yyyy"], out var month))
        {
            date = new(month.Year, month.Month);
            return true;
        }
        return TryParse(text, null, out date);
    }

    private static bool TryExact(string? text, string[] formats, out DateOnly day) =>
        DateOnly.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out day
        );

    public int CompareTo(PartialDate other) => First.CompareTo(other.First);

    public override string ToString() =>
        (Month, Day) switch
        {
            (null, _) => $"{Year:D4}",
            (_, null) => $"{Year:D4}-{Month:D2}",
            _ => $"{Year:D4}-{Month:D2}-{Day:D2}",
        };
}
