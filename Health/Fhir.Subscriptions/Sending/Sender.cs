using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Matching;
using Health.Fhir.Subscriptions.Rows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// Brings events to their receivers, each subscription on its own, in the order of their numbers and at least once. A receiver that
/// fails is tried again, later each time; no other waits for it.
/// </summary>
internal sealed partial class Sender(
    SenderStore rows,
    RestHook hook,
    ShowState show,
    OwnerView view,
    SubscriptionSignal signal,
    SubscriptionOptions options,
    TimeProvider clock,
    ILogger<Sender> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new List<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var told = signal.Next;
                work.RemoveAll(one => one.IsCompleted);
                try
                {
                    var holder = Guid.CreateVersion7();
                    var free = options.AtOnce - work.Count;
                    if (free > 0)
                    {
                        work.AddRange(
                            (await rows.Take(holder, free, stoppingToken)).Select(row =>
                                Task.Run(
                                    () => Serve(row.Id, holder, stoppingToken),
                                    CancellationToken.None
                                )
                            )
                        );
                    }
                }
                catch (Exception error) when (!stoppingToken.IsCancellationRequested)
                {
                    LookFailed(error);
                }
                await signal.Wait(told, options.Look, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(work);
    }

    private async Task Serve(string id, Guid holder, CancellationToken cancel)
    {
        try
        {
            if (await rows.Read(id, holder, cancel) is var (row, registration))
            {
                await Serve(row, registration, holder, cancel);
            }
        }
        catch (Exception error)
        {
            if (!cancel.IsCancellationRequested)
            {
                ServeFailed(id, error);
            }
        }
        try
        {
            await rows.Release(id, holder, CancellationToken.None);
        }
        catch (Exception error)
        {
            // The hold ends by itself.
            ServeFailed(id, error);
        }
    }

    private async Task Serve(
        SubscriptionRow row,
        Registration registration,
        Guid holder,
        CancellationToken cancel
    )
    {
        if (row.State is not SubscriptionState.Off)
        {
            var owner = await view.Now(StoredCaller.FromJson(registration.Owner), cancel);
            var content = JsonSerializer.Deserialize<SubscriptionContent>(row.Content)!;
            if (row.Until < clock.GetUtcNow())
            {
                await rows.TurnOff(row, holder, null, cancel);
            }
            else if (owner is null)
            {
                await rows.TurnOff(row, holder, OwnerView.Gone, cancel);
            }
            else if (content.Channel == SubscriptionContent.RestHook)
            {
                await hook.Serve(row, registration, content, owner, holder, cancel);
            }
        }
        if (
            await rows.Read(row.Id, holder, cancel) is var (now, _)
            && now.Shown != now.State
            && await show.Run(now, cancel) is { } version
        )
        {
            await rows.IsShown(now, holder, version, cancel);
        }
    }

    [LoggerMessage(LogLevel.Error, "Looking for notifications failed; it is tried again")]
    private partial void LookFailed(Exception error);

    [LoggerMessage(LogLevel.Error, "Subscription {Id} could not be served; it is tried again")]
    private partial void ServeFailed(string id, Exception error);
}
