using System.Data.Common;
using System.Diagnostics;
using Health.Fhir.Store;
using Microsoft.Data.Sqlite;
using Npgsql;
using SharedKernel.Persistence;

namespace Benchmarks;

/// <summary>
/// The floor of an import: the rows that it made, put into the same tables with the same indexes by statements that do nothing
/// else. Twice: in the order in which they came, committed durably every 500 resources, as an import must; and each table at once in the
/// order of its key, which is the least that the database needs.
/// </summary>
internal static class BareInsert
{
    private const int ResourcesAtOnce = 500;

    /// <summary>CPU milliseconds for all rows, of this process and of the database.</summary>
    public static async Task<(double AsTheyCame, double InOrder)> Measure(DatabaseOptions database)
    {
        await using var connection = Providers.Connect(database, FhirDb.SchemaName);
        await connection.OpenAsync();
        var floor =
            connection is SqliteConnection
                ? new Sqlite(connection) as Floor
                : new Postgres((NpgsqlConnection)connection);
        using var process = Process.GetCurrentProcess();
        var cpu = new CpuClock(process, BenchmarkData.NameOf(database));
        await floor.Prepare();
        cpu.Restart();
        await floor.InOrder();
        var (own, server) = cpu.Elapsed();
        await floor.Prepare();
        var rows = await floor.Rows();
        cpu.Restart();
        foreach (var some in rows.Chunk(ResourcesAtOnce))
        {
            await floor.Insert(some);
        }
        var (ownThen, serverThen) = cpu.Elapsed();
        await floor.Remove();
        return (ownThen + serverThen, own + server);
    }

    /// <summary>Rows of one resource, by table.</summary>
    private sealed record OfResource(object[][][] Tables);

    private abstract class Floor(DbConnection connection)
    {
        protected abstract string[] Tables { get; }
        protected abstract string From { get; }
        protected abstract string To { get; }

        /// <summary>Columns of a table's key, where an order differs from that of the rows.</summary>
        protected abstract string KeyOf(string table);

        /// <summary>Makes the tables empty.</summary>
        public abstract Task Prepare();

        public abstract Task Insert(OfResource[] resources);

        public abstract Task Remove();

        public virtual async Task InOrder()
        {
            await Execute("BEGIN");
            foreach (var table in Tables)
            {
                await Execute(
                    $"INSERT INTO {To}\"{table}\" SELECT * FROM {From}\"{table}\" ORDER BY {KeyOf(table)}"
                );
            }
            await Execute("COMMIT");
        }

        /// <summary>All rows in memory, by resource, in the order in which they were written.</summary>
        public async Task<List<OfResource>> Rows()
        {
            var order = new List<long>();
            await Read(
                $"SELECT key FROM {From}\"resource\" ORDER BY updated, key",
                row => order.Add(row.GetInt64(0))
            );
            var rows = order.ToDictionary(key => key, _ => new List<object[]>[Tables.Length]);
            for (var table = 0; table < Tables.Length; table++)
            {
                var at = table;
                await Read(
                    $"SELECT key, t.* FROM {From}\"{Tables[table]}\" t",
                    row =>
                    {
                        var values = new object[row.FieldCount];
                        row.GetValues(values);
                        (rows[(long)values[0]][at] ??= []).Add(values[1..]);
                    }
                );
            }
            return
            [
                .. order.Select(key => new OfResource([
                    .. rows[key].Select(table => table?.ToArray() ?? []),
                ])),
            ];
        }

        protected async Task Read(string sql, Action<DbDataReader> each)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                each(row);
            }
        }

        protected async Task Execute(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.CommandTimeout = 0;
            await command.ExecuteNonQueryAsync();
        }
    }

    private sealed class Sqlite(DbConnection connection) : Floor(connection)
    {
        private readonly DbConnection connection = connection;
        private readonly Dictionary<string, DbCommand> commands = [];

        protected override string[] Tables =>
            ["resource", "token", "reference", "date", "quantity", "string", "composite"];

        protected override string From => "main.";
        protected override string To => "floor.";

        protected override string KeyOf(string table) =>
            table switch
            {
                "resource" => "key",
                "token" => "parameter, code, compartment, key",
                "reference" => "parameter, target, compartment, key",
                "string" => "parameter, normalised, compartment, key",
                "composite" => "parameter, first, compartment, key",
                _ => "compartment, parameter, key",
            };

        public override async Task Prepare()
        {
            await Remove();
            await Execute(
                $"ATTACH '{FileName}' AS floor; PRAGMA floor.journal_mode = WAL; PRAGMA floor.synchronous = FULL; PRAGMA floor.cache_size = -65536"
            );
            var statements = new List<string>();
            await Read(
                "SELECT sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND type IN ('table', 'index') ORDER BY type DESC",
                row => statements.Add(row.GetString(0))
            );
            foreach (var sql in statements)
            {
                await Execute(
                    sql.Replace(
                            "CREATE TABLE \"",
                            "CREATE TABLE floor.\"",
                            StringComparison.Ordinal
                        )
                        .Replace("INDEX \"", "INDEX floor.\"", StringComparison.Ordinal)
                );
            }
        }

        public override async Task Insert(OfResource[] resources)
        {
            await Execute("BEGIN");
            for (var table = 0; table < Tables.Length; table++)
            {
                foreach (var row in resources.SelectMany(resource => resource.Tables[table]))
                {
                    var command = Command(Tables[table], row.Length);
                    for (var at = 0; at < row.Length; at++)
                    {
                        command.Parameters[at].Value = row[at];
                    }
                    command.ExecuteNonQuery();
                }
            }
            await Execute("COMMIT");
        }

        public override async Task Remove()
        {
            foreach (var command in commands.Values)
            {
                await command.DisposeAsync();
            }
            commands.Clear();
            if (File.Exists(FileName))
            {
                await Execute("DETACH floor");
                foreach (var end in (string[])["", "-wal", "-shm"])
                {
                    File.Delete(FileName + end);
                }
            }
        }

        private string FileName => connection.DataSource + ".floor";

        private DbCommand Command(string table, int columns)
        {
            if (!commands.TryGetValue(table, out var command))
            {
                command = connection.CreateCommand();
                command.CommandText =
                    $"INSERT INTO floor.\"{table}\" VALUES ({string.Join(", ", Enumerable.Range(0, columns).Select(at => $"@{at}"))})";
                for (var at = 0; at < columns; at++)
                {
                    var parameter = command.CreateParameter();
                    parameter.ParameterName = $"@{at}";
                    command.Parameters.Add(parameter);
                }
                command.Prepare();
                commands[table] = command;
            }
            return command;
        }
    }

    /// <summary>By the binary COPY of each table. Lists of resources (postings) belong to no single resource and go in at once.</summary>
    private sealed class Postgres(NpgsqlConnection connection) : Floor(connection)
    {
        private readonly NpgsqlConnection connection = connection;

        protected override string[] Tables =>
            ["resource", "date", "quantity", "string", "composite"];

        private static readonly string[] Lists = ["token_posting", "reference_posting"];

        protected override string From => "fhir.";
        protected override string To => "floor.";

        protected override string KeyOf(string table) => "key";

        public override async Task Prepare()
        {
            await Remove();
            await Execute("CREATE SCHEMA floor");
            foreach (var table in Tables.Concat(Lists))
            {
                await Execute(
                    $"CREATE TABLE floor.\"{table}\" (LIKE fhir.\"{table}\" INCLUDING ALL)"
                );
            }
        }

        public override async Task InOrder()
        {
            await base.InOrder();
            await InsertLists();
        }

        public override async Task Insert(OfResource[] resources)
        {
            await Execute("BEGIN");
            for (var table = 0; table < Tables.Length; table++)
            {
                await using var copy = await connection.BeginBinaryImportAsync(
                    $"COPY floor.\"{Tables[table]}\" FROM STDIN (FORMAT BINARY)"
                );
                foreach (var row in resources.SelectMany(resource => resource.Tables[table]))
                {
                    await copy.WriteRowAsync(CancellationToken.None, row);
                }
                await copy.CompleteAsync();
            }
            await Execute("COMMIT");
            if (!listsAreThere)
            {
                listsAreThere = true;
                await InsertLists();
            }
        }

        private bool listsAreThere;

        private async Task InsertLists()
        {
            foreach (var table in Lists)
            {
                await Execute($"INSERT INTO floor.\"{table}\" SELECT * FROM fhir.\"{table}\"");
            }
        }

        public override Task Remove() => Execute("DROP SCHEMA IF EXISTS floor CASCADE");
    }
}
