using System.Data.Common;

namespace SharedKernel.Persistence.Backup;

/// <summary>
/// A copy of all databases of a running system, as they were at one moment: whatever was acknowledged before it began is in it, and no
/// transaction by half. What a crash at that moment would have left, this keeps.
/// </summary>
public static class DatabaseBackup
{
    /// <param name="schemas">Of the modules; on SQLite every database file of the data folder is copied, also the scheduler's.</param>
    /// <param name="folder">Empty; gets one file for each SQLite database, or one archive of pg_dump.</param>
    /// <param name="tools">Folder of pg_dump; null looks on the path and where Debian has it.</param>
    /// <param name="look">Is shown each schema's tables in the very state that was copied.</param>
    /// <exception cref="InvalidOperationException">The database cannot be copied; says why.</exception>
    public static Task Take(
        DatabaseOptions database,
        IReadOnlyList<string> schemas,
        string folder,
        string? tools,
        Func<string, DbConnection, Task> look,
        CancellationToken cancel = default
    ) =>
        database.Provider switch
        {
            DatabaseProvider.Sqlite => SqliteBackup.Take(
                database.Connection,
                schemas,
                folder,
                look,
                cancel
            ),
            DatabaseProvider.Postgres => PostgresBackup.Take(
                database.Connection,
                schemas,
                folder,
                tools,
                look,
                cancel
            ),
            _ => throw new InvalidOperationException(
                "A SQL Server is backed up by its own BACKUP DATABASE; this program copies SQLite and PostgreSQL."
            ),
        };

    /// <summary>Whether there are data that a restore would overwrite.</summary>
    public static Task<bool> HasData(
        DatabaseOptions database,
        IReadOnlyList<string> schemas,
        CancellationToken cancel = default
    ) =>
        database.Provider is DatabaseProvider.Postgres
            ? PostgresBackup.HasData(database.Connection, schemas, cancel)
            : Task.FromResult(SqliteBackup.HasData(database.Connection));

    /// <summary>Puts a copy in place. Of PostgreSQL all or nothing; of SQLite what was there is moved into <c>replaced-…</c> beside it.</summary>
    /// <exception cref="InvalidOperationException">The copy cannot be put there, such as while a server has the files open.</exception>
    public static Task PutBack(
        DatabaseOptions database,
        string folder,
        string? tools,
        TimeProvider clock,
        CancellationToken cancel = default
    ) =>
        database.Provider switch
        {
            DatabaseProvider.Sqlite => SqliteBackup.PutBack(
                folder,
                database.Connection,
                clock,
                cancel
            ),
            DatabaseProvider.Postgres => PostgresBackup.PutBack(
                folder,
                database.Connection,
                tools,
                cancel
            ),
            _ => throw new InvalidOperationException(
                "A SQL Server is restored by its own RESTORE DATABASE."
            ),
        };
}
