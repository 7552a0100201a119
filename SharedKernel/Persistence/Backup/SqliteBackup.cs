using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace SharedKernel.Persistence.Backup;

/// <summary>By SQLite's online backup, which lets readers and writers go on (https://sqlite.org/backup.html).</summary>
internal static class SqliteBackup
{
    /// <summary>Audit rows follow the changes they tell of, so the trail is looked at last: no change is without its row.</summary>
    private const string Last = "audit.db";

    public static async Task Take(
        string data,
        IReadOnlyList<string> schemas,
        string folder,
        Func<string, DbConnection, Task> look,
        CancellationToken cancel
    )
    {
        var files = Databases(data);
        if (files.Count == 0)
        {
            throw new InvalidOperationException($"There is no database in {data}.");
        }
        var sources = new List<(string File, SqliteConnection Connection)>();
        try
        {
            // A read transaction holds the state of its file. All are begun before the first page is copied.
            foreach (var file in files)
            {
                var connection = Open(file, SqliteOpenMode.ReadWrite);
                sources.Add((file, connection));
                await connection.OpenAsync(cancel);
                await Run(connection, "BEGIN", cancel);
                await Run(connection, "SELECT COUNT(*) FROM sqlite_master", cancel);
            }
            foreach (var (file, source) in sources)
            {
                cancel.ThrowIfCancellationRequested();
                await using var copy = Open(
                    Path.Combine(folder, Path.GetFileName(file)),
                    SqliteOpenMode.ReadWriteCreate
                );
                await copy.OpenAsync(cancel);
                source.BackupDatabase(copy);
                var schema = Path.GetFileNameWithoutExtension(file);
                if (schemas.Contains(schema))
                {
                    await look(schema, copy);
                }
            }
        }
        finally
        {
            foreach (var (_, connection) in sources)
            {
                await connection.DisposeAsync();
            }
        }
    }

    public static bool HasData(string data) => Databases(data).Count > 0;

    public static async Task PutBack(
        string folder,
        string data,
        TimeProvider clock,
        CancellationToken cancel
    )
    {
        Directory.CreateDirectory(data);
        var old = Databases(data);
        if (old.Count > 0)
        {
            foreach (var file in old)
            {
                await RefuseWhileOpen(file, cancel);
            }
            var aside = Path.Combine(
                data,
                "replaced-"
                    + clock.GetUtcNow().ToString("yyyyMMdd-HHmmssfff", CultureInfo.InvariantCulture)
            );
            Directory.CreateDirectory(aside);
            foreach (
                var file in old.SelectMany(file => new[] { file, file + "-wal", file + "-shm" })
                    .Where(File.Exists)
            )
            {
                File.Move(file, Path.Combine(aside, Path.GetFileName(file)));
            }
        }
        foreach (var file in Databases(folder))
        {
            cancel.ThrowIfCancellationRequested();
            var place = Path.Combine(data, Path.GetFileName(file));
            File.Copy(file, place + ".part", overwrite: true);
            File.Move(place + ".part", place);
        }
    }

    private static List<string> Databases(string folder) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(folder, "*.db")
                    .OrderBy(file => Path.GetFileName(file) == Last)
                    .ThenBy(file => file, StringComparer.Ordinal),
            ]
            : [];

    /// <summary>In WAL mode only a connection that is alone can lock the file for itself.</summary>
    private static async Task RefuseWhileOpen(string file, CancellationToken cancel)
    {
        await using var connection = Open(file, SqliteOpenMode.ReadWrite);
        connection.DefaultTimeout = 1;
        try
        {
            await connection.OpenAsync(cancel);
            await Run(connection, "PRAGMA locking_mode = EXCLUSIVE", cancel);
            await Run(connection, "BEGIN EXCLUSIVE", cancel);
            await Run(connection, "ROLLBACK", cancel);
        }
        catch (SqliteException error) when (error.SqliteErrorCode is 5 or 6)
        {
            throw new InvalidOperationException(
                $"{file} is open: stop the server that uses it, then restore."
            );
        }
        catch (SqliteException)
        {
            // Damaged: that may be why a backup is being restored.
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode) =>
        new(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                Mode = mode,
                Pooling = false,
                DefaultTimeout = 30,
            }.ToString()
        );

    private static async Task Run(SqliteConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteScalarAsync(cancel);
    }
}
