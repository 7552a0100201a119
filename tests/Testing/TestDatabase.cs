using Microsoft.Data.SqlClient;
using Npgsql;
using SharedKernel.Persistence;

namespace Testing;

/// <summary>
/// An empty database for one test class. RECORDS_TEST_DATABASE says on which provider the suite runs (sqlite unless told);
/// RECORDS_TEST_POSTGRES and RECORDS_TEST_SQLSERVER name the servers.
/// </summary>
public sealed class TestDatabase : IDisposable
{
    /// <summary>For the SQLite files, and on every provider for keys and exports.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("records-test-").FullName;

    public TestDatabase()
    {
        Options = Provider switch
        {
            DatabaseProvider.Sqlite => new(Provider, Folder),
            DatabaseProvider.Postgres => new(Provider, NewPostgres()),
            _ => new(Provider, NewSqlServer()),
        };
    }

    public static DatabaseProvider Provider { get; } =
        Enum.Parse<DatabaseProvider>(
            Environment.GetEnvironmentVariable("RECORDS_TEST_DATABASE") ?? "sqlite",
            ignoreCase: true
        );

    public DatabaseOptions Options { get; }

    public void Dispose()
    {
        if (Provider is DatabaseProvider.Postgres)
        {
            DropPostgres();
        }
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>With its connections: the pools of servers that have gone would keep theirs for minutes, and a server has only so many.</summary>
    private void DropPostgres()
    {
        var name = new NpgsqlConnectionStringBuilder(Options.Connection).Database;
        using var admin = new NpgsqlConnection(Server("RECORDS_TEST_POSTGRES"));
        admin.Open();
        using var drop = new NpgsqlCommand($"DROP DATABASE {name} WITH (FORCE)", admin);
        drop.ExecuteNonQuery();
    }

    private static string NewPostgres()
    {
        var server = Server("RECORDS_TEST_POSTGRES");
        var name = NewName();
        using var admin = new NpgsqlConnection(server);
        admin.Open();
        using var create = new NpgsqlCommand($"CREATE DATABASE {name}", admin);
        create.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ToString();
    }

    private static string NewSqlServer()
    {
        var server = Server("RECORDS_TEST_SQLSERVER");
        var name = NewName();
        using var admin = new SqlConnection(server);
        admin.Open();
        using var create = new SqlCommand($"CREATE DATABASE {name}", admin);
        create.ExecuteNonQuery();
        return new SqlConnectionStringBuilder(server) { InitialCatalog = name }.ToString();
    }

    private static string NewName() => "t" + Guid.CreateVersion7().ToString("N");

    private static string Server(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException(
            $"{variable} must hold a connection string; tests/run starts a PostgreSQL and sets it."
        );
}
