using System.Text.Json;
using Health.Fhir.Api;
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
            .Join(
                db.Registrations.AsNoTracking(),
                row => row.Registration,
                registration => registration.Id,
                (row, registration) => new { row, registration.Owner }
            )
            .OrderByDescending(one => one.row.State == SubscriptionState.Error)
            .ThenByDescending(one => one.row.Events - one.row.Delivered)
            .ThenBy(one => one.row.Id)
            .Take(Most)
            .ToListAsync(cancel);
        return
        [
            .. found.Select(one => new ListedSubscription(
                one.row,
                JsonSerializer.Deserialize<SubscriptionContent>(one.row.Content)!,
                StoredCaller.FromJson(one.Owner).Name
            )),
        ];
    }
}

public sealed record ListedSubscription(
    SubscriptionRow Row,
    SubscriptionContent Content,
    string Owner
);
