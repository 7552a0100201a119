using System.Globalization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Station;

/// <summary>Days and numbers as a nurse types them; empty is null.</summary>
internal static class Typed
{
    /// <exception cref="InvalidInput">It is no whole date.</exception>
    public static DateOnly? Day(string field, string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : PartialDate.TryRead(text, out var date) && date.Day is not null ? date.First
        : throw new InvalidInput(
            field,
            T.Of("ghi ngày như 30/06/2027.", "write the day as 30/06/2027.")
        );

    /// <exception cref="InvalidInput">It is no number.</exception>
    public static decimal? Number(string field, string? text) =>
        string.IsNullOrWhiteSpace(text) ? null
        : decimal.TryParse(
            text.Replace(',', '.'),
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
        : throw new InvalidInput(
            field,
            T.Of($"“{text}” không phải là số.", $"“{text}” is not a number.")
        );

    /// <summary><c>130/80</c></summary>
    /// <exception cref="InvalidInput">It is not two numbers.</exception>
    public static (decimal? Systolic, decimal? Diastolic) Pressure(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return (null, null);
        }
        return
            text.Split(['/', ' ', '-'], StringSplitOptions.RemoveEmptyEntries)
                is [var high, var low]
            ? (Number(field, high), Number(field, low))
            : throw new InvalidInput(
                field,
                T.Of("ghi huyết áp như 130/80.", "write the pressure as 130/80.")
            );
    }
}
