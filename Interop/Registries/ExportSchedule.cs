using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Impl.AdoJobStore;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Interop.Registries;

/// <summary>
/// Runs the exports by themselves. The schedule is kept in the database (https://www.quartz-scheduler.net/), so a run that was
/// missed while the server was down is made up for; several servers on one database share the runs.
/// </summary>
internal static class ExportSchedule
{
    /// <summary>File of the schedule on SQLite. On a server it lies in the module's schema.</summary>
    private const string SqliteFile = "quartz";

    public static void AddExportSchedule(this IServiceCollection services, DatabaseOptions database)
    {
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler => scheduler.InstanceName = "records");
            quartz.UsePersistentStore(store =>
            {
                UseDatabase(store, database);
                // Nothing of the schedule keeps a process alive that wants to end.
                store.ConfigureStore(options => options.UseBackgroundThreads = true);
                // Quartz brings the scripts of its tables and makes those that are missing (Apache-2.0).
                store.ProvisionSchema();
                if (database.Provider is not DatabaseProvider.Sqlite)
                {
                    store.ConfigureStore(options =>
                        options.TablePrefix = $"{RegistriesDb.SchemaName}.qrtz_"
                    );
                    store.UseClustering();
                }
            });
        });
        // The exports are known only when the host is built, so that parts which are switched off schedule nothing.
        services.AddHostedService<ScheduleExports>();
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    private static void UseDatabase(IPersistentStoreBuilder store, DatabaseOptions database)
    {
        var (driver, _) = database.Provider switch
        {
            DatabaseProvider.Sqlite => (
                "SQLite-Microsoft",
                store.UseDriverDelegate<SQLiteDelegate>()
            ),
            DatabaseProvider.Postgres => ("Npgsql", store.UseDriverDelegate<PostgreSQLDelegate>()),
            DatabaseProvider.SqlServer => (
                "SqlServer",
                store.UseDriverDelegate<SqlServerDelegate>()
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(database)),
        };
        store.UseDataSource(source =>
        {
            source.Provider = driver;
            source.ConnectionString = Providers.ConnectionString(database, SqliteFile);
        });
    }
}

/// <summary>Brings the stored schedule to what the exports say, before the scheduler starts.</summary>
internal sealed class ScheduleExports(ISchedulerFactory schedulers, ExportCatalogue catalogue)
    : Microsoft.Extensions.Hosting.IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var export in catalogue.All)
        {
            var key = new TriggerKey(export.Name, "exports");
            // A stored trigger of the same schedule stays: it knows whether a run was missed.
            if (
                await scheduler.GetTrigger(key, cancellationToken) is ICronTrigger stored
                && stored.CronExpressionString == export.Cron
            )
            {
                continue;
            }
            var trigger = TriggerBuilder
                .Create()
                .WithIdentity(key)
                .WithCronSchedule(
                    export.Cron,
                    // A run that was missed is made once, for the period it was meant for.
                    cron =>
                        cron.InTimeZone(ExportDefinition.Vietnam)
                            .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)
                )
                .Build();
            var job = JobBuilder.Create<ExportJob>().WithIdentity(export.Name, "exports").Build();
            await scheduler.ScheduleJob(
                job,
                [trigger],
                ScheduleJobOptions.Replacing,
                cancellationToken
            );
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>One scheduled run; its job's name is the export's.</summary>
[DisallowConcurrentExecution]
internal sealed partial class ExportJob(
    IServiceScopeFactory scopes,
    ExportCatalogue catalogue,
    ILogger<ExportJob> log
) : IJob
{
    public async ValueTask Execute(
        IJobExecutionContext context,
        CancellationToken cancellationToken = default
    )
    {
        var name = context.JobDetail.Key.Name;
        var period = Period.LastEnded(
            catalogue.Get(name).Period,
            context.ScheduledFireTimeUtc ?? context.FireTimeUtc
        );
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        try
        {
            var run = await scope
                .ServiceProvider.GetRequiredService<RunExport>()
                .Run(name, period.ToString(), cancellationToken);
            Ran(name, run.Period, run.State);
        }
        catch (Conflict busy)
        {
            Busy(busy.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Export {Name} {Period}: {State}")]
    private partial void Ran(string name, string period, RunState state);

    [LoggerMessage(LogLevel.Information, "{Message}")]
    private partial void Busy(string message);
}
