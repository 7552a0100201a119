using System.CommandLine;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Interop.Host.Commands;

/// <summary>The program's commands. Bad arguments give one clear line and exit code 2.</summary>
public static class CommandLine
{
    private const int Failed = 1;
    private const int BadArguments = 2;

    private static readonly Option<string> Modules = new("--modules")
    {
        Description =
            "Which parts to run: any of health,education,interop. The kernel always runs.",
        DefaultValueFactory = _ => "health,education,interop",
        Recursive = true,
    };

    private static readonly Option<DatabaseProvider> Database = new("--database")
    {
        Description = "Where records are kept: sqlite, postgres or sqlserver.",
        DefaultValueFactory = _ => DatabaseProvider.Sqlite,
        Recursive = true,
    };

    private static readonly Option<string> Connection = new("--connection")
    {
        Description = "For sqlite the data folder; otherwise a connection string.",
        DefaultValueFactory = _ => "data",
        Recursive = true,
    };

    private static readonly Option<string> Urls = new("--urls")
    {
        Description = "Addresses to serve on, separated by semicolons.",
        DefaultValueFactory = _ => "http://127.0.0.1:5080",
        Recursive = true,
    };

    private static readonly Option<bool> Open = new("--open")
    {
        Description =
            "No sign-in: every caller is an administrator. For tests; only on a loopback address.",
        Recursive = true,
    };

    private static readonly Option<InputMode?> Input = new("--input")
    {
        Description =
            "strict refuses FHIR that is not valid; lenient mends what is common in the field and reports it.",
        Recursive = true,
    };

    public static async Task<int> Run(string[] args)
    {
        var parsed = Root().Parse(args);
        var error =
            Unknown(parsed)
            ?? parsed.Errors.Select(error => error.Message).FirstOrDefault()
            ?? Check(parsed);
        if (error is not null)
        {
            Console.Error.WriteLine($"{error.ReplaceLineEndings(" ")} Try --help.");
            return BadArguments;
        }
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false }
            );
        }
        catch (VaultMissing missing)
        {
            Console.Error.WriteLine(missing.Message);
            return Failed;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Console.Error.WriteLine(fault);
            return Failed;
        }
    }

    private static RootCommand Root() =>
        new("Records: health and learning records of a country. Start with 'demo'.")
        {
            Modules,
            Database,
            Connection,
            Urls,
            Open,
            Input,
            ServeCommand.Demo(Options),
            ServeCommand.Serve(Options),
            ImportCommand.Create(Options),
            JobCommand.Create(Options),
            ViewCommand.Create(Options),
            DeduplicateCommand.Create(Options),
            MigrateCommand.Create(Options),
            StoreCommand.Create(Options),
            KeysCommand.Create(Options),
            BackupCommand.Backup(Options),
            BackupCommand.Restore(Options),
            AuditCommand.Create(Options),
            ClientCommand.Create(Options),
        };

    private static HostOptions Options(ParseResult parsed) =>
        new(
            Parts(parsed.GetValue(Modules)!).ToHashSet(),
            new DatabaseOptions(parsed.GetValue(Database), parsed.GetValue(Connection)!),
            parsed.GetValue(Urls)!,
            parsed.GetValue(Open)
        )
        {
            Input = parsed.GetValue(Input),
        };

    private static IEnumerable<Part> Parts(string modules) =>
        modules
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => Enum.Parse<Part>(name, ignoreCase: true));

    /// <summary>A misspelt command or option, which the parser would report as a missing command.</summary>
    private static string? Unknown(ParseResult parsed) =>
        parsed.UnmatchedTokens is [var first, ..]
            ? $"'{first}' is not understood after '{parsed.CommandResult.Command.Name}'; known are: {string.Join(", ", parsed.CommandResult.Command.Subcommands.Select(command => command.Name).DefaultIfEmpty("options only"))}."
            : null;

    /// <summary>What the parser cannot know; null when all is well.</summary>
    private static string? Check(ParseResult parsed)
    {
        foreach (var name in parsed.GetValue(Modules)!.Split(',', StringSplitOptions.TrimEntries))
        {
            if (
                !Enum.TryParse<Part>(name, ignoreCase: true, out var part)
                || part is Part.Kernel
                || int.TryParse(name, out _)
            )
            {
                return $"--modules: '{name}' is not a part; use health, education, interop.";
            }
        }
        foreach (var url in parsed.GetValue(Urls)!.Split(';'))
        {
            if (
                !Uri.TryCreate(url, UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https")
            )
            {
                return $"--urls: '{url}' is not an http address such as http://127.0.0.1:5080.";
            }
            if (parsed.GetValue(Open) && !address.IsLoopback)
            {
                return $"--open: refused on {url}, because anyone who reaches it would be an administrator; use 127.0.0.1.";
            }
        }
        if (
            parsed.GetValue(Database) is not DatabaseProvider.Sqlite
            && parsed.GetResult(Connection)?.Implicit != false
        )
        {
            return "--connection: a server needs a connection string.";
        }
        return null;
    }
}
