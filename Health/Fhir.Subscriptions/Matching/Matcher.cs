using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Health.Fhir.Subscriptions.Topics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>
/// Reads the history of the store as its outbox and turns versions into events. It goes on where it stopped, whichever host or process
/// that was: what is looked at twice becomes an event once, because events have the version in a unique key.
/// </summary>
internal sealed partial class Matcher(
    MatcherStore rows,
    FhirStore store,
    ResourceReader reader,
    ReadContent contents,
    SubscriptionTopics topics,
    CriteriaParser parser,
    OwnerView view,
    SubscriptionSignal signal,
    SubscriptionOptions options,
    TimeProvider clock,
    ILogger<Matcher> log
) : BackgroundService
{
    private const int Page = 200;

    /// <summary>With more types than these the whole history is read at once.</summary>
    private const int MostTypes = 4;

    private static readonly TimeSpan CleanEvery = TimeSpan.FromMinutes(10);

    private readonly Guid holder = Guid.CreateVersion7();

    /// <summary>The newest version looked at; null until this host has looked, or when another has the matcher.</summary>
    private DateTimeOffset? newest;

    private DateTimeOffset sweptAt;
    private DateTimeOffset cleanedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    await Look(stoppingToken);
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    newest = null;
                    if (error is not OperationCanceledException)
                    {
                        LookFailed(error);
                    }
                }
                await Task.Delay(options.Look, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
        try
        {
            await rows.Release(holder, CancellationToken.None);
        }
        catch (Exception error)
        {
            // The lease ends by itself.
            LookFailed(error);
        }
    }

    private async Task Look(CancellationToken cancel)
    {
        if (await rows.Hold(holder, cancel) is not { } reached)
        {
            newest = null;
            return;
        }
        var now = clock.GetUtcNow();
        // What commits late, or was stamped by a slower clock, is found by looking at the last seconds again.
        var isSweep = newest is null || now - sweptAt >= options.Overlap / 2;
        var since = isSweep ? reached - options.Overlap : newest!.Value;
        newest = since > newest || newest is null ? since : newest;
        since = await Follow(since, cancel);
        if (await Watching(cancel) is { Count: > 0 } watching)
        {
            var types = watching
                .SelectMany(one => one.Triggers.Select(trigger => trigger.Type))
                .ToHashSet();
            foreach (var type in types.Count <= MostTypes ? types.Cast<string?>() : [null])
            {
                await Match(type, since, now, watching, cancel);
            }
        }
        if (isSweep)
        {
            await rows.Reached(holder, now, cancel);
            sweptAt = now;
        }
        if (now - cleanedAt >= CleanEvery)
        {
            cleanedAt = now;
            await rows.Clean(cancel);
        }
    }

    /// <summary>The Subscriptions that were written, before what they are told of. Gives from when on to look at the rest.</summary>
    private async Task<DateTimeOffset> Follow(DateTimeOffset since, CancellationToken cancel)
    {
        var from = since;
        await foreach (var page in Pages("Subscription", since, cancel))
        {
            foreach (var version in page)
            {
                if (await rows.Follow(holder, version, contents.Read, cancel))
                {
                    signal.Wake();
                    from = version.LastUpdated < from ? version.LastUpdated : from;
                }
            }
        }
        return from;
    }

    private async Task<IReadOnlyList<Watched>> Watching(CancellationToken cancel)
    {
        var watching = new List<Watched>();
        var owners = new Dictionary<string, Caller?>();
        foreach (var (row, registration) in await rows.Watching(cancel))
        {
            if (!owners.TryGetValue(registration.Owner, out var owner))
            {
                owner = await view.Now(StoredCaller.FromJson(registration.Owner), cancel);
                owners[registration.Owner] = owner;
            }
            if (owner is null)
            {
                await rows.TurnOff(row.Id, OwnerView.Gone, cancel);
                signal.Wake();
                continue;
            }
            try
            {
                var content = JsonSerializer.Deserialize<SubscriptionContent>(row.Content)!;
                watching.Add(Watched.Of(row, content, owner, topics, parser));
            }
            catch (InvalidSearch error)
            {
                NotUnderstood(row.Id, error);
            }
        }
        return watching;
    }

    private async Task Match(
        string? type,
        DateTimeOffset since,
        DateTimeOffset began,
        IReadOnlyList<Watched> watching,
        CancellationToken cancel
    )
    {
        await foreach (var page in Pages(type, since, cancel))
        {
            var known = await rows.Known(page, cancel);
            var events = new List<(string, StoredResource, Trigger)>();
            foreach (var version in page)
            {
                using var match = new EventMatch(version, store, reader, view);
                foreach (var one in watching)
                {
                    if (
                        !known.Contains((one.Id, version.Type, version.Id, version.Version))
                        && await match.Is(one, cancel)
                    )
                    {
                        events.Add((one.Id, version, match.Trigger));
                    }
                }
            }
            // What was written while this look went on may lie in a type that was read before.
            var last = page[^1].LastUpdated < began ? page[^1].LastUpdated : began;
            newest = last > newest ? last : newest;
            if (events.Count > 0)
            {
                await rows.Add(holder, events, cancel);
                signal.Wake();
            }
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<StoredResource>> Pages(
        string? type,
        DateTimeOffset since,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        string? page = null;
        do
        {
            var found = await store.History(
                new HistoryRequest(type, Since: since, Count: Page, Page: page, Ascending: true),
                Visible.All,
                cancel
            );
            if (found.Versions.Count > 0)
            {
                yield return found.Versions;
            }
            page = found.Next;
        } while (page is not null);
    }

    [LoggerMessage(LogLevel.Error, "Looking for events of subscriptions failed; it is tried again")]
    private partial void LookFailed(Exception error);

    [LoggerMessage(LogLevel.Warning, "Subscription {Id} cannot be matched any more")]
    private partial void NotUnderstood(string id, Exception error);
}
