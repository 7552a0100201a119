using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Persistence;

/// <summary>
/// What a start must know of a module's database, asked past EF Core: building a context's model costs a third of a second of
/// processor, and nearly every start finds nothing to migrate and no event waiting.
/// </summary>
public static class SchemaState
{
    /// <summary>Every migration of the context has been applied. False for a database that does not exist yet.</summary>
    public static async Task<bool> IsCurrent(
        ModuleDb db,
        DatabaseOptions database,
        CancellationToken cancel = default
    )
    {
        var applied = new HashSet<string>();
        try
        {
            await Read(
                database,
                db.Schema,
                table => $"SELECT {Quote("MigrationId")} FROM {table("__migrations")}",
                row => applied.Add(row.GetString(0)),
                cancel
            );
        }
        catch (DbException)
        {
            return false;
        }
        return Migrations(db.GetType()).All(applied.Contains);
    }

    /// <summary>Some version of the module has been installed: its database holds its history of migrations.</summary>
    public static async Task<bool> Exists(
        DatabaseOptions database,
        string schema,
        CancellationToken cancel = default
    )
    {
        var exists = false;
        try
        {
            await Read(
                database,
                schema,
                table => $"SELECT COUNT(*) FROM {table("__migrations")}",
                row => exists = Convert.ToInt64(row.GetValue(0), CultureInfo.InvariantCulture) > 0,
                cancel
            );
        }
        catch (DbException)
        {
            return false;
        }
        return exists;
    }

    /// <summary>An event of the module has not reached its handlers.</summary>
    /// <param name="elsewhere">Parts that run in another process: copies for them wait for it.</param>
    public static async Task<bool> HasWaitingEvents(
        DatabaseOptions database,
        string schema,
        IEnumerable<string> elsewhere,
        CancellationToken cancel = default
    )
    {
        var here = string.Concat(
            elsewhere.Select(part =>
                $" AND {Quote("Type")} NOT LIKE '%{OutboxMessage.Ending(part)}'"
            )
        );
        var waiting = false;
        await Read(
            database,
            schema,
            table =>
                $"SELECT CASE WHEN EXISTS (SELECT 1 FROM {table("outbox")} WHERE {Quote("DispatchedAt")} IS NULL{here}) THEN 1 ELSE 0 END",
            row => waiting = row.GetInt32(0) == 1,
            cancel
        );
        return waiting;
    }

    /// <summary>The first text or bytes in a column; null where there is none, or no such database yet.</summary>
    public static async Task<object?> FirstIn(
        DatabaseOptions database,
        SealedColumn column,
        CancellationToken cancel = default
    )
    {
        object? first = null;
        var (top, limit) =
            database.Provider is DatabaseProvider.SqlServer ? ("TOP 1 ", "") : ("", " LIMIT 1");
        try
        {
            await Read(
                database,
                column.Schema,
                table =>
                    $"SELECT {top}{Quote(column.Column)} FROM {table(column.Table)} WHERE {Quote(column.Column)} IS NOT NULL{limit}",
                row => first = row.GetValue(0),
                cancel
            );
        }
        catch (DbException error) when (Providers.HasNoSuchPlace(error))
        {
            return null;
        }
        return first;
    }

    private static async Task Read(
        DatabaseOptions database,
        string schema,
        Func<Func<string, string>, string> query,
        Action<DbDataReader> each,
        CancellationToken cancel
    )
    {
        if (
            database.Provider is DatabaseProvider.Sqlite
            && !File.Exists(Path.Combine(database.Connection, schema + ".db"))
        )
        {
            return;
        }
        await using var connection = Providers.Connect(database, schema);
        await connection.OpenAsync(cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = query(table =>
            database.Provider is DatabaseProvider.Sqlite
                ? Quote(table)
                : $"{Quote(schema)}.{Quote(table)}"
        );
        await using var rows = await command.ExecuteReaderAsync(cancel);
        while (await rows.ReadAsync(cancel))
        {
            each(rows);
        }
    }

    private static IEnumerable<string> Migrations(Type context) =>
        context
            .Assembly.GetTypes()
            .Where(type => type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
            .OfType<string>();

    // All three databases take the standard's quotes (SQL Server by its default QUOTED_IDENTIFIER ON).
    private static string Quote(string name) => $"\"{name}\"";
}
