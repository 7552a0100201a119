using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.Ledger;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Closing;

/// <param name="From">First day that the totals cover: the day after the closing before.</param>
/// <param name="FirstEntry">Null when nothing was entered.</param>
/// <param name="Charged">Invoices issued, without those cancelled again.</param>
/// <param name="Suspense">What of unmatched transfers came in, without what was matched or returned.</param>
public sealed record DayTotals(
    DateOnly From,
    DateOnly To,
    int? FirstEntry,
    int? LastEntry,
    IReadOnlyList<ChannelTotal> Channels,
    int Invoices,
    long Charged,
    long Covered,
    long Suspense
);

/// <param name="Received">For invoices and unmatched alike.</param>
public sealed record ChannelTotal(Channel Channel, int Entries, long Received, long Returned)
{
    public long Net => Received - Returned;
}

/// <summary>
/// Closes a day: the totals by channel are kept as they are, and whatever comes later counts for a later day, also a transfer that the
/// bank dates back.
/// </summary>
public sealed class CloseDay(
    PaymentsDb db,
    LedgerWriter ledger,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="LastEntry">Of the totals that were looked at: nothing is closed that nobody saw. Null is not asked.</param>
    public sealed record Input(DateOnly Day, int? LastEntry = null);

    public sealed record State(
        DayTotals Open,
        IReadOnlyList<(DayClosing Closing, DayTotals Totals)> Closed
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        var closings = routes
            .MapGroup("/api/payments/{organisation}/closings")
            .Requires(Permission.TakePayments);
        closings.MapGet(
            "",
            (string organisation, CloseDay close, CancellationToken cancel) =>
                close.Open(organisation, null, cancel)
        );
        closings.MapPost(
            "",
            (string organisation, Input input, CloseDay close, CancellationToken cancel) =>
                close.Run(organisation, input, cancel)
        );
    }

    /// <summary>What is not closed yet, up to a day.</summary>
    /// <param name="day">Null for today.</param>
    public Task<DayTotals> Open(
        string organisation,
        DateOnly? day,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.TakePayments, organisation: organisation);
        return Totals(organisation, day ?? clock.Today(), cancel);
    }

    /// <summary>The last 31 closings, newest first.</summary>
    public async Task<State> Run(string organisation, CancellationToken cancel = default)
    {
        var open = await Open(organisation, null, cancel);
        var closed = await db
            .Closings.AsNoTracking()
            .Where(closing => closing.Organisation == organisation)
            .OrderByDescending(closing => closing.Day)
            .Take(31)
            .ToListAsync(cancel);
        return new(
            open,
            [
                .. closed.Select(closing =>
                    (closing, JsonSerializer.Deserialize<DayTotals>(closing.Totals)!)
                ),
            ]
        );
    }

    /// <exception cref="Conflict">Something was entered after the totals were looked at, or the day is closed.</exception>
    public async Task<DayTotals> Run(
        string organisation,
        Input input,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.TakePayments, organisation: organisation);
        if (input.Day > clock.Today())
        {
            throw new InvalidInput(
                "day",
                T.Of("ngày chưa đến, chưa khóa được.", "a day to come cannot be closed.")
            );
        }
        var totals = await ledger.Run(
            organisation,
            async books =>
            {
                if (books.Head.ClosedThrough >= input.Day)
                {
                    throw new Conflict(
                        T.Of(
                            $"Đã khóa sổ đến hết ngày {books.Head.ClosedThrough.Value.Text()}.",
                            $"The ledger is closed through {books.Head.ClosedThrough.Value.Text()}."
                        )
                    );
                }
                var totals = await Totals(organisation, input.Day, cancel);
                if (input.LastEntry is { } seen && seen != (totals.LastEntry ?? 0))
                {
                    throw new Conflict(
                        T.Of(
                            "Có khoản mới vào sau khi bạn xem; hãy xem lại tổng rồi khóa sổ.",
                            "Something was entered after you looked; look at the totals again, then close."
                        )
                    );
                }
                db.Add(
                    new DayClosing
                    {
                        Organisation = organisation,
                        Day = input.Day,
                        ClosedAt = books.Now,
                        ClosedById = current.Caller.Id,
                        ClosedBy = current.Caller.Name,
                        FirstEntry = totals.FirstEntry,
                        LastEntry = totals.LastEntry,
                        Totals = JsonSerializer.Serialize(totals),
                    }
                );
                books.Head.ClosedThrough = input.Day;
                return totals;
            },
            cancel
        );
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"DayClosing/{organisation}/{input.Day:yyyy-MM-dd}", []),
            cancel
        );
        return totals;
    }

    private async Task<DayTotals> Totals(
        string organisation,
        DateOnly through,
        CancellationToken cancel
    )
    {
        var last = await db
            .Closings.Where(closing => closing.Organisation == organisation)
            .MaxAsync(closing => (DateOnly?)closing.Day, cancel);
        var entries = await db
            .Entries.AsNoTracking()
            .Include(entry => entry.Postings)
            .Where(entry => entry.Organisation == organisation && entry.Day <= through)
            .Where(entry => last == null || entry.Day > last)
            .OrderBy(entry => entry.Number)
            .ToListAsync(cancel);
        var issued = entries
            .Where(entry => entry.Kind is EntryKind.Issue or EntryKind.Cancellation)
            .ToList();
        return new(
            last?.AddDays(1) ?? entries.FirstOrDefault()?.Day ?? through,
            through,
            entries.FirstOrDefault()?.Number,
            entries.LastOrDefault()?.Number,
            [.. Enum.GetValues<Channel>().Select(channel => Total(entries, channel))],
            issued.Sum(entry => entry.Kind is EntryKind.Issue ? 1 : -1),
            -Sum(issued, LedgerAccount.Income),
            Sum(issued, LedgerAccount.Cover),
            -Sum(entries, LedgerAccount.Suspense)
        );
    }

    private static ChannelTotal Total(IEnumerable<LedgerEntry> entries, Channel channel)
    {
        var moved = entries
            .SelectMany(entry => entry.Postings)
            .Where(posting => posting.Account == Books.AccountOf(channel))
            .Select(posting => posting.Amount)
            .ToList();
        return new(
            channel,
            moved.Count,
            moved.Where(amount => amount > 0).Sum(),
            -moved.Where(amount => amount < 0).Sum()
        );
    }

    private static long Sum(IEnumerable<LedgerEntry> entries, LedgerAccount account) =>
        entries
            .SelectMany(entry => entry.Postings)
            .Where(posting => posting.Account == account)
            .Sum(posting => posting.Amount);
}
