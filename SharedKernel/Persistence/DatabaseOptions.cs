namespace SharedKernel.Persistence;

public enum DatabaseProvider
{
    Sqlite,
    Postgres,
    SqlServer,
}

/// <param name="Connection">SQLite: the folder of the database files. Servers: a connection string.</param>
public sealed record DatabaseOptions(DatabaseProvider Provider, string Connection);
