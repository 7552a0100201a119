using Interop.Registries.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>
/// Starts again what a dead process left: a run whose lease has lapsed. Nothing half-written counts, so it begins anew; the
/// one that comes first takes it, whichever host that is.
/// </summary>
public sealed class ResumeExports(
    RegistriesDb db,
    ExportCatalogue catalogue,
    IServiceScopeFactory scopes,
    TimeProvider clock
) : IFeature
{
    /// <summary>A run that kills its process each time is left to a person.</summary>
    public const int MostDeaths = 3;

    /// <returns>How many were started again.</returns>
    public async Task<int> Run(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var dead = await (
            from lease in db.Leases
            where lease.Until < now
            join run in db.Runs on lease.RunId equals run.Id
            where run.State == RunState.Running
            select new { run.Export, run.Period }
        ).ToListAsync(cancel);
        var resumed = 0;
        foreach (var one in dead.Where(one => catalogue.All.Any(e => e.Name == one.Export)))
        {
            var deaths = await db.Runs.CountAsync(
                run =>
                    run.Export == one.Export
                    && run.Period == one.Period
                    && run.Error == ExportLeases.Died
                    && run.StartedAt > now.AddDays(-1),
                cancel
            );
            if (deaths >= MostDeaths)
            {
                continue;
            }
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            try
            {
                await scope
                    .ServiceProvider.GetRequiredService<RunExport>()
                    .Run(one.Export, one.Period, cancel);
                resumed++;
            }
            catch (Conflict)
            {
                // Another host was first.
            }
        }
        return resumed;
    }
}

/// <summary>Every half minute: resume what died, send what is due. One pass fails alone, the next one tries again.</summary>
internal sealed partial class ExportWorker(
    IServiceScopeFactory scopes,
    IConfiguration configuration,
    ILogger<ExportWorker> log
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(
            TimeSpan.FromSeconds(configuration.GetValue("exports-every-seconds", 30.0))
        );
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await Pass<ResumeExports>(feature => feature.Run(stoppingToken));
            await Pass<SendSnapshots>(feature => feature.Run(stoppingToken));
        }
    }

    private async Task Pass<TFeature>(Func<TFeature, Task> run)
        where TFeature : notnull
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            await run(scope.ServiceProvider.GetRequiredService<TFeature>());
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failed(typeof(TFeature).Name, error);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Feature} failed and is tried again.")]
    private partial void Failed(string feature, Exception error);
}
