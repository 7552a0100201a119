using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Matching;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// Events with their resources, as many as one notification takes, read with the owner's rights of this moment: between the event and
/// the notification they may have been taken away. Singleton.
/// </summary>
public sealed class EventReader(
    IServiceScopeFactory scopes,
    OwnerView view,
    SubscriptionOptions options
)
{
    /// <param name="after">Number of the last event that is known.</param>
    /// <param name="until">Number of the last one wanted.</param>
    /// <param name="most">At most so many; fewer when their resources are large.</param>
    public async Task<IReadOnlyList<ToldEvent>> Read(
        string subscription,
        long after,
        long until,
        int most,
        PayloadContent content,
        Caller owner,
        CancellationToken cancel
    )
    {
        List<EventRow> rows;
        await using (var scope = scopes.CreateAsyncScope())
        {
            rows = await scope
                .ServiceProvider.GetRequiredService<SubscriptionsDb>()
                .Events.AsNoTracking()
                .Where(row =>
                    row.Subscription == subscription && row.Number > after && row.Number <= until
                )
                .OrderBy(row => row.Number)
                .Take(most)
                .ToListAsync(cancel);
        }
        var told = new List<ToldEvent>(rows.Count);
        var bytes = 0L;
        foreach (var row in rows)
        {
            var resource =
                content is PayloadContent.Empty
                    ? null
                    : await view.Version(owner, row.Type, row.Id, row.Version, cancel);
            told.Add(new(row, resource));
            bytes += resource?.Body.Length ?? 0;
            if (bytes >= options.Bytes && content is PayloadContent.FullResource)
            {
                break;
            }
        }
        return told;
    }
}
