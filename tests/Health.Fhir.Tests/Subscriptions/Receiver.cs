using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>A program that is notified: a real HTTP server, which can be told to fail.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> all = new();
    private int failing;

    private Receiver(WebApplication app) => this.app = app;

    public static async Task<Receiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.Take);
        await app.StartAsync();
        receiver.Address = app.Urls.First();
        return receiver;
    }

    public string Address { get; private set; } = "";

    /// <summary>How many of the next requests are answered by 500; -1: all.</summary>
    public void Fail(int requests) => Volatile.Write(ref failing, requests);

    /// <summary>What was answered by 200, at this path.</summary>
    public IReadOnlyList<Received> Taken(string path) =>
        [.. all.Where(one => one.Path.StartsWith(path, StringComparison.Ordinal) && one.Taken)];

    public int Refused => all.Count(one => !one.Taken);

    /// <summary>Waits until so many were taken at the path.</summary>
    public async Task<IReadOnlyList<Received>> Wait(string path, int count)
    {
        await Until.True(() => Taken(path).Count >= count, $"{count} requests at {path}");
        return Taken(path);
    }

    /// <summary>Waits for event notifications with so many events in all; gives the events in the order in which they came.</summary>
    public async Task<IReadOnlyList<ReceivedEvent>> Events(string path, int count)
    {
        await Until.True(() => EventsNow(path).Count >= count, $"{count} events at {path}");
        return EventsNow(path);
    }

    public IReadOnlyList<ReceivedEvent> EventsNow(string path) =>
        [
            .. Taken(path)
                .Where(one => one.Type == "event-notification")
                .SelectMany(one => one.Events),
        ];

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var left = Volatile.Read(ref failing);
        var isTaken = left == 0;
        if (left > 0)
        {
            Interlocked.Decrement(ref failing);
        }
        all.Enqueue(
            new(
                http.Request.Method,
                http.Request.Path,
                http.Request.ContentType,
                http.Request.Headers.Authorization.ToString(),
                body,
                isTaken
            )
        );
        http.Response.StatusCode = (int)(
            isTaken ? HttpStatusCode.OK : HttpStatusCode.InternalServerError
        );
    }
}

public sealed record Received(
    string Method,
    string Path,
    string? ContentType,
    string Authorization,
    string Body,
    bool Taken
)
{
    public JsonNode Json { get; } = JsonNode.Parse(Body.StartsWith('{') ? Body : "{}")!;

    public string? Type => Value("type", "valueCode");

    public string? Value(string name, string type) =>
        (string?)Parameters.FirstOrDefault(one => (string?)one["name"] == name)?[type];

    /// <summary>The resources after the status.</summary>
    public IReadOnlyList<JsonNode> Entries =>
        [.. (Json["entry"]?.AsArray() ?? []).Skip(1).Select(entry => entry!)];

    public IReadOnlyList<ReceivedEvent> Events =>
        [
            .. Parameters
                .Where(one => (string?)one["name"] == "notification-event")
                .Select(one =>
                {
                    var parts = one["part"]!.AsArray();
                    return new ReceivedEvent(
                        int.Parse(
                            (string)Part("event-number")!["valueString"]!,
                            System.Globalization.CultureInfo.InvariantCulture
                        ),
                        (string?)Part("focus")?["valueReference"]!["reference"]
                    );

                    JsonNode? Part(string name) =>
                        parts.FirstOrDefault(part => (string?)part!["name"] == name);
                }),
        ];

    private IEnumerable<JsonNode> Parameters =>
        (Json["entry"]?[0]?["resource"]?["parameter"]?.AsArray() ?? []).Select(one => one!);
}

public sealed record ReceivedEvent(int Number, string? Focus)
{
    public string? Id => Focus?[(Focus.LastIndexOf('/') + 1)..];
}
