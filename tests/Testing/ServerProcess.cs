using System.Diagnostics;
using SharedKernel.Persistence;

namespace Testing;

/// <summary>
/// The real program as a process of its own, <c>serve --open</c> on a free loopback port: for tests that kill it or run several on one
/// database.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const string Ready = "Records serves on ";
    private readonly Process process;

    private ServerProcess(Process process, Uri address) =>
        (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>With the Health service alone.</summary>
    /// <inheritdoc cref="StartModules"/>
    public static Task<ServerProcess> Start(
        DatabaseOptions database,
        string folder,
        params IReadOnlyList<string> settings
    ) => StartModules("health", database, folder, settings);

    /// <param name="modules">As the command line has them: <c>health,education</c>.</param>
    /// <param name="folder">Where it stands; keys and exports go below it.</param>
    /// <param name="settings">Environment, as <c>Name=value</c>.</param>
    /// <exception cref="InvalidOperationException">It ended before it served; holds its last lines.</exception>
    public static Task<ServerProcess> StartModules(
        string modules,
        DatabaseOptions database,
        string folder,
        params IReadOnlyList<string> settings
    ) => Run(["--open", "--modules", modules], database, folder, settings);

    /// <param name="arguments">Of <c>serve</c>, beside the database and the address; none asks for sign-in as a real server does.</param>
    /// <param name="settings">Environment, as <c>Name=value</c>.</param>
    /// <param name="heard">Called with every line that it says.</param>
    /// <inheritdoc cref="StartModules"/>
    public static async Task<ServerProcess> Run(
        IReadOnlyList<string> arguments,
        DatabaseOptions database,
        string folder,
        IReadOnlyList<string> settings,
        Action<string>? heard = null
    )
    {
        var start = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "Interop.Host"),
            [
                "serve",
                .. arguments,
                "--urls",
                "http://127.0.0.1:0",
                "--database",
                database.Provider.ToString().ToLowerInvariant(),
                "--connection",
                database.Connection,
            ]
        )
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Logging__LogLevel__Default"] = "Error";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Error";
        foreach (var setting in settings)
        {
            var (name, value) = (setting.Split('=', 2)[0], setting.Split('=', 2)[1]);
            start.Environment[name] = value;
        }
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var said = new List<string>();
        var ready = new TaskCompletionSource<Uri?>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        process.ErrorDataReceived += (_, line) => Hear(said, line.Data, heard);
        process.OutputDataReceived += (_, line) =>
        {
            Hear(said, line.Data, heard);
            if (line.Data?.StartsWith(Ready, StringComparison.Ordinal) == true)
            {
                ready.TrySetResult(
                    new Uri(line.Data[Ready.Length..].Split([' ', ','])[0].TrimEnd('.'))
                );
            }
        };
        process.Exited += (_, _) => ready.TrySetResult(null);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        if (await ready.Task is { } address)
        {
            return new ServerProcess(process, address);
        }
        await process.WaitForExitAsync();
        using (process)
        {
            throw new InvalidOperationException(
                $"The server ended with {process.ExitCode}: {string.Join('\n', said.TakeLast(20))}"
            );
        }
    }

    public HttpClient NewClient(TimeSpan? timeout = null) =>
        new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
        {
            BaseAddress = Address,
            Timeout = timeout ?? TimeSpan.FromSeconds(60),
        };

    /// <summary>SIGKILL: no code of it runs any more.</summary>
    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await Kill();
        }
        process.Dispose();
    }

    private static void Hear(List<string> said, string? line, Action<string>? heard)
    {
        if (line is not null)
        {
            lock (said)
            {
                heard?.Invoke(line);
                said.Add(line);
                if (said.Count > 200)
                {
                    said.RemoveAt(0);
                }
            }
        }
    }
}
