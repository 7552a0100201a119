using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Writing;

namespace Health.Fhir.Store.Definitions;

/// <summary>
/// Keeps the model in step with the SearchParameter resources of the database, whoever wrote them. A write looks inside its
/// transaction, so that none is indexed by parameters that no longer hold: what was committed before a definition is indexed by
/// the re-index, what comes after it by the write itself. https://hl7.org/fhir/R4/searchparameter.html
/// </summary>
internal sealed class SearchParameters(Dialect dialect, FhirModel model, BodyCodec codec)
{
    // In counter, under minus the number of a parameter: the key that its re-index has come to, or one of these.
    public const long Finished = long.MaxValue;

    /// <summary>It held once and its rows are gone.</summary>
    public const long Cleared = -1;

    /// <summary>It held once and its rows are still there, but writes no longer keep them.</summary>
    public const long Left = -2;

    private static readonly short Type = Key.NumberOf("SearchParameter");
    private static readonly (long From, long To) Range = Key.RangeOf(Type);

    private readonly SearchParameterReader reader = new(model);
    private readonly SemaphoreSlim loading = new(1);
    private volatile IReadOnlyList<CustomDefinition> all = [];
    private long marked;
    private long marking;

    public IReadOnlyList<CustomDefinition> All => all;

    /// <summary>Keeps the definitions as they are until the transaction ends; fails what was read by others.</summary>
    public async Task Hold(
        Session session,
        List<PendingTransaction> group,
        CancellationToken cancel
    )
    {
        if (!model.IsExtensible)
        {
            return;
        }
        await session.LockDefinitions(
            group.Exists(one => Array.Exists(one.Items, item => item.Type == Type)),
            cancel
        );
        await Refresh(session, cancel);
        if (marked != model.Generation)
        {
            await MarkLeft(session, cancel);
            marking = model.Generation;
        }
        foreach (var transaction in group.Where(one => one.Generation != model.Generation))
        {
            transaction.Fail(new DefinitionsChanged());
        }
    }

    /// <summary>After the commit of what <see cref="Hold"/> was asked for.</summary>
    public void Committed() => marked = marking;

    /// <summary>
    /// From this write on, the rows of what no longer holds go stale: whoever takes it up again must begin anew. The first write that
    /// could spoil them says so in its own transaction.
    /// </summary>
    private async Task MarkLeft(Session session, CancellationToken cancel)
    {
        var holding = model.Custom.Select(parameter => parameter.ToString()).ToHashSet();
        foreach (var (number, reached, name) in await States(session, cancel))
        {
            if (reached is not (Cleared or Left) && !holding.Contains(name))
            {
                await Reach(session, number, Left, cancel);
            }
        }
    }

    /// <summary>Numbers of all parameters that hold or once held, with how far their re-index is and their names.</summary>
    public async Task<List<(int Number, long Reached, string Name)>> States(
        Session session,
        CancellationToken cancel
    )
    {
        var states = new List<(int, long, string)>();
        await using var command = session.Command(
            $"SELECT p.id, c.last, p.text FROM {dialect.Schema}counter c JOIN {dialect.Schema}parameter p ON p.id = -c.type WHERE c.type < 0"
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            states.Add((row.GetInt32(0), row.GetInt64(1), row.GetString(2)));
        }
        return states;
    }

    public static async Task Reach(Session session, int number, long key, CancellationToken cancel)
    {
        var row = new Columns("counter", ("type", ColumnKind.Short), ("last", ColumnKind.Long));
        row.Add(0, (long)checked((short)-number)).Add(1, key).EndRow();
        await session.InsertMissing(row, cancel);
        await session.Update(row, 1, cancel);
    }

    /// <summary>True when something has changed.</summary>
    public async Task<bool> Refresh(Session session, CancellationToken cancel)
    {
        if (
            !model.IsExtensible
            || await Current(session, cancel) is var now && now == model.Generation
        )
        {
            return false;
        }
        await loading.WaitAsync(cancel);
        try
        {
            await Load(session, cancel);
            return true;
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Another number whenever a SearchParameter has a new version or a re-index has ended: versions only grow, and so do a re-index's three ends.</summary>
    private async Task<long> Current(Session session, CancellationToken cancel)
    {
        await using var command = session.Command(
            $"SELECT (SELECT COALESCE(SUM(version), 0) FROM {dialect.Schema}resource WHERE key BETWEEN {Range.From} AND {Range.To}) * 1000000 + (SELECT COALESCE(SUM(CASE last WHEN {Finished} THEN 1 WHEN {Left} THEN 2 WHEN {Cleared} THEN 3 ELSE 0 END), 0) FROM {dialect.Schema}counter WHERE type < 0)"
        );
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(cancel),
            CultureInfo.InvariantCulture
        );
    }

    private async Task Load(Session session, CancellationToken cancel)
    {
        var generation = await Current(session, cancel);
        var ready = (await States(session, cancel))
            .Where(state => state.Reached == Finished)
            .Select(state => state.Name)
            .ToHashSet();
        var found = new List<(string Id, byte[] Body)>();
        await using (
            var command = session.Command(
                $"SELECT id, body FROM {dialect.Schema}resource WHERE key BETWEEN {Range.From} AND {Range.To} AND stored_as IN (1, 2) ORDER BY key"
            )
        )
        {
            await using var row = await command.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                found.Add((Key.Decode(row.GetFieldValue<byte[]>(0)), row.GetFieldValue<byte[]>(1)));
            }
        }
        var definitions = new List<CustomDefinition>();
        var taken = new HashSet<(string, string)>();
        foreach (var (id, body) in found)
        {
            var read = reader.Read(id, codec.Decode(body), ready.Contains);
            var twice = read.Parameters.FirstOrDefault(one =>
                !taken.Add((one.ResourceType, one.Code))
            );
            definitions.Add(
                twice is null
                    ? read
                    : read with
                    {
                        Parameters = [],
                        Refusal =
                            $"Another SearchParameter defines {twice.ResourceType}.{twice.Code} already.",
                    }
            );
        }
        all = definitions;
        model.Use(generation, [.. definitions.SelectMany(one => one.Parameters)]);
    }
}

/// <summary>The write was read by search parameters that no longer hold; it is read again.</summary>
internal sealed class DefinitionsChanged : Exception;
