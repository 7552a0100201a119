using System.Net.WebSockets;
using System.Text;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html#websockets</summary>
public sealed class SocketTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    [Fact]
    public async Task A_socket_is_greeted_and_told_and_goes_on_where_the_last_one_stopped()
    {
        var client = server.Client;
        var id = await client.Subscribe(SubscriptionCalls.ByTopic("Basic", null));
        await client.Becomes(id, "active");
        string first,
            second;
        using (var socket = await Open(id))
        {
            Assert.Equal("handshake", (await Receive(socket)).Type);
            first = await client.Write("""{"resourceType":"Basic","code":{"text":"1"}}""");
            var told = await Receive(socket);
            Assert.Equal("event-notification", told.Type);
            Assert.Equal((1, first), (told.Events[0].Number, told.Events[0].Id));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        second = await client.Write("""{"resourceType":"Basic","code":{"text":"2"}}""");

        using var again = await Open(id);
        Assert.Equal("handshake", (await Receive(again)).Type);
        // At least once: what the first socket got may come again before it was written down.
        var missed = await Receive(again);
        while (missed.Events is [{ Number: 1 }])
        {
            missed = await Receive(again);
        }

        Assert.Equal((2, second), (missed.Events[^1].Number, missed.Events[^1].Id));
    }

    [Fact]
    public async Task Without_a_token_nothing_is_told()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(), default);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("bind-with-token made-up"),
            WebSocketMessageType.Text,
            true,
            default
        );

        var answer = await socket.ReceiveAsync(new ArraySegment<byte>(new byte[1024]), default);

        Assert.Equal(WebSocketMessageType.Close, answer.MessageType);
        Assert.Contains("bind-with-token", answer.CloseStatusDescription, StringComparison.Ordinal);
        (await server.Client.Get("/subscriptions/ws")).Refused(426, "processing", "web socket");
        (await server.Client.Get("/Subscription/nobody/$get-ws-binding-token")).Refused(
            404,
            "not-found"
        );
    }

    [Fact]
    public async Task A_rest_hook_has_no_socket()
    {
        var id = await server.Client.Subscribe(
            SubscriptionCalls.ByTopic("Basic", server.Receiver.Address + "/socket")
        );
        await server.Client.Becomes(id, "active");

        (await server.Client.Get($"/Subscription/{id}/$get-ws-binding-token")).Refused(
            422,
            "business-rule",
            "rest-hook"
        );
    }

    private async Task<ClientWebSocket> Open(string id)
    {
        var parameters = (await server.Client.Get($"/Subscription/{id}/$get-ws-binding-token"))
            .Is(200)
            .Json["parameter"]!.AsArray();
        var token = (string)
            parameters.Single(one => (string?)one!["name"] == "token")!["valueString"]!;
        Assert.Equal(
            Address().ToString(),
            (string?)parameters.Single(one => (string?)one!["name"] == "websocket-url")!["valueUrl"]
        );
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address(), default);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes("bind-with-token " + token),
            WebSocketMessageType.Text,
            true,
            default
        );
        return socket;
    }

    private Uri Address() => new($"ws://{server.Address.Authority}/fhir/subscriptions/ws");

    private static async Task<Received> Receive(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var text = new MemoryStream();
        var buffer = new byte[16 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), patience.Token);
            text.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return new Received("", "", null, "", Encoding.UTF8.GetString(text.ToArray()), true);
    }
}
