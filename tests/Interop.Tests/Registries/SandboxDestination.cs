using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Interop.Tests.Registries;

/// <summary>
/// Somebody else's server on a loopback port, which takes what is put and misbehaves as a test asks. It counts each arrival by address,
/// and keeps what it took, so that a test sees what was lost and what came twice.
/// </summary>
public sealed class SandboxDestination : IAsyncDisposable
{
    public sealed record Arrival(string Path, string Key, string? Corrects, string Sha256);

    private readonly WebApplication app;

    public ConcurrentQueue<Arrival> Arrivals { get; } = [];

    /// <summary>What it has taken: address to hash.</summary>
    public ConcurrentDictionary<string, string> Taken { get; } = [];

    /// <summary>What becomes of a PUT: status and body; null answers as the protocol says.</summary>
    public Func<Arrival, HttpContext, Task<IResult?>> Put { get; set; } =
        (_, _) => Task.FromResult<IResult?>(null);

    /// <summary>Likewise of a GET.</summary>
    public Func<string, IResult?> Get { get; set; } = _ => null;

    public Uri Address { get; private set; } = null!;

    private SandboxDestination(WebApplication app) => this.app = app;

    public static async Task<SandboxDestination> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sandbox = new SandboxDestination(app);
        app.MapPut("/in/{**path}", sandbox.Receive);
        app.MapGet("/in/{**path}", (string path) => sandbox.Tell(path));
        await app.StartAsync();
        sandbox.Address = new Uri(app.Urls.Single() + "/in");
        return sandbox;
    }

    private async Task<IResult> Receive(HttpContext http, string path)
    {
        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.ToArray()));
        Assert.Equal(
            $"sha-256=:{Convert.ToBase64String(SHA256.HashData(content.ToArray()))}:",
            http.Request.Headers["Content-Digest"].ToString()
        );
        var arrival = new Arrival(
            path,
            http.Request.Headers["Idempotency-Key"].ToString(),
            http.Request.Headers["Records-Corrects"].ToString() is { Length: > 0 } version
                ? version
                : null,
            hash
        );
        Arrivals.Enqueue(arrival);
        if (await Put(arrival, http) is { } wrong)
        {
            return wrong;
        }
        return Taken.TryAdd(path, hash)
            ? Results.Json(new { receipt = ReceiptOf(path), sha256 = hash }, statusCode: 201)
            : Results.Json(
                new { receipt = ReceiptOf(path), sha256 = Taken[path] },
                statusCode: 409
            );
    }

    private IResult Tell(string path) =>
        Get(path)
        ?? (
            Taken.TryGetValue(path, out var hash)
                ? Results.Json(
                    new
                    {
                        state = "acknowledged",
                        receipt = ReceiptOf(path),
                        sha256 = hash,
                    }
                )
                : Results.NotFound()
        );

    public static string ReceiptOf(string path) => $"BN-{path.Replace('/', '-')}";

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
