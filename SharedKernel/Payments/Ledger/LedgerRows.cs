using SharedKernel.Contracts;

namespace SharedKernel.Payments.Ledger;

/// <summary>Rows that are written once: what is wrong is put right by another entry.</summary>
public interface ILedgerRow;

/// <summary>How money came or went.</summary>
public enum Channel
{
    /// <summary>Bank transfer, by QR or without.</summary>
    Transfer,

    /// <summary>Card terminal at the counter.</summary>
    Card,
    Cash,
}

public enum EntryKind
{
    Issue,
    Payment,

    /// <summary>A transfer that names no invoice of ours.</summary>
    Unmatched,

    /// <summary>An unmatched transfer that somebody gave to an invoice.</summary>
    Match,

    /// <summary>Money given back.</summary>
    Refund,

    /// <summary>The bank took a transfer back.</summary>
    BankReversal,
    Cancellation,
}

public enum LedgerAccount
{
    /// <summary>What payers owe, per invoice.</summary>
    Receivable,

    /// <summary>What others owe for them, such as health insurance.</summary>
    Cover,
    Income,
    Bank,
    Card,
    Cash,

    /// <summary>Money of transfers that nobody has matched yet, per transfer.</summary>
    Suspense,
}

/// <summary>
/// The end of an organisation's ledger. Every entry changes this row, so that writers follow each other and no number is left out.
/// </summary>
public sealed class LedgerHead
{
    public required string Organisation { get; init; }

    /// <summary>Number of the last entry.</summary>
    public int Last { get; set; }

    /// <summary>Last day that is closed; entries go to a later one.</summary>
    public DateOnly? ClosedThrough { get; set; }

    public int Revision { get; set; }
}

/// <summary>One entry: its postings sum to zero.</summary>
public sealed class LedgerEntry : ILedgerRow
{
    public required string Organisation { get; init; }

    /// <summary>1, 2, 3 … per organisation, none left out.</summary>
    public required int Number { get; init; }
    public required EntryKind Kind { get; init; }

    /// <summary>The day it counts for: that of <see cref="At"/>, or the first day that is not closed.</summary>
    public required DateOnly Day { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string ById { get; init; }
    public required string By { get; init; }
    public Guid? Invoice { get; init; }
    public Guid? Transfer { get; init; }
    public Channel? Channel { get; init; }

    /// <summary>Number of the entry that this one takes back, in whole or in part.</summary>
    public int? Reverses { get; init; }
    public string? Reason { get; init; }

    public List<Posting> Postings { get; init; } = [];
}

public sealed class Posting : ILedgerRow
{
    public required string Organisation { get; init; }
    public required int Number { get; init; }
    public required int Position { get; init; }
    public required LedgerAccount Account { get; init; }

    /// <summary>Debit above zero, credit below; whole đồng.</summary>
    public required long Amount { get; init; }

    /// <summary>Of <see cref="LedgerAccount.Cover"/>: who owes it.</summary>
    public string? Party { get; init; }
    public Guid? Invoice { get; init; }
    public Guid? Transfer { get; init; }
}

/// <summary>Last number of an organisation's receipts in a year.</summary>
public sealed class ReceiptSeries
{
    public required string Organisation { get; init; }
    public required int Year { get; init; }
    public int Last { get; set; }
}

/// <summary>Proof of one payment, or, below zero, of money given back; numbered per organisation and year without a gap.</summary>
public sealed class Receipt : ILedgerRow
{
    public required string Organisation { get; init; }
    public required int Year { get; init; }
    public required int Number { get; init; }
    public required int Entry { get; init; }
    public required Guid Invoice { get; init; }
    public required long Amount { get; init; }
    public required Channel Channel { get; init; }
    public required string PayerName { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary><c>2026/000017</c></summary>
    public string Text => $"{Year}/{Number:D6}";
}
