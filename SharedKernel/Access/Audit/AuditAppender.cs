using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Persistence;

namespace SharedKernel.Access.Audit;

/// <summary>
/// Puts rows at the end of the chain, on a connection that is kept: every read of a person's data waits for this, so it asks the
/// database as seldom as can be and leaves EF Core's change tracking out. For one thread.
/// </summary>
internal sealed class AuditAppender(IServiceScopeFactory scopes, DatabaseOptions database)
    : IAsyncDisposable
{
    private DbConnection? connection;
    private RowInsert<AuditRow> rows = null!;
    private RowInsert<AuditSubject> subjects = null!;
    private RowInsert<AuditNode> nodes = null!;
    private DbCommand take = null!;
    private DbCommand end = null!;

    /// <summary>Returns when the rows are on disk.</summary>
    /// <param name="row">Makes the row of this sequence number, without its hash.</param>
    public async Task Append(int count, Func<int, long, AuditRow> row)
    {
        try
        {
            connection ??= await Open();
            if (!await TryAppend(count, row))
            {
                await BuildFrontier();
                await TryAppend(count, row);
            }
        }
        catch
        {
            // What state the connection is in is not known any more; the next rows get another.
            await Close();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Close();

    /// <summary>False when the head has no frontier that fits: the trail was begun before the tree was kept.</summary>
    private async Task<bool> TryAppend(int count, Func<int, long, AuditRow> row)
    {
        await using var transaction = await connection!.BeginTransactionAsync();
        var (sequence, hash, edge) = await Take(count, transaction);
        if (MerkleFrontier.Of(sequence, edge) is not { } frontier)
        {
            return false;
        }
        await using var batch = connection.CanCreateBatch ? connection.CreateBatch() : null;
        for (var at = 0; at < count; at++)
        {
            var next = row(at, ++sequence);
            next.Hash = hash = AuditChain.Hash(hash, next);
            Insert(rows, next);
            next.Subjects.ForEach(subject => Insert(subjects, subject));
            AuditTree.Append(frontier, next, node => Insert(nodes, node));
        }
        if (batch is not null)
        {
            batch.Transaction = transaction;
            await batch.PrepareAsync();
            await batch.ExecuteNonQueryAsync();
        }
        end.Transaction = transaction;
        end.Parameters["hash"].Value = hash;
        end.Parameters["edge"].Value = frontier.ToBytes();
        await end.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        return true;

        void Insert<TRow>(RowInsert<TRow> insert, TRow one)
            where TRow : class
        {
            if (batch is not null)
            {
                insert.AddTo(batch, one);
            }
            else
            {
                insert.Run(one, transaction);
            }
        }
    }

    /// <summary>
    /// Taking the head's row lock first makes writers of several hosts wait here for each other: one chain, no gaps.
    /// </summary>
    /// <returns>The last row before, and what the head said then.</returns>
    private async Task<(long Sequence, byte[] Hash, byte[] Edge)> Take(
        int count,
        DbTransaction transaction
    )
    {
        take.Transaction = transaction;
        take.Parameters["count"].Value = count;
        await using var row = await take.ExecuteReaderAsync();
        return await row.ReadAsync()
            ? (row.GetInt64(0) - count, row.GetFieldValue<byte[]>(1), row.GetFieldValue<byte[]>(2))
            : throw new InvalidDataException("The audit trail has no head; run 'audit verify'.");
    }

    private async Task BuildFrontier()
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Head.ExecuteUpdateAsync(row =>
            row.SetProperty(one => one.Sequence, one => one.Sequence)
        );
        var last = await db.Head.AsNoTracking().Select(row => row.Sequence).SingleAsync();
        var edge = (await AuditTree.Build(db, last)).ToBytes();
        await db.SaveChangesAsync();
        await db.Head.ExecuteUpdateAsync(row => row.SetProperty(one => one.Frontier, edge));
        await transaction.CommitAsync();
    }

    private async Task<DbConnection> Open()
    {
        var opened = Providers.Connect(database, AuditDb.SchemaName);
        await opened.OpenAsync();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        var table = db.Model.FindEntityType(typeof(AuditHead))!;
        var head = db.GetService<ISqlGenerationHelper>()
            .DelimitIdentifier(table.GetTableName()!, table.GetSchema());
        // Names in quotation marks are in the SQL of all three databases.
        take = Command(
            $"""
            UPDATE {head} SET "Sequence" = "Sequence" + @count WHERE "Id" = {AuditHead.TheOne};
            SELECT "Sequence", "Hash", "Frontier" FROM {head} WHERE "Id" = {AuditHead.TheOne}
            """,
            ("count", DbType.Int32, 4)
        );
        end = Command(
            $"UPDATE {head} SET \"Hash\" = @hash, \"Frontier\" = @edge WHERE \"Id\" = {AuditHead.TheOne}",
            ("hash", DbType.Binary, MerkleTree.HashBytes),
            ("edge", DbType.Binary, 64 * MerkleTree.HashBytes)
        );
        rows = new(db, opened);
        subjects = new(db, opened);
        nodes = new(db, opened);
        return opened;

        DbCommand Command(string sql, params (string Name, DbType Type, int Size)[] parameters)
        {
            var command = opened.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, type, size) in parameters)
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.DbType, parameter.Size) = (name, type, size);
                command.Parameters.Add(parameter);
            }
            return command;
        }
    }

    private async ValueTask Close()
    {
        if (connection is not null)
        {
            await rows.DisposeAsync();
            await subjects.DisposeAsync();
            await nodes.DisposeAsync();
            await take.DisposeAsync();
            await end.DisposeAsync();
            await connection.DisposeAsync();
            connection = null;
        }
    }
}
