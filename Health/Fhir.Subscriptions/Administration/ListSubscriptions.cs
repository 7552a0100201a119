using System.Text.Json;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Fhir.Subscriptions.Administration;

/// <summary>All subscriptions with how they are, for administrators: those that fail first.</summary>
public sealed class ListSubscriptions(SubscriptionsDb db, IAccess access, ICurrentCaller current)
    : IFeature
{
    private const int Most = 500;

    public async Task<IReadOnlyList<ListedSubscription>> Run(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var found = await db
            .Subscriptions.AsNoTracking()
            .OrderByDescending(row => row.State == SubscriptionState.Error)
            .ThenByDescending(row => row.Events - row.Delivered)
            .ThenBy(row => row.Id)
            .Take(Most)
            .Join(
                db.Registrations.AsNoTracking(),
                row => row.Registration,
                registration => registration.Id,
                (row, registration) => new { row, registration.Owner }
            )
            .ToListAsync(cancel);
        return
        [
            .. found.Select(one => new ListedSubscription(
                one.row,
                JsonSerializer.Deserialize<SubscriptionContent>(one.row.Content)!,
                StoredOwner.FromJson(one.Owner).Name
            )),
        ];
    }
}

public sealed record ListedSubscription(
    SubscriptionRow Row,
    SubscriptionContent Content,
    string Owner
);
