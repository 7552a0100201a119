using System.CommandLine;
using Health.Fhir.Views;
using SharedKernel.Contracts;

namespace Interop.Host.Commands;

/// <summary><c>view run</c>: a table out of the store's FHIR resources, for an analyst at the machine (SQL on FHIR 2).</summary>
internal static class ViewCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var view = new Option<FileInfo>("--view")
        {
            Description = "File with a ViewDefinition (JSON).",
            Required = true,
        };
        var format = new Option<string>("--format")
        {
            Description = "ndjson, csv, json or parquet.",
            DefaultValueFactory = _ => "csv",
        };
        var into = new Option<FileInfo>("--out")
        {
            Description = "File to write; what is there is replaced once the table is whole.",
            Required = true,
        };
        var run = new Command("run", "Write the rows of a view into a file.")
        {
            view,
            format,
            into,
        };
        run.SetAction(
            (parsed, cancel) =>
                Run(
                    options(parsed),
                    parsed.GetValue(view)!,
                    parsed.GetValue(format)!,
                    parsed.GetValue(into)!,
                    cancel
                )
        );
        return new Command("view", "Tables out of FHIR resources (SQL on FHIR).") { run };
    }

    /// <summary>0 when the table is written, 2 when it was asked for wrongly.</summary>
    private static async Task<int> Run(
        HostOptions options,
        FileInfo view,
        string format,
        FileInfo into,
        CancellationToken cancel
    )
    {
        if (!view.Exists)
        {
            Console.Error.WriteLine($"view: there is no file {view.FullName}.");
            return 2;
        }
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        if (scope.ServiceProvider.GetService<RunView>() is not { } tables)
        {
            Console.Error.WriteLine("view: views belong to the part health; add it to --modules.");
            return 2;
        }
        var beside = into.FullName + ".part";
        try
        {
            var definition = ViewDefinition.Parse(
                await File.ReadAllBytesAsync(view.FullName, cancel)
            );
            long rows;
            await using (var file = new FileStream(beside, FileMode.Create, FileAccess.ReadWrite))
            {
                rows = await tables.WriteTo(file, definition, format, cancel);
            }
            File.Move(beside, into.FullName, overwrite: true);
            Console.WriteLine($"{rows} rows in {into.FullName}");
            return 0;
        }
        catch (Refusal refusal)
        {
            File.Delete(beside);
            Console.Error.WriteLine($"view: {refusal.Message}");
            return 2;
        }
    }
}
