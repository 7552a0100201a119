using System.Diagnostics;
using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Benchmarks;

/// <summary>
/// CPU milliseconds of the store, without HTTP: Synthea transaction bundles in, then searches. Wall time is noisy, so processor
/// time is measured, of this process and on PostgreSQL of the backends that served it. The floor is a bare insert of the same rows
/// in the same run. Data: ../shared/data/fhir/synthea beside the repository.
/// </summary>
internal static class FhirStoreBenchmark
{
    public static async Task Run(string[] options)
    {
        var provider = Enum.Parse<DatabaseProvider>(options.FirstOrDefault() ?? "sqlite", true);
        var copies = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 2;
        var database = await NewDatabase(provider);
        await using (var db = NewDb(database))
        {
            await Providers.Migrate(db, database);
        }
        var reader = new ResourceReader(FhirModel.R4, new ReaderOptions());
        var keys = Directory.CreateTempSubdirectory("records-keys-").FullName;
        await using var store = new FhirStore(
            database,
            reader,
            new StoreOptions(),
            new OutboxSignal(),
            TimeProvider.System,
            new Vault(KeyRing.At(KeyRing.FileIn(keys), TimeProvider.System))
        );
        var files = Directory.GetFiles(DataFolder(), "*.json").Select(File.ReadAllBytes).ToList();

        // The first round warms the compiler up; it is stored like the others but not measured.
        var (resources, bytes) = await Load(store, reader, files);
        var cpu = new CpuClock(database);
        var (measured, reading) = (0, TimeSpan.Zero);
        var wall = Stopwatch.StartNew();
        for (var copy = 1; copy < copies; copy++)
        {
            var start = Process.GetCurrentProcess().TotalProcessorTime;
            foreach (var file in files)
            {
                reader.ReadBundle(file).Dispose();
            }
            reading += Process.GetCurrentProcess().TotalProcessorTime - start;
        }
        cpu.Restart();
        wall.Restart();
        for (var copy = 1; copy < copies; copy++)
        {
            var (count, size) = await Load(store, reader, files);
            measured += count;
            bytes += size;
        }
        var (own, server) = cpu.Elapsed();
        resources += measured;
        Console.WriteLine($"{provider}, {resources:n0} resources, {bytes / 1e6:0.0} MB of NDJSON");
        Console.WriteLine(
            $"transaction bundles: {own / measured:0.000} ms CPU per resource here{(server > 0 ? $" + {server / measured:0.000} in the database" : "")} ({wall.Elapsed.TotalMilliseconds / measured:0.000} ms wall), of which reading {reading.TotalMilliseconds / measured:0.000}"
        );
        await Size(database, bytes);
        if (provider is DatabaseProvider.Sqlite)
        {
            Floor(database, resources);
        }
        await Searches(store, cpu);
    }

    private static async Task<(int Resources, long Bytes)> Load(
        FhirStore store,
        ResourceReader reader,
        List<byte[]> files
    )
    {
        var (resources, bytes) = (0, 0L);
        foreach (var file in files)
        {
            using var bundle = reader.ReadBundle(file);
            var writes = bundle
                .Entries.Select(entry => new Write(WriteVerb.Create, entry.Resource!.ResourceType!)
                {
                    Resource = entry.Resource,
                    FullUrl = entry.FullUrl,
                })
                .ToList();
            var done = await store.Transact(new Transaction(writes), Visible.All);
            resources += done.Results.Count;
            bytes += done.Results.Sum(written => written.Resource!.Body.Length + 1);
        }
        return (resources, bytes);
    }

    private static async Task Searches(FhirStore store, CpuClock cpu)
    {
        var patients = (await store.Search(store.Parse("Patient", "_count=40"), null, Visible.All))
            .Matches.Select(patient => patient.Id)
            .ToList();
        var any = (
            await store.Search(store.Parse("Observation", "_count=40"), null, Visible.All)
        ).Matches;
        (string Name, Func<int, string> Query)[] searches =
        [
            ("read by id", at => ""),
            (
                "understanding a query alone",
                at => "-Observation?patient=" + patients[at] + "&code=8302-2&date=ge2010"
            ),
            (
                "patient + code + date",
                at => $"Observation?patient={patients[at]}&code=8302-2&date=ge2010"
            ),
            (
                "patient, sort by date, 50",
                at => $"Observation?patient={patients[at]}&_sort=-date&_count=50"
            ),
            (
                "patient + include encounter",
                at =>
                    $"Observation?patient={patients[at]}&code=8302-2&_include=Observation:encounter"
            ),
            (
                "one patient + revinclude",
                at => $"Patient?_id={patients[at]}&_revinclude=Condition:patient"
            ),
            ("chained", at => $"Condition?patient.identifier={patients[at]}&_count=50"),
            ("chained by name", at => "Observation?code=8302-2&subject:Patient.name=Abd&_count=50"),
            ("_has", at => "Patient?_has:Condition:patient:code=162864005&_count=50"),
            ("name prefix", at => "Patient?name=Ab&_count=50"),
            ("token, count only", at => "Observation?code=8302-2&_summary=count"),
            ("code, first page of 50", at => "Observation?code=8302-2&_count=50"),
            ("code, newest 50", at => "Observation?code=8302-2&_sort=-date&_count=50"),
            ("newest 50 of all", at => "Observation?_sort=-date&_count=50"),
        ];
        foreach (var (_, query) in searches)
        {
            await Times(query, 150);
        }
        foreach (var (name, query) in searches)
        {
            await Measure(name, query);
        }

        async Task Measure(string name, Func<int, string> query)
        {
            const int Rounds = 400;
            cpu.Restart();
            var found = await Times(query, Rounds);
            var (own, server) = cpu.Elapsed();
            Console.WriteLine(
                $"{name, -30} {own / Rounds:0.000} ms{(server > 0 ? $" + {server / Rounds:0.000} in the database" : "")}, {(double)found / Rounds:0.#} resources"
            );
        }

        async Task<long> Times(Func<int, string> query, int rounds)
        {
            var found = 0L;
            for (var at = 0; at < rounds; at++)
            {
                var asked = query(at % patients.Count).Split('?');
                if (asked.Length < 2)
                {
                    await store.Read("Observation", any[at % any.Count].Id, Visible.All);
                    found++;
                    continue;
                }
                if (asked[0][0] == '-')
                {
                    store.Parse(asked[0][1..], asked[1]);
                    continue;
                }
                var page = await store.Search(store.Parse(asked[0], asked[1]), null, Visible.All);
                found += page.Matches.Count + page.Included.Count;
            }
            return found;
        }
    }

    private static async Task Size(DatabaseOptions database, long bytes)
    {
        if (database.Provider is DatabaseProvider.Sqlite)
        {
            await using var connection = (SqliteConnection)
                Providers.Connect(database, FhirDb.SchemaName);
            await connection.OpenAsync();
            await using var checkpoint = connection.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await checkpoint.ExecuteNonQueryAsync();
            var file = new FileInfo(connection.DataSource).Length;
            Console.WriteLine(
                $"size: {file / 1e6:0.0} MB, {(double)file / bytes:0.00} of the NDJSON ({connection.DataSource})"
            );
            return;
        }
        const string Tables =
            "SELECT relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'fhir' AND c.relkind IN ('r', 'i') ORDER BY 2 DESC";
        await using var reading = Providers.Connect(database, FhirDb.SchemaName);
        await reading.OpenAsync();
        await using var command = reading.CreateCommand();
        command.CommandText = Tables;
        var sizes = new List<(string Name, long Size)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            sizes.Add((row.GetString(0), row.GetInt64(1)));
        }
        var total = sizes.Sum(table => table.Size);
        Console.WriteLine(
            $"size: {total / 1e6:0.0} MB, {(double)total / bytes:0.00} of the NDJSON"
        );
        Console.WriteLine(
            "  "
                + string.Join(
                    ", ",
                    sizes
                        .Take(16)
                        .Select(table => $"{table.Name} {(double)table.Size / bytes:0.000}")
                )
        );
    }

    /// <summary>The same rows into the same tables, in the order of their keys, in one transaction: what SQLite itself needs.</summary>
    private static void Floor(DatabaseOptions database, int resources)
    {
        using var connection = (SqliteConnection)Providers.Connect(database, FhirDb.SchemaName);
        connection.Open();
        var copy = Path.Combine(database.Connection, "floor.db");
        Execute($"ATTACH '{copy}' AS floor; PRAGMA floor.journal_mode = WAL");
        var statements = new List<string>();
        using (var read = connection.CreateCommand())
        {
            read.CommandText =
                "SELECT sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' ORDER BY type DESC";
            using var row = read.ExecuteReader();
            while (row.Read())
            {
                statements.Add(
                    row.GetString(0)
                        .Replace(
                            "CREATE TABLE \"",
                            "CREATE TABLE floor.\"",
                            StringComparison.Ordinal
                        )
                        .Replace("INDEX \"", "INDEX floor.\"", StringComparison.Ordinal)
                );
            }
        }
        statements.ForEach(Execute);
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        Execute("BEGIN");
        foreach (
            var table in new[]
            {
                "resource",
                "token",
                "reference",
                "date",
                "quantity",
                "string",
                "composite",
            }
        )
        {
            Execute($"INSERT INTO floor.\"{table}\" SELECT * FROM main.\"{table}\"");
        }
        Execute("COMMIT");
        var spent = Process.GetCurrentProcess().TotalProcessorTime - start;
        Console.WriteLine(
            $"floor (bare insert of the same rows): {spent.TotalMilliseconds / resources:0.000} ms CPU per resource"
        );

        void Execute(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private static async Task<DatabaseOptions> NewDatabase(DatabaseProvider provider)
    {
        if (provider is DatabaseProvider.Sqlite)
        {
            return new(provider, Directory.CreateTempSubdirectory("records-bench-").FullName);
        }
        var server =
            Environment.GetEnvironmentVariable("RECORDS_TEST_POSTGRES")
            ?? throw new InvalidOperationException("RECORDS_TEST_POSTGRES names the server.");
        var name = "bench" + Guid.CreateVersion7().ToString("N");
        await using var admin = new NpgsqlConnection(server);
        await admin.OpenAsync();
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", admin);
        await create.ExecuteNonQueryAsync();
        return new(
            provider,
            new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString()
        );
    }

    private static FhirDb NewDb(DatabaseOptions database)
    {
        return database.Provider is DatabaseProvider.Sqlite
            ? new FhirDbSqlite(Options<FhirDbSqlite>())
            : new FhirDbPostgres(Options<FhirDbPostgres>());

        DbContextOptions<TContext> Options<TContext>()
            where TContext : DbContext
        {
            var builder = new DbContextOptionsBuilder<TContext>();
            Providers.Configure(builder, database, FhirDb.SchemaName);
            return builder.Options;
        }
    }

    public static string DataFolder()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            var data = Path.Combine(folder.FullName, "shared", "data", "fhir", "synthea");
            if (Directory.Exists(data))
            {
                return data;
            }
        }
        throw new DirectoryNotFoundException("../shared/data/fhir/synthea is not there.");
    }

    /// <summary>Processor time of this process, and of the PostgreSQL backends of its database on this machine.</summary>
    private sealed class CpuClock(DatabaseOptions database)
    {
        private double own;
        private double server;

        public void Restart() => (own, server) = Now();

        public (double Own, double Server) Elapsed()
        {
            var now = Now();
            return (now.Own - own, now.Server - server);
        }

        private (double Own, double Server) Now() =>
            (Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds, ServerTime());

        private double ServerTime()
        {
            if (database.Provider is not DatabaseProvider.Postgres)
            {
                return 0;
            }
            using var connection = new NpgsqlConnection(database.Connection);
            connection.Open();
            using var command = new NpgsqlCommand(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
                connection
            );
            using var row = command.ExecuteReader();
            var total = 0.0;
            while (row.Read())
            {
                // utime and stime are fields 14 and 15, in hundredths of a second.
                var fields = File.ReadAllText($"/proc/{row.GetInt32(0)}/stat").Split(' ');
                total +=
                    10.0
                    * (
                        long.Parse(fields[13], CultureInfo.InvariantCulture)
                        + long.Parse(fields[14], CultureInfo.InvariantCulture)
                    );
            }
            return total;
        }
    }
}
