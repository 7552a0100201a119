using System.Data.Common;
using System.Globalization;
using System.Reflection;
using SharedKernel.Access.Audit;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Backup;

namespace Interop.Host.Backup;

/// <summary>
/// <c>backup</c>: the databases, the keys and the other files of a running system into a new folder. The folder holds keys and data together:
/// keep it as a vault is kept.
/// </summary>
internal static class TakeBackup
{
    public const string Databases = "databases";
    public const string Files = "files";

    /// <param name="folder">New or empty.</param>
    /// <exception cref="InvalidOperationException">The folder is not empty, or the database cannot be copied.</exception>
    public static async Task<Manifest> Run(
        IServiceProvider services,
        string folder,
        CancellationToken cancel
    )
    {
        var options = services.GetRequiredService<HostOptions>();
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new InvalidOperationException(
                $"{folder} is not empty; a backup takes a new folder."
            );
        }
        OwnerOnly.Folder(folder);
        var databases = Directory.CreateDirectory(Path.Combine(folder, Databases)).FullName;
        var began = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var migrations = new SortedDictionary<string, IReadOnlyList<string>>(
            StringComparer.Ordinal
        );
        TrailHead? head = null;
        await DatabaseBackup.Take(
            options.Database,
            [.. services.GetServices<ModuleDatabase>().Select(module => module.Schema)],
            databases,
            services.GetRequiredService<IConfiguration>()["Backup:PostgresTools"],
            async (schema, connection) =>
            {
                migrations[schema] = await Read(
                    connection,
                    $"SELECT \"MigrationId\" FROM {Table("__migrations")} ORDER BY 1",
                    row => row.GetString(0),
                    cancel
                );
                if (schema == AuditDb.SchemaName)
                {
                    head = (
                        await Read(
                            connection,
                            $"SELECT \"Sequence\", \"Hash\" FROM {Table("head")}",
                            row => new TrailHead(
                                row.GetInt64(0),
                                Convert.ToHexStringLower(row.GetFieldValue<byte[]>(1))
                            ),
                            cancel
                        )
                    ).FirstOrDefault();
                }

                string Table(string name) =>
                    options.Database.Provider is DatabaseProvider.Sqlite
                        ? $"\"{name}\""
                        : $"\"{schema}\".\"{name}\"";
            },
            cancel
        );
        // After the databases: a key that sealed anything in them is in the ring that is copied now.
        CopyFiles(options.DataFolder, Path.Combine(folder, Files), folder);
        var files = new List<BackedUpFile>();
        foreach (
            var file in Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
        )
        {
            files.Add(await BackedUpFile.Of(folder, file, cancel));
        }
        var manifest = new Manifest(
            Manifest.PresentFormat,
            Version,
            began,
            options.Database.Provider,
            migrations,
            head,
            files
        );
        var text = manifest.ToBytes();
        // The manifest is last: a folder without one is a backup that did not end.
        OwnerOnly.Write(
            Path.Combine(folder, Manifest.SignatureName),
            Convert.ToBase64String(services.GetRequiredService<AuditKey>().Sign(text))
        );
        OwnerOnly.Write(
            Path.Combine(folder, Manifest.FileName),
            System.Text.Encoding.UTF8.GetString(text)
        );
        return manifest;
    }

    public static string Version { get; } =
        typeof(TakeBackup)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "unknown";

    /// <summary>Whether a file of the data folder is a part of a database, which is copied by the database itself.</summary>
    private static bool IsDatabase(string file) =>
        Path.GetFileName(file) is var name
        && (
            name.EndsWith(".db", StringComparison.Ordinal)
            || name.EndsWith(".db-wal", StringComparison.Ordinal)
            || name.EndsWith(".db-shm", StringComparison.Ordinal)
        );

    private static void CopyFiles(string data, string into, string backup)
    {
        if (!Directory.Exists(data))
        {
            return;
        }
        var own = Path.GetFullPath(backup) + Path.DirectorySeparatorChar;
        foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories))
        {
            var relative = Path.GetRelativePath(data, file);
            if (
                IsDatabase(file)
                || relative.StartsWith("replaced-", StringComparison.Ordinal)
                || Path.GetFullPath(file).StartsWith(own, StringComparison.Ordinal)
            )
            {
                continue;
            }
            var copy = Path.Combine(into, relative);
            OwnerOnly.Folder(Path.GetDirectoryName(copy)!);
            try
            {
                File.Copy(file, copy);
            }
            catch (FileNotFoundException)
            {
                // Made and removed while the folder was read, such as an export that was being written.
            }
        }
    }

    private static async Task<List<T>> Read<T>(
        DbConnection connection,
        string sql,
        Func<DbDataReader, T> read,
        CancellationToken cancel
    )
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync(cancel);
        var found = new List<T>();
        while (await rows.ReadAsync(cancel))
        {
            found.Add(read(rows));
        }
        return found;
    }
}
