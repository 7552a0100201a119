using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Testing;

namespace Health.Fhir.Tests.Hostile;

/// <summary>Keeps what the server logs as a fault, so that a failing seed says where.</summary>
public sealed class HostileServer : RecordsServer, ILoggerProvider, ILogger
{
    public ConcurrentBag<string> Faults { get; } = [];

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(this);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (exception is not null)
        {
            Faults.Add(string.Join('\n', exception.ToString().Split('\n').Take(8)));
        }
    }

    public void Dispose() => GC.SuppressFinalize(this);
}
