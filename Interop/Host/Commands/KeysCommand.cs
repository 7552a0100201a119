using System.CommandLine;
using System.Globalization;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace Interop.Host.Commands;

/// <summary><c>keys list rotate reseal retire</c>: the keys under which records are sealed.</summary>
internal static class KeysCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var list = new Command("list", "Show the keys; the last seals what is written.");
        list.SetAction((parsed, cancel) => With(options(parsed), List, cancel));
        var rotate = new Command(
            "rotate",
            "Make a new key, and bring everything under it; may be stopped and goes on with reseal, or in a running server."
        );
        rotate.SetAction((parsed, cancel) => With(options(parsed), Rotate, cancel));
        var reseal = new Command("reseal", "Bring what is left under the newest key.");
        reseal.SetAction((parsed, cancel) => With(options(parsed), Reseal, cancel));
        var id = new Argument<int>("key") { Description = "Number of a key; see keys list." };
        var retire = new Command("retire", "Remove a key that seals nothing any more.") { id };
        retire.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    (services, _) =>
                    {
                        services
                            .GetRequiredService<Vault>()
                            .Ring.Retire(
                                parsed.GetValue(id),
                                services.GetRequiredService<Reseal>().Everything
                            );
                        Console.WriteLine($"Key {parsed.GetValue(id)} is gone.");
                        return Task.CompletedTask;
                    },
                    cancel
                )
        );
        return new Command("keys", "Look after the keys under which records are sealed.")
        {
            list,
            rotate,
            reseal,
            retire,
        };
    }

    private static Task List(IServiceProvider services, CancellationToken cancel)
    {
        var ring = services.GetRequiredService<Vault>().Ring;
        var under = services.GetRequiredService<Reseal>().Under;
        foreach (var key in ring.Keys)
        {
            var state =
                key != ring.Keys[^1]
                    ? under >= ring.Keys[^1].Id
                        ? "seals nothing any more"
                        : "may still seal records"
                    : under >= key.Id
                        ? "seals everything"
                        : "seals what is written; older records wait";
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{key.Id, 5}  {key.CreatedAt:yyyy-MM-dd HH:mm}Z  {state}"
                )
            );
        }
        return Task.CompletedTask;
    }

    private static async Task Rotate(IServiceProvider services, CancellationToken cancel)
    {
        var key = services
            .GetRequiredService<Vault>()
            .Ring.Rotate(services.GetRequiredService<TimeProvider>());
        Console.WriteLine($"Key {key.Id} seals from now on.");
        await Reseal(services, cancel);
    }

    private static async Task Reseal(IServiceProvider services, CancellationToken cancel)
    {
        var changed = await services.GetRequiredService<Reseal>().Run(cancel);
        Console.WriteLine($"{changed} records brought under the newest key; none is left.");
    }

    private static async Task<int> With(
        HostOptions options,
        Func<IServiceProvider, CancellationToken, Task> action,
        CancellationToken cancel
    )
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        try
        {
            await RecordsApp.Migrate(app.Services, cancel);
            await action(app.Services, cancel);
            return 0;
        }
        catch (Exception error) when (error is InvalidOperationException or InvalidDataException)
        {
            Console.Error.WriteLine($"keys: {error.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
    }
}
