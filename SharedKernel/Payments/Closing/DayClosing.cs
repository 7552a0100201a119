using SharedKernel.Payments.Ledger;

namespace SharedKernel.Payments.Closing;

/// <summary>The totals of one day as they were when it was closed; nothing is entered on that day afterwards.</summary>
public sealed class DayClosing : ILedgerRow
{
    public required string Organisation { get; init; }
    public required DateOnly Day { get; init; }
    public required DateTimeOffset ClosedAt { get; init; }
    public required string ClosedById { get; init; }
    public required string ClosedBy { get; init; }

    /// <summary>Entries of the day, from and to; null when there was none.</summary>
    public int? FirstEntry { get; init; }
    public int? LastEntry { get; init; }

    /// <summary><see cref="DayTotals"/> as JSON.</summary>
    public required string Totals { get; init; }
}
