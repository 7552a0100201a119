using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.DependencyInjection;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// Who sends for which subscription, and how far the receiver is. One holder at a time sends for one, so that a receiver gets its events
/// in their order; all writes of a holder that has lost its hold come to nothing. Singleton.
/// </summary>
internal sealed class SenderStore(
    IServiceScopeFactory scopes,
    SubscriptionOptions options,
    TimeProvider clock
)
{
    /// <summary>Takes what there is something to do for, at most so many.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> Take(
        Guid holder,
        int most,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var now = clock.GetUtcNow();
        var due = await db
            .Subscriptions.AsNoTracking()
            .Where(row =>
                (row.HeldUntil == null || row.HeldUntil < now)
                && (row.NextAt == null || row.NextAt <= now)
                && (
                    row.Shown != row.State
                    || (row.Until < now && row.State != SubscriptionState.Off)
                    || (
                        row.State != SubscriptionState.Off
                        && row.Channel == SubscriptionContent.RestHook
                        && (
                            row.ShakenAt == null
                            || row.Delivered < row.Events
                            || row.HeartbeatAt <= now
                        )
                    )
                )
            )
            .OrderBy(row => row.SentAt)
            .Select(row => new { row.Id, row.Holder })
            .Take(most)
            .ToListAsync(cancel);
        var taken = new List<SubscriptionRow>();
        foreach (var one in due)
        {
            var got = await db
                .Subscriptions.Where(row => row.Id == one.Id && row.Holder == one.Holder)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(row => row.Holder, holder)
                            .SetProperty(row => row.HeldUntil, now + options.Hold),
                    cancel
                );
            if (
                got == 1
                && await db
                    .Subscriptions.AsNoTracking()
                    .SingleOrDefaultAsync(row => row.Id == one.Id, cancel)
                    is { } row
            )
            {
                taken.Add(row);
            }
        }
        return taken;
    }

    /// <summary>The row as it is now; null when it is gone or held by another.</summary>
    public async Task<(SubscriptionRow Row, Registration Registration)?> Read(
        string id,
        Guid holder,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var found = await db
            .Subscriptions.AsNoTracking()
            .Where(row => row.Id == id && row.Holder == holder)
            .Join(
                db.Registrations.AsNoTracking(),
                row => row.Registration,
                registration => registration.Id,
                (row, registration) => new { row, registration }
            )
            .SingleOrDefaultAsync(cancel);
        return found is null ? null : (found.row, found.registration);
    }

    /// <summary>The receiver has taken all up to this event. False when the hold is lost, or the Subscription was written anew meanwhile.</summary>
    public Task<bool> Sent(
        SubscriptionRow row,
        Guid holder,
        long delivered,
        TimeSpan? heartbeat,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var next = now + heartbeat;
        return Change(
            row,
            holder,
            set =>
                set.SetProperty(one => one.Delivered, delivered)
                    .SetProperty(one => one.State, SubscriptionState.Active)
                    .SetProperty(one => one.ShakenAt, one => one.ShakenAt ?? now)
                    .SetProperty(one => one.SentAt, now)
                    .SetProperty(one => one.HeartbeatAt, next)
                    .SetProperty(one => one.Failures, 0)
                    .SetProperty(one => one.FailingSince, (DateTimeOffset?)null)
                    .SetProperty(one => one.LastError, (string?)null)
                    .SetProperty(one => one.NextAt, (DateTimeOffset?)null)
                    .SetProperty(one => one.HeldUntil, now + options.Hold),
            cancel
        );
    }

    /// <inheritdoc cref="Sent"/>
    public Task<bool> Failed(SubscriptionRow row, Guid holder, string why, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var failures = row.Failures + 1;
        var since = row.FailingSince ?? now;
        var state =
            now - since >= options.GiveUpAfter ? SubscriptionState.Off
            : failures >= options.ErrorAfter ? SubscriptionState.Error
            : row.State;
        return Change(
            row,
            holder,
            set =>
                set.SetProperty(one => one.State, state)
                    .SetProperty(one => one.Failures, failures)
                    .SetProperty(one => one.FailingSince, since)
                    .SetProperty(one => one.LastError, Short(why))
                    .SetProperty(one => one.SentAt, now)
                    .SetProperty(one => one.NextAt, now + Wait(failures)),
            cancel
        );
    }

    /// <inheritdoc cref="Sent"/>
    public Task<bool> TurnOff(
        SubscriptionRow row,
        Guid holder,
        string? why,
        CancellationToken cancel
    ) =>
        Change(
            row,
            holder,
            set =>
                set.SetProperty(one => one.State, SubscriptionState.Off)
                    .SetProperty(one => one.LastError, Short(why)),
            cancel
        );

    /// <inheritdoc cref="Sent"/>
    /// <param name="version">Of the resource that shows it.</param>
    public Task<bool> IsShown(
        SubscriptionRow row,
        Guid holder,
        int version,
        CancellationToken cancel
    ) =>
        Change(
            row,
            holder,
            set =>
                set.SetProperty(one => one.Shown, row.State)
                    .SetProperty(one => one.ResourceVersion, version),
            cancel
        );

    public async Task Release(string id, Guid holder, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Db(scope)
            .Subscriptions.Where(row => row.Id == id && row.Holder == holder)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.HeldUntil, (DateTimeOffset?)null),
                cancel
            );
    }

    /// <summary>Twice as long after each failure, less or more by a quarter, so that many that failed together do not come back together.</summary>
    private TimeSpan Wait(int failures)
    {
        var wait = options.RetryAfter * Math.Pow(2, Math.Min(failures - 1, 30));
        var bounded = wait < options.RetryAtMost ? wait : options.RetryAtMost;
        return bounded * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    private static string? Short(string? text) => text is { Length: > 500 } ? text[..500] : text;

    private async Task<bool> Change(
        SubscriptionRow row,
        Guid holder,
        Action<UpdateSettersBuilder<SubscriptionRow>> set,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Db(scope)
                .Subscriptions.Where(one =>
                    one.Id == row.Id && one.Holder == holder && one.Registration == row.Registration
                )
                .ExecuteUpdateAsync(set, cancel) == 1;
    }

    private static SubscriptionsDb Db(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<SubscriptionsDb>();
}
