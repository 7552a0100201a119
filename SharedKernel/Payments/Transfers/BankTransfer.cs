using SharedKernel.Contracts;

namespace SharedKernel.Payments.Transfers;

/// <summary>A movement on an organisation's account as the bank told it. Only what became of it changes.</summary>
public sealed class BankTransfer
{
    public required Guid Id { get; init; }

    /// <summary>Name of the bank's connection, and the bank's own id of the movement: together unique.</summary>
    public required string Bank { get; init; }
    public required string Transaction { get; init; }
    public required string Organisation { get; init; }
    public required string Account { get; init; }

    /// <summary>Whole đồng, above zero; of a reversal what is taken back.</summary>
    public required long Amount { get; init; }
    public required string Content { get; init; }
    public required DateTimeOffset PaidAt { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Of a reversal: the transaction that the bank takes back.</summary>
    public string? Reverses { get; init; }

    /// <summary>The invoice it was given to; null while it is unmatched.</summary>
    public Guid? Invoice { get; set; }

    /// <summary>What of it lies in suspense: below zero for a reversal that came before its transfer.</summary>
    public long Suspense { get; set; }
    public PaymentState State { get; set; }
}
