using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Rows;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>
/// Whether one version is an event of a subscription: what happened, to what, and whether its owner may see it. The version is taken
/// apart once for all subscriptions, and the one before it only when one of them asks.
/// </summary>
internal sealed class EventMatch(
    StoredResource version,
    FhirStore store,
    ResourceReader reader,
    OwnerView view
) : IDisposable
{
    private VersionMatch? now;
    private StoredResource? before;
    private VersionMatch? previous;
    private bool isBeforeRead;

    public StoredResource Version => version;

    public Trigger Trigger { get; } =
        version.StoredAs switch
        {
            StoredAs.Deleted => Trigger.Delete,
            StoredAs.Updated => Trigger.Update,
            _ => Trigger.Create,
        };

    public async Task<bool> Is(Watched watched, CancellationToken cancel)
    {
        if (version.LastUpdated < watched.Since)
        {
            return false;
        }
        foreach (var trigger in watched.Triggers.Where(one => one.Type == version.Type))
        {
            if (
                trigger.On.Contains(Trigger)
                && await Fires(trigger, watched, cancel)
                && await IsFiltered(watched, cancel)
                && await view.Version(
                    watched.Owner,
                    version.Type,
                    version.Id,
                    version.Version,
                    cancel
                )
                    is not null
            )
            {
                return true;
            }
        }
        return false;
    }

    public void Dispose()
    {
        now?.Dispose();
        previous?.Dispose();
    }

    private async Task<bool> Fires(
        WatchedTrigger trigger,
        Watched watched,
        CancellationToken cancel
    ) =>
        (version.Deleted || await MeetsNow(trigger.Current, watched, cancel))
        // What was not there before cannot have met it already.
        && (
            trigger.Previous is null
            || await Before(cancel) is not { } match
            || Meets(trigger.Previous, match) is true
        );

    /// <summary>A deletion has no content: the filter is about what was deleted.</summary>
    private async Task<bool> IsFiltered(Watched watched, CancellationToken cancel)
    {
        foreach (var filter in watched.Filters[version.Type])
        {
            var passes = version.Deleted
                ? await Before(cancel) is { } match && Meets(filter, match) is true
                : await MeetsNow(filter, watched, cancel);
            if (!passes)
            {
                return false;
            }
        }
        return true;
    }

    private async Task<bool> MeetsNow(
        SearchRequest? request,
        Watched watched,
        CancellationToken cancel
    )
    {
        if (request is null)
        {
            return true;
        }
        now ??= new VersionMatch(version, reader);
        if (Meets(request, now) is { } known)
        {
            return known;
        }
        var rest = request.Clauses.Where(clause => now.Holds(clause) is null).ToList();
        return await view.Finds(
            watched.Owner,
            request with
            {
                Clauses = rest,
            },
            version.Type,
            version.Id,
            cancel
        );
    }

    private static bool? Meets(SearchRequest request, VersionMatch match) =>
        match.Holds(new AndClause(request.Clauses));

    /// <summary>Null when there was none, or it was a deletion.</summary>
    private async Task<VersionMatch?> Before(CancellationToken cancel)
    {
        if (!isBeforeRead)
        {
            isBeforeRead = true;
            before =
                version.Version > 1
                    ? await store.ReadVersion(
                        version.Type,
                        version.Id,
                        version.Version - 1,
                        Visible.All,
                        cancel
                    )
                    : null;
            previous = before is { Deleted: false } ? new VersionMatch(before, reader) : null;
        }
        return previous;
    }
}
