using System.CommandLine;
using SharedKernel.Contracts;
using Spectre.Console;

namespace Interop.Host.Commands;

/// <summary>
/// <c>import</c>: takes files or folders in; the importer is chosen by content (FHIR bundles, a OneRoster package). The same
/// content is taken once.
/// </summary>
internal static class ImportCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var paths = new Argument<string[]>("paths")
        {
            Description = "Files or folders: FHIR bundles (.json), a OneRoster 1.2 CSV package.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(
            "import",
            "Import files or folders; what was imported before is skipped."
        )
        {
            paths,
        };
        command.SetAction(
            (parsed, cancel) => Run(options(parsed), parsed.GetValue(paths)!, cancel)
        );
        return command;
    }

    private static async Task<int> Run(
        HostOptions options,
        string[] paths,
        CancellationToken cancel
    )
    {
        if (paths.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
        {
            Console.Error.WriteLine($"import: {missing} does not exist.");
            return 2;
        }
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var importers = scope.ServiceProvider.GetServices<IImporter>().ToList();
        var failed = false;
        foreach (var path in paths)
        {
            if (importers.Find(importer => importer.Accepts(path)) is not { } importer)
            {
                Console.Error.WriteLine(
                    $"import: {path} is none of: {string.Join(", ", importers.Select(importer => importer.Format))}."
                );
                failed = true;
                continue;
            }
            failed |= !await Import(importer, path, cancel);
        }
        return failed ? 1 : 0;
    }

    private static async Task<bool> Import(
        IImporter importer,
        string path,
        CancellationToken cancel
    )
    {
        try
        {
            var result = await AnsiConsole
                .Progress()
                .StartAsync(async bar =>
                {
                    var task = bar.AddTask(Markup.Escape(Path.GetFileName(Path.GetFullPath(path))));
                    var progress = new Progress<ImportProgress>(step =>
                    {
                        task.MaxValue = Math.Max(1, step.Total);
                        task.Value = step.Done;
                    });
                    var imported = await importer.Import(path, progress, cancel);
                    task.Value = task.MaxValue;
                    return imported;
                });
            foreach (
                var (type, count) in result.Imported.OrderBy(
                    entry => entry.Key,
                    StringComparer.Ordinal
                )
            )
            {
                Console.WriteLine($"{count, 9:N0} {type}");
            }
            Console.WriteLine(
                $"{result.Imported.Values.Sum():N0} records imported, {result.SkippedFiles} files had been imported before, {result.Errors.Count} errors."
            );
            foreach (var error in result.Errors)
            {
                Console.Error.WriteLine(error);
            }
            return result.Errors.Count == 0;
        }
        catch (Refusal refusal)
        {
            Console.Error.WriteLine($"import: {path}: {refusal.Message}");
            return false;
        }
    }
}
