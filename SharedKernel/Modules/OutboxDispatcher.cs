using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace SharedKernel.Modules;

/// <summary>
/// Brings saved events to their handlers, at least once. A handler that fails is tried again, later each time; other events
/// do not wait for it.
/// </summary>
public sealed partial class OutboxDispatcher(
    IServiceScopeFactory scopes,
    IEnumerable<ModuleDatabase> databases,
    DatabaseOptions server,
    Composition composition,
    OutboxSignal signal,
    TimeProvider clock,
    ILogger<OutboxDispatcher> log
) : BackgroundService
{
    private const int BatchSize = 100;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var dispatched = 0;
            try
            {
                dispatched = await DispatchOnce(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                DispatchFailed(error);
            }
            if (dispatched == 0)
            {
                await signal.Wait(TimeSpan.FromSeconds(2), stoppingToken);
            }
        }
    }

    /// <summary>One round over every module's outbox. Returns how many events reached all their handlers.</summary>
    public async Task<int> DispatchOnce(CancellationToken cancel)
    {
        var dispatched = 0;
        foreach (var database in databases)
        {
            if (!await SchemaState.HasWaitingEvents(server, database.Schema, cancel))
            {
                continue;
            }
            await using var scope = scopes.CreateAsyncScope();
            var db = (ModuleDb)scope.ServiceProvider.GetRequiredService(database.Context);
            var waiting = await db
                .Outbox.Where(message => message.DispatchedAt == null)
                .OrderBy(message => message.OccurredAt)
                .Take(BatchSize)
                .ToListAsync(cancel);
            foreach (var message in waiting.Where(message => IsDue(message, clock.GetUtcNow())))
            {
                try
                {
                    await Deliver(message, cancel);
                    message.DispatchedAt = clock.GetUtcNow();
                    message.LastError = null;
                    dispatched++;
                }
                catch (Exception error) when (!cancel.IsCancellationRequested)
                {
                    message.LastError = error.Message;
                    DeliveryFailed(message.Type, message.Id, message.Attempts + 1, error);
                }
                message.Attempts++;
                await db.SaveChangesAsync(cancel);
            }
        }
        return dispatched;
    }

    private static bool IsDue(OutboxMessage message, DateTimeOffset now) =>
        message.Attempts == 0
        || now - message.OccurredAt
            >= TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, message.Attempts)));

    private async Task Deliver(OutboxMessage message, CancellationToken cancel)
    {
        if (!composition.EventTypes.TryGetValue(message.Type, out var type))
        {
            return;
        }
        var happened = JsonSerializer.Deserialize(message.Body, type)!;
        await using var scope = scopes.CreateAsyncScope();
        var deliver = typeof(OutboxDispatcher)
            .GetMethod(
                nameof(DeliverTo),
                System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static
            )!
            .MakeGenericMethod(type);
        await (Task)deliver.Invoke(null, [scope.ServiceProvider, happened, cancel])!;
    }

    private static async Task DeliverTo<TEvent>(
        IServiceProvider services,
        TEvent happened,
        CancellationToken cancel
    )
        where TEvent : class, IEvent
    {
        foreach (var handler in services.GetServices<IHandle<TEvent>>())
        {
            await handler.Handle(happened, cancel);
        }
    }

    [LoggerMessage(LogLevel.Error, "A round of the outbox failed; it is tried again")]
    private partial void DispatchFailed(Exception error);

    [LoggerMessage(
        LogLevel.Warning,
        "Event {Type} {Id} was not handled (attempt {Attempt}); it is tried again"
    )]
    private partial void DeliveryFailed(string type, Guid id, int attempt, Exception error);
}
