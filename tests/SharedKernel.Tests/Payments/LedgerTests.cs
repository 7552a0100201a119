using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Payments;
using SharedKernel.Payments.Closing;
using SharedKernel.Payments.Invoices;
using SharedKernel.Payments.Ledger;
using SharedKernel.Payments.Transfers;
using Testing;

namespace SharedKernel.Tests.Payments;

/// <summary>No đồng is lost and none is invented, whatever banks tell in whatever order and whatever cashiers do in between.</summary>
public sealed class LedgerTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private enum What
    {
        Transfer,
        WrongReference,
        Again,
        Reverse,
        ReverseEarly,
        Card,
        Refund,
        Match,
        Return,
        Cancel,
        Close,
    }

    /// <param name="Which">Picks an invoice, a transfer or an entry among those that are there.</param>
    private sealed record Step(What What, int Which, long Amount);

    private static readonly Gen<Step> Steps = Gen.Select(
        Gen.Enum<What>(),
        Gen.Int[0, 7],
        Gen.OneOf(Gen.Const(100_000L), Gen.Long[1, 250_000]),
        (what, which, amount) => new Step(what, which, amount)
    );

    [Fact]
    public async Task Random_sequences_lose_and_invent_nothing() =>
        await Steps.Array[1, 25].SampleAsync(Sequence, iter: 40, threads: 2);

    [Fact]
    public async Task Two_who_write_at_once_leave_no_gap_and_count_the_same_transfer_once()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(i => server.Tell(payee, $"T{i % 8}", 10_000, invoice.Reference))
        );
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
        await Check(db, payee, told: 8 * 10_000, counter: 0);
        var balance = await db.Balances.SingleAsync(one => one.Invoice == invoice.Id);
        Assert.Equal((80_000, PaymentState.Partial), (balance.Paid, balance.State));
    }

    [Fact]
    public async Task What_was_written_cannot_be_changed()
    {
        var payee = await server.NewPayee();
        var invoice = await server.Charge(payee);
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<PaymentsDb>();
        db.Remove(await db.Postings.FirstAsync(posting => posting.Invoice == invoice.Id));
        await Assert.ThrowsAsync<Conflict>(() => db.SaveChangesAsync());
        db.ChangeTracker.Clear();
        var stored = await db.Invoices.SingleAsync(one => one.Id == invoice.Id);
        db.Entry(stored).Property(one => one.Total).CurrentValue = 1;
        await Assert.ThrowsAsync<Conflict>(() => db.SaveChangesAsync());
    }

    private async Task Sequence(Step[] steps)
    {
        var payee = await server.NewPayee();
        var invoices = new List<Invoice>();
        for (var i = 0; i < 3; i++)
        {
            invoices.Add(await server.Charge(payee)); // 100.000 đồng each
        }
        var transactions =
            new Dictionary<string, (long Amount, string Content, string? Reverses)>();
        long counter = 0;
        foreach (var (step, at) in steps.Select((step, at) => (step, at)))
        {
            await using var scope = server.Scope();
            var services = scope.ServiceProvider;
            var db = services.GetRequiredService<PaymentsDb>();
            var invoice = invoices[step.Which % invoices.Count];
            try
            {
                counter += await Do(step, $"T{at}", invoice, db, services);
            }
            // What the state does not allow is refused, and must have entered nothing.
            catch (Refusal) { }
        }
        await using var after = server.Scope();
        await Check(
            after.ServiceProvider.GetRequiredService<PaymentsDb>(),
            payee,
            transactions.Values.Sum(one => one.Reverses is null ? one.Amount : -one.Amount),
            counter
        );

        async Task Told(string id, long amount, string content, string? reverses = null)
        {
            await server.Tell(payee, id, amount, content, reverses);
            transactions[id] = (amount, content, reverses);
        }

        // Returns what the counter's till gained, and what left by the cashier's hand.
        async Task<long> Do(
            Step step,
            string id,
            Invoice invoice,
            PaymentsDb db,
            IServiceProvider services
        )
        {
            switch (step.What)
            {
                case What.Transfer:
                    await Told(id, step.Amount, $"CK {invoice.Reference}");
                    return 0;
                case What.WrongReference:
                    await Told(id, step.Amount, $"CK {invoice.Reference[..^1]}");
                    return 0;
                case What.Again when transactions.Count > 0:
                    var (known, old) = transactions.ElementAt(step.Which % transactions.Count);
                    var outcome = await server.Tell(
                        payee,
                        known,
                        old.Amount,
                        old.Content,
                        old.Reverses
                    );
                    Assert.True(outcome.Duplicate);
                    return 0;
                case What.Reverse when transactions.Count > 0:
                    var (taken, came) = transactions.ElementAt(step.Which % transactions.Count);
                    await Told(id, came.Amount, "", taken);
                    return 0;
                case What.ReverseEarly:
                    await Told(id, step.Amount, "", $"L{id}");
                    await Told($"L{id}", step.Amount, $"CK {invoice.Reference}");
                    return 0;
                case What.Card:
                    await services
                        .GetRequiredService<TakePayment>()
                        .Run(invoice.Id, new(Channel.Card, step.Amount));
                    return step.Amount;
                case What.Refund:
                    var detail = await services.GetRequiredService<ReadInvoices>().Run(invoice.Id);
                    if (detail.Movements is not [var movement, ..])
                    {
                        return 0;
                    }
                    await services
                        .GetRequiredService<TakePayment>()
                        .GiveBack(
                            invoice.Id,
                            new(movement.Entry, Math.Min(step.Amount, movement.Remaining), "thừa")
                        );
                    return -Math.Min(step.Amount, movement.Remaining);
                case What.Match or What.Return:
                    var open = await db
                        .Transfers.AsNoTracking()
                        .Where(one => one.Organisation == payee.Code && one.Suspense != 0)
                        .OrderBy(one => one.Transaction)
                        .FirstOrDefaultAsync();
                    if (open is null)
                    {
                        return 0;
                    }
                    var match = services.GetRequiredService<MatchTransfer>();
                    if (step.What is What.Match)
                    {
                        await match.Run(open.Id, invoice.Reference);
                        return 0;
                    }
                    await match.GiveBack(open.Id, "không rõ người gửi");
                    return -open.Suspense;
                case What.Cancel:
                    await services.GetRequiredService<TakePayment>().Cancel(invoice.Id, "nhầm");
                    return 0;
                case What.Close:
                    var day = services.GetRequiredService<TimeProvider>().Today();
                    await services
                        .GetRequiredService<CloseDay>()
                        .Run(payee.Code, new CloseDay.Input(day));
                    return 0;
                default:
                    return 0;
            }
        }
    }

    /// <param name="told">What banks told of, less what they took back.</param>
    /// <param name="counter">What cashiers took, less what they gave back.</param>
    private static async Task Check(PaymentsDb db, PriceWorld.Payee payee, long told, long counter)
    {
        var entries = await db
            .Entries.AsNoTracking()
            .Include(entry => entry.Postings)
            .Where(entry => entry.Organisation == payee.Code)
            .OrderBy(entry => entry.Number)
            .ToListAsync();
        var postings = entries.SelectMany(entry => entry.Postings).ToList();
        long On(LedgerAccount account, Guid? invoice = null) =>
            postings
                .Where(one => one.Account == account && (invoice is null || one.Invoice == invoice))
                .Sum(one => one.Amount);

        Assert.All(entries, entry => Assert.Equal(0, entry.Postings.Sum(one => one.Amount)));
        Assert.Equal(Enumerable.Range(1, entries.Count), entries.Select(entry => entry.Number));
        Assert.Equal(
            told + counter,
            On(LedgerAccount.Bank) + On(LedgerAccount.Card) + On(LedgerAccount.Cash)
        );

        var invoices = await db
            .Invoices.AsNoTracking()
            .Include(invoice => invoice.Balance)
            .Where(invoice => invoice.Organisation == payee.Code)
            .ToListAsync();
        foreach (var invoice in invoices)
        {
            var balance = invoice.Balance;
            var owed = balance.Cancelled ? 0 : invoice.Due;
            Assert.Equal(owed - balance.Paid, On(LedgerAccount.Receivable, invoice.Id));
            Assert.Equal(
                InvoiceBalance.StateOf(
                    invoice.Due,
                    balance.Received,
                    balance.Returned,
                    balance.Cancelled
                ),
                balance.State
            );
            Assert.True(balance.Paid >= 0);
        }
        var transfers = await db
            .Transfers.AsNoTracking()
            .Where(transfer => transfer.Organisation == payee.Code)
            .ToListAsync();
        Assert.Equal(transfers.Sum(one => one.Suspense), -On(LedgerAccount.Suspense));
        Assert.All(
            transfers,
            one => Assert.Equal(one.Suspense != 0, one.State is PaymentState.Unmatched)
        );

        var receipts = await db
            .Receipts.AsNoTracking()
            .Where(receipt => receipt.Organisation == payee.Code)
            .ToListAsync();
        foreach (var year in receipts.GroupBy(receipt => receipt.Year))
        {
            Assert.Equal(
                Enumerable.Range(1, year.Count()),
                year.Select(receipt => receipt.Number).Order()
            );
        }
        Assert.Equal(
            invoices.Sum(invoice => invoice.Balance.Paid),
            receipts.Sum(receipt => receipt.Amount)
        );
        // What was closed counts each entry once, on a day that is not after its own.
        var closings = await db
            .Closings.AsNoTracking()
            .Where(closing => closing.Organisation == payee.Code)
            .OrderBy(closing => closing.Day)
            .ToListAsync();
        foreach (var closing in closings.Where(closing => closing.LastEntry is not null))
        {
            Assert.All(
                entries.Where(entry => entry.Number > closing.LastEntry),
                entry => Assert.True(entry.Day > closing.Day)
            );
        }
    }
}
