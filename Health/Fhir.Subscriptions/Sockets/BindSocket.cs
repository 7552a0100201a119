using System.Net.WebSockets;
using System.Text;
using Health.Fhir.Api;
using Health.Fhir.Subscriptions.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Subscriptions.Sockets;

/// <summary>
/// The web socket: the client sends <c>bind-with-token …</c>, is greeted with a handshake for each of its subscriptions, and then gets
/// notifications as texts. https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html#websockets
/// </summary>
public sealed class BindSocket(
    SubscriptionsDb db,
    SocketChannel channel,
    SubscriptionOptions options,
    TimeProvider clock
) : IFeature
{
    public const string Path = "subscriptions/ws";

    private const string Bind = "bind-with-token ";
    private const int LongestMessage = 1024;

    /// <summary>How long a client may take to send its token.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static string AddressOf(string baseUrl) => $"ws{baseUrl["http".Length..]}/{Path}";

    // The token that is sent over the socket decides: a browser cannot send headers with a web socket.
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .Map($"{FhirRoute.Base}/{Path}", (HttpContext http, BindSocket bind) => bind.Run(http))
            .AllowAnonymous();

    public async Task Run(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            await FhirHttp.Write(
                http,
                FhirAnswer.Outcome(
                    426,
                    Api.Formats.Issue.Error(
                        "processing",
                        "This is a web socket: open it with ws:// or wss://, and send 'bind-with-token' with the token of $get-ws-binding-token."
                    )
                )
            );
            return;
        }
        var cancel = http.RequestAborted;
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        try
        {
            if (await Bound(socket, cancel) is not { } subscriptions)
            {
                await Close(
                    socket,
                    "Send 'bind-with-token' and a token that has not expired.",
                    cancel
                );
                return;
            }
            await channel.Serve(socket, subscriptions, cancel);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The client went away, or the server stops: what was not sent waits for the next socket.
        }
    }

    private async Task<string[]?> Bound(WebSocket socket, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience < options.TokenLasts ? Patience : options.TokenLasts);
        var buffer = new byte[LongestMessage];
        var message = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        var text = message is { MessageType: WebSocketMessageType.Text, EndOfMessage: true }
            ? Encoding.UTF8.GetString(buffer, 0, message.Count).Trim()
            : "";
        if (!text.StartsWith(Bind, StringComparison.Ordinal))
        {
            return null;
        }
        var hash = GetBindingToken.HashOf(text[Bind.Length..].Trim());
        var now = clock.GetUtcNow();
        var token = await db
            .Tokens.AsNoTracking()
            .SingleOrDefaultAsync(one => one.Hash == hash && one.ExpiresAt > now, cancel);
        return token?.Subscriptions.Split(',');
    }

    internal static Task Close(WebSocket socket, string why, CancellationToken cancel) =>
        socket.State is WebSocketState.Open
            ? socket.CloseAsync(WebSocketCloseStatus.PolicyViolation, why, cancel)
            : Task.CompletedTask;
}
