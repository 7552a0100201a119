using System.CommandLine;
using System.Globalization;
using Interop.Registries;
using SharedKernel.Contracts;

namespace Interop.Host.Commands;

/// <summary><c>job list</c> and <c>job run</c>: the scheduled exports by hand, without serving.</summary>
internal static class JobCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var list = new Command(
            "list",
            "Show the scheduled exports, their next and their last run."
        );
        list.SetAction((parsed, cancel) => With(options(parsed), List, cancel));

        var name = new Argument<string>("name")
        {
            Description = "Name of an export; see job list.",
        };
        var period = new Option<string?>("--period")
        {
            Description =
                "A month such as 2026-10, or a school year such as 2026-2027; the newest one that is over when left out.",
        };
        var run = new Command("run", "Run one export now, for a period.") { name, period };
        run.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    (services, token) =>
                        RunNow(services, parsed.GetValue(name)!, parsed.GetValue(period), token),
                    cancel
                )
        );
        return new Command("job", "List the scheduled exports, or run one now.") { list, run };
    }

    private static async Task<int> With(
        HostOptions options,
        Func<IServiceProvider, CancellationToken, Task<int>> action,
        CancellationToken cancel
    )
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        if (scope.ServiceProvider.GetService<ExportCatalogue>() is null)
        {
            Console.Error.WriteLine(
                "job: the exports belong to the part interop; add it to --modules."
            );
            return 2;
        }
        return await action(scope.ServiceProvider, cancel);
    }

    private static async Task<int> List(IServiceProvider services, CancellationToken cancel)
    {
        Console.WriteLine(
            $"{"NAME", -22}{"NEXT RUN", -19}{"LAST RUN", -19}{"PERIOD", -11}{"STATE", -11}SCHEDULE"
        );
        foreach (var entry in await services.GetRequiredService<ReadExports>().Run(cancel))
        {
            var last = entry.LastRun;
            Console.WriteLine(
                $"{entry.Export.Name, -22}{Time(entry.NextRun), -19}{Time(last?.StartedAt), -19}{last?.Period ?? "-", -11}{last?.State.ToString().ToLowerInvariant() ?? "-", -11}{entry.Export.Schedule.English}"
            );
        }
        return 0;
    }

    /// <summary>0 when the figures are in the files, 1 when the run failed, 2 when it was asked for wrongly.</summary>
    private static async Task<int> RunNow(
        IServiceProvider services,
        string name,
        string? period,
        CancellationToken cancel
    )
    {
        try
        {
            var run = await services.GetRequiredService<RunExport>().Run(name, period, cancel);
            Console.WriteLine(
                $"{run.Export} {run.Period}: {run.State.ToString().ToLowerInvariant()}, version {run.Version}, {run.InputRecords} records read, {run.Rows} rows."
            );
            foreach (
                var file in (
                    await services.GetRequiredService<ReadExports>().Look(run.Id, cancel)
                ).Files
            )
            {
                Console.WriteLine($"  {file.Path}  {file.Bytes} bytes  sha256 {file.Sha256}");
            }
            return 0;
        }
        catch (Refusal refusal)
        {
            Console.Error.WriteLine($"job: {refusal.Message}");
            return refusal is NotFound or InvalidInput ? 2 : 1;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Console.Error.WriteLine($"job: {name} failed: {error.Message}");
            return 1;
        }
    }

    private static string Time(DateTimeOffset? time) =>
        time?.InVietnam().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";
}
