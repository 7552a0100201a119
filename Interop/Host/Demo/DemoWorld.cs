using System.Security.Cryptography;
using System.Text;
using SharedKernel.Contracts;

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
        ("Wards", WardDemo.Load),
        ("Households and vaccinations", StationDemo.Load),
        ("School", SchoolDemo.Load),
        ("Fees", FeeDemo.Load),
    ];

    /// <summary>
    /// Loads it once: a finished load leaves a mark beside the databases, and a second start keeps what is there.
    /// </summary>
    /// <param name="progress">Told what is loaded next, out of how many steps.</param>
    /// <exception cref="Conflict">An earlier load was cut off; says what to do.</exception>
    public static async Task Load(
        IServiceProvider services,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var options = services.GetRequiredService<HostOptions>();
        var database = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(options.Database.Connection))
        );
        var mark = Path.Combine(options.DataFolder, $"demo-world-{database[..8]}");
        var begun = mark + ".begun";
        if (File.Exists(mark))
        {
            return;
        }
        if (File.Exists(begun))
        {
            throw new Conflict(
                $"The demo world was not loaded to its end the last time. Remove the folder {Path.GetFullPath(options.DataFolder)} and start again."
            );
        }
        Directory.CreateDirectory(options.DataFolder);
        await File.WriteAllTextAsync(begun, "", cancel);

        progress?.Report(new("Citizens", 0, Steps.Length + 1));
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var population = await DemoPopulation.Register(
            scope.ServiceProvider.GetRequiredService<ICitizens>(),
            services.GetRequiredService<TimeProvider>().Today(),
            cancel
        );
        foreach (var ((what, load), done) in Steps.Select((step, i) => (step, i + 1)))
        {
            progress?.Report(new(what, done, Steps.Length + 1));
            await using var step = services.CreateAsyncScope();
            step.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            await load(step.ServiceProvider, population, cancel);
        }
        progress?.Report(new("The demo world is ready", Steps.Length + 1, Steps.Length + 1));
        File.Move(begun, mark);
    }
}
