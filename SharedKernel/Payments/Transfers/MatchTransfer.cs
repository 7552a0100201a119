using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Transfers;

/// <summary>
/// What to do with a transfer that names no invoice: give it to one, or give the money back to whoever sent it.
/// </summary>
public sealed class MatchTransfer(
    PaymentsDb db,
    LedgerWriter ledger,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    private const int Most = 200;

    /// <param name="Reference">Of the invoice, as written on it.</param>
    public sealed record Target(string? Reference);

    public sealed record Return(string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var transfers = routes
            .MapGroup("/api/payments/transfers/{id:guid}")
            .Requires(Permission.TakePayments);
        transfers.MapPost(
            "/match",
            async (Guid id, Target target, MatchTransfer match, CancellationToken cancel) =>
            {
                await match.Run(id, target.Reference, cancel);
                return Results.NoContent();
            }
        );
        transfers.MapPost(
            "/return",
            async (Guid id, Return why, MatchTransfer match, CancellationToken cancel) =>
            {
                await match.GiveBack(id, why.Reason, cancel);
                return Results.NoContent();
            }
        );
    }

    /// <summary>Newest first, at most 200; those that somebody must look at come first.</summary>
    public async Task<IReadOnlyList<(BankTransfer Transfer, string? Reference)>> List(
        string organisation,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.TakePayments, organisation: organisation);
        var transfers = await db
            .Transfers.AsNoTracking()
            .Where(transfer => transfer.Organisation == organisation)
            .OrderByDescending(transfer => transfer.State == PaymentState.Unmatched)
            .ThenByDescending(transfer => transfer.ReceivedAt)
            .Take(Most)
            .ToListAsync(cancel);
        var ids = transfers.Select(transfer => transfer.Invoice).OfType<Guid>().ToList();
        var references = await db
            .Invoices.Where(invoice => ids.Contains(invoice.Id))
            .ToDictionaryAsync(invoice => invoice.Id, invoice => invoice.Reference, cancel);
        return
        [
            .. transfers.Select(transfer =>
                (transfer, transfer.Invoice is { } id ? references.GetValueOrDefault(id) : null)
            ),
        ];
    }

    /// <exception cref="InvalidInput">No invoice of this organisation has that reference.</exception>
    public async Task Run(Guid id, string? reference, CancellationToken cancel = default)
    {
        var payer = await Unmatched(
            id,
            async (books, transfer) =>
            {
                if (transfer.Suspense < 0)
                {
                    throw new Conflict(
                        T.Of(
                            "Đây là tiền ngân hàng đã thu hồi; không thể gán cho hóa đơn.",
                            "The bank took this money back; it cannot pay an invoice."
                        )
                    );
                }
                var wanted = reference?.Trim().ToUpperInvariant() ?? "";
                var invoice =
                    await db
                        .Invoices.Include(one => one.Balance)
                        .FirstOrDefaultAsync(
                            one =>
                                one.Organisation == transfer.Organisation
                                && one.Reference == wanted
                                && !one.Balance.Cancelled,
                            cancel
                        )
                    ?? throw new InvalidInput(
                        "reference",
                        T.Of(
                            $"không có hóa đơn nào của đơn vị mang mã “{reference}”.",
                            $"no invoice of this organisation has the reference “{reference}”."
                        )
                    );
                await books.Receive(
                    invoice,
                    EntryKind.Match,
                    new(LedgerAccount.Suspense, transfer.Suspense, Transfer: transfer.Id),
                    Channel.Transfer,
                    transfer.Id,
                    cancel
                );
                transfer.Suspense = 0;
                transfer.Invoice = invoice.Id;
                transfer.State = PaymentState.Paid;
                return invoice.Payer;
            },
            cancel
        );
        await Audit(id, payer, "matched", cancel);
    }

    /// <summary>Enters that an unmatched transfer was sent back, or that a reversal without its transfer was looked into.</summary>
    public async Task GiveBack(Guid id, string? reason, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new InvalidInput(
                "reason",
                T.Of("ghi lý do trả lại tiền.", "say why the money is given back.")
            );
        }
        await Unmatched(
            id,
            (books, transfer) =>
            {
                books.Enter(
                    EntryKind.Refund,
                    [
                        new(LedgerAccount.Suspense, transfer.Suspense, Transfer: transfer.Id),
                        new(LedgerAccount.Bank, -transfer.Suspense),
                    ],
                    transfer: transfer.Id,
                    reason: reason.Trim()
                );
                transfer.Suspense = 0;
                transfer.State = PaymentState.Refunded;
                return Task.FromResult<CitizenId?>(null);
            },
            cancel
        );
        await Audit(id, null, "returned", cancel);
    }

    private async Task<CitizenId?> Unmatched(
        Guid id,
        Func<Books, BankTransfer, Task<CitizenId?>> act,
        CancellationToken cancel
    )
    {
        var organisation =
            await db
                .Transfers.Where(transfer => transfer.Id == id)
                .Select(transfer => transfer.Organisation)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Transfer {id}");
        access.Demand(current.Caller, Permission.TakePayments, organisation: organisation);
        return await ledger.Run(
            organisation,
            async books =>
            {
                var transfer = await db.Transfers.SingleAsync(one => one.Id == id, cancel);
                return transfer.Suspense != 0
                    ? await act(books, transfer)
                    : throw new Conflict(
                        T.Of(
                            "Khoản chuyển này đã được xử lý.",
                            "This transfer has been dealt with already."
                        )
                    );
            },
            cancel
        );
    }

    private ValueTask Audit(
        Guid transfer,
        CitizenId? payer,
        string what,
        CancellationToken cancel
    ) =>
        audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"BankTransfer/{transfer}",
                payer is { } citizen ? [citizen.ToString()] : [],
                Detail: what
            ),
            cancel
        );
}
