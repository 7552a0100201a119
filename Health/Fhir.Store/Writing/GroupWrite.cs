using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Writing;

/// <summary>The transactions that are committed together, from decision to rows.</summary>
internal sealed class GroupWrite
{
    private readonly Session main;
    private readonly Session side;
    private readonly WriterParts parts;
    private readonly GroupKeys keys;
    private readonly WriteDecisions decisions;
    private readonly HashSet<short> written = [];
    private readonly List<(PendingTransaction Transaction, Planned[][] Plans)> accepted = [];
    private readonly List<(int Id, (short Type, byte[] Content) Dictionary)> dictionaries = [];

    /// <param name="main">The transaction.</param>
    /// <param name="side">Numbers and keys, which hold whatever becomes of the transaction; on SQLite the same.</param>
    public GroupWrite(Session main, Session side, WriterParts parts)
    {
        (this.main, this.side, this.parts) = (main, side, parts);
        keys = new GroupKeys(main, side, parts);
        decisions = new WriteDecisions(keys, parts);
    }

    public bool HasEvents { get; private set; }

    /// <summary>Refuses, accepts, or leaves for the next group what must see this one's writes first; returns the last.</summary>
    public async Task<List<PendingTransaction>> Decide(
        List<PendingTransaction> group,
        CancellationToken cancel
    )
    {
        await parts.Definitions.Hold(main, group, cancel);
        await main.LockConditions(
            group.SelectMany(transaction => transaction.Conditions()),
            cancel
        );
        var later = new List<PendingTransaction>();
        var candidates = new List<PendingTransaction>();
        foreach (var transaction in group.Where(transaction => !transaction.IsFinished))
        {
            // A condition is looked up in what is committed, so it must not run beside a write that could match it.
            if (transaction.ConditionTypes().Any(written.Contains))
            {
                later.Add(transaction);
                continue;
            }
            if (await Prepared(transaction, cancel))
            {
                candidates.Add(transaction);
                written.UnionWith(transaction.Items.Select(item => item.Type));
            }
        }
        await keys.Find(candidates, cancel);
        foreach (var transaction in candidates)
        {
            try
            {
                await FindWritable(transaction, cancel);
                if (decisions.Plan(transaction) is { } plans)
                {
                    accepted.Add((transaction, plans));
                }
                else
                {
                    later.Add(transaction);
                }
            }
            catch (Refusal refusal)
            {
                transaction.Fail(refusal);
            }
        }
        return later;
    }

    public async Task Write(CancellationToken cancel)
    {
        var changes = accepted
            .SelectMany(transaction => transaction.Plans)
            .SelectMany(plans => plans)
            .Where(plan => plan.Changes)
            .ToList();
        var batch = await new GroupRows(side, keys, parts).Make(changes, cancel);
        await batch.Write(main, cancel);
        await SaveDictionaries(cancel);
        foreach (var (transaction, _) in accepted)
        {
            if (transaction.Transaction.Import is { } file)
            {
                var row = new Columns(
                    "imported_file",
                    ("hash", ColumnKind.Text),
                    ("name", ColumnKind.Text),
                    ("at", ColumnKind.Long)
                );
                row.Add(0, file.Hash)
                    .Add(1, file.Name)
                    .Add(2, parts.Clock.GetUtcNow().ToUnixTimeMilliseconds())
                    .EndRow();
                await main.Insert(row, cancel);
            }
            foreach (var happened in transaction.Transaction.Events ?? [])
            {
                await Save(OutboxMessage.Of(happened), cancel);
            }
        }
    }

    /// <summary>
    /// After a commit of which no answer came: whether it took place, by the versions it would have made. A version is written by
    /// one commit only, so finding one of them with its time and body is finding them all.
    /// </summary>
    /// <returns>False also when there is nothing to tell by; deciding anew is harmless then.</returns>
    public async Task<bool> IsThere(Session session, CancellationToken cancel)
    {
        var sample = accepted
            .SelectMany(transaction => transaction.Plans)
            .SelectMany(plans => plans)
            .FirstOrDefault(plan => plan.Changes);
        if (sample is null)
        {
            return false;
        }
        foreach (var table in (string[])["resource", "history"])
        {
            await using var command = session.Command(
                $"SELECT updated, body FROM {parts.Dialect.Schema}{table} WHERE key = @0 AND version = @1",
                sample.Key,
                sample.Now.Number
            );
            await using var row = await command.ExecuteReaderAsync(cancel);
            if (await row.ReadAsync(cancel))
            {
                return row.GetInt64(0) == sample.Now.Updated
                    && row.GetFieldValue<byte[]>(1).AsSpan().SequenceEqual(sample.Now.Body);
            }
        }
        return false;
    }

    /// <summary>After the commit: tells the callers.</summary>
    public void Complete()
    {
        parts.Definitions.Committed();
        foreach (var (id, dictionary) in dictionaries)
        {
            parts.Codec.Use(id, dictionary.Type, dictionary.Content);
        }
        keys.Remember();
        foreach (var (transaction, plans) in accepted)
        {
            transaction.Finish(
                new TransactionResult([.. plans.Select(plan => Result(plan))], false)
            );
        }
    }

    private async Task<bool> Prepared(PendingTransaction transaction, CancellationToken cancel)
    {
        try
        {
            if (transaction.Transaction.Import is { } file && await IsImported(file.Hash, cancel))
            {
                transaction.Finish(new TransactionResult([], AlreadyImported: true));
                return false;
            }
            await transaction.Resolve(
                (type, query, limit) =>
                    parts.Conditions.Match(main, type, query, transaction.Writable, limit, cancel),
                parts.Clock
            );
            return true;
        }
        catch (Refusal refusal)
        {
            transaction.Fail(refusal);
            return false;
        }
    }

    private async Task FindWritable(PendingTransaction transaction, CancellationToken cancel)
    {
        if (transaction.Writable.Staff is null)
        {
            return;
        }
        var (resources, compartments) = (new HashSet<long>(), new HashSet<int>());
        foreach (var item in transaction.Items)
        {
            if (!item.IsNew)
            {
                resources.UnionWith(
                    item.Targets().Select(id => keys[item.Type, id]).Where(keys.IsStored)
                );
            }
            if (item.Indexed is { } indexed)
            {
                compartments.UnionWith(
                    keys.CompartmentsOf(
                        indexed,
                        item.IsNew ? item.ResourceKey : keys[item.Type, item.Id!]
                    )
                );
            }
        }
        transaction.Rows = await parts.Conditions.Writable(
            main,
            transaction.Writable,
            resources,
            compartments,
            cancel
        );
    }

    private async Task<bool> IsImported(string hash, CancellationToken cancel)
    {
        await using var command = main.Command(
            $"SELECT COUNT(*) FROM {parts.Dialect.Schema}imported_file WHERE hash = @0",
            hash
        );
        return Convert.ToInt64(
                await command.ExecuteScalarAsync(cancel),
                System.Globalization.CultureInfo.InvariantCulture
            ) > 0;
    }

    private async Task Save(OutboxMessage message, CancellationToken cancel)
    {
        HasEvents = true;
        object at = parts.Dialect.Shared
            ? message.OccurredAt.ToUniversalTime()
            : message.OccurredAt.UtcTicks;
        await using var command = main.Command(
            $"""
            INSERT INTO {parts.Dialect.Schema}outbox ("Id", "Type", "Body", "OccurredAt", "Attempts")
            VALUES (@0, @1, @2, @3, 0)
            """,
            message.Id,
            message.Type,
            message.Body,
            at
        );
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task SaveDictionaries(CancellationToken cancel)
    {
        while (parts.Codec.TryTakeTrained(out var made))
        {
            try
            {
                // The bodies keep the number in two bytes: one dictionary a type, whichever host trained it, however often hosts start.
                if (await StoredDictionary(made.Type, cancel) is { } there)
                {
                    dictionaries.Add((there.Id, (made.Type, there.Content)));
                    continue;
                }
                var id = await NextDictionary(cancel);
                var row = new Columns(
                    "dictionary",
                    ("id", ColumnKind.Int),
                    ("type", ColumnKind.Short),
                    ("content", ColumnKind.Bytes)
                );
                row.Add(0, (long)id)
                    .Add(1, (long)made.Type)
                    .Add(2, parts.Codec.SealDictionary(made.Content))
                    .EndRow();
                await main.Insert(row, cancel);
                dictionaries.Add((id, made));
            }
            catch
            {
                parts.Codec.GiveBack(made);
                throw;
            }
        }
    }

    private async Task<(int Id, byte[] Content)?> StoredDictionary(
        short type,
        CancellationToken cancel
    )
    {
        await using var command = main.Command(
            $"SELECT id, content FROM {parts.Dialect.Schema}dictionary WHERE type = @0 ORDER BY id LIMIT 1",
            type
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel)
            ? (row.GetInt32(0), parts.Codec.OpenDictionary(row.GetFieldValue<byte[]>(1)))
            : null;
    }

    /// <summary>Two hosts that take the same one meet at the primary key, and one of them tries again.</summary>
    private async Task<int> NextDictionary(CancellationToken cancel)
    {
        await using var command = main.Command(
            $"SELECT COALESCE(MAX(id), 0) + 1 FROM {parts.Dialect.Schema}dictionary"
        );
        return Convert.ToInt32(
            await command.ExecuteScalarAsync(cancel),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    private Written Result(Planned[] plans)
    {
        var done = plans.Where(plan => plan.Outcome is not WriteOutcome.NothingToDelete).ToList();
        if (done.Count == 0)
        {
            return new Written(WriteOutcome.NothingToDelete, null, 0);
        }
        var last = done[^1];
        var version = last.Changes ? last.Now : last.Was;
        return new Written(
            last.Outcome,
            new StoredResource(
                last.Item.Write.Type,
                last.Id,
                version.Number,
                DateTimeOffset.FromUnixTimeMilliseconds(version.Updated),
                last.Raw ?? parts.Codec.Decode(version.Body),
                version.StoredAs
            )
            {
                Compartment = last.Changes
                    ? last.Compartments.FirstOrDefault()
                    : last.Was.Compartment,
            },
            done.Count(plan => plan.Changes)
        );
    }
}
