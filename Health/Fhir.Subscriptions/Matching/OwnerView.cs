using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>
/// The store as the owner of a subscription sees it now: with today's roles and no more scopes than the Subscription was written with.
/// Each look leaves its audit row, as the owner's own request would. Singleton.
/// </summary>
public sealed class OwnerView(IServiceScopeFactory scopes)
{
    /// <summary>Why a subscription ends of which <see cref="Now"/> is null.</summary>
    public const string Gone = "The account or program that wrote this Subscription is no more.";

    /// <summary>Null when the account or client is no more.</summary>
    public async Task<Caller?> Now(Caller owner, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IStanding>().Now(owner, cancel);
    }

    /// <summary>The version, which may be a deletion; null when the owner may not see it.</summary>
    public Task<StoredResource?> Version(
        Caller owner,
        string type,
        string id,
        int version,
        CancellationToken cancel
    ) => As(owner, type, store => store.ReadVersion(type, id, version, cancel));

    /// <summary>Whether the owner's search finds this resource, as it is now.</summary>
    public Task<bool> Finds(
        Caller owner,
        SearchRequest request,
        string type,
        string id,
        CancellationToken cancel
    ) =>
        As(
            owner,
            type,
            async store =>
            {
                var only = request with
                {
                    Clauses = [.. request.Clauses, new IdClause([id])],
                    Count = 1,
                };
                var page = await store.Search(only, null, $"{type}?_id={id}", cancel);
                return page.Matches.Count > 0;
            }
        );

    private async Task<TResult?> As<TResult>(
        Caller owner,
        string type,
        Func<GuardedStore, Task<TResult?>> look
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            scope
                .ServiceProvider.GetRequiredService<ICurrentCaller>()
                .Become(SmartScopes.Narrow(owner, Permission.ReadHealthRecords, 'r', type));
            return await look(scope.ServiceProvider.GetRequiredService<GuardedStore>());
        }
        catch (Exception refused) when (refused is AccessDenied or FhirRefusal { Status: 403 })
        {
            return default;
        }
    }
}
