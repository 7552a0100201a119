using System.Globalization;
using SharedKernel.Contracts;

namespace Health.Emr.Patients;

/// <summary>Dates as people in Viet Nam type them: <c>12/03/1950</c>, <c>12031950</c>, <c>3/1950</c>, <c>1950</c>.</summary>
public static class TypedDate
{
    private static readonly string[] Days =
    [
        "d/M/yyyy",
        "d-M-yyyy",
        "d.M.yyyy",
        "ddMMyyyy",
        "yyyy-MM-dd",
    ];
    private static readonly string[] Months = ["M/yyyy", "M-yyyy", "yyyy-MM"];

    public static PartialDate? Parse(string? text)
    {
        text = text?.Trim();
        if (Exact(text, Days) is { } day)
        {
            return new PartialDate(day);
        }
        if (Exact(text, Months) is { } month)
        {
            return new PartialDate(month.Year, month.Month);
        }
        return Exact(text, ["yyyy"]) is { } year ? new PartialDate(year.Year) : null;
    }

    private static DateOnly? Exact(string? text, string[] formats) =>
        DateOnly.TryParseExact(
            text,
            formats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var date
        )
            ? date
            : null;
}
