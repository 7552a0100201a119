using System.Globalization;
using Health.Fhir.Store;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SharedKernel.Persistence;

namespace Benchmarks;

/// <summary>Where the data of the FHIR benchmarks is, and the empty databases they fill.</summary>
internal static class BenchmarkData
{
    /// <summary>The transaction bundles of Synthea: ../shared/data/fhir/synthea beside the repository.</summary>
    public static string[] Bundles()
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
                return [.. Directory.GetFiles(data, "*.json").Order(StringComparer.Ordinal)];
            }
        }
        throw new DirectoryNotFoundException("../shared/data/fhir/synthea is not there.");
    }

    /// <summary>A new folder, or a new database on the server that RECORDS_TEST_POSTGRES names. Nothing in it yet.</summary>
    public static async Task<DatabaseOptions> NewDatabase(DatabaseProvider provider)
    {
        if (provider is DatabaseProvider.Sqlite)
        {
            return new(provider, Directory.CreateTempSubdirectory("records-bench-").FullName);
        }
        var name = "bench" + Guid.CreateVersion7().ToString("N");
        await Execute(Server, $"CREATE DATABASE {name}");
        return new(
            provider,
            new NpgsqlConnectionStringBuilder(Server) { Database = name }.ToString()
        );
    }

    public static async Task Drop(DatabaseOptions database)
    {
        if (database.Provider is DatabaseProvider.Sqlite)
        {
            Directory.Delete(database.Connection, recursive: true);
            return;
        }
        NpgsqlConnection.ClearAllPools();
        await Execute(Server, $"DROP DATABASE {NameOf(database)} WITH (FORCE)");
    }

    public static string? NameOf(DatabaseOptions database) =>
        database.Provider is DatabaseProvider.Postgres
            ? new NpgsqlConnectionStringBuilder(database.Connection).Database
            : null;

    public static FhirDb NewDb(DatabaseOptions database)
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

    /// <summary>Bytes of the FHIR store's tables with all their indexes; on PostgreSQL also which are the largest.</summary>
    public static async Task<(long Bytes, string Largest)> Size(DatabaseOptions database)
    {
        await using var connection = Providers.Connect(database, FhirDb.SchemaName);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        if (connection is SqliteConnection)
        {
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
            return (new FileInfo(connection.DataSource).Length, "");
        }
        command.CommandText = """
            SELECT relname, pg_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = 'fhir' AND c.relkind IN ('r', 'i') ORDER BY 2 DESC
            """;
        var sizes = new List<(string Name, long Size)>();
        await using var row = await command.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            sizes.Add((row.GetString(0), row.GetInt64(1)));
        }
        var largest = sizes
            .Take(12)
            .Select(table =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Name} {table.Size / 1e6:0.0} MB"
                )
            );
        return (sizes.Sum(table => table.Size), string.Join(", ", largest));
    }

    private static string Server =>
        Environment.GetEnvironmentVariable("RECORDS_TEST_POSTGRES")
        ?? throw new InvalidOperationException("RECORDS_TEST_POSTGRES names the server.");

    private static async Task Execute(string server, string sql)
    {
        await using var admin = new NpgsqlConnection(server);
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }
}
