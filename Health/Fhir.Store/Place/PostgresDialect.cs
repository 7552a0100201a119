using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Place;

/// <summary>PostgreSQL: rows travel as one array per column; row locks and unique keys decide between hosts.</summary>
internal sealed class PostgresDialect : Dialect
{
    public PostgresDialect(DatabaseOptions database)
        : base(database with { Connection = Tuned(database.Connection) }) { }

    /// <summary>Only this dialect uses these connections, and it leaves nothing behind in their sessions that must be reset.</summary>
    private static string Tuned(string connection)
    {
        var tuned = new NpgsqlConnectionStringBuilder(connection)
        {
            MaxAutoPrepare = 300,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        // Compiling a long condition takes longer than running it.
        tuned.Options ??= "-c jit=off";
        return tuned.ToString();
    }

    public override string Schema => FhirDb.SchemaName + ".";

    public override bool Shared => true;

    public override bool HasLinks => true;

    public override async Task<Session> OpenReader(CancellationToken cancel) => await Open(cancel);

    public override async Task<Session> OpenWriter(CancellationToken cancel) => await Open(cancel);

    public override PostgresReplica Replica(string differs) => new(Database, differs);

    public override IReadOnlyList<string> IndexTables =>
        ["token_posting", "reference_posting", "date", "quantity", "string", "composite"];

    public override string IsAnyOf(string column, string bound) => $"{column} = ANY({bound})";

    public override object KeyList(List<long> keys) => keys.ToArray();

    public override bool IsRetryable(Exception error) =>
        error
            is PostgresException
            {
                SqlState: PostgresErrorCodes.UniqueViolation
                    or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.SerializationFailure
                    or PostgresErrorCodes.LockNotAvailable
            };

    public override bool IsCancelled(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }
        || error is NpgsqlException { InnerException: TimeoutException };

    private async Task<PostgresSession> Open(CancellationToken cancel)
    {
        var connection = (NpgsqlConnection)Providers.Connect(Database, FhirDb.SchemaName);
        await connection.OpenAsync(cancel);
        return new PostgresSession(connection);
    }
}

internal sealed class PostgresSession(NpgsqlConnection connection) : Session
{
    public override DbConnection Connection => connection;

    public override async Task Begin(CancellationToken cancel) =>
        Transaction = await connection.BeginTransactionAsync(cancel);

    public override DbCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var at = 0; at < values.Length; at++)
        {
            command.Parameters.AddWithValue($"{at}", values[at]);
        }
        return command;
    }

    public override Task Insert(Columns rows, CancellationToken cancel) =>
        Run(
            rows,
            Postings.Holds(rows)
                ? Postings.Insert(rows)
                : $"INSERT INTO {Name(rows)} ({List(rows)}) SELECT {Values(rows)} FROM unnest({Arrays(rows)}) k({Aliases(rows)}){InOrder(rows)}",
            cancel
        );

    public override Task InsertMissing(Columns rows, CancellationToken cancel) =>
        Run(
            rows,
            $"INSERT INTO {Name(rows)} ({List(rows)}) SELECT * FROM unnest({Arrays(rows)}) ON CONFLICT DO NOTHING",
            cancel
        );

    public override async Task Delete(Columns rows, CancellationToken cancel)
    {
        if (!Postings.Holds(rows))
        {
            await Run(
                rows,
                $"DELETE FROM {Name(rows)} t USING unnest({Arrays(rows)}) k({Aliases(rows)}) WHERE {Matches(rows, rows.Names.Length)}",
                cancel
            );
            return;
        }
        await Run(rows, Postings.Remove(rows), cancel);
        await Run(rows, Postings.RemoveEmpty(rows), cancel);
    }

    public override Task Update(Columns rows, int keys, CancellationToken cancel) =>
        Run(
            rows,
            $"UPDATE {Name(rows)} t SET {string.Join(", ", rows.Names.Select((name, at) => $"\"{name}\" = {Value(rows, at)}").Skip(keys))} FROM unnest({Arrays(rows)}) k({Aliases(rows)}) WHERE {Matches(rows, keys)}",
            cancel
        );

    public override async Task Lookup(
        Columns keys,
        string select,
        Action<int, DbDataReader, int> each,
        bool lockRows,
        CancellationToken cancel
    )
    {
        if (keys.Count == 0)
        {
            return;
        }
        var columns = string.Join(", ", select.Split(", ").Select(column => "t." + column));
        var locking = lockRows ? $" ORDER BY t.{select.Split(", ")[0]} FOR UPDATE OF t" : "";
        await using var command = With(
            keys,
            $"SELECT k.n, {columns} FROM unnest({Arrays(keys)}) WITH ORDINALITY k({Aliases(keys)}, n) JOIN {Name(keys)} t ON {Matches(keys, keys.Names.Length)}{locking}"
        );
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            each((int)reader.GetInt64(0) - 1, reader, 1);
        }
    }

    public override async Task LockConditions(
        IEnumerable<string> conditions,
        CancellationToken cancel
    )
    {
        var locks = conditions
            .Select(condition =>
                BinaryPrimitives.ReadInt64LittleEndian(
                    SHA256.HashData(Encoding.UTF8.GetBytes(condition))
                )
            )
            .Distinct()
            .Order();
        foreach (var number in locks)
        {
            await using var command = Command("SELECT pg_advisory_xact_lock(@0)", number);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    // Any number that no condition's hash is likely to be.
    private const long DefinitionsLock = 0x5EA2C4;

    public override async Task LockDefinitions(bool toChange, CancellationToken cancel)
    {
        await using var command = Command(
            $"SELECT pg_advisory_xact_lock{(toChange ? "" : "_shared")}({DefinitionsLock})"
        );
        await command.ExecuteNonQueryAsync(cancel);
    }

    public override bool ChangedByOthers() => false;

    public override async ValueTask DisposeAsync()
    {
        await Rollback();
        await connection.DisposeAsync();
    }

    private async Task Run(Columns rows, string sql, CancellationToken cancel)
    {
        if (rows.Count > 0)
        {
            await using var command = With(rows, sql);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private DbCommand With(Columns rows, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var column = 0; column < rows.Kinds.Length; column++)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = rows.ToArray(column) });
        }
        return command;
    }

    // Pages of a tree that grow in the order of the key are packed full.
    private static string InOrder(Columns rows) => rows.Names[0] == "key" ? " ORDER BY c0" : "";

    private static string Values(Columns rows) =>
        string.Join(", ", rows.Names.Select((_, at) => Value(rows, at)));

    private static string Value(Columns rows, int at) =>
        rows.Kinds[at] is ColumnKind.Longs ? $"k.c{at}::bigint[]" : $"k.c{at}";

    private static string Name(Columns rows) => $"{FhirDb.SchemaName}.\"{rows.Table}\"";

    private static string List(Columns rows) =>
        string.Join(", ", rows.Names.Select(name => $"\"{name}\""));

    private static string Arrays(Columns rows) =>
        string.Join(", ", Enumerable.Range(1, rows.Names.Length).Select(at => $"${at}"));

    private static string Aliases(Columns rows) =>
        string.Join(", ", rows.Names.Select((_, at) => $"c{at}"));

    private static string Matches(Columns rows, int keys) =>
        string.Join(" AND ", rows.Names.Take(keys).Select((name, at) => $"t.\"{name}\" = k.c{at}"));
}
