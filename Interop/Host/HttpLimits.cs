using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Interop.Host;

/// <summary>
/// What one connection may cost the server, before any part of it is asked; section <c>http</c> of the configuration. Who sends or
/// reads slower than this is cut off, so that slow clients cannot fill the server.
/// </summary>
public sealed record HttpLimits
{
    /// <summary>Open connections; the next one is closed at once.</summary>
    public int Connections { get; init; } = 10_000;

    /// <summary>Time for the request line and all headers; then 408.</summary>
    public int HeadersSeconds { get; init; } = 15;

    /// <summary>A body must come at this rate, counted after the grace time; then 408.</summary>
    public double BodyBytesPerSecond { get; init; } = 240;

    /// <summary>An answer must be taken at this rate; then the connection is closed.</summary>
    public double AnswerBytesPerSecond { get; init; } = 240;

    public int GraceSeconds { get; init; } = 5;

    /// <summary>How long a connection without a request stays open.</summary>
    public int KeepAliveSeconds { get; init; } = 130;

    public int HeaderBytes { get; init; } = 32 * 1024;

    public static void Apply(WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.GetSection("http").Get<HttpLimits>() ?? new();
        builder.WebHost.ConfigureKestrel(kestrel => limits.Apply(kestrel.Limits));
    }

    private void Apply(KestrelServerLimits limits)
    {
        var grace = TimeSpan.FromSeconds(GraceSeconds);
        limits.MaxConcurrentConnections = Connections;
        limits.MaxConcurrentUpgradedConnections = Connections;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(HeadersSeconds);
        limits.MinRequestBodyDataRate = new MinDataRate(BodyBytesPerSecond, grace);
        limits.MinResponseDataRate = new MinDataRate(AnswerBytesPerSecond, grace);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(KeepAliveSeconds);
        limits.MaxRequestHeadersTotalSize = HeaderBytes;
    }
}
