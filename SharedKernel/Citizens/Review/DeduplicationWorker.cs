using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Review;

/// <summary>Runs the de-duplications that were asked for, one at a time. What a killed process leaves undone is asked for again by a person.</summary>
public sealed partial class DeduplicationWorker(
    IServiceScopeFactory scopes,
    DeduplicationSignal signal,
    ILogger<DeduplicationWorker> log
) : BackgroundService
{
    /// <summary>A run that has not ended after so long has lost its process.</summary>
    internal static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var id in signal.Asked(stoppingToken))
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
                await scope
                    .ServiceProvider.GetRequiredService<Deduplicate>()
                    .Run(id, stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Failed(error);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "A de-duplication failed")]
    private partial void Failed(Exception error);
}

/// <summary>From whoever asks for a run to the worker of the same process.</summary>
public sealed class DeduplicationSignal
{
    private readonly Channel<Guid> asked = Channel.CreateBounded<Guid>(10);

    public void Ask(Guid run) => asked.Writer.TryWrite(run);

    internal IAsyncEnumerable<Guid> Asked(CancellationToken cancel) =>
        asked.Reader.ReadAllAsync(cancel);
}
