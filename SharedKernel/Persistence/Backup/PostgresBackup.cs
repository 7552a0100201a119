using System.Data;
using System.Data.Common;
using System.Diagnostics;
using Npgsql;

namespace SharedKernel.Persistence.Backup;

/// <summary>
/// By pg_dump and pg_restore, whose version must not be older than the server's. The dump reads one exported snapshot
/// (https://www.postgresql.org/docs/15/functions-admin.html#FUNCTIONS-SNAPSHOT-SYNCHRONIZATION), so all schemas are of one moment.
/// </summary>
internal static class PostgresBackup
{
    private const string Archive = "postgres.dump";

    public static async Task Take(
        string connectionString,
        IReadOnlyList<string> schemas,
        string folder,
        string? tools,
        Func<string, DbConnection, Task> look,
        CancellationToken cancel
    )
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancel
        );
        var snapshot = (string)(await Scalar(connection, "SELECT pg_export_snapshot()", cancel))!;
        var present = await Schemas(connection, schemas, cancel);
        if (present.Count == 0)
        {
            throw new InvalidOperationException("There is no database of this program there.");
        }
        await Run(
            Tool("pg_dump", tools),
            [
                "--format=custom",
                "--compress=1",
                "--no-owner",
                "--no-privileges",
                "--snapshot=" + snapshot,
                .. present.Select(schema => "--schema=" + schema),
                "--file=" + Path.Combine(folder, Archive),
            ],
            connectionString,
            cancel
        );
        foreach (var schema in present)
        {
            await look(schema, connection);
        }
    }

    public static async Task<bool> HasData(
        string connectionString,
        IReadOnlyList<string> schemas,
        CancellationToken cancel
    )
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancel);
        return (await Schemas(connection, schemas, cancel)).Count > 0;
    }

    public static async Task PutBack(
        string folder,
        string connectionString,
        string? tools,
        CancellationToken cancel
    ) =>
        await Run(
            Tool("pg_restore", tools),
            [
                "--single-transaction",
                "--exit-on-error",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--no-privileges",
                "--dbname=" + new NpgsqlConnectionStringBuilder(connectionString).Database,
                Path.Combine(folder, Archive),
            ],
            connectionString,
            cancel
        );

    private static async Task<List<string>> Schemas(
        NpgsqlConnection connection,
        IReadOnlyList<string> schemas,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(
            "SELECT nspname::text FROM pg_namespace WHERE nspname = ANY(@wanted) ORDER BY 1",
            connection
        );
        command.Parameters.AddWithValue("wanted", schemas.ToArray());
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var found = new List<string>();
        while (await rows.ReadAsync(cancel))
        {
            found.Add(rows.GetString(0));
        }
        return found;
    }

    private static async Task<object?> Scalar(
        NpgsqlConnection connection,
        string sql,
        CancellationToken cancel
    )
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }

    private static string Tool(string name, string? folder)
    {
        if (OperatingSystem.IsWindows())
        {
            name += ".exe";
        }
        var places = folder is not null
            ? [folder]
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Concat(
                    Directory.Exists("/usr/lib/postgresql")
                        ? Directory
                            .EnumerateDirectories("/usr/lib/postgresql")
                            .OrderByDescending(place => place, StringComparer.Ordinal)
                            .Select(place => Path.Combine(place, "bin"))
                        : []
                );
        return places.Select(place => Path.Combine(place, name)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"{name} was not found: install PostgreSQL's client programs, or name their folder in Backup:PostgresTools."
            );
    }

    /// <summary>Credentials go by the environment, where no other user of the machine reads them.</summary>
    private static async Task Run(
        string tool,
        IReadOnlyList<string> arguments,
        string connectionString,
        CancellationToken cancel
    )
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo(tool, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PGHOST"] = server.Host;
        start.Environment["PGPORT"] = server.Port.ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
        start.Environment["PGDATABASE"] = server.Database;
        if (server.Username is not null)
        {
            start.Environment["PGUSER"] = server.Username;
        }
        if (server.Password is not null)
        {
            start.Environment["PGPASSWORD"] = server.Password;
        }
        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync(cancel);
            await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException(
                    $"{Path.GetFileName(tool)} ended with {process.ExitCode}: {(await said).Trim()}"
                );
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
