using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using SharedKernel.Persistence;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Health.Fhir.Store.Place;

/// <summary>SQLite: one writer, many readers. Bulk rows go through the C API, without a parameter object per value.</summary>
internal sealed class SqliteDialect(DatabaseOptions database) : Dialect(database)
{
    private readonly ConcurrentBag<SqliteSession> idle = [];

    public override string Schema => "";

    public override bool Shared => false;

    public override Task<Session> OpenReader(CancellationToken cancel)
    {
        if (!idle.TryTake(out var session))
        {
            session = new SqliteSession(Open("PRAGMA query_only = 1"), idle.Add);
        }
        return Task.FromResult<Session>(session);
    }

    // FULL: a commit returns after the log is on disk. That is what an acknowledged write means.
    public override Task<Session> OpenWriter(CancellationToken cancel) =>
        Task.FromResult<Session>(
            new SqliteSession(
                Open(
                    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -65536"
                ),
                null
            )
        );

    public override string IsAnyOf(string column, string bound) =>
        $"{column} IN (SELECT value FROM json_each({bound}))";

    public override object KeyList(List<long> keys) => $"[{string.Join(',', keys)}]";

    public override bool IsRetryable(Exception error) =>
        error is SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED };

    public override bool IsCancelled(Exception error) =>
        error is SqliteException { SqliteErrorCode: SQLITE_INTERRUPT };

    private SqliteConnection Open(string pragmas)
    {
        var connection = (SqliteConnection)Providers.Connect(Database, FhirDb.SchemaName);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            pragmas + "; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = MEMORY";
        command.ExecuteNonQuery();
        return connection;
    }
}

internal sealed class SqliteSession(SqliteConnection connection, Action<SqliteSession>? giveBack)
    : Session
{
    private readonly Dictionary<string, KeptCommand> commands = [];
    private readonly Dictionary<string, sqlite3_stmt> statements = [];
    private long dataVersion = -1;

    public override DbConnection Connection => connection;

    public override Task Begin(CancellationToken cancel)
    {
        Transaction = connection.BeginTransaction(deferred: false);
        return Task.CompletedTask;
    }

    public override DbCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            if (commands.Count > 500)
            {
                foreach (var old in commands.Values)
                {
                    old.Discard();
                }
                commands.Clear();
            }
            commands[sql] = command = new KeptCommand(sql, connection);
        }
        command.Transaction = (SqliteTransaction?)Transaction;
        command.Parameters.Clear();
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.AddWithValue($"@{at}", values[at]);
        }
        return command;
    }

    public override Task Insert(Columns rows, CancellationToken cancel) =>
        Each(rows, $"INSERT INTO \"{rows.Table}\" ({List(rows)}) VALUES ({Marks(rows)})");

    public override Task InsertMissing(Columns rows, CancellationToken cancel) =>
        Each(rows, $"INSERT OR IGNORE INTO \"{rows.Table}\" ({List(rows)}) VALUES ({Marks(rows)})");

    public override Task Delete(Columns rows, CancellationToken cancel) =>
        Each(
            rows,
            $"DELETE FROM \"{rows.Table}\" WHERE {string.Join(" AND ", rows.Names.Select((name, at) => $"\"{name}\" = ?{at + 1}"))}"
        );

    public override Task Update(Columns rows, int keys, CancellationToken cancel) =>
        Each(
            rows,
            $"UPDATE \"{rows.Table}\" SET {string.Join(", ", rows.Names.Select((name, at) => $"\"{name}\" = ?{at + 1}").Skip(keys))} WHERE {string.Join(" AND ", rows.Names.Select((name, at) => $"\"{name}\" = ?{at + 1}").Take(keys))}"
        );

    public override Task Lookup(
        Columns keys,
        string select,
        Action<int, DbDataReader, int> each,
        bool lockRows,
        CancellationToken cancel
    )
    {
        var sql =
            $"SELECT {select} FROM \"{keys.Table}\" WHERE {string.Join(" AND ", keys.Names.Select((name, at) => $"\"{name}\" = @{at}"))}";
        var values = new object[keys.Names.Length];
        for (var row = 0; row < keys.Count; row++)
        {
            for (var column = 0; column < values.Length; column++)
            {
                values[column] = keys.Kinds[column] switch
                {
                    ColumnKind.Text => keys.Text(column, row),
                    ColumnKind.Bytes => keys.Bytes(column, row),
                    ColumnKind.Double => keys.Double(column, row),
                    _ => keys.Long(column, row),
                };
            }
            using var reader = Command(sql, values).ExecuteReader();
            while (reader.Read())
            {
                each(row, reader, 0);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>BEGIN IMMEDIATE already keeps every other writer out.</summary>
    public override Task LockConditions(IEnumerable<string> conditions, CancellationToken cancel) =>
        Task.CompletedTask;

    public override bool ChangedByOthers()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        var now = (long)command.ExecuteScalar()!;
        var changed = dataVersion != -1 && now != dataVersion;
        dataVersion = now;
        return changed;
    }

    public override void Interrupt() => sqlite3_interrupt(connection.Handle);

    public override async ValueTask DisposeAsync()
    {
        if (giveBack is not null)
        {
            await Rollback();
            giveBack(this);
            return;
        }
        foreach (var statement in statements.Values)
        {
            sqlite3_finalize(statement);
        }
        foreach (var command in commands.Values)
        {
            command.Discard();
        }
        await connection.DisposeAsync();
    }

    private Task Each(Columns rows, string sql)
    {
        if (rows.Count == 0)
        {
            return Task.CompletedTask;
        }
        if (!statements.TryGetValue(sql, out var statement))
        {
            Check(sqlite3_prepare_v2(connection.Handle, sql, out statement));
            statements[sql] = statement;
        }
        // Neighbours in a tree go in one after the other: its pages are found and changed once.
        foreach (var row in rows.InOrder())
        {
            for (var column = 0; column < rows.Kinds.Length; column++)
            {
                switch (rows.Kinds[column])
                {
                    case ColumnKind.Text:
                        sqlite3_bind_text(statement, column + 1, rows.Text(column, row));
                        break;
                    case ColumnKind.Bytes:
                        sqlite3_bind_blob(statement, column + 1, rows.Bytes(column, row));
                        break;
                    case ColumnKind.Double:
                        sqlite3_bind_double(statement, column + 1, rows.Double(column, row));
                        break;
                    default:
                        sqlite3_bind_int64(statement, column + 1, rows.Long(column, row));
                        break;
                }
            }
            var result = sqlite3_step(statement);
            sqlite3_reset(statement);
            if (result != SQLITE_DONE)
            {
                Check(result);
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Keeps its prepared statement when a caller disposes of it: preparing costs more than most searches.</summary>
    private sealed class KeptCommand(string sql, SqliteConnection connection)
        : SqliteCommand(sql, connection)
    {
        public void Discard() => base.Dispose(true);

        protected override void Dispose(bool disposing) { }
    }

    private void Check(int result) =>
        SqliteException.ThrowExceptionForRC(result, connection.Handle);

    private static string List(Columns rows) =>
        string.Join(", ", rows.Names.Select(name => $"\"{name}\""));

    private static string Marks(Columns rows) =>
        string.Join(", ", Enumerable.Range(1, rows.Names.Length).Select(at => $"?{at}"));
}
