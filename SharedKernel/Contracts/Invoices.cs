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

/// <summary>What is charged: an item of the payee's price list in force, or of a plan that the asking module has published.</summary>
/// <param name="Quantity">At most three decimals.</param>
/// <param name="Covers">What others than the payer pay of this line, such as health insurance.</param>
/// <param name="Planned">Set where the price is not the price list's; never for a hospital fee.</param>
public sealed record Charge(
    PriceItemKind ItemKind,
    string Code,
    PriceKind PriceKind,
    decimal Quantity,
    IReadOnlyList<Cover>? Covers = null,
    PlannedPrice? Planned = null
);

/// <summary>
/// A price of a plan that another module keeps and publishes, such as a school's fee plan. One that is below zero takes back what an
/// earlier invoice charged; the invoice as a whole never is.
/// </summary>
/// <param name="Amount">Of one unit, in whole đồng.</param>
public sealed record PlannedPrice(string Name, string Unit, long Amount);

/// <param name="Party">Who pays it: <c>BHYT</c>, <c>NSNN</c> …</param>
/// <param name="Amount">In whole đồng; below zero only where a planned price is corrected.</param>
public sealed record Cover(string Party, long Amount);

/// <param name="Payee">Code of the organisation that is paid; its price list decides what may be charged.</param>
/// <param name="Key">Names this request for the payee: said twice, there is one invoice.</param>
/// <param name="Source">What it was made from, such as <c>Encounter/0190…</c>.</param>
/// <param name="DueOn">Null for the same day.</param>
/// <param name="PayeeName">Needed where all prices are planned: such a payee may have no price list.</param>
public sealed record InvoiceDraft(
    string Payee,
    InvoicePurpose Purpose,
    string PayerName,
    IReadOnlyList<Charge> Charges,
    string Key,
    CitizenId? Payer = null,
    string? Source = null,
    DateOnly? DueOn = null,
    string? PayeeName = null
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
/// <param name="PriceList">Number of the price list that was in force; 0 where all prices are planned.</param>
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

    /// <summary>In the order of the ledger.</summary>
    public IReadOnlyList<InvoiceReceipt> Receipts { get; init; } = [];
}

/// <summary>On paper at <c>/api/invoices/{id}/receipts/{entry}</c>.</summary>
/// <param name="Entry">Number of the ledger's entry.</param>
/// <param name="Number">Of the payee's gap-free series.</param>
/// <param name="Amount">Below zero when money was given back.</param>
public sealed record InvoiceReceipt(int Entry, string Number, long Amount, DateTimeOffset At);

/// <summary>Whoever may charge for something, in any sector, asks for an invoice here and looks whether it is paid.</summary>
public interface IInvoices
{
    /// <summary>The caller's module has asked whether this caller may charge for this; the ledger says who did.</summary>
    /// <exception cref="InvalidInput">An item is not in the price list in force, or a number is wrong.</exception>
    Task<Invoice> Issue(InvoiceDraft draft, CancellationToken cancel = default);

    /// <summary>Those made from one source, newest first.</summary>
    Task<IReadOnlyList<Invoice>> Of(string source, CancellationToken cancel = default);

    /// <summary>Those made from any of these sources (at most 500), newest first.</summary>
    Task<IReadOnlyList<Invoice>> Of(
        IReadOnlyCollection<string> sources,
        CancellationToken cancel = default
    );

    /// <summary>What a payee's payers still owe or have overpaid for one purpose, oldest first. The caller's module has asked who may know.</summary>
    Task<IReadOnlyList<Invoice>> Open(
        string payee,
        InvoicePurpose purpose,
        CancellationToken cancel = default
    );
}

/// <summary>A sector says whose bills a person may see and pay beside the own ones: a parent those of a pupil.</summary>
public interface IPayFor
{
    /// <summary>Of which bills it says so.</summary>
    InvoicePurpose Purpose { get; }

    Task<IReadOnlyList<CitizenId>> Of(CitizenId payer, CancellationToken cancel = default);
}
