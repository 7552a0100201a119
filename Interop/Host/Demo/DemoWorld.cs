using System.Security.Cryptography;
using System.Text;
using SharedKernel.Contracts;
using Spectre.Console;

namespace Interop.Host.Demo;

/// <summary>
/// A small world made from a seed, through the same features that people use: one commune health station, one general
/// hospital, one lower-secondary school, about sixty citizens. No real person is in it.
/// </summary>
public static class DemoWorld
{
    private static readonly (
        string What,
        Func<IServiceProvider, DemoPopulation, CancellationToken, Task> Load
    )[] Steps =
    [
        ("Accounts", AccountDemo.Load),
        ("Price lists", PriceDemo.Load),
        ("Clinic and hospital", ClinicDemo.Load),
        ("School", SchoolDemo.Load),
    ];

    /// <summary>Loads it once: a finished load leaves a mark beside the databases, and a second start keeps what is there.</summary>
    public static async Task Load(IServiceProvider services, CancellationToken cancel = default)
    {
        var options = services.GetRequiredService<HostOptions>();
        var database = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(options.Database.Connection))
        );
        var mark = Path.Combine(options.DataFolder, $"demo-world-{database[..8]}");
        if (
            File.Exists(mark)
            || services.CreateScope().ServiceProvider.GetService<ICitizens>() is null
        )
        {
            return;
        }
        await AnsiConsole
            .Progress()
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async bars =>
            {
                var bar = bars.AddTask("Citizens", maxValue: Steps.Length + 1);
                await using var scope = services.CreateAsyncScope();
                scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
                var population = await DemoPopulation.Register(
                    scope.ServiceProvider.GetRequiredService<ICitizens>(),
                    services.GetRequiredService<TimeProvider>().Today(),
                    cancel
                );
                foreach (var (what, load) in Steps)
                {
                    bar.Increment(1);
                    bar.Description = what;
                    await using var step = services.CreateAsyncScope();
                    step.ServiceProvider.GetRequiredService<ICurrentCaller>()
                        .Become(Caller.TheSystem);
                    await load(step.ServiceProvider, population, cancel);
                }
                bar.Increment(1);
                bar.Description = "The demo world is ready";
            });
        Directory.CreateDirectory(Path.GetDirectoryName(mark)!);
        await File.WriteAllTextAsync(
            mark,
            "The demo world was loaded into the databases beside this file.\n",
            cancel
        );
    }
}
