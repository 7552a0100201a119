using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>What an invoice is for; decides words on paper and totals of the day, nothing else.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InvoicePurpose>))]
public enum InvoicePurpose
{
    HospitalFee,
    Tuition,
    Other,
}

/// <summary>Where a payment stands. Of a transfer that names no invoice: <see cref="Unmatched"/> until somebody matches or returns it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentState>))]
public enum PaymentState
{
    Pending,
    Partial,
    Paid,
    Overpaid,
    Unmatched,
    Refunded,
    Cancelled,
}

/// <summary>What is charged: an item of the payee's price list in force, and nothing else.</summary>
/// <param name="Quantity">At most three decimals.</param>
/// <param name="Covers">What others than the payer pay of this line, such as health insurance.</param>
public sealed record Charge(
    PriceItemKind ItemKind,
    string Code,
    PriceKind PriceKind,
    decimal Quantity,
    IReadOnlyList<Cover>? Covers = null
);

/// <param name="Party">Who pays it: <c>BHYT</c>, <c>NSNN</c> …</param>
/// <param name="Amount">In whole đồng.</param>
public sealed record Cover(string Party, long Amount);

/// <param name="Payee">Code of the organisation that is paid; its price list decides what may be charged.</param>
/// <param name="Key">Names this request for the payee: said twice, there is one invoice.</param>
/// <param name="Source">What it was made from, such as <c>Encounter/0190…</c>.</param>
/// <param name="DueOn">Null for the same day.</param>
public sealed record InvoiceDraft(
    string Payee,
    InvoicePurpose Purpose,
    string PayerName,
    IReadOnlyList<Charge> Charges,
    string Key,
    CitizenId? Payer = null,
    string? Source = null,
    DateOnly? DueOn = null
);

/// <param name="Amount">Quantity times price, in whole đồng, halves up.</param>
/// <param name="Covered">What others pay of it.</param>
public sealed record InvoiceLine(
    PriceItemKind ItemKind,
    string Code,
    string Name,
    string Unit,
    PriceKind PriceKind,
    decimal Quantity,
    long UnitPrice,
    long Amount,
    long Covered
);

/// <param name="Reference">What a transfer must say; found in its text by its check digits.</param>
/// <param name="PriceList">Number of the price list that was in force.</param>
/// <param name="Due">What the payer pays: <paramref name="Total"/> without what others cover.</param>
/// <param name="Paid">Received and not given back.</param>
/// <param name="Qr">VietQR payload for what is left; null when nothing is, or when the payee has no bank account yet.</param>
public sealed record Invoice(
    Guid Id,
    string Payee,
    string PayeeName,
    string Reference,
    InvoicePurpose Purpose,
    CitizenId? Payer,
    string PayerName,
    string? Source,
    DateTimeOffset IssuedAt,
    DateOnly DueOn,
    int PriceList,
    IReadOnlyList<InvoiceLine> Lines,
    long Total,
    long Covered,
    long Due,
    long Paid,
    PaymentState State,
    string? Qr,
    string? BankAccount
)
{
    /// <summary>Negative when too much was paid.</summary>
    public long Left => State is PaymentState.Cancelled ? 0 : Due - Paid;
}

/// <summary>Whoever may charge for something, in any sector, asks for an invoice here and looks whether it is paid.</summary>
public interface IInvoices
{
    /// <summary>The caller's module has asked whether this caller may charge for this; the ledger says who did.</summary>
    /// <exception cref="InvalidInput">An item is not in the price list in force, or a number is wrong.</exception>
    Task<Invoice> Issue(InvoiceDraft draft, CancellationToken cancel = default);

    /// <summary>Those made from one source, newest first.</summary>
    Task<IReadOnlyList<Invoice>> Of(string source, CancellationToken cancel = default);
}
