using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Payments.Invoices;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Ledger;

/// <summary>
/// The one way into an organisation's ledger. Whatever is entered changes the ledger's head, so of two who write at once one reads
/// again and repeats: sums that were read are those that are written upon, and numbers have no gap.
/// </summary>
public sealed class LedgerWriter(PaymentsDb db, ICurrentCaller current, TimeProvider clock)
{
    private const int MostAttempts = 60;
    private const int LongestPauseMilliseconds = 40;

    /// <summary>Runs <paramref name="once"/> and saves what it entered, all or nothing; it may run again from the start.</summary>
    /// <exception cref="Conflict">Others write all the time.</exception>
    public async Task<TResult> Run<TResult>(
        string organisation,
        Func<Books, Task<TResult>> once,
        CancellationToken cancel
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            db.ChangeTracker.Clear();
            try
            {
                // Read first: whatever is read after it can only be newer, and then this save is refused.
                var head = await db.Heads.FindAsync([organisation], cancel);
                if (head is null)
                {
                    head = new() { Organisation = organisation };
                    db.Add(head);
                }
                var result = await once(new(db, head, current.Caller, clock.GetUtcNow()));
                if (db.ChangeTracker.HasChanges())
                {
                    head.Revision++;
                    await db.SaveChangesAsync(cancel);
                }
                return result;
            }
            catch (DbUpdateException) when (attempt < MostAttempts)
            {
                await Task.Delay(Random.Shared.Next(LongestPauseMilliseconds), cancel);
            }
            catch (DbUpdateException)
            {
                throw new Conflict(
                    T.Of(
                        "Sổ thu đang được nhiều người ghi cùng lúc; hãy thử lại.",
                        "Others are writing to this ledger right now; try again."
                    )
                );
            }
        }
    }
}

/// <summary>An organisation's ledger while it is written to.</summary>
public sealed class Books(PaymentsDb db, LedgerHead head, Caller caller, DateTimeOffset now)
{
    public PaymentsDb Db => db;
    public DateTimeOffset Now => now;
    public LedgerHead Head => head;

    /// <summary>Adds an entry whose lines sum to zero.</summary>
    public LedgerEntry Enter(
        EntryKind kind,
        IReadOnlyList<PostingLine> lines,
        Guid? invoice = null,
        Guid? transfer = null,
        Channel? channel = null,
        int? reverses = null,
        string? reason = null
    )
    {
        if (lines.Sum(line => line.Amount) != 0)
        {
            throw new InvalidOperationException($"A {kind} entry does not balance.");
        }
        var number = ++head.Last;
        var entry = new LedgerEntry
        {
            Organisation = head.Organisation,
            Number = number,
            Kind = kind,
            Day = Day(),
            At = now,
            ById = caller.Id,
            By = caller.Name,
            Invoice = invoice,
            Transfer = transfer,
            Channel = channel,
            Reverses = reverses,
            Reason = reason,
            Postings =
            [
                .. lines
                    .Where(line => line.Amount != 0)
                    .Select(
                        (line, index) =>
                            new Posting
                            {
                                Organisation = head.Organisation,
                                Number = number,
                                Position = index + 1,
                                Account = line.Account,
                                Amount = line.Amount,
                                Party = line.Party,
                                Invoice = line.Invoice,
                                Transfer = line.Transfer,
                            }
                    ),
            ],
        };
        db.Add(entry);
        return entry;
    }

    /// <summary>Enters money for an invoice, and its receipt.</summary>
    public async Task<LedgerEntry> Receive(
        StoredInvoice invoice,
        EntryKind kind,
        PostingLine from,
        Channel channel,
        Guid? transfer,
        CancellationToken cancel
    )
    {
        var entry = Enter(
            kind,
            [from, new(LedgerAccount.Receivable, -from.Amount, Invoice: invoice.Id)],
            invoice.Id,
            transfer,
            channel
        );
        invoice.Balance.Received += from.Amount;
        Settle(invoice);
        await AddReceipt(invoice, entry, from.Amount, channel, cancel);
        return entry;
    }

    /// <summary>Enters the reverse of what an entry brought, and a receipt below zero.</summary>
    public async Task<LedgerEntry> GiveBack(
        StoredInvoice invoice,
        EntryKind kind,
        int reverses,
        long amount,
        Channel channel,
        Guid? transfer,
        string? reason,
        CancellationToken cancel
    )
    {
        var entry = Enter(
            kind,
            [
                new(LedgerAccount.Receivable, amount, Invoice: invoice.Id),
                new(AccountOf(channel), -amount),
            ],
            invoice.Id,
            transfer,
            channel,
            reverses,
            reason
        );
        invoice.Balance.Returned += amount;
        Settle(invoice);
        await AddReceipt(invoice, entry, -amount, channel, cancel);
        return entry;
    }

    /// <summary>What an entry brought for its invoice and was not given back yet.</summary>
    public async Task<long> Remaining(int entry, CancellationToken cancel) =>
        -await db
            .Entries.Where(other =>
                other.Organisation == head.Organisation
                && (other.Number == entry || other.Reverses == entry)
            )
            .SelectMany(other => other.Postings)
            .Where(posting => posting.Account == LedgerAccount.Receivable)
            .SumAsync(posting => posting.Amount, cancel);

    /// <exception cref="NotFound">This organisation has no such invoice.</exception>
    public async Task<StoredInvoice> Invoice(Guid id, CancellationToken cancel) =>
        await db
            .Invoices.Include(invoice => invoice.Balance)
            .FirstOrDefaultAsync(
                invoice => invoice.Id == id && invoice.Organisation == head.Organisation,
                cancel
            )
        ?? throw new NotFound($"Invoice {id}");

    public void Settle(StoredInvoice invoice)
    {
        var balance = invoice.Balance;
        balance.State = InvoiceBalance.StateOf(
            invoice.Due,
            balance.Received,
            balance.Returned,
            balance.Cancelled
        );
        balance.ChangedAt = now;
    }

    public static LedgerAccount AccountOf(Channel channel) =>
        channel switch
        {
            Channel.Card => LedgerAccount.Card,
            Channel.Cash => LedgerAccount.Cash,
            _ => LedgerAccount.Bank,
        };

    private DateOnly Day()
    {
        var today = now.VietnamDay();
        return head.ClosedThrough >= today ? head.ClosedThrough.Value.AddDays(1) : today;
    }

    private async Task AddReceipt(
        StoredInvoice invoice,
        LedgerEntry entry,
        long amount,
        Channel channel,
        CancellationToken cancel
    )
    {
        var year = entry.Day.Year;
        var series = await db.ReceiptSeries.FindAsync([head.Organisation, year], cancel);
        if (series is null)
        {
            series = new() { Organisation = head.Organisation, Year = year };
            db.Add(series);
        }
        db.Add(
            new Receipt
            {
                Organisation = head.Organisation,
                Year = year,
                Number = ++series.Last,
                Entry = entry.Number,
                Invoice = invoice.Id,
                Amount = amount,
                Channel = channel,
                PayerName = invoice.PayerName,
                At = now,
            }
        );
    }
}

/// <param name="Amount">Debit above zero, credit below.</param>
public readonly record struct PostingLine(
    LedgerAccount Account,
    long Amount,
    string? Party = null,
    Guid? Invoice = null,
    Guid? Transfer = null
);
