using System.Text.Json.Nodes;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>Writes the state of a subscription into its resource, where clients look for it. Singleton.</summary>
internal sealed class ShowState(IServiceScopeFactory scopes)
{
    /// <summary>The version that shows it; null when somebody wrote the resource in between: what they wrote comes first.</summary>
    public async Task<int?> Run(SubscriptionRow row, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var store = scope.ServiceProvider.GetRequiredService<GuardedStore>();
        if (
            await store.Read("Subscription", row.Id, cancel) is not { Deleted: false } stored
            || stored.Version != row.ResourceVersion
        )
        {
            return null;
        }
        var resource = JsonNode.Parse(stored.Body.Span)!.AsObject();
        resource["status"] = row.State.ToString().ToLowerInvariant();
        resource.Remove("error");
        if (
            row is { LastError: { } error, State: SubscriptionState.Error or SubscriptionState.Off }
        )
        {
            resource["error"] = error;
        }
        try
        {
            var written = await store.Transact(
                new Transaction([
                    new(WriteVerb.Update, "Subscription")
                    {
                        Id = row.Id,
                        Body = FhirJson.Write(resource),
                        IfMatch = stored.Version,
                    },
                ]),
                cancel
            );
            return written.Results[0].Resource!.Version;
        }
        catch (WriteRefused refused) when (refused.Reason is PreconditionFailed)
        {
            return null;
        }
    }
}
