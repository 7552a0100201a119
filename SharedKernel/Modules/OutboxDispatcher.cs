using System.Reflection;
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
/// do not wait for it. What a part wants that runs in another process is left for it as a copy (<see cref="OutboxMessage.For"/>): nothing is
/// marked as delivered that nobody has handled.
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

    private static readonly MethodInfo DeliverOne = typeof(OutboxDispatcher).GetMethod(
        nameof(DeliverTo),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    /// <summary>Parts that no handler of this process belongs to.</summary>
    private readonly List<string> elsewhere =
    [
        .. (composition.Elsewhere?.Consumers ?? [])
            .Select(consumer => consumer.Part.ToString())
            .Distinct(),
    ];

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

    /// <summary>One round over every module's outbox. Returns how many events reached all their handlers here, or were left for others.</summary>
    public async Task<int> DispatchOnce(CancellationToken cancel)
    {
        var dispatched = 0;
        foreach (var database in databases)
        {
            if (await SchemaState.HasWaitingEvents(server, database.Schema, elsewhere, cancel))
            {
                await using var scope = scopes.CreateAsyncScope();
                dispatched += await Dispatch(
                    (ModuleDb)scope.ServiceProvider.GetRequiredService(database.Context),
                    cancel
                );
            }
        }
        return dispatched;
    }

    private async Task<int> Dispatch(ModuleDb db, CancellationToken cancel)
    {
        var dispatched = 0;
        var waiting = db.Outbox.Where(message => message.DispatchedAt == null);
        foreach (var ending in elsewhere.Select(OutboxMessage.Ending))
        {
            waiting = waiting.Where(message => !message.Type.EndsWith(ending));
        }
        var batch = await waiting
            .OrderBy(message => message.OccurredAt)
            .Take(BatchSize)
            .ToListAsync(cancel);
        foreach (var message in batch.Where(message => IsDue(message, clock.GetUtcNow())))
        {
            try
            {
                if (await WantedElsewhere(message, cancel) is { Count: > 0 } others)
                {
                    db.Outbox.AddRange(Here(message).Union(others).Select(message.For));
                }
                else
                {
                    await Deliver(message, cancel);
                }
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
            try
            {
                await db.SaveChangesAsync(cancel);
            }
            catch (DbUpdateException) when (message.DispatchedAt is not null)
            {
                // Another process copied it at the same moment; the next round finds what is left.
                return dispatched;
            }
        }
        return dispatched;
    }

    // Also where the clock was moved back meanwhile.
    private static bool IsDue(OutboxMessage message, DateTimeOffset now) =>
        message.Attempts == 0
        || (now - message.OccurredAt).Duration()
            >= TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, message.Attempts)));

    private IEnumerable<string> Here(OutboxMessage message) =>
        composition
            .Consumers.Where(consumer => consumer.Event.Name == message.EventType)
            .Select(consumer => consumer.Part.ToString());

    /// <summary>Parts that want it, do not run here and are installed: whoever has no database yet has nothing that could fall behind.</summary>
    private async Task<List<string>> WantedElsewhere(
        OutboxMessage message,
        CancellationToken cancel
    )
    {
        var wanted = new List<string>();
        if (message.Part is not null || composition.Elsewhere is not { } others)
        {
            return wanted;
        }
        foreach (
            var part in others
                .Consumers.Where(consumer => consumer.Event.Name == message.EventType)
                .Select(consumer => consumer.Part)
                .Distinct()
        )
        {
            foreach (var (_, schema) in others.Schemas.Where(module => module.Part == part))
            {
                if (await SchemaState.Exists(server, schema, cancel))
                {
                    wanted.Add(part.ToString());
                    break;
                }
            }
        }
        return wanted;
    }

    private async Task Deliver(OutboxMessage message, CancellationToken cancel)
    {
        var consumers = composition
            .Consumers.Where(consumer =>
                consumer.Event.Name == message.EventType
                && (message.Part is null || consumer.Part.ToString() == message.Part)
            )
            .ToList();
        if (consumers.Count == 0)
        {
            return;
        }
        var happened = JsonSerializer.Deserialize(message.Body, consumers[0].Event)!;
        await using var scope = scopes.CreateAsyncScope();
        await (Task)
            DeliverOne
                .MakeGenericMethod(consumers[0].Event)
                .Invoke(
                    null,
                    [
                        scope.ServiceProvider,
                        happened,
                        consumers.ConvertAll(consumer => consumer.Handler),
                        cancel,
                    ]
                )!;
    }

    private static async Task DeliverTo<TEvent>(
        IServiceProvider services,
        TEvent happened,
        List<Type> handlers,
        CancellationToken cancel
    )
        where TEvent : class, IEvent
    {
        foreach (
            var handler in services
                .GetServices<IHandle<TEvent>>()
                .Where(handler => handlers.Contains(handler.GetType()))
        )
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
