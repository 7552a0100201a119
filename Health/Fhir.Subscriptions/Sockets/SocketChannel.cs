using System.Net.WebSockets;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Matching;
using Health.Fhir.Subscriptions.Rows;
using Health.Fhir.Subscriptions.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Sockets;

/// <summary>
/// Sends the events of bound subscriptions over one open socket, from the first that no socket has had. What was written to a socket
/// counts as delivered; a client that sees a gap asks <c>$events</c>. Singleton.
/// </summary>
public sealed class SocketChannel(
    IServiceScopeFactory scopes,
    EventReader events,
    OwnerView view,
    SubscriptionSignal signal,
    SubscriptionOptions options,
    TimeProvider clock
)
{
    /// <summary>Returns when the client closes, or none of the subscriptions is served any more.</summary>
    public async Task Serve(
        WebSocket socket,
        IReadOnlyList<string> subscriptions,
        CancellationToken cancel
    )
    {
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var listening = Listen(socket, closed);
        var positions = new Dictionary<string, Position>();
        try
        {
            while (!closed.IsCancellationRequested)
            {
                var told = signal.Next;
                var served = 0;
                foreach (var id in subscriptions)
                {
                    served += await Send(socket, id, positions, closed.Token) ? 1 : 0;
                }
                if (served == 0)
                {
                    await BindSocket.Close(
                        socket,
                        "None of these subscriptions is served any more.",
                        cancel
                    );
                    return;
                }
                await signal.Wait(told, options.Look, closed.Token);
            }
        }
        finally
        {
            await closed.CancelAsync();
            await listening;
        }
    }

    /// <summary>False when the subscription is off or gone.</summary>
    private async Task<bool> Send(
        WebSocket socket,
        string id,
        Dictionary<string, Position> positions,
        CancellationToken cancel
    )
    {
        if (await Read(id, cancel) is not var (row, registration))
        {
            return false;
        }
        var content = JsonSerializer.Deserialize<SubscriptionContent>(row.Content)!;
        var now = clock.GetUtcNow();
        if (!positions.TryGetValue(id, out var position))
        {
            position = positions[id] = new Position(row.Delivered, now);
            await Write(NotificationType.Handshake, []);
        }
        if (position.Delivered >= row.Events)
        {
            if (
                content.HeartbeatSeconds is { } seconds
                && now - position.SentAt >= TimeSpan.FromSeconds(seconds)
            )
            {
                await Write(NotificationType.Heartbeat, []);
            }
            return true;
        }
        if (await view.Now(StoredCaller.FromJson(registration.Owner), cancel) is not { } owner)
        {
            return false;
        }
        while (position.Delivered < row.Events)
        {
            var told = await events.Read(
                id,
                position.Delivered,
                row.Events,
                Math.Min(content.MaxCount ?? options.Count, options.Count),
                content.Content,
                owner,
                cancel
            );
            if (told.Count > 0)
            {
                await Write(NotificationType.EventNotification, told);
            }
            position.Delivered = told is [.., var last] ? last.Row.Number : row.Events;
            // It is sent, even when the client closed at once.
            await Delivered(row, position.Delivered, CancellationToken.None);
        }
        return true;

        async Task Write(NotificationType type, IReadOnlyList<ToldEvent> told)
        {
            var json = NotificationBundle.Write(
                type,
                row,
                content,
                registration.BaseUrl,
                told,
                now
            );
            await socket.SendAsync(
                content.Payload == Negotiation.FhirXml
                    ? FhirXml.FromJson(json, pretty: false)
                    : json,
                WebSocketMessageType.Text,
                endOfMessage: true,
                cancel
            );
            position.SentAt = now;
        }
    }

    private async Task<(SubscriptionRow, Registration)?> Read(string id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<SubscriptionsDb>();
        var found = await db
            .Subscriptions.AsNoTracking()
            .Where(row =>
                row.Id == id
                && row.State != SubscriptionState.Off
                && row.Channel == SubscriptionContent.WebSocket
            )
            .Join(
                db.Registrations.AsNoTracking(),
                row => row.Registration,
                registration => registration.Id,
                (row, registration) => new { row, registration }
            )
            .SingleOrDefaultAsync(cancel);
        return found is null ? null : (found.row, found.registration);
    }

    /// <summary>Several sockets may be open for one: the furthest counts.</summary>
    private async Task Delivered(SubscriptionRow row, long number, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        await scope
            .ServiceProvider.GetRequiredService<SubscriptionsDb>()
            .Subscriptions.Where(one => one.Id == row.Id && one.Delivered < number)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(one => one.Delivered, number)
                        .SetProperty(one => one.SentAt, now),
                cancel
            );
    }

    /// <summary>Nothing more is expected from the client than that it goes.</summary>
    private static async Task Listen(WebSocket socket, CancellationTokenSource closed)
    {
        var buffer = new byte[1024];
        try
        {
            while (
                (await socket.ReceiveAsync(buffer.AsMemory(), closed.Token)).MessageType
                    is not WebSocketMessageType.Close
            ) { }
            await socket.CloseAsync(
                WebSocketCloseStatus.NormalClosure,
                null,
                CancellationToken.None
            );
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException) { }
        await closed.CancelAsync();
    }

    private sealed class Position(long delivered, DateTimeOffset sentAt)
    {
        public long Delivered { get; set; } = delivered;
        public DateTimeOffset SentAt { get; set; } = sentAt;
    }
}
