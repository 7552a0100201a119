using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Testing;

/// <summary>
/// A PostgreSQL of the test's own, for what cannot be done to the shared one: killing it, letting another follow it. It refuses to run
/// as root, so root lends it to the user <c>postgres</c>.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string User = "postgres";

    private readonly string folder = Directory.CreateTempSubdirectory("records-postgres-").FullName;
    private readonly int port = FreePort();

    private PostgresCluster() { }

    private string Data => Path.Combine(folder, "data");

    private string Log => Path.Combine(folder, "log");

    public string Connection => $"Host=127.0.0.1;Port={port};Username={User};Database=postgres";

    /// <summary>What must be changed of another cluster's connection string to reach this one.</summary>
    public string Address => $"Host=127.0.0.1;Port={port}";

    /// <summary>Folder of PostgreSQL's programs; null where it is not installed.</summary>
    public static string? Programs { get; } =
        (
            Directory.Exists("/usr/lib/postgresql")
                ? Directory
                    .GetDirectories("/usr/lib/postgresql")
                    .Select(version => Path.Combine(version, "bin"))
                    .Order(StringComparer.Ordinal)
                    .Reverse()
                : []
        )
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(path => File.Exists(Path.Combine(path, "initdb")));

    /// <summary>An empty one, which syncs what it commits.</summary>
    /// <param name="settings">Such as <c>log_statement=all</c>.</param>
    public static async Task<PostgresCluster> Start(params IReadOnlyList<string> settings)
    {
        var cluster = new PostgresCluster();
        await cluster.Own();
        await cluster.Run(
            "initdb",
            "-D",
            cluster.Data,
            "-A",
            "trust",
            "-U",
            User,
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync"
        );
        await File.AppendAllLinesAsync(
            Path.Combine(cluster.Data, "postgresql.auto.conf"),
            [
                "listen_addresses='127.0.0.1'",
                $"unix_socket_directories='{cluster.folder}'",
                "max_connections=300",
                .. settings,
            ]
        );
        await cluster.Start();
        return cluster;
    }

    /// <summary>Another one that follows this one by streaming and answers reads.</summary>
    public async Task<PostgresCluster> StartReplica()
    {
        var replica = new PostgresCluster();
        await replica.Own();
        await replica.Run(
            "pg_basebackup",
            "-D",
            replica.Data,
            "-R",
            "-c",
            "fast",
            "--no-sync",
            "-d",
            $"host=127.0.0.1 port={port} user={User}"
        );
        await replica.Start();
        return replica;
    }

    /// <summary>Starts it, again after a kill.</summary>
    public Task Start() =>
        Run(
            "pg_ctl",
            "-D",
            Data,
            "-l",
            Log,
            "-w",
            "-t",
            "120",
            "start",
            "-o",
            $"-p {port} -k {folder}"
        );

    /// <summary>SIGKILL to the postmaster first, so that it cannot tidy up, and to all its children.</summary>
    public async Task Kill()
    {
        var first = (await File.ReadAllLinesAsync(Path.Combine(Data, "postmaster.pid")))[0];
        var postmaster = int.Parse(first, CultureInfo.InvariantCulture);
        var children = ChildrenOf(postmaster);
        foreach (var id in children.Prepend(postmaster))
        {
            await Kill(id);
        }
    }

    public async Task<T?> Ask<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Connection + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    /// <summary>What it has logged since it was made.</summary>
    public Task<string[]> Logged() => File.ReadAllLinesAsync(Log);

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await Run("pg_ctl", "-D", Data, "-m", "immediate", "-w", "stop");
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task Own()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await Execute("chown", [User, folder]);
        }
    }

    private Task Run(string program, params string[] arguments)
    {
        var path = Path.Combine(
            Programs ?? throw new InvalidOperationException("PostgreSQL is not installed."),
            program
        );
        return Environment.IsPrivilegedProcess
            ? Execute("runuser", ["-u", User, "--", path, .. arguments])
            : Execute(path, arguments);
    }

    private async Task Execute(string program, IEnumerable<string> arguments)
    {
        // Its output goes to a file: the server inherits it, and a pipe would stay open as long as the server lives.
        var said = Path.Combine(folder, "said");
        var start = new ProcessStartInfo(
            "/bin/sh",
            [
                "-c",
                "said=$1; shift; exec \"$@\" >>\"$said\" 2>&1",
                "sh",
                said,
                program,
                .. arguments,
            ]
        )
        {
            WorkingDirectory = folder,
        };
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            var log = File.Exists(Log) ? (await Logged()).TakeLast(10) : [];
            throw new InvalidOperationException(
                $"{program} ended with {process.ExitCode}: {await File.ReadAllTextAsync(said)} {string.Join('\n', log)}"
            );
        }
    }

    private static async Task Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It had ended by itself: the postmaster was gone.
        }
    }

    private static List<int> ChildrenOf(int parent)
    {
        var children = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), out var id))
            {
                try
                {
                    // The name may hold blanks; the state and the parent follow its closing bracket.
                    var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                    var after = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                    if (int.Parse(after[1], CultureInfo.InvariantCulture) == parent)
                    {
                        children.Add(id);
                    }
                }
                catch (IOException)
                {
                    // It has just ended.
                }
            }
        }
        return children;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
