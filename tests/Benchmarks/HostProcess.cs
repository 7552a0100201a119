using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using SharedKernel.Persistence;

namespace Benchmarks;

/// <summary>A server in a process of its own, with a client that speaks to it.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private bool disposed;

    private HostProcess(Func<string, ProcessStartInfo> start, string? database)
    {
        var url = $"http://127.0.0.1:{FreePort()}";
        var info = start(url);
        info.RedirectStandardOutput = true;
        info.WorkingDirectory = Path.GetTempPath();
        process = Process.Start(info)!;
        process.BeginOutputReadLine();
        Cpu = new CpuClock(process, database);
        Client = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
        Client.DefaultRequestHeaders.Accept.Add(
            new MediaTypeWithQualityHeaderValue("application/fhir+json")
        );
    }

    public CpuClock Cpu { get; }
    public HttpClient Client { get; }

    /// <summary>The host as it is served, with every part, without sign-in; <c>$import</c> may read from the folder. Answers already.</summary>
    public static async Task<HostProcess> Start(
        string program,
        DatabaseOptions database,
        string folder
    )
    {
        var host = new HostProcess(
            url => new ProcessStartInfo(
                "dotnet",
                [
                    program,
                    "serve",
                    "--open",
                    "--urls",
                    url,
                    "--database",
                    database.Provider.ToString(),
                    "--connection",
                    database.Connection,
                ]
            )
            {
                Environment = { ["fhir__jobs__importFolder"] = folder },
            },
            BenchmarkData.NameOf(database)
        );
        await host.Answers("/fhir/metadata");
        return host;
    }

    /// <summary>Kestrel alone with the bytes of a file.</summary>
    public static HostProcess Bare(string file) =>
        new(
            url => new ProcessStartInfo(
                "dotnet",
                [typeof(HostProcess).Assembly.Location, "fhir-floor", file, url]
            ),
            null
        );

    public long Resident()
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    public async Task Answers(string path)
    {
        for (var until = Stopwatch.StartNew(); until.Elapsed.TotalMinutes < 5; )
        {
            try
            {
                await Client.GetByteArrayAsync(path);
                return;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(20);
            }
        }
        throw new TimeoutException($"{Client.BaseAddress} does not answer.");
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        Client.Dispose();
        // What is acknowledged is on disk: nothing is lost by not asking politely.
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
