using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// What a cashier does with one invoice: takes a payment by card or in cash, gives money back by a reversing entry, cancels what nobody
/// has paid.
/// </summary>
public sealed class TakePayment(
    PaymentsDb db,
    LedgerWriter ledger,
    ReadInvoices read,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    /// <param name="Expected">
    /// What was paid when the cashier looked, so that a button pressed twice takes the money once; null is not asked.
    /// </param>
    public sealed record Payment(Channel Channel, long Amount, long? Expected = null);

    /// <param name="Entry">Number of the payment that is given back, in whole or in part.</param>
    public sealed record Refund(int Entry, long Amount, string? Reason);

    public sealed record Cancellation(string? Reason);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var invoice = routes.MapGroup("/api/invoices/{id:guid}").Requires(Permission.TakePayments);
        invoice.MapPost(
            "/payments",
            (Guid id, Payment payment, TakePayment take, CancellationToken cancel) =>
                take.Run(id, payment, cancel)
        );
        invoice.MapPost(
            "/refunds",
            (Guid id, Refund refund, TakePayment take, CancellationToken cancel) =>
                take.GiveBack(id, refund, cancel)
        );
        invoice.MapPost(
            "/cancellation",
            (Guid id, Cancellation why, TakePayment take, CancellationToken cancel) =>
                take.Cancel(id, why.Reason, cancel)
        );
    }

    public Task<Invoice> Run(Guid id, Payment payment, CancellationToken cancel = default) =>
        Change(
            id,
            "payment",
            async (books, invoice) =>
            {
                if (payment.Channel is Channel.Transfer || !Enum.IsDefined(payment.Channel))
                {
                    throw new InvalidInput(
                        "channel",
                        T.Of(
                            "chuyển khoản do ngân hàng báo về, không ghi tay; chọn thẻ hoặc tiền mặt.",
                            "a transfer is told by the bank, not entered by hand; choose card or cash."
                        )
                    );
                }
                if (invoice.Balance.Cancelled)
                {
                    throw new Conflict(T.Of("Hóa đơn đã hủy.", "The invoice is cancelled."));
                }
                if (payment.Expected is { } seen && seen != invoice.Balance.Paid)
                {
                    throw new Conflict(
                        T.Of(
                            $"Hóa đơn vừa có tiền vào: đã thu {invoice.Balance.Paid.Dong()}. Hãy xem lại trước khi thu tiếp.",
                            $"Money has just come in: {invoice.Balance.Paid.Dong()} is paid. Look again before taking more."
                        )
                    );
                }
                var left = invoice.Due - invoice.Balance.Paid;
                if (payment.Amount <= 0 || payment.Amount > left)
                {
                    throw new InvalidInput(
                        "amount",
                        T.Of(
                            $"số tiền từ 1 đồng đến số còn phải thu ({Math.Max(0, left).Dong()}).",
                            $"between 1 đồng and what is left to pay ({Math.Max(0, left).Dong()})."
                        )
                    );
                }
                await books.Receive(
                    invoice,
                    EntryKind.Payment,
                    new(Books.AccountOf(payment.Channel), payment.Amount),
                    payment.Channel,
                    null,
                    cancel
                );
            },
            cancel
        );

    public Task<Invoice> GiveBack(Guid id, Refund refund, CancellationToken cancel = default) =>
        Change(
            id,
            "refund",
            async (books, invoice) =>
            {
                var reason = Reason(refund.Reason);
                var payment =
                    await db.Entries.FirstOrDefaultAsync(
                        entry =>
                            entry.Organisation == invoice.Organisation
                            && entry.Number == refund.Entry
                            && entry.Invoice == id
                            && entry.Reverses == null
                            && entry.Channel != null,
                        cancel
                    )
                    ?? throw new InvalidInput(
                        "entry",
                        T.Of(
                            "không có khoản thu này trong hóa đơn.",
                            "this invoice has no such payment."
                        )
                    );
                var remaining = await books.Remaining(payment.Number, cancel);
                if (refund.Amount <= 0 || refund.Amount > remaining)
                {
                    throw new InvalidInput(
                        "amount",
                        T.Of(
                            $"số tiền trả lại từ 1 đồng đến {remaining.Dong()}.",
                            $"between 1 đồng and {remaining.Dong()} can be given back."
                        )
                    );
                }
                await books.GiveBack(
                    invoice,
                    EntryKind.Refund,
                    payment.Number,
                    refund.Amount,
                    payment.Channel!.Value,
                    null,
                    reason,
                    cancel
                );
            },
            cancel
        );

    public Task<Invoice> Cancel(Guid id, string? reason, CancellationToken cancel = default) =>
        Change(
            id,
            "cancellation",
            async (books, invoice) =>
            {
                var why = Reason(reason);
                if (invoice.Balance.Cancelled || invoice.Balance.Paid != 0)
                {
                    throw new Conflict(
                        T.Of(
                            "Chỉ hủy được hóa đơn chưa thu tiền; nếu đã thu, hãy hoàn tiền trước.",
                            "Only an invoice without money can be cancelled; give the money back first."
                        )
                    );
                }
                var issued = await db
                    .Entries.Include(entry => entry.Postings)
                    .SingleAsync(
                        entry => entry.Invoice == id && entry.Kind == EntryKind.Issue,
                        cancel
                    );
                books.Enter(
                    EntryKind.Cancellation,
                    [
                        .. issued.Postings.Select(posting => new PostingLine(
                            posting.Account,
                            -posting.Amount,
                            posting.Party,
                            posting.Invoice
                        )),
                    ],
                    id,
                    reverses: issued.Number,
                    reason: why
                );
                invoice.Balance.Cancelled = true;
                books.Settle(invoice);
            },
            cancel
        );

    private static string Reason(string? reason) =>
        reason?.Trim() is { Length: > 0 and <= 1000 } why
            ? why
            : throw new InvalidInput("reason", T.Of("ghi lý do.", "say why."));

    private async Task<Invoice> Change(
        Guid id,
        string what,
        Func<Books, StoredInvoice, Task> change,
        CancellationToken cancel
    )
    {
        var found =
            await db
                .Invoices.Where(invoice => invoice.Id == id)
                .Select(invoice => new { invoice.Organisation, invoice.Payer })
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Invoice {id}");
        access.Demand(current.Caller, Permission.TakePayments, organisation: found.Organisation);
        await ledger.Run(
            found.Organisation,
            async books =>
            {
                await change(books, await books.Invoice(id, cancel));
                return true;
            },
            cancel
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Invoice/{id}",
                found.Payer is { } payer ? [payer.ToString()] : [],
                Detail: what
            ),
            cancel
        );
        return await read.One(id, cancel);
    }
}
