using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace SharedKernel.Persistence;

/// <summary>
/// Inserts entities past EF Core's change tracking, by its own model: the same columns, the same conversions. For the few tables that
/// every request writes to. Bound to one connection, whose statement it prepares once.
/// </summary>
/// <typeparam name="TRow">An entity whose values are all given, none made by the database.</typeparam>
public sealed class RowInsert<TRow> : IAsyncDisposable
    where TRow : class
{
    private readonly DbConnection connection;
    private readonly string sql;
    private readonly (IProperty Property, RelationalTypeMapping Mapping)[] columns;
    private readonly DbCommand template;

    public RowInsert(DbContext db, DbConnection connection)
    {
        this.connection = connection;
        var entity = db.Model.FindEntityType(typeof(TRow))!;
        var names = db.GetService<ISqlGenerationHelper>();
        columns =
        [
            .. entity
                .GetProperties()
                .Select(property => (property, property.GetRelationalTypeMapping())),
        ];
        sql =
            $"INSERT INTO {names.DelimitIdentifier(entity.GetTableName()!, entity.GetSchema())} ({string.Join(", ", columns.Select(column => names.DelimitIdentifier(column.Property.GetColumnName())))}) VALUES ({string.Join(", ", columns.Select((_, at) => $"@p{at}"))})";
        template = connection.CreateCommand();
        template.CommandText = sql;
    }

    /// <summary>For a database that takes several statements at once: one more of them.</summary>
    public void AddTo(DbBatch batch, TRow row)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        for (var at = 0; at < columns.Length; at++)
        {
            command.Parameters.Add(Parameter(at, row));
        }
        batch.BatchCommands.Add(command);
    }

    public void Run(TRow row, DbTransaction transaction)
    {
        template.Transaction = transaction;
        if (template.Parameters.Count == 0)
        {
            for (var at = 0; at < columns.Length; at++)
            {
                template.Parameters.Add(Parameter(at, row));
            }
            template.Prepare();
        }
        else
        {
            for (var at = 0; at < columns.Length; at++)
            {
                template.Parameters[at].Value = Parameter(at, row).Value;
            }
        }
        template.ExecuteNonQuery();
    }

    public ValueTask DisposeAsync() => template.DisposeAsync();

    private DbParameter Parameter(int at, TRow row)
    {
        var (property, mapping) = columns[at];
        return mapping.CreateParameter(
            template,
            $"p{at}",
            property.GetGetter().GetClrValue(row),
            property.IsNullable
        );
    }
}
