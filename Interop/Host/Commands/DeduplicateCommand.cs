using System.CommandLine;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;

namespace Interop.Host.Commands;

/// <summary>
/// <c>deduplicate</c>: goes through the whole register of citizens and puts the pairs that may be one person before a person, at
/// <c>/citizens/review</c>. Nobody is merged.
/// </summary>
internal static class DeduplicateCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var command = new Command(
            "deduplicate",
            "Find the citizens who may be registered twice, for /citizens/review."
        );
        command.SetAction((parsed, cancel) => Run(options(parsed), cancel));
        return command;
    }

    private static async Task<int> Run(HostOptions options, CancellationToken cancel)
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var run = await scope.ServiceProvider.GetRequiredService<Deduplicate>().Run(cancel);
        if (run.Error is not null)
        {
            Console.Error.WriteLine($"deduplicate: {run.Error}");
            return 1;
        }
        Console.WriteLine(
            $"{run.People:N0} people, {run.Certain:N0} certain pairs, {run.Added:N0} new pairs to review at /citizens/review."
        );
        return 0;
    }
}
