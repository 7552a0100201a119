using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Health.Fhir.Store.Definitions;

/// <summary>Re-indexes in the background: at once what this host defines, soon what another one has left undone.</summary>
internal sealed partial class ReindexWorker(FhirStore store, ILogger<ReindexWorker> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await store.Reindex(stoppingToken)) { }
                await store.Defined(Pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // A database that is away, a lost race: it goes on where it was.
            catch (Exception error)
            {
                Interrupted(log, error);
                await Task.Delay(Pause, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The re-index was interrupted; it goes on where it was"
    )]
    private static partial void Interrupted(ILogger log, Exception error);
}
