using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Ledger;
using SharedKernel.Payments.VietQr;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// Invoices with what became of them: to the payee's cashiers, to whoever treats in the same organisation, and to the payer.
/// </summary>
public sealed class ReadInvoices(
    PaymentsDb db,
    IEnumerable<IPayFor> families,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    private const int Most = 200;

    /// <param name="Movements">Payments and refunds in the order of the ledger.</param>
    public sealed record Detail(Invoice Invoice, IReadOnlyList<Movement> Movements);

    /// <param name="Amount">Below zero when it was given back.</param>
    /// <param name="Remaining">What of a payment was not given back yet.</param>
    public sealed record Movement(
        int Entry,
        EntryKind Kind,
        DateTimeOffset At,
        string By,
        Channel Channel,
        long Amount,
        long Remaining,
        string Receipt,
        string? Reason
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        var invoices = routes.MapGroup("/api/invoices").RequireAuthorization();
        invoices.MapGet(
            "/{id:guid}",
            (Guid id, ReadInvoices read, CancellationToken cancel) => read.Run(id, cancel)
        );
        // Asked again and again by a page that waits for the money; tells nothing but the state.
        invoices.MapGet(
            "/{id:guid}/state",
            async (Guid id, ReadInvoices read, CancellationToken cancel) =>
                Results.Ok(new { state = await read.State(id, cancel) })
        );
    }

    /// <exception cref="NotFound">No such invoice, or not one that the caller may see.</exception>
    public async Task<Detail> Run(Guid id, CancellationToken cancel = default)
    {
        var stored = await Visible(id, cancel);
        await Audit($"Invoice/{id}", [stored], cancel);
        var entries = await db
            .Entries.AsNoTracking()
            .Include(entry => entry.Postings)
            .Where(entry => entry.Invoice == id && entry.Channel != null)
            .OrderBy(entry => entry.Number)
            .ToListAsync(cancel);
        var receipts = await db
            .Receipts.AsNoTracking()
            .Where(receipt => receipt.Invoice == id)
            .ToDictionaryAsync(receipt => receipt.Entry, cancel);
        return new(
            (await WithAccounts([stored], cancel))[0],
            [
                .. entries.Select(entry => new Movement(
                    entry.Number,
                    entry.Kind,
                    entry.At,
                    entry.By,
                    entry.Channel!.Value,
                    Amount(entry),
                    entry.Reverses is null
                        ? Amount(entry) + entries.Where(e => e.Reverses == entry.Number).Sum(Amount)
                        : 0,
                    receipts[entry.Number].Text,
                    entry.Reason
                )),
            ]
        );

        static long Amount(LedgerEntry entry) =>
            -entry
                .Postings.Where(posting => posting.Account is LedgerAccount.Receivable)
                .Sum(posting => posting.Amount);
    }

    public async Task<string> State(Guid id, CancellationToken cancel)
    {
        var stored = await Visible(id, cancel);
        return $"{stored.Balance.State} {stored.Balance.Paid}";
    }

    /// <summary>Newest first, at most 200.</summary>
    /// <param name="text">Part of the payer's name or of the reference; null for all.</param>
    /// <param name="open">Only those that are not settled: pending, partial, overpaid.</param>
    public async Task<IReadOnlyList<Invoice>> List(
        string organisation,
        string? text,
        bool open,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.TakePayments, organisation: organisation);
        var found = db.Invoices.Where(invoice => invoice.Organisation == organisation);
        if (open)
        {
            found = found.Where(invoice =>
                invoice.Balance.State == PaymentState.Pending
                || invoice.Balance.State == PaymentState.Partial
                || invoice.Balance.State == PaymentState.Overpaid
            );
        }
        if (!string.IsNullOrWhiteSpace(text))
        {
            var words = text.Trim();
            var reference = words.ToUpperInvariant();
            found = found.Where(invoice =>
                invoice.PayerName.Contains(words) || invoice.Reference.Contains(reference)
            );
        }
        var invoices = await Full(found)
            .OrderByDescending(invoice => invoice.IssuedAt)
            .Take(Most)
            .ToListAsync(cancel);
        await Audit($"Invoice?payee={organisation}", invoices, cancel);
        return await WithAccounts(invoices, cancel);
    }

    /// <summary>The caller's own and those the caller may pay for others (<see cref="IPayFor"/>), those to be paid first.</summary>
    public async Task<IReadOnlyList<Invoice>> Mine(CancellationToken cancel = default)
    {
        if (current.Caller.Citizen is not { } me || current.Caller.Scopes is not null)
        {
            return [];
        }
        var invoices = await Full(db.Invoices.Where(invoice => invoice.Payer == me))
            .OrderByDescending(invoice => invoice.IssuedAt)
            .Take(Most)
            .ToListAsync(cancel);
        foreach (var family in families)
        {
            var others = (await family.Of(me, cancel)).Select(one => (CitizenId?)one).ToList();
            if (others.Count > 0)
            {
                invoices.AddRange(
                    await Full(
                            db.Invoices.Where(invoice =>
                                invoice.Purpose == family.Purpose && others.Contains(invoice.Payer)
                            )
                        )
                        .OrderByDescending(invoice => invoice.IssuedAt)
                        .Take(Most)
                        .ToListAsync(cancel)
                );
            }
        }
        await Audit("Invoice?payer=me", invoices, cancel);
        return
        [
            .. (await WithAccounts(invoices, cancel)).OrderBy(invoice =>
                invoice.State is not (PaymentState.Pending or PaymentState.Partial)
            ),
        ];
    }

    internal async Task<IReadOnlyList<Invoice>> Of(
        IReadOnlyCollection<string> sources,
        CancellationToken cancel
    )
    {
        var wanted = sources.Select(source => (string?)source).ToList();
        var invoices = await Full(db.Invoices.Where(invoice => wanted.Contains(invoice.Source)))
            .OrderByDescending(invoice => invoice.IssuedAt)
            .ToListAsync(cancel);
        await Audit(
            wanted.Count == 1 ? $"Invoice?source={wanted[0]}" : $"Invoice?sources={wanted.Count}",
            invoices,
            cancel
        );
        return await WithAccounts(invoices, cancel);
    }

    internal async Task<IReadOnlyList<Invoice>> Open(
        string payee,
        InvoicePurpose purpose,
        CancellationToken cancel
    )
    {
        var invoices = await Full(
                db.Invoices.Where(invoice =>
                    invoice.Organisation == payee
                    && invoice.Purpose == purpose
                    && (
                        invoice.Balance.State == PaymentState.Pending
                        || invoice.Balance.State == PaymentState.Partial
                        || invoice.Balance.State == PaymentState.Overpaid
                    )
                )
            )
            .OrderBy(invoice => invoice.IssuedAt)
            .ToListAsync(cancel);
        await Audit($"Invoice?payee={payee}&purpose={purpose}", invoices, cancel);
        return await WithAccounts(invoices, cancel);
    }

    internal async Task<Invoice> One(Guid id, CancellationToken cancel) =>
        (
            await WithAccounts(
                [await Full(db.Invoices).SingleAsync(invoice => invoice.Id == id, cancel)],
                cancel
            )
        )[0];

    private async Task<StoredInvoice> Visible(Guid id, CancellationToken cancel)
    {
        var stored =
            await Full(db.Invoices).FirstOrDefaultAsync(invoice => invoice.Id == id, cancel)
            ?? throw new NotFound($"Invoice {id}");
        return MaySee(stored) || await PaysFor(stored, cancel)
            ? stored
            : throw new NotFound($"Invoice {id}");
    }

    private async Task<bool> PaysFor(StoredInvoice invoice, CancellationToken cancel)
    {
        if (
            current.Caller is not { Citizen: { } me, Scopes: null }
            || invoice.Payer is not { } payer
        )
        {
            return false;
        }
        foreach (var family in families.Where(family => family.Purpose == invoice.Purpose))
        {
            if ((await family.Of(me, cancel)).Contains(payer))
            {
                return true;
            }
        }
        return false;
    }

    private bool MaySee(StoredInvoice invoice)
    {
        var caller = current.Caller;
        return (invoice.Payer is { } payer && payer == caller.Citizen && caller.Scopes is null)
            || access.ReachOf(caller, Permission.TakePayments) switch
            {
                Reach.All => true,
                Reach.Organisation => invoice.Organisation == caller.Organisation,
                _ => false,
            }
            // A station without a cashier: whoever treats sees whether its own fees are paid.
            || (
                access.ReachOf(caller, Permission.WriteHealthRecords) is not Reach.None
                && invoice.Purpose is InvoicePurpose.HospitalFee
                && invoice.Organisation == caller.Organisation
            );
    }

    private static IQueryable<StoredInvoice> Full(IQueryable<StoredInvoice> invoices) =>
        invoices
            .AsNoTracking()
            .Include(invoice => invoice.Balance)
            .Include(invoice => invoice.Lines.OrderBy(line => line.Position));

    private async Task<IReadOnlyList<Invoice>> WithAccounts(
        IReadOnlyList<StoredInvoice> invoices,
        CancellationToken cancel
    )
    {
        var payees = invoices.Select(invoice => invoice.Organisation).Distinct().ToList();
        var accounts = await db
            .Accounts.AsNoTracking()
            .Where(account => payees.Contains(account.Organisation))
            .ToDictionaryAsync(account => account.Organisation, cancel);
        var ids = invoices
            .Where(invoice => invoice.Balance.Received != 0)
            .Select(invoice => invoice.Id)
            .ToList();
        var receipts = (
            await db
                .Receipts.AsNoTracking()
                .Where(receipt => ids.Contains(receipt.Invoice))
                .ToListAsync(cancel)
        ).ToLookup(receipt => receipt.Invoice);
        return
        [
            .. invoices.Select(invoice =>
                View(invoice, accounts.GetValueOrDefault(invoice.Organisation)) with
                {
                    Receipts =
                    [
                        .. receipts[invoice.Id]
                            .OrderBy(receipt => receipt.Entry)
                            .Select(receipt => new InvoiceReceipt(
                                receipt.Entry,
                                receipt.Text,
                                receipt.Amount,
                                receipt.At
                            )),
                    ],
                }
            ),
        ];
    }

    private static Invoice View(StoredInvoice invoice, PayeeAccount? account)
    {
        var balance = invoice.Balance;
        var left = balance.Cancelled ? 0 : invoice.Due - balance.Paid;
        return new(
            invoice.Id,
            invoice.Organisation,
            invoice.PayeeName,
            invoice.Reference,
            invoice.Purpose,
            invoice.Payer,
            invoice.PayerName,
            invoice.Source,
            invoice.IssuedAt,
            invoice.DueOn,
            invoice.PriceList,
            [.. invoice.Lines.Select(line => line.ToLine())],
            invoice.Total,
            invoice.Covered,
            invoice.Due,
            balance.Paid,
            balance.State,
            account is not null && left > 0
                ? VietQrPayload.Transfer(account.Bin, account.Account, left, invoice.Reference)
                : null,
            account is null ? null : $"{account.Account} – {account.Holder}"
        );
    }

    private ValueTask Audit(
        string what,
        IReadOnlyList<StoredInvoice> invoices,
        CancellationToken cancel
    ) =>
        audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                what,
                [
                    .. invoices
                        .Select(invoice => invoice.Payer?.ToString())
                        .OfType<string>()
                        .Distinct(),
                ]
            ),
            cancel
        );
}
