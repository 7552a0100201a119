using System.Data.Common;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace SharedKernel.Persistence;

/// <summary>The only code that names SQLite, PostgreSQL or SQL Server. A provider is one arm in each switch.</summary>
public static class Providers
{
    /// <summary>SQLITE_FULL.</summary>
    private const int SqliteFull = 13;

    /// <summary>Errors 1105 and 9002: the file group or the log is full.</summary>
    private const int SqlServerFileFull = 1105;
    private const int SqlServerLogFull = 9002;

    /// <summary>ENOSPC, and ERROR_DISK_FULL as an HRESULT.</summary>
    private const int NoSpaceOnDevice = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Points a context at its module's place: a file per module on SQLite, a schema per module on a server.</summary>
    public static void Configure(
        DbContextOptionsBuilder context,
        DatabaseOptions database,
        string schema
    )
    {
        var connection = ConnectionString(database, schema);
        // SQLite changes a table by making it anew, part of which no transaction holds; a migration is tried again as a whole.
        context.ConfigureWarnings(warnings =>
            warnings.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning)
        );
        _ = database.Provider switch
        {
            DatabaseProvider.Sqlite => context.UseSqlite(
                connection,
                sqlite => sqlite.MigrationsHistoryTable("__migrations")
            ),
            DatabaseProvider.Postgres => context.UseNpgsql(
                connection,
                npgsql => npgsql.MigrationsHistoryTable("__migrations", schema)
            ),
            DatabaseProvider.SqlServer => context.UseSqlServer(
                connection,
                sqlServer => sqlServer.MigrationsHistoryTable("__migrations", schema)
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(database)),
        };
    }

    /// <summary>Options with no server behind them, for <c>dotnet ef migrations add</c> and the offline model checks.</summary>
    public static DbContextOptions<TContext> Offline<TContext>(
        DatabaseProvider provider,
        string schema
    )
        where TContext : DbContext
    {
        var context = new DbContextOptionsBuilder<TContext>();
        var connection = provider is DatabaseProvider.Sqlite ? "." : "Host=offline";
        if (provider is DatabaseProvider.SqlServer)
        {
            connection = "Server=offline";
        }
        Configure(context, new DatabaseOptions(provider, connection), schema);
        return context.Options;
    }

    /// <summary>A closed connection for code that writes past EF Core, such as bulk writers.</summary>
    public static DbConnection Connect(DatabaseOptions database, string schema)
    {
        var connection = ConnectionString(database, schema);
        return database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteConnection(connection),
            DatabaseProvider.Postgres => new NpgsqlConnection(connection),
            DatabaseProvider.SqlServer => new SqlConnection(connection),
            _ => throw new ArgumentOutOfRangeException(nameof(database)),
        };
    }

    public static string ConnectionString(DatabaseOptions database, string schema) =>
        database.Provider is DatabaseProvider.Sqlite
            ? new SqliteConnectionStringBuilder
            {
                DataSource = Path.Combine(database.Connection, schema + ".db"),
                // Writers wait for each other instead of failing; one file has one writer at a time.
                DefaultTimeout = 30,
            }.ToString()
            : database.Connection;

    /// <summary>Whether a database refused a text for a character that it cannot keep: PostgreSQL knows no NUL.</summary>
    public static bool RefusedText(Exception error) =>
        error.GetBaseException()
            is PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire };

    /// <summary>
    /// Whether there is no room left where the database lies, whoever wraps what it says. Reading fails too when it must leave an audit row.
    /// </summary>
    public static bool IsFull(Exception? error) =>
        error switch
        {
            null => false,
            SqliteException { SqliteErrorCode: SqliteFull } => true,
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => true,
            SqlException { Number: SqlServerFileFull or SqlServerLogFull } => true,
            IOException { HResult: NoSpaceOnDevice or WindowsDiskFull } => true,
            _ => IsFull(error.InnerException),
        };

    /// <summary>Whether what was asked for is not there: the database, the schema or the table. A server that does not answer is another matter.</summary>
    public static bool HasNoSuchPlace(DbException error) =>
        error switch
        {
            SqliteException sqlite => sqlite.SqliteErrorCode == 1,
            PostgresException postgres => postgres.SqlState
                is PostgresErrorCodes.InvalidCatalogName
                    or PostgresErrorCodes.InvalidSchemaName
                    or PostgresErrorCodes.UndefinedTable
                    or PostgresErrorCodes.UndefinedColumn,
            SqlException sqlServer => sqlServer.Number is 208 or 207 or 4060,
            _ => false,
        };

    /// <summary>The collation that compares bytes, for keys that are searched by their beginning; null where that is the default.</summary>
    public static string? OrdinalCollation(this DatabaseFacade database) =>
        database.IsNpgsql() ? "C"
        : database.IsSqlServer() ? "Latin1_General_100_BIN2"
        : null;

    /// <summary>
    /// Registers a module's context so that asking for <typeparamref name="TContext"/> gives the provider's subclass, which
    /// carries that provider's migrations.
    /// </summary>
    public static IServiceCollection AddModuleDb<TContext, TSqlite, TPostgres, TSqlServer>(
        this IServiceCollection services,
        DatabaseOptions database,
        string schema
    )
        where TContext : ModuleDb
        where TSqlite : TContext
        where TPostgres : TContext
        where TSqlServer : TContext
    {
        services.AddSingleton(new ModuleDatabase(schema, typeof(TContext)));
        return database.Provider switch
        {
            DatabaseProvider.Sqlite => Add<TSqlite>(),
            DatabaseProvider.Postgres => Add<TPostgres>(),
            DatabaseProvider.SqlServer => Add<TSqlServer>(),
            _ => throw new ArgumentOutOfRangeException(nameof(database)),
        };

        IServiceCollection Add<TProvider>()
            where TProvider : TContext =>
            services.AddDbContext<TContext, TProvider>(
                (provider, context) =>
                {
                    Configure(context, database, schema);
                    context.AddInterceptors(provider.GetRequiredService<OutboxSignal>());
                }
            );
    }

    /// <summary>Brings one module's database to the present schema; on SQLite also makes the folder and turns on WAL.</summary>
    public static async Task Migrate(
        ModuleDb db,
        DatabaseOptions database,
        CancellationToken cancel = default
    )
    {
        if (await SchemaState.IsCurrent(db, database, cancel))
        {
            return;
        }
        if (database.Provider is DatabaseProvider.Sqlite)
        {
            Directory.CreateDirectory(database.Connection);
        }
        await db.Database.MigrateAsync(cancel);
        if (database.Provider is DatabaseProvider.Sqlite)
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancel);
        }
    }
}

/// <summary>One per module, so that the host can migrate and dispatch all of them.</summary>
public sealed record ModuleDatabase(string Schema, Type Context);
