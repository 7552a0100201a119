using System.Globalization;

namespace Health.Emr.Prescriptions;

/// <summary>Within how many days a prescription must first be bought, by the law of the day it was written (TT 26/2025/TT-BYT Điều 12.9).</summary>
public static class PrescriptionValidity
{
    private sealed record Row(DateOnly From, DateOnly? To, int Days);

    private static readonly IReadOnlyList<Row> Rows =
    [
        .. DrugCatalogue
            .Rows("validity.tsv")
            .Select(row => new Row(
                Day(row[1])!.Value,
                Day(row[2]),
                int.Parse(row[0], CultureInfo.InvariantCulture)
            )),
    ];

    public static DateOnly LastDayToBuy(DateOnly written) => written.AddDays(DaysToBuy(written));

    /// <exception cref="ArgumentOutOfRangeException">No law on hand covers the day.</exception>
    public static int DaysToBuy(DateOnly written) =>
        Rows.FirstOrDefault(row => row.From <= written && (row.To is null || written <= row.To))
            is { } row
            ? row.Days
            : throw new ArgumentOutOfRangeException(nameof(written), written, null);

    private static DateOnly? Day(string text) =>
        text.Length == 0
            ? null
            : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
