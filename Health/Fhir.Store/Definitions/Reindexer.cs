using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Health.Fhir.Store.Writing;

namespace Health.Fhir.Store.Definitions;

/// <summary>
/// Indexes the resources that were there before a search parameter, some hundred in each transaction, beside all other writes. How
/// far it has come is committed with the rows, so it goes on there after a kill, and several hosts share the work.
/// </summary>
internal sealed class Reindexer(WriterParts shared)
{
    private const int Page = 300;

    private readonly Dialect dialect = shared.Dialect;
    private readonly FhirModel model = shared.Reader.Model;

    // Numbers that a rollback takes back must not be known to the writer.
    private readonly WriterParts parts = shared with
    {
        Interned = shared.Interned.Another(),
        Keys = new KeySource(shared.Dialect),
    };

    private string Schema => dialect.Schema;

    /// <summary>One page of one parameter; false when nothing is left to do.</summary>
    public async Task<bool> Step(CancellationToken cancel)
    {
        await using var session = await dialect.OpenWriter(cancel);
        await using var side = dialect.Shared ? await dialect.OpenWriter(cancel) : null;
        try
        {
            await session.Begin(cancel);
            await session.LockDefinitions(toChange: false, cancel);
            await parts.Definitions.Refresh(session, cancel);
            var waiting = model.Custom.FirstOrDefault(parameter => !parameter.IsReady);
            if (waiting is null)
            {
                var cleared = await Clear(session, cancel);
                await session.Commit(cancel);
                return cleared;
            }
            await session.LockConditions(["reindex " + waiting], cancel);
            await Index(waiting, session, side ?? session, cancel);
            await session.Commit(cancel);
            return true;
        }
        catch
        {
            parts.Interned.Forget();
            await session.Rollback();
            throw;
        }
    }

    private async Task Index(
        SearchParameterInfo parameter,
        Session session,
        Session side,
        CancellationToken cancel
    )
    {
        var number = await Number(parameter, side, cancel);
        var (from, to) = Key.RangeOf(Key.NumberOf(parameter.ResourceType));
        var reached = (await parts.Definitions.States(session, cancel))
            .Find(state => state.Number == number)
            .Reached;
        if (reached == SearchParameters.Left)
        {
            await Clear(session, number, cancel);
        }
        var page = await Next(session, Math.Max(reached, from - 1), to, cancel);
        if (page.Count > 0)
        {
            await Write(page, session, side, cancel);
        }
        await SearchParameters.Reach(
            session,
            number,
            page.Count < Page ? SearchParameters.Finished : page[^1].Key,
            cancel
        );
    }

    private async Task<List<(long Key, StoredVersion Version)>> Next(
        Session session,
        long after,
        long to,
        CancellationToken cancel
    )
    {
        var keys = new Columns("resource", ("key", ColumnKind.Long));
        await using (
            var command = session.Command(
                $"SELECT r.key FROM {Schema}resource r WHERE r.key > @0 AND r.key <= @1 AND r.stored_as IN (1, 2) ORDER BY r.key LIMIT {Page}",
                after,
                to
            )
        )
        {
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                keys.Add(0, row.GetInt64(0)).EndRow();
            }
        }
        var page = new List<(long, StoredVersion)>();
        await session.Lookup(
            keys,
            "key, version, stored_as, updated, compartment, shape, body",
            (row, reader, at) =>
                page.Add(
                    (
                        reader.GetInt64(at),
                        new StoredVersion(
                            reader.GetInt32(at + 1),
                            (StoredAs)reader.GetInt16(at + 2),
                            reader.GetInt64(at + 3),
                            reader.GetInt32(at + 4),
                            reader.GetInt32(at + 5),
                            reader.GetFieldValue<byte[]>(at + 6)
                        )
                    )
                ),
            lockRows: true,
            cancel
        );
        page.Sort((one, other) => one.Item1.CompareTo(other.Item1));
        return page;
    }

    /// <summary>Takes away whatever rows follow from the body and puts them there: right however far an earlier attempt came.</summary>
    private async Task Write(
        List<(long Key, StoredVersion Version)> page,
        Session session,
        Session side,
        CancellationToken cancel
    )
    {
        var live = page.FindAll(one => one.Version.StoredAs is not StoredAs.Deleted);
        var read = live.ConvertAll(one => parts.Reader.Read(parts.Codec.Decode(one.Version.Body)));
        try
        {
            var keys = new GroupKeys(session, side, parts);
            await keys.FindOrReserve([.. read.SelectMany(IndexRows.PointedTo).Distinct()], cancel);
            var wanted = new Interned.Wanted();
            read.ForEach(resource => IndexRows.Want(resource, parts.Interned, wanted));
            await parts.Interned.Ensure(side, wanted, cancel);
            var rows = read.ConvertAll(resource =>
                IndexRows.Of(resource, parts.Interned, (type, id) => keys[Key.NumberOf(type), id])
            );
            var shapes = new Interned.Wanted();
            rows.ForEach(row => parts.Interned.WantShape(shapes, row.Shape));
            await parts.Interned.Ensure(side, shapes, cancel);
            var batch = new RowBatch(dialect);
            for (var at = 0; at < live.Count; at++)
            {
                var (key, version) = live[at];
                batch.Remove(key, version.Compartment, [], rows[at]);
                batch.Add(key, version.Compartment, [], rows[at]);
                batch.Change(
                    key,
                    version with
                    {
                        Shape = parts.Interned.Shape(rows[at].Shape),
                    },
                    rows[at]
                );
            }
            await batch.Write(session, cancel);
        }
        finally
        {
            read.ForEach(resource => resource.Dispose());
        }
    }

    /// <summary>Removes the rows of definitions that no longer hold; false when there are none.</summary>
    private async Task<bool> Clear(Session session, CancellationToken cancel)
    {
        var holding = model.Custom.Select(parameter => parameter.ToString()).ToHashSet();
        var left = (await parts.Definitions.States(session, cancel))
            .Where(state =>
                state.Reached != SearchParameters.Cleared && !holding.Contains(state.Name)
            )
            .Select(state => state.Number)
            .ToList();
        foreach (var number in left)
        {
            await Clear(session, number, cancel);
            await SearchParameters.Reach(session, number, SearchParameters.Cleared, cancel);
        }
        return left.Count > 0;
    }

    /// <summary>With what stands under its wide values, its identifiers and their types.</summary>
    private async Task Clear(Session session, int number, CancellationToken cancel)
    {
        const string Numbers =
            "SELECT o.id FROM {0}parameter p JOIN {0}parameter o ON o.text IN (p.text, p.text || '~wide', p.text || ':identifier', p.text || ':of-type') WHERE p.id = @0";
        var numbers = string.Format(CultureInfo.InvariantCulture, Numbers, Schema);
        foreach (var table in dialect.IndexTables)
        {
            await Run($"DELETE FROM {Schema}\"{table}\" WHERE parameter IN ({numbers})");
        }
        if (dialect.HasLinks)
        {
            await Run(
                $"UPDATE {Schema}resource SET links = ARRAY(SELECT l FROM unnest(links) l WHERE (l >> {IndexRows.LinkShift})::integer <> @0) WHERE EXISTS (SELECT 1 FROM unnest(links) l WHERE (l >> {IndexRows.LinkShift})::integer = @0)"
            );
        }

        async Task Run(string sql)
        {
            await using var command = session.Command(sql, number);
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private async Task<int> Number(
        SearchParameterInfo parameter,
        Session side,
        CancellationToken cancel
    )
    {
        var wanted = new Interned.Wanted();
        parts.Interned.WantParameter(wanted, parameter);
        await parts.Interned.Ensure(side, wanted, cancel);
        return parts.Interned.Parameter(parameter);
    }
}
