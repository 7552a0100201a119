using System.ComponentModel;
using System.Diagnostics;

namespace Testing;

/// <summary>
/// Libraries that others wrote, from the npm registry by npm itself, to judge what we make. Fetched once for a run of tests; a test is
/// visibly skipped where there is no node, or the registry has not the package.
/// </summary>
public static class NodeScript
{
    private static readonly SemaphoreSlim Fetching = new(1);
    private static readonly Dictionary<string, string?> Fetched = [];

    /// <summary>Runs a script (ES module) that may import the packages; gives what it printed.</summary>
    /// <param name="packages">With versions, such as <c>jose@6.2.18</c>.</param>
    /// <param name="input">On its standard input.</param>
    public static async Task<string> Run(
        string packages,
        string script,
        string input,
        CancellationToken cancel
    )
    {
        var folder = await Fetch(packages, cancel);
        Xunit.Assert.SkipWhen(folder is null, $"npm could not fetch {packages}.");
        var file = Path.Combine(folder!, $"{Guid.CreateVersion7():N}.mjs");
        await File.WriteAllTextAsync(file, script, cancel);
        var (code, output, errors) = await Start("node", [file], folder!, input, cancel);
        Xunit.Assert.True(code == 0, errors);
        return output;
    }

    private static async Task<string?> Fetch(string packages, CancellationToken cancel)
    {
        await Fetching.WaitAsync(cancel);
        try
        {
            if (!Fetched.TryGetValue(packages, out var folder))
            {
                Fetched[packages] = folder = await Install(packages, cancel);
            }
            return folder;
        }
        finally
        {
            Fetching.Release();
        }
    }

    private static async Task<string?> Install(string packages, CancellationToken cancel)
    {
        var folder = Directory.CreateTempSubdirectory("records-npm-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        try
        {
            var (code, _, _) = await Start(
                "npm",
                [
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--no-save",
                    "--ignore-scripts",
                    .. packages.Split(' '),
                ],
                folder,
                "",
                cancel
            );
            return code == 0 ? folder : null;
        }
        catch (Win32Exception)
        {
            // There is no npm.
            return null;
        }
    }

    private static async Task<(int Code, string Output, string Errors)> Start(
        string program,
        string[] arguments,
        string folder,
        string input,
        CancellationToken cancel
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output, await errors);
    }
}
