using System.CommandLine;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Contracts;

namespace Interop.Host.Commands;

/// <summary><c>client register | list | revoke</c>: which programs and apps may ask for tokens.</summary>
internal static class ClientCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options) =>
        new("client", "Register programs and apps that ask for tokens.")
        {
            Register(options),
            List(options),
            Revoke(options),
        };

    private static Command Register(Func<ParseResult, HostOptions> options)
    {
        var id = new Argument<string>("id") { Description = "The client's id." };
        var name = new Option<string?>("--name") { Description = "As shown to people." };
        var scopes = new Option<string[]>("--scope")
        {
            Description =
                "What it may do, such as system/Patient.rs; several are separated by spaces.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var keys = new Option<FileInfo>("--jwks")
        {
            Description = "File with its public keys, a JSON Web Key Set.",
        };
        keys.AcceptExistingOnly();
        var keysUrl = new Option<string?>("--jwks-uri")
        {
            Description = "Where it publishes its public keys.",
        };
        var secret = new Option<bool>("--secret") { Description = "Make a secret, shown once." };
        var redirects = new Option<string[]>("--redirect")
        {
            Description = "Address of an app that people sign in to; without any it is a program.",
            AllowMultipleArgumentsPerToken = true,
        };
        var launch = new Option<string?>("--launch")
        {
            Description = "Where the app begins when it is started from a patient's page.",
        };
        var command = new Command("register", "Let a program or an app in.")
        {
            id,
            name,
            scopes,
            keys,
            keysUrl,
            secret,
            redirects,
            launch,
        };
        command.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    async services =>
                    {
                        var client = parsed.GetValue(id)!;
                        var made = await services
                            .GetRequiredService<RegisterClient>()
                            .Run(
                                new(
                                    client,
                                    parsed.GetValue(name) ?? client,
                                    [
                                        .. parsed
                                            .GetValue(scopes)!
                                            .SelectMany(scope => scope.Split(' ')),
                                    ]
                                )
                                {
                                    Keys = parsed.GetValue(keys) is { } file
                                        ? await File.ReadAllTextAsync(file.FullName, cancel)
                                        : null,
                                    KeysUrl = parsed.GetValue(keysUrl),
                                    HasSecret = parsed.GetValue(secret),
                                    RedirectUris = parsed.GetValue(redirects) ?? [],
                                    LaunchUrl = parsed.GetValue(launch),
                                },
                                cancel
                            );
                        Console.WriteLine($"{client} may ask for tokens.");
                        if (made is not null)
                        {
                            Console.WriteLine($"Its secret, shown once: {made}");
                        }
                    },
                    cancel
                )
        );
        return command;
    }

    private static Command List(Func<ParseResult, HostOptions> options)
    {
        var command = new Command("list", "Who may ask for tokens, and for which scopes.");
        command.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    async services =>
                    {
                        foreach (
                            var client in await services
                                .GetRequiredService<ListClients>()
                                .Run(cancel)
                        )
                        {
                            Console.WriteLine(
                                $"{client.Id}\t{client.Name}\t{(client.IsApp ? "app" : "program")}\t{client.Proof}\t{string.Join(' ', client.Scopes)}"
                            );
                        }
                    },
                    cancel
                )
        );
        return command;
    }

    private static Command Revoke(Func<ParseResult, HostOptions> options)
    {
        var id = new Argument<string>("id") { Description = "The client's id." };
        var command = new Command("revoke", "Let it in no more, and end what was granted to it.")
        {
            id,
        };
        command.SetAction(
            (parsed, cancel) =>
                With(
                    options(parsed),
                    async services =>
                    {
                        await services
                            .GetRequiredService<RevokeClient>()
                            .Run(parsed.GetValue(id)!, cancel);
                        Console.WriteLine($"{parsed.GetValue(id)} was revoked.");
                    },
                    cancel
                )
        );
        return command;
    }

    /// <summary>0 when it was done, 2 when it was asked for wrongly.</summary>
    private static async Task<int> With(
        HostOptions options,
        Func<IServiceProvider, Task> action,
        CancellationToken cancel
    )
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        try
        {
            await action(scope.ServiceProvider);
            return 0;
        }
        catch (Refusal refusal)
        {
            Console.Error.WriteLine($"client: {refusal.Message}");
            return 2;
        }
    }
}
