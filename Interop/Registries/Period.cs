using System.Globalization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Interop.Registries;

public enum PeriodKind
{
    Month,
    SchoolYear,
}

/// <summary>
/// What a report is about: a month (00:00 of the 1st to 24:00 of the last day, Circular 23/2025/TT-BYT) or a school year (1 September
/// to 31 May, the day of the year-end report of Circular 24/2018/TT-BGDĐT). Days are Viet Nam's, wherever the server is.
/// </summary>
/// <param name="Year">Of a school year the one in which it begins.</param>
/// <param name="Month">1–12; 9 for a school year.</param>
public sealed record Period(PeriodKind Kind, int Year, int Month)
{
    public static Period OfMonth(int year, int month) => new(PeriodKind.Month, year, month);

    public static Period OfSchoolYear(int year) => new(PeriodKind.SchoolYear, year, 9);

    /// <summary>The newest period that is over at <paramref name="now"/>.</summary>
    public static Period LastEnded(PeriodKind kind, DateTimeOffset now)
    {
        var today = now.VietnamDay();
        if (kind is PeriodKind.Month)
        {
            var before = today.AddDays(-today.Day);
            return OfMonth(before.Year, before.Month);
        }
        return OfSchoolYear(today.Month > 5 ? today.Year - 1 : today.Year - 2);
    }

    /// <summary>Reads <c>2026-10</c>, or <c>2026-2027</c> (also <c>2026</c>) for a school year.</summary>
    /// <exception cref="InvalidInput">It is not one.</exception>
    public static Period Parse(PeriodKind kind, string text)
    {
        if (kind is PeriodKind.Month)
        {
            return DateOnly.TryParseExact(
                text + "-01",
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var first
            )
                ? OfMonth(first.Year, first.Month)
                : throw new InvalidInput(
                    "period",
                    T.Of(
                        $"'{text}' không phải tháng; hãy ghi yyyy-MM, ví dụ 2026-10.",
                        $"'{text}' is not a month; write yyyy-MM, such as 2026-10."
                    )
                );
        }
        var years = text.Split('-');
        return
            years.Length <= 2
            && years[0].Length == 4
            && int.TryParse(years[0], CultureInfo.InvariantCulture, out var year)
            && (years.Length == 1 || years[1] == (year + 1).ToString(CultureInfo.InvariantCulture))
            && year is > 1900 and < 9000
            ? OfSchoolYear(year)
            : throw new InvalidInput(
                "period",
                T.Of(
                    $"'{text}' không phải năm học; hãy ghi ví dụ 2026-2027.",
                    $"'{text}' is not a school year; write it as 2026-2027."
                )
            );
    }

    public DateOnly First => new(Year, Month, 1);

    /// <summary>Its last day.</summary>
    public DateOnly Last =>
        Kind is PeriodKind.Month ? First.AddMonths(1).AddDays(-1) : new(Year + 1, 5, 31);

    public DateTimeOffset Start => Midnight(First);

    /// <summary>The first moment after it.</summary>
    public DateTimeOffset End => Midnight(Last.AddDays(1));

    /// <summary>For people: <c>Tháng 10/2026</c>, <c>Năm học 2026–2027</c>.</summary>
    public string Title =>
        Kind is PeriodKind.Month
            ? T.Of($"Tháng {Month:D2}/{Year}", $"{First.ToString("MMMM yyyy", T.English)}")
            : T.Of($"Năm học {Year}–{Year + 1}", $"School year {Year}–{Year + 1}");

    /// <summary>As <see cref="Parse"/> reads it; also the name of its folder.</summary>
    public override string ToString() =>
        Kind is PeriodKind.Month ? $"{Year:D4}-{Month:D2}" : $"{Year:D4}-{Year + 1:D4}";

    private static DateTimeOffset Midnight(DateOnly day) =>
        new(day, TimeOnly.MinValue, VietnamTime.Offset);
}
