using System.Data.Common;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Place;

/// <summary>What differs between the databases on the hot path. All SQL that only one of them understands is in its subclasses.</summary>
internal abstract class Dialect(DatabaseOptions database)
{
    public static Dialect Of(DatabaseOptions database) =>
        database.Provider switch
        {
            DatabaseProvider.Sqlite => new SqliteDialect(database),
            DatabaseProvider.Postgres => new PostgresDialect(database),
            _ => throw new NotSupportedException(
                $"The FHIR store runs on SQLite and PostgreSQL, not yet on {database.Provider}."
            ),
        };

    protected DatabaseOptions Database => database;

    /// <summary>Prefix of table names.</summary>
    public abstract string Schema { get; }

    /// <summary>Several hosts may write at once.</summary>
    public abstract bool Shared { get; }

    /// <summary>
    /// Equal index values lie together as lists of keys, and what a resource points to stands in its own row. Queries see views:
    /// <c>token</c> and <c>reference</c> by value, <c>link</c> by resource.
    /// </summary>
    public virtual bool HasLinks => false;

    public abstract Task<Session> OpenReader(CancellationToken cancel);

    public abstract Task<Session> OpenWriter(CancellationToken cancel);

    /// <param name="differs">What differs from the primary's connection string.</param>
    /// <exception cref="NotSupportedException">The database has no replicas.</exception>
    public virtual PostgresReplica Replica(string differs) =>
        throw new NotSupportedException(
            $"Fhir:Store:Replica is for PostgreSQL; {Database.Provider} has none."
        );

    /// <summary>Where index rows lie, each with a column <c>parameter</c>.</summary>
    public virtual IReadOnlyList<string> IndexTables =>
        ["token", "reference", "date", "quantity", "string", "composite"];

    /// <summary>The column is one of a list of keys bound as one value, made by <see cref="KeyList"/>.</summary>
    public abstract string IsAnyOf(string column, string bound);

    public abstract object KeyList(List<long> keys);

    /// <summary>The transaction lost against another one and may be tried again.</summary>
    public abstract bool IsRetryable(Exception error);

    /// <summary>The database stopped the statement because it was told to.</summary>
    public abstract bool IsCancelled(Exception error);
}

/// <summary>One connection with its prepared statements.</summary>
internal abstract class Session : IAsyncDisposable
{
    public abstract DbConnection Connection { get; }

    public DbTransaction? Transaction { get; protected set; }

    public abstract Task Begin(CancellationToken cancel);

    public async Task Commit(CancellationToken cancel)
    {
        await Transaction!.CommitAsync(cancel);
        await Transaction.DisposeAsync();
        Transaction = null;
    }

    public async Task Rollback()
    {
        if (Transaction is { } open)
        {
            Transaction = null;
            await open.DisposeAsync();
        }
    }

    /// <summary>A command for this text, prepared at most once per connection. Set its parameters by position.</summary>
    public abstract DbCommand Command(string sql, params ReadOnlySpan<object> values);

    public abstract Task Insert(Columns rows, CancellationToken cancel);

    /// <summary>Inserts what is not there yet.</summary>
    public abstract Task InsertMissing(Columns rows, CancellationToken cancel);

    /// <summary>Deletes the rows that equal these in every column.</summary>
    public abstract Task Delete(Columns rows, CancellationToken cancel);

    /// <summary>Sets the other columns of the rows found by the first ones.</summary>
    /// <param name="keys">How many of the columns are the key.</param>
    public abstract Task Update(Columns rows, int keys, CancellationToken cancel);

    /// <summary>Reads, for each row of keys, the rows of its table that equal it.</summary>
    /// <param name="select">Columns to read.</param>
    /// <param name="each">Row number in <paramref name="keys"/>, and the reader, whose own columns begin at the given offset.</param>
    /// <param name="lockRows">Hold the rows until the transaction ends, taken in the order of the first column of the select.</param>
    public abstract Task Lookup(
        Columns keys,
        string select,
        Action<int, DbDataReader, int> each,
        bool lockRows,
        CancellationToken cancel
    );

    /// <summary>Waits until nobody else decides on the same conditions; held until the transaction ends.</summary>
    public abstract Task LockConditions(IEnumerable<string> conditions, CancellationToken cancel);

    /// <summary>Holds until the transaction ends: many may hold the definitions as they are, only one alone may change them.</summary>
    public virtual Task LockDefinitions(bool toChange, CancellationToken cancel) =>
        Task.CompletedTask;

    /// <summary>True when another process has changed the database since this was last asked.</summary>
    public abstract bool ChangedByOthers();

    /// <summary>Stops what the connection is doing now, from another thread.</summary>
    public virtual void Interrupt() { }

    public abstract ValueTask DisposeAsync();
}
