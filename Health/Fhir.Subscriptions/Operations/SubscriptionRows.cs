using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Operations;

/// <summary>What clients ask of subscriptions: their owner sees them, and an administrator how they are.</summary>
public sealed class SubscriptionRows(SubscriptionsDb db, IAccess access)
{
    /// <summary>The caller's own; with <paramref name="asAdministrator"/> anybody's, to one who administers.</summary>
    /// <exception cref="FhirRefusal">404: there is none, or it is somebody else's.</exception>
    public async Task<SubscriptionRow> Demand(
        string id,
        Caller caller,
        bool asAdministrator,
        CancellationToken cancel
    ) =>
        await Visible(caller, asAdministrator).SingleOrDefaultAsync(row => row.Id == id, cancel)
        ?? throw new FhirRefusal(
            404,
            "not-found",
            $"There is no Subscription/{id} of yours, or it was written a moment ago and is not taken up yet."
        );

    /// <summary>Empty <paramref name="ids"/>: all.</summary>
    public async Task<IReadOnlyList<SubscriptionRow>> List(
        IReadOnlyList<string> ids,
        Caller caller,
        bool asAdministrator,
        CancellationToken cancel
    ) =>
        await Visible(caller, asAdministrator)
            .Where(row => ids.Count == 0 || ids.Contains(row.Id))
            .OrderBy(row => row.Id)
            .Take(1000)
            .ToListAsync(cancel);

    public static SubscriptionContent ContentOf(SubscriptionRow row) =>
        JsonSerializer.Deserialize<SubscriptionContent>(row.Content)!;

    private IQueryable<SubscriptionRow> Visible(Caller caller, bool asAdministrator) =>
        asAdministrator && access.ReachOf(caller, Permission.Administer) is Reach.All
            ? db.Subscriptions.AsNoTracking()
            : db.Subscriptions.AsNoTracking().Where(row => row.OwnerId == caller.Id);
}
