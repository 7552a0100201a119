using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Fhir.Subscriptions.Administration;

/// <summary>
/// Sends at once what waits for its next try. One that was given up stays off: its owner asks for it again by writing the Subscription
/// with status requested.
/// </summary>
public sealed class RetrySubscription(
    SubscriptionsDb db,
    SubscriptionSignal signal,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <exception cref="NotFound">There is none that waits.</exception>
    public async Task Run(string id, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var woken = await db
            .Subscriptions.Where(row => row.Id == id && row.State != SubscriptionState.Off)
            .ExecuteUpdateAsync(
                set => set.SetProperty(row => row.NextAt, (DateTimeOffset?)null),
                cancel
            );
        if (woken == 0)
        {
            throw new NotFound($"Subscription/{id}");
        }
        await audit.Record(
            current.Caller,
            new AuditEntry(AuditAction.Execute, $"Subscription/{id}", [], Detail: "retry"),
            cancel
        );
        signal.Wake();
    }
}
