using SharedKernel.Contracts;
using SharedKernel.Payments.Ledger;

namespace SharedKernel.Payments.Invoices;

/// <summary>Where an organisation is paid.</summary>
public sealed class PayeeAccount
{
    public required string Organisation { get; init; }

    /// <summary>Six digits of the bank, such as 970436.</summary>
    public required string Bin { get; set; }
    public required string Account { get; set; }

    /// <summary>Name on the account, as payers' apps show it.</summary>
    public required string Holder { get; set; }
    public int Revision { get; set; }
}

/// <summary>An invoice as it was issued. What became of it stands in the ledger; <see cref="InvoiceBalance"/> holds the sums.</summary>
public sealed class StoredInvoice : ILedgerRow
{
    public required Guid Id { get; init; }
    public required string Organisation { get; init; }
    public required string PayeeName { get; init; }
    public required string Key { get; init; }
    public required string Reference { get; init; }
    public required InvoicePurpose Purpose { get; init; }
    public CitizenId? Payer { get; init; }
    public required string PayerName { get; init; }
    public string? Source { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateOnly DueOn { get; init; }
    public required int PriceList { get; init; }
    public required long Total { get; init; }
    public required long Covered { get; init; }
    public long Due => Total - Covered;
    public List<StoredInvoiceLine> Lines { get; init; } = [];
    public InvoiceBalance Balance { get; init; } = null!;
}

public sealed class StoredInvoiceLine : ILedgerRow
{
    public required Guid Invoice { get; init; }
    public required int Position { get; init; }
    public required PriceItemKind ItemKind { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required string Unit { get; init; }
    public required PriceKind PriceKind { get; init; }

    /// <summary>In thousandths, so that all providers keep it exactly.</summary>
    public required long Thousandths { get; init; }
    public required long UnitPrice { get; init; }
    public required long Amount { get; init; }
    public required long Covered { get; init; }

    public InvoiceLine ToLine() =>
        new(ItemKind, Code, Name, Unit, PriceKind, Thousandths / 1000m, UnitPrice, Amount, Covered);
}

/// <summary>
/// The ledger's sums of one invoice, kept beside it so that open ones are found without adding up; written in the entry's own
/// transaction.
/// </summary>
public sealed class InvoiceBalance
{
    public required Guid Invoice { get; init; }
    public required string Organisation { get; init; }
    public long Received { get; set; }
    public long Returned { get; set; }
    public bool Cancelled { get; set; }
    public PaymentState State { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public long Paid => Received - Returned;

    public static PaymentState StateOf(long due, long received, long returned, bool cancelled)
    {
        var paid = received - returned;
        return cancelled ? PaymentState.Cancelled
            : paid > due ? PaymentState.Overpaid
            : paid == 0 && returned > 0 ? PaymentState.Refunded
            : paid == due ? PaymentState.Paid
            : paid == 0 ? PaymentState.Pending
            : PaymentState.Partial;
    }
}
