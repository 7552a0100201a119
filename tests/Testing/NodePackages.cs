using System.ComponentModel;
using System.Diagnostics;
using Xunit;

namespace Testing;

/// <summary>
/// Independent validators from the npm registry, fetched by npm itself into a folder of their own: a second opinion on what we write. Tests that need them are skipped where npm or the registry is not
/// to be had.
/// </summary>
public sealed class NodePackages : IDisposable
{
    private NodePackages(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<NodePackages> Fetch(params IReadOnlyList<string> packages)
    {
        var folder = Directory.CreateTempSubdirectory("records-node-").FullName;
        await File.WriteAllTextAsync(
            Path.Combine(folder, "package.json"),
            """{ "private": true, "type": "module" }"""
        );
        var (code, said) = await Run(
            folder,
            "npm",
            ["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", .. packages]
        );
        Assert.SkipUnless(code == 0, $"npm could not fetch {string.Join(' ', packages)}: {said}");
        return new(folder);
    }

    /// <summary>Runs a module written here; what it prints is the answer.</summary>
    public async Task<string> Evaluate(string script, params IReadOnlyList<string> arguments)
    {
        var file = Path.Combine(Folder, $"{Guid.CreateVersion7():N}.mjs");
        await File.WriteAllTextAsync(file, script);
        var (code, said) = await Run(Folder, "node", [file, .. arguments]);
        Assert.True(code == 0, said);
        return said.Trim();
    }

    private static async Task<(int Code, string Said)> Run(
        string folder,
        string program,
        IReadOnlyList<string> arguments
    )
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments)
                {
                    WorkingDirectory = folder,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output + await errors);
        }
        catch (Win32Exception missing)
        {
            return (-1, missing.Message);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
