using System.CommandLine;
using Interop.Host.Demo;
using SharedKernel.Contracts;
using Spectre.Console;

namespace Interop.Host.Commands;

/// <summary><c>serve</c>: the server. <c>demo</c>: the same with demo accounts and a small demo world.</summary>
internal static class ServeCommand
{
    public static Command Serve(Func<ParseResult, HostOptions> options)
    {
        var command = new Command(
            "serve",
            "Serve the chosen parts, after bringing their databases to the present schema."
        );
        command.SetAction((parsed, cancel) => Start(options(parsed), cancel));
        return command;
    }

    public static Command Demo(Func<ParseResult, HostOptions> options)
    {
        var command = new Command(
            "demo",
            "Create the embedded databases, load a small demo world, and serve it on loopback."
        );
        command.SetAction((parsed, cancel) => Start(options(parsed) with { Demo = true }, cancel));
        return command;
    }

    private static async Task<int> Start(HostOptions options, CancellationToken cancel)
    {
        await using var app = RecordsApp.Build(options, options.Demo ? RecordsApp.Quietly : null);
        await RecordsApp.Migrate(app.Services, cancel);
        if (options.Demo)
        {
            try
            {
                await LoadDemoWorld(app.Services, cancel);
            }
            catch (Conflict cutOff)
            {
                Console.Error.WriteLine($"demo: {cutOff.Message}");
                return 1;
            }
        }
        await app.StartAsync(cancel);
        // Models, routes and tables are made once, out of much that is garbage now: the memory goes back before the first caller comes.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.WriteLine($"Records serves on {string.Join(", ", app.Urls)}. Stop with Ctrl+C.");
        if (options.Demo)
        {
            DemoAccounts.Print(app.Urls.First(), options);
        }
        await app.WaitForShutdownAsync(cancel);
        return 0;
    }

    private static Task LoadDemoWorld(IServiceProvider services, CancellationToken cancel) =>
        AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(bars =>
            {
                var bar = bars.AddTask("Demo world");
                var progress = new Progress<ImportProgress>(step =>
                {
                    bar.Description = step.Item;
                    bar.MaxValue = step.Total;
                    bar.Value = step.Done;
                });
                return DemoWorld.Load(services, progress, cancel);
            });
}
