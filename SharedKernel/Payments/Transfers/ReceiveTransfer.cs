using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Transfers;

/// <summary>
/// A bank tells of money that came to an organisation's account, or that it took back. Told again it is entered once; told late, doubled or
/// out of order no đồng is lost and none invented: what names no invoice lies in suspense until somebody matches or returns it.
/// </summary>
public sealed class ReceiveTransfer(
    PaymentsDb db,
    LedgerWriter ledger,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    private const int LargestBody = 16 * 1024;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <param name="TransactionId">The bank's own, unique for ever.</param>
    /// <param name="Account">Number of the account of ours.</param>
    /// <param name="Amount">Whole đồng, above zero.</param>
    /// <param name="Content">What the payer wrote, with whatever the bank put around it.</param>
    /// <param name="Reverses">The transaction that the bank takes back by this one; null for money that came.</param>
    public sealed record Notification(
        string? TransactionId,
        string? Account,
        long Amount,
        string? Content,
        DateTimeOffset PaidAt,
        string? Reverses = null
    );

    /// <param name="Duplicate">It was told before; nothing was entered.</param>
    /// <param name="Reference">Of the invoice it was entered for.</param>
    public sealed record Outcome(PaymentState State, bool Duplicate, string? Reference);

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<BankConnections>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/payments/notifications/{bank}", Receive)
            // The bank signs what it sends; it has no account here.
            .AllowAnonymous()
            .DisableAntiforgery();

    private static async Task<IResult> Receive(
        string bank,
        HttpRequest request,
        BankConnections banks,
        ReceiveTransfer receive,
        ICurrentCaller current,
        CancellationToken cancel
    )
    {
        var buffer = new byte[LargestBody + 1];
        var length = await request.Body.ReadAtLeastAsync(
            buffer,
            buffer.Length,
            throwOnEndOfStream: false,
            cancel
        );
        if (length > LargestBody)
        {
            return Results.Problem(
                $"A notification has at most {LargestBody} bytes.",
                statusCode: StatusCodes.Status413PayloadTooLarge
            );
        }
        var body = buffer.AsMemory(0, length);
        if (banks.Verify(bank, body.Span, request.Headers["X-Signature"]) is not { } bin)
        {
            return Results.Problem(
                "The signature is not this bank's: X-Signature must be sha256= and the HMAC-SHA-256 of the body in hex.",
                statusCode: StatusCodes.Status401Unauthorized
            );
        }
        Notification? notification;
        try
        {
            notification = JsonSerializer.Deserialize<Notification>(body.Span, Json);
        }
        catch (JsonException error)
        {
            return Results.Problem(
                $"The body is not a notification: {error.Message}",
                statusCode: StatusCodes.Status400BadRequest
            );
        }
        current.Become(Caller.TheSystem with { Id = $"bank:{bank}", Name = bank });
        return Results.Ok(
            await receive.Run(
                bank,
                bin,
                notification ?? throw new InvalidInput("body", "is empty."),
                cancel
            )
        );
    }

    /// <exception cref="InvalidInput">A field is missing, or the account is nobody's here.</exception>
    /// <exception cref="Conflict">The same transaction was told before with another account or amount.</exception>
    public async Task<Outcome> Run(
        string bank,
        string bin,
        Notification told,
        CancellationToken cancel
    )
    {
        Check(told);
        var payee =
            await db
                .Accounts.AsNoTracking()
                .FirstOrDefaultAsync(
                    account => account.Bin == bin && account.Account == told.Account,
                    cancel
                )
            ?? throw new InvalidInput(
                "account",
                T.Of(
                    $"tài khoản {told.Account} không thuộc đơn vị nào trong hệ thống.",
                    $"account {told.Account} belongs to no organisation here."
                )
            );
        var (outcome, payer) = await ledger.Run(
            payee.Organisation,
            books => Enter(books, bank, told, cancel),
            cancel
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Create,
                $"BankTransfer/{bank}/{told.TransactionId}",
                payer is { } citizen ? [citizen.ToString()] : [],
                Detail: outcome.Duplicate ? "told again" : outcome.State.ToString()
            ),
            cancel
        );
        return outcome;
    }

    private async Task<(Outcome, CitizenId?)> Enter(
        Books books,
        string bank,
        Notification told,
        CancellationToken cancel
    )
    {
        var known = await Transfer(bank, told.TransactionId!, cancel);
        if (known is not null)
        {
            return
                known.Amount == told.Amount
                && known.Account == told.Account
                && known.Reverses == told.Reverses
                ? (new(known.State, true, await ReferenceOf(known.Invoice, cancel)), null)
                : throw new Conflict(
                    $"Transaction {told.TransactionId} was told before with another account or amount; it stays as it was entered."
                );
        }
        var transfer = new BankTransfer
        {
            Id = Guid.CreateVersion7(books.Now),
            Bank = bank,
            Transaction = told.TransactionId!,
            Organisation = books.Head.Organisation,
            Account = told.Account!,
            Amount = told.Amount,
            Content = told.Content ?? "",
            PaidAt = told.PaidAt,
            ReceivedAt = books.Now,
            Reverses = told.Reverses,
        };
        db.Add(transfer);
        var invoice = told.Reverses is null
            ? await Came(books, transfer, cancel)
            : await TakenBack(books, transfer, cancel);
        return (new(transfer.State, false, invoice?.Reference), invoice?.Payer);
    }

    private async Task<StoredInvoice?> Came(
        Books books,
        BankTransfer transfer,
        CancellationToken cancel
    )
    {
        var early = await db.Transfers.FirstOrDefaultAsync(
            other =>
                other.Bank == transfer.Bank
                && other.Reverses == transfer.Transaction
                && other.Suspense == -transfer.Amount,
            cancel
        );
        if (early is not null)
        {
            // The bank took it back before it told of it: the two settle each other.
            books.Enter(
                EntryKind.Unmatched,
                [
                    new(LedgerAccount.Bank, transfer.Amount),
                    new(LedgerAccount.Suspense, -transfer.Amount, Transfer: early.Id),
                ],
                transfer: transfer.Id
            );
            early.Suspense = 0;
            early.State = transfer.State = PaymentState.Refunded;
            return null;
        }
        var references = PaymentReference.FindIn(transfer.Content);
        var invoices = await db
            .Invoices.Include(invoice => invoice.Balance)
            .Where(invoice =>
                invoice.Organisation == transfer.Organisation
                && references.Contains(invoice.Reference)
                && !invoice.Balance.Cancelled
            )
            .OrderBy(invoice => invoice.Id)
            .Take(2)
            .ToListAsync(cancel);
        if (invoices is [var invoice])
        {
            await books.Receive(
                invoice,
                EntryKind.Payment,
                new(LedgerAccount.Bank, transfer.Amount),
                Channel.Transfer,
                transfer.Id,
                cancel
            );
            transfer.Invoice = invoice.Id;
            transfer.State = PaymentState.Paid;
            return invoice;
        }
        ToSuspense(books, transfer, transfer.Amount);
        return null;
    }

    private async Task<StoredInvoice?> TakenBack(
        Books books,
        BankTransfer reversal,
        CancellationToken cancel
    )
    {
        var original = await Transfer(reversal.Bank, reversal.Reverses!, cancel);
        if (original is { Reverses: null, Suspense: > 0 } && original.Suspense == reversal.Amount)
        {
            books.Enter(
                EntryKind.BankReversal,
                [
                    new(LedgerAccount.Suspense, reversal.Amount, Transfer: original.Id),
                    new(LedgerAccount.Bank, -reversal.Amount),
                ],
                transfer: reversal.Id
            );
            original.Suspense = 0;
            original.State = reversal.State = PaymentState.Refunded;
            return null;
        }
        if (
            original is { Reverses: null, Invoice: { } paid }
            && await PaymentOf(original, cancel) is { } payment
            && await books.Remaining(payment, cancel) >= reversal.Amount
        )
        {
            var invoice = await books.Invoice(paid, cancel);
            await books.GiveBack(
                invoice,
                EntryKind.BankReversal,
                payment,
                reversal.Amount,
                Channel.Transfer,
                reversal.Id,
                "",
                cancel
            );
            reversal.Invoice = invoice.Id;
            original.State = reversal.State = PaymentState.Refunded;
            return invoice;
        }
        // It came before its transfer, or the money was given back already: somebody has to look.
        ToSuspense(books, reversal, -reversal.Amount);
        return null;
    }

    private static void ToSuspense(Books books, BankTransfer transfer, long amount)
    {
        books.Enter(
            EntryKind.Unmatched,
            [
                new(LedgerAccount.Bank, amount),
                new(LedgerAccount.Suspense, -amount, Transfer: transfer.Id),
            ],
            transfer: transfer.Id
        );
        transfer.Suspense = amount;
        transfer.State = PaymentState.Unmatched;
    }

    private Task<BankTransfer?> Transfer(
        string bank,
        string transaction,
        CancellationToken cancel
    ) =>
        db.Transfers.FirstOrDefaultAsync(
            other => other.Bank == bank && other.Transaction == transaction,
            cancel
        );

    /// <summary>Number of the entry by which a transfer paid its invoice.</summary>
    private async Task<int?> PaymentOf(BankTransfer transfer, CancellationToken cancel) =>
        (
            await db.Entries.FirstOrDefaultAsync(
                entry =>
                    entry.Transfer == transfer.Id
                    && (entry.Kind == EntryKind.Payment || entry.Kind == EntryKind.Match),
                cancel
            )
        )?.Number;

    private async Task<string?> ReferenceOf(Guid? invoice, CancellationToken cancel) =>
        invoice is null
            ? null
            : await db
                .Invoices.Where(one => one.Id == invoice)
                .Select(one => one.Reference)
                .FirstOrDefaultAsync(cancel);

    private static void Check(Notification told)
    {
        var errors = new List<FieldError>();
        Require("transactionId", told.TransactionId, 100);
        Require("account", told.Account, 19);
        if (told.Reverses is not null)
        {
            Require("reverses", told.Reverses, 100);
        }
        if (told.Content?.Length > 1000)
        {
            errors.Add(new("content", "has at most 1000 characters."));
        }
        if (told.Amount is <= 0 or > 9_999_999_999_999)
        {
            errors.Add(new("amount", "is whole đồng above zero, of at most 13 digits."));
        }
        if (told.PaidAt == default)
        {
            errors.Add(new("paidAt", "is needed, with its zone: 2026-11-23T08:00:00+07:00."));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }

        void Require(string field, string? text, int most)
        {
            if (string.IsNullOrWhiteSpace(text) || text.Length > most)
            {
                errors.Add(new(field, $"needs 1 to {most} characters."));
            }
        }
    }
}
