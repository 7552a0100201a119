using System.CommandLine;

namespace Interop.Host.Commands;

/// <summary><c>migrate</c>: brings the databases of the chosen parts to the present schema.</summary>
internal static class MigrateCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var command = new Command(
            "migrate",
            "Bring the databases of the chosen parts to the present schema."
        );
        command.SetAction(
            async (parsed, cancel) =>
            {
                await using var app = RecordsApp.Build(options(parsed), RecordsApp.Quietly);
                await RecordsApp.Migrate(app.Services, cancel);
                Console.WriteLine("The databases are up to date.");
                return 0;
            }
        );
        return command;
    }
}
