using System.Text.Json;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>
/// The matcher's rows. Of several hosts one holds the matcher; each transaction that adds events first makes sure that it still does,
/// so that two can never number events at once. Singleton.
/// </summary>
internal sealed class MatcherStore(
    IServiceScopeFactory scopes,
    SubscriptionOptions options,
    TimeProvider clock
)
{
    /// <summary>How far the history is matched, when this host has the matcher or gets it now; null when another has it.</summary>
    public async Task<DateTimeOffset?> Hold(Guid holder, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var now = clock.GetUtcNow();
        if (!await db.Matcher.AnyAsync(cancel))
        {
            try
            {
                db.Matcher.Add(new MatcherRow { Id = MatcherRow.Only, At = now });
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException)
            {
                // Another host was first.
                return null;
            }
        }
        var held = await db
            .Matcher.Where(row =>
                row.Id == MatcherRow.Only
                && (row.Holder == holder || row.Holder == null || row.HeldUntil < now)
            )
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.Holder, holder)
                        .SetProperty(row => row.HeldUntil, now + options.Lease),
                cancel
            );
        return held == 1 ? (await db.Matcher.AsNoTracking().SingleAsync(cancel)).At : null;
    }

    public async Task Release(Guid holder, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Db(scope)
            .Matcher.Where(row => row.Holder == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Holder, (Guid?)null), cancel);
    }

    /// <summary>All that was stamped before this has been looked at.</summary>
    public async Task Reached(Guid holder, DateTimeOffset at, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Db(scope)
            .Matcher.Where(row => row.Holder == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.At, at), cancel);
    }

    public async Task<IReadOnlyList<(SubscriptionRow Row, Registration Registration)>> Watching(
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var found = await db
            .Subscriptions.AsNoTracking()
            .Where(row => row.State != SubscriptionState.Off)
            .Join(
                db.Registrations.AsNoTracking(),
                row => row.Registration,
                registration => registration.Id,
                (row, registration) => new { row, registration }
            )
            .ToListAsync(cancel);
        return [.. found.Select(one => (one.row, one.registration))];
    }

    /// <summary>The sender then shows it in the resource.</summary>
    public async Task TurnOff(string subscription, string why, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await Db(scope)
            .Subscriptions.Where(row => row.Id == subscription)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(row => row.State, SubscriptionState.Off)
                        .SetProperty(row => row.LastError, why),
                cancel
            );
    }

    /// <summary>Which of these versions are events already, and of what.</summary>
    public async Task<HashSet<(string Subscription, string Type, string Id, int Version)>> Known(
        IReadOnlyList<StoredResource> versions,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var (first, last) = (versions[0].LastUpdated, versions[^1].LastUpdated);
        var known = await Db(scope)
            .Events.AsNoTracking()
            .Where(row => row.Time >= first && row.Time <= last)
            .Select(row => new
            {
                row.Subscription,
                row.Type,
                row.Id,
                row.Version,
            })
            .ToListAsync(cancel);
        return [.. known.Select(one => (one.Subscription, one.Type, one.Id, one.Version))];
    }

    /// <summary>Numbers and keeps events, all of them or none.</summary>
    /// <exception cref="OperationCanceledException">Another host has the matcher now.</exception>
    public async Task Add(
        Guid holder,
        IReadOnlyList<(string Subscription, StoredResource Version, Trigger Trigger)> events,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await DemandHold(db, holder, cancel);
        foreach (var one in events.GroupBy(one => one.Subscription))
        {
            var row = await db.Subscriptions.FindAsync([one.Key], cancel);
            if (row is null or { State: SubscriptionState.Off })
            {
                continue;
            }
            foreach (var (subscription, version, trigger) in one)
            {
                row.Events++;
                db.Events.Add(
                    new EventRow
                    {
                        Subscription = subscription,
                        Number = row.Events,
                        Type = version.Type,
                        Id = version.Id,
                        Version = version.Version,
                        Trigger = trigger,
                        Time = version.LastUpdated,
                    }
                );
            }
        }
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Takes over what a version of a Subscription says. False when it is known already, or the server's own.</summary>
    /// <exception cref="OperationCanceledException">Another host has the matcher now.</exception>
    public async Task<bool> Follow(
        Guid holder,
        StoredResource version,
        Func<JsonElement, SubscriptionContent> read,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await DemandHold(db, holder, cancel);
        var row = await db.Subscriptions.FindAsync([version.Id], cancel);
        var isNew = version.Deleted
            ? await Remove(db, row, version, cancel)
            : await Take(db, row, version, read, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return isNew;
    }

    /// <summary>Events older than can be asked for, tokens that open nothing any more, registrations of writes that never came to be.</summary>
    public async Task Clean(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var now = clock.GetUtcNow();
        var (old, orphaned) = (now - options.Keep, now - TimeSpan.FromDays(1));
        await db
            .Events.Where(row =>
                row.Time < old
                && db.Subscriptions.Any(one =>
                    one.Id == row.Subscription
                    && (one.Delivered >= row.Number || one.State == SubscriptionState.Off)
                )
            )
            .ExecuteDeleteAsync(cancel);
        await db.Tokens.Where(row => row.ExpiresAt < now).ExecuteDeleteAsync(cancel);
        await db
            .Registrations.Where(row =>
                row.CreatedAt < orphaned && !db.Subscriptions.Any(one => one.Registration == row.Id)
            )
            .ExecuteDeleteAsync(cancel);
    }

    private static async Task<bool> Remove(
        SubscriptionsDb db,
        SubscriptionRow? row,
        StoredResource version,
        CancellationToken cancel
    )
    {
        if (row is null || row.ResourceVersion > version.Version)
        {
            return false;
        }
        db.Subscriptions.Remove(row);
        await db.Events.Where(one => one.Subscription == row.Id).ExecuteDeleteAsync(cancel);
        return true;
    }

    private async Task<bool> Take(
        SubscriptionsDb db,
        SubscriptionRow? row,
        StoredResource version,
        Func<JsonElement, SubscriptionContent> read,
        CancellationToken cancel
    )
    {
        using var json = JsonDocument.Parse(version.Body);
        var isOff = json.RootElement.GetProperty("status").ValueEquals("off");
        if (
            AdmitSubscription.RegistrationOf(json.RootElement) is not { } named
            || await db.Registrations.FindAsync([named], cancel) is not { } registration
            || row?.ResourceVersion >= version.Version
        )
        {
            return false;
        }
        if (row?.Registration == named)
        {
            // An administrator turns off without a registration of their own; all else under the same one is the server's writing.
            row.ResourceVersion = version.Version;
            var isTurnedOff = isOff && row.State is not SubscriptionState.Off;
            if (isTurnedOff)
            {
                row.State = row.Shown = SubscriptionState.Off;
            }
            return isTurnedOff;
        }
        var content = read(json.RootElement);
        var isSocket = content.Channel == SubscriptionContent.WebSocket;
        if (row is null)
        {
            row = new SubscriptionRow
            {
                Id = version.Id,
                Registration = named,
                OwnerId = registration.OwnerId,
                Content = "",
                Channel = content.Channel,
                Since = version.LastUpdated,
            };
            db.Subscriptions.Add(row);
        }
        row.ResourceVersion = version.Version;
        row.Registration = named;
        row.OwnerId = registration.OwnerId;
        row.Content = JsonSerializer.Serialize(content);
        row.Channel = content.Channel;
        row.Since = version.LastUpdated;
        row.Until = content.Until;
        row.Shown = isOff ? SubscriptionState.Off : SubscriptionState.Requested;
        // A socket is greeted when it is opened, and R4 knew no greeting.
        row.State =
            isOff ? SubscriptionState.Off
            : isSocket || content.IsClassic ? SubscriptionState.Active
            : SubscriptionState.Requested;
        row.ShakenAt = isSocket || content.IsClassic ? clock.GetUtcNow() : null;
        row.HeartbeatAt = null;
        row.Failures = 0;
        row.FailingSince = null;
        row.LastError = null;
        row.NextAt = null;
        return true;
    }

    private async Task DemandHold(SubscriptionsDb db, Guid holder, CancellationToken cancel)
    {
        var until = clock.GetUtcNow() + options.Lease;
        var held = await db
            .Matcher.Where(row => row.Id == MatcherRow.Only && row.Holder == holder)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.HeldUntil, until), cancel);
        if (held == 0)
        {
            throw new OperationCanceledException("Another host matches now.");
        }
    }

    private static SubscriptionsDb Db(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<SubscriptionsDb>();
}
