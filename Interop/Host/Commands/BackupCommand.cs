using System.CommandLine;
using Interop.Host.Backup;
using SharedKernel.Access.Audit;

namespace Interop.Host.Commands;

/// <summary><c>backup</c> of a running system, and <c>restore</c>. Exit code 1 with one clear line when it cannot be done.</summary>
internal static class BackupCommand
{
    public static Command Backup(Func<ParseResult, HostOptions> options)
    {
        var folder = new Argument<string>("folder") { Description = "A new or empty folder." };
        var command = new Command(
            "backup",
            "Copy databases, keys and files of a running system into a folder."
        )
        {
            folder,
        };
        command.SetAction(
            (parsed, cancel) =>
                With(
                    "backup",
                    options(parsed),
                    async (services, token) =>
                    {
                        var made = await TakeBackup.Run(services, parsed.GetValue(folder)!, token);
                        Console.WriteLine(
                            $"{made.Files.Count} files, {made.Files.Sum(file => file.Bytes):N0} bytes, audit trail of {made.Audit?.Size ?? 0} rows, as of {made.TakenAt:O}. It holds the keys: keep it locked."
                        );
                    },
                    cancel
                )
        );
        return command;
    }

    public static Command Restore(Func<ParseResult, HostOptions> options)
    {
        var folder = new Argument<string>("folder") { Description = "Made by backup." };
        var replace = new Option<bool>("--replace")
        {
            Description = "Data that are there give way to the backup.",
        };
        var key = new Option<string?>("--key")
        {
            Description = "The backup must be signed by this key; see /open-data/audit/key.",
        };
        var command = new Command(
            "restore",
            "Put a backup in place, after looking at every byte of it; the server must not be running."
        )
        {
            folder,
            replace,
            key,
        };
        command.SetAction(
            (parsed, cancel) =>
                With(
                    "restore",
                    options(parsed),
                    async (services, token) =>
                    {
                        AuditPublicKey? signer = null;
                        if (
                            parsed.GetValue(key) is { } text
                            && (signer = AuditPublicKey.Parse(text)) is null
                        )
                        {
                            throw new InvalidDataException("--key is not a verifier key");
                        }
                        var put = await RestoreBackup.Run(
                            services,
                            parsed.GetValue(folder)!,
                            parsed.GetValue(replace),
                            signer,
                            token
                        );
                        Console.WriteLine(
                            $"The state of {put.TakenAt:O} is in place: {put.Files.Count} files, audit trail of {put.Audit?.Size ?? 0} rows. Now run store verify and audit verify."
                        );
                    },
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> With(
        string name,
        HostOptions options,
        Func<IServiceProvider, CancellationToken, Task> action,
        CancellationToken cancel
    )
    {
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        try
        {
            await action(app.Services, cancel);
            return 0;
        }
        catch (InvalidDataException damaged)
        {
            Console.Error.WriteLine($"{name}: the backup cannot be used: {damaged.Message}.");
        }
        catch (Exception error)
            when (error
                    is InvalidOperationException
                        or IOException
                        or UnauthorizedAccessException
                        or System.Data.Common.DbException
            )
        {
            Console.Error.WriteLine($"{name}: {error.Message.ReplaceLineEndings(" ")}");
        }
        return 1;
    }
}
