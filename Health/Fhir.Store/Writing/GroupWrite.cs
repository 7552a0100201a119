using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Writing;

/// <summary>What all groups of a store share.</summary>
internal sealed record WriterParts(
    Dialect Dialect,
    Interned Interned,
    KeySource Keys,
    KnownKeys Known,
    BodyCodec Codec,
    ResourceReader Reader,
    IConditions Conditions,
    IReadOnlyList<IFhirWriteRule> Rules,
    TimeProvider Clock
);

/// <summary>Finds what a condition matches, inside the writer's transaction.</summary>
internal interface IConditions
{
    /// <returns>At most <paramref name="limit"/> ids.</returns>
    /// <exception cref="Refusal">The query is wrong.</exception>
    Task<IReadOnlyList<string>> Match(
        Session session,
        string type,
        string query,
        Visible visible,
        int limit,
        CancellationToken cancel
    );
}

/// <summary>The transactions that are committed together, from decision to rows.</summary>
internal sealed class GroupWrite(Session main, Session side, WriterParts parts)
{
    private readonly Dictionary<(short Type, string Id), long> keys = [];
    private readonly Dictionary<long, StoredVersion> current = [];
    private readonly HashSet<long> touched = [];
    private readonly HashSet<short> written = [];
    private readonly List<(PendingTransaction Transaction, Planned[][] Plans)> accepted = [];
    private readonly RowBatch batch = new();

    private readonly List<(int Id, (short Type, byte[] Content) Dictionary)> dictionaries = [];

    public bool HasEvents { get; private set; }

    /// <summary>Refuses, accepts, or leaves for the next group what must see this one's writes first; returns the last.</summary>
    public async Task<List<PendingTransaction>> Decide(
        List<PendingTransaction> group,
        CancellationToken cancel
    )
    {
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
        await FindKeys(candidates, cancel);
        foreach (var transaction in candidates)
        {
            try
            {
                if (Plan(transaction) is { } plans)
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
        await MakeRows(cancel);
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

    /// <summary>After the commit: tells the callers.</summary>
    public void Complete()
    {
        foreach (var (id, dictionary) in dictionaries)
        {
            parts.Codec.Use(id, dictionary.Type, dictionary.Content);
        }
        foreach (var ((type, id), key) in keys)
        {
            parts.Known.Add(type, id, key);
        }
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

    /// <summary>Gives every resource that is written or pointed to its key, and reads and locks the rows that will change.</summary>
    private async Task FindKeys(List<PendingTransaction> group, CancellationToken cancel)
    {
        var items = group.SelectMany(transaction => transaction.Items).ToList();
        foreach (var created in items.Where(item => item.IsNew).GroupBy(item => item.Type))
        {
            await parts.Keys.Reserve(side, created.Key, created.Count(), cancel);
            foreach (var item in created)
            {
                item.ResourceKey = parts.Keys.Next(item.Type);
                keys[(item.Type, item.Id!)] = item.ResourceKey;
            }
        }
        var changed = items
            .Where(item => !item.IsNew)
            .SelectMany(item => item.Targets().Select(id => (item.Type, id)))
            .ToHashSet();
        var pointedTo = group
            .SelectMany(transaction => transaction.Writable.Patients ?? [])
            .Select(id => (Key.Patient, id))
            .Concat(
                items
                    .Where(item => item.Indexed is not null)
                    .SelectMany(item => IndexRows.PointedTo(item.Indexed!))
            )
            .Where(target => !keys.ContainsKey(target))
            .ToHashSet();
        await FindOrReserve([.. changed.Union(pointedTo)], cancel);
        await ReadCurrent([.. changed.Select(target => keys[target])], cancel);
    }

    /// <summary>What does not exist but is pointed to takes a row of version 0, which keeps its key for the day it is written.</summary>
    private async Task FindOrReserve(
        List<(short Type, string Id)> targets,
        CancellationToken cancel
    )
    {
        var unknown = new List<(short Type, string Id)>();
        foreach (var target in targets)
        {
            if (parts.Known.TryGet(target.Type, target.Id, out var known))
            {
                keys[target] = known;
            }
            else
            {
                unknown.Add(target);
            }
        }
        await Find(unknown);
        var missing = unknown
            .Where(target => !keys.ContainsKey(target))
            .OrderBy(target => target.Type)
            .ThenBy(target => target.Id, StringComparer.Ordinal)
            .ToList();
        if (missing.Count == 0)
        {
            return;
        }
        var rows = RowBatch.Resource();
        foreach (var ofType in missing.GroupBy(target => target.Type))
        {
            await parts.Keys.Reserve(side, ofType.Key, ofType.Count(), cancel);
            foreach (var (type, id) in ofType)
            {
                RowBatch.AddTo(
                    rows,
                    parts.Keys.Next(type),
                    Key.Encode(id),
                    new StoredVersion(0, 0, 0, 0, 0, [])
                );
            }
        }
        await side.InsertMissing(rows, cancel);
        await Find(missing);

        Task Find(List<(short Type, string Id)> asked)
        {
            var rows = new Columns(
                "resource",
                ("type", ColumnKind.Short),
                ("id", ColumnKind.Bytes)
            );
            asked.ForEach(target =>
                rows.Add(0, (long)target.Type).Add(1, Key.Encode(target.Id)).EndRow()
            );
            return side.Lookup(
                rows,
                "key",
                (row, reader, at) => keys[asked[row]] = reader.GetInt64(at),
                lockRows: false,
                cancel
            );
        }
    }

    private async Task ReadCurrent(List<long> changed, CancellationToken cancel)
    {
        var rows = new Columns("resource", ("key", ColumnKind.Long));
        changed.Sort();
        changed.ForEach(key => rows.Add(0, key).EndRow());
        await main.Lookup(
            rows,
            "key, version, stored_as, updated, compartment, shape, body",
            (row, reader, at) =>
                current[reader.GetInt64(at)] = new StoredVersion(
                    reader.GetInt32(at + 1),
                    (StoredAs)reader.GetInt16(at + 2),
                    reader.GetInt64(at + 3),
                    reader.GetInt32(at + 4),
                    reader.GetInt32(at + 5),
                    reader.GetFieldValue<byte[]>(at + 6)
                ),
            lockRows: true,
            cancel
        );
    }

    /// <summary>Decides every write of one transaction, or refuses it; null when it must wait for another of the group.</summary>
    private Planned[][]? Plan(PendingTransaction transaction)
    {
        var plans = new Planned[transaction.Items.Length][];
        var own = new HashSet<long>();
        foreach (var item in transaction.Items)
        {
            plans[item.Position] = item.IsNew
                ? [Create(item)]
                : [.. item.Targets().Select(id => Change(item, id))];
            foreach (var plan in plans[item.Position].Where(plan => plan.Changes))
            {
                if (touched.Contains(plan.Key))
                {
                    return null;
                }
                if (!own.Add(plan.Key))
                {
                    throw item.Refuse(
                        new InvalidInput(
                            plan.Reference,
                            $"{plan.Reference} is written twice in one transaction."
                        )
                    );
                }
                Demand(transaction.Writable, item, plan);
            }
        }
        touched.UnionWith(own);
        return plans;
    }

    private Planned Create(PendingWrite item) =>
        new(item, item.Id!, item.ResourceKey, default, WriteOutcome.Created)
        {
            Raw = item.CreatedBody!,
            Compartments = CompartmentsOf(item.Indexed!, item.ResourceKey),
            Now = new StoredVersion(
                1,
                StoredAs.Created,
                item.CreatedAt.ToUnixTimeMilliseconds(),
                0,
                0,
                parts.Codec.Encode(item.Type, item.CreatedBody!)
            ),
        };

    private Planned Change(PendingWrite item, string id)
    {
        var key = keys[(item.Type, id)];
        var was = current[key];
        var exists = was.Number > 0 && was.StoredAs is not StoredAs.Deleted;
        if (item.Existing is not null)
        {
            return new Planned(item, id, key, was, WriteOutcome.Existed);
        }
        if (item.Write.IfMatch is { } expected && (!exists || expected != was.Number))
        {
            throw item.Refuse(
                new PreconditionFailed(
                    exists
                        ? $"The current version of {item.Write.Type}/{id} is {was.Number}, not {expected}."
                        : $"{item.Write.Type}/{id} does not exist."
                )
            );
        }
        var at = Math.Max(parts.Clock.GetUtcNow().ToUnixTimeMilliseconds(), was.Updated + 1);
        if (item.Write.Verb is WriteVerb.Delete)
        {
            if (exists)
            {
                AskRules(item, was, null);
            }
            return exists
                ? new Planned(item, id, key, was, WriteOutcome.Deleted)
                {
                    Compartments = [was.Compartment],
                    Now = was with
                    {
                        Number = was.Number + 1,
                        StoredAs = StoredAs.Deleted,
                        Updated = at,
                        Shape = 0,
                        Body = [],
                    },
                }
                : new Planned(item, id, key, was, WriteOutcome.NothingToDelete);
        }
        var body = item.Body(id, was.Number + 1, DateTimeOffset.FromUnixTimeMilliseconds(at));
        if (exists)
        {
            AskRules(item, was, body);
        }
        return new Planned(item, id, key, was, exists ? WriteOutcome.Updated : WriteOutcome.Created)
        {
            Raw = body,
            Compartments = CompartmentsOf(item.Indexed!, key),
            Now = new StoredVersion(
                was.Number + 1,
                StoredAs.Updated,
                at,
                0,
                0,
                parts.Codec.Encode(item.Type, body)
            ),
        };
    }

    private int[] CompartmentsOf(IndexedResource resource, long key)
    {
        var patients = resource.PatientCompartments.Select(id => keys[(Key.Patient, id)]);
        return
        [
            .. (Key.TypeOf(key) == Key.Patient ? patients.Prepend(key) : patients)
                .Select(Key.CompartmentOf)
                .Distinct(),
        ];
    }

    /// <summary>What other modules' law says of changing what is stored.</summary>
    private void AskRules(PendingWrite item, StoredVersion was, ReadOnlyMemory<byte>? next)
    {
        foreach (var rule in parts.Rules)
        {
            if (!rule.Governs(item.Write.Type))
            {
                continue;
            }
            try
            {
                rule.Check(parts.Codec.Decode(was.Body), next);
            }
            catch (Refusal refusal)
            {
                throw item.Refuse(refusal);
            }
        }
    }

    /// <summary>Who may write only some compartments may neither write outside them nor take a resource from there.</summary>
    private void Demand(Visible writable, PendingWrite item, Planned plan)
    {
        if (writable.Patients is not { } patients)
        {
            return;
        }
        var allowed = patients.Select(id => Key.CompartmentOf(keys[(Key.Patient, id)])).ToHashSet();
        if (
            plan.Compartments.Length == 0
            || !plan.Compartments.All(allowed.Contains)
            || (plan.Was.Number > 0 && !allowed.Contains(plan.Was.Compartment))
        )
        {
            throw item.Refuse(new AccessDenied(Permission.WriteHealthRecords));
        }
    }

    private async Task MakeRows(CancellationToken cancel)
    {
        var changes = accepted
            .SelectMany(transaction => transaction.Plans)
            .SelectMany(plans => plans)
            .Where(plan => plan.Changes)
            .ToList();
        var wanted = new Interned.Wanted();
        try
        {
            foreach (var plan in changes)
            {
                plan.Old = OldIndex(plan);
                if (plan.Old is not null)
                {
                    IndexRows.Want(plan.Old, parts.Interned, wanted);
                }
                if (plan.Raw is not null)
                {
                    IndexRows.Want(plan.Item.Indexed!, parts.Interned, wanted);
                }
            }
            await FindOrReserve(
                [
                    .. changes
                        .Where(plan => plan.Old is not null)
                        .SelectMany(plan => IndexRows.PointedTo(plan.Old!))
                        .Where(target => !keys.ContainsKey(target))
                        .Distinct(),
                ],
                cancel
            );
            await parts.Interned.Ensure(side, wanted, cancel);
            var shapes = new Interned.Wanted();
            foreach (var plan in changes)
            {
                plan.OldRows = plan.Old is null ? null : RowsOf(plan.Old);
                plan.Rows = plan.Raw is null ? null : RowsOf(plan.Item.Indexed!);
                if (plan.Rows is not null)
                {
                    parts.Interned.WantShape(shapes, plan.Rows.Shape);
                }
            }
            await parts.Interned.Ensure(side, shapes, cancel);
            changes.ForEach(AddRows);
        }
        finally
        {
            changes.ForEach(plan => plan.Old?.Dispose());
        }
    }

    private IndexRows RowsOf(IndexedResource resource) =>
        IndexRows.Of(resource, parts.Interned, (type, id) => keys[(Key.NumberOf(type), id)]);

    /// <summary>The rows of the version that goes are made again from its body: no table needs an index by resource for it.</summary>
    private IndexedResource? OldIndex(Planned plan) =>
        plan.Was.Number == 0 || plan.Was.StoredAs is StoredAs.Deleted
            ? null
            : parts.Reader.Read(parts.Codec.Decode(plan.Was.Body));

    private void AddRows(Planned plan)
    {
        var compartment = plan.Compartments.FirstOrDefault();
        var now = plan.Now with
        {
            Compartment = compartment,
            Shape = plan.Rows is null ? 0 : parts.Interned.Shape(plan.Rows.Shape),
        };
        if (plan.Was.Number > 0)
        {
            batch.Keep(plan.Key, plan.Was);
        }
        if (plan.Item.IsNew)
        {
            batch.Create(plan.Key, Key.Encode(plan.Id), now);
        }
        else
        {
            batch.Change(plan.Key, now);
        }
        if (plan.Old is not null)
        {
            var old = CompartmentsOf(plan.Old, plan.Key);
            if (plan.Rows is not null && old.SequenceEqual(plan.Compartments))
            {
                IndexRows.KeepDifferences(plan.OldRows!, plan.Rows);
                batch.Remove(plan.Key, compartment, [], plan.OldRows!);
                batch.Add(plan.Key, compartment, [], plan.Rows);
                return;
            }
            batch.Remove(plan.Key, old.FirstOrDefault(), old.Skip(1), plan.OldRows!);
        }
        if (plan.Rows is not null)
        {
            batch.Add(plan.Key, compartment, plan.Compartments.Skip(1), plan.Rows);
        }
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
                await parts.Keys.Reserve(side, 0, 1, cancel);
                var id = (int)parts.Keys.Next(0);
                var row = new Columns(
                    "dictionary",
                    ("id", ColumnKind.Int),
                    ("type", ColumnKind.Short),
                    ("content", ColumnKind.Bytes)
                );
                row.Add(0, (long)id).Add(1, (long)made.Type).Add(2, made.Content).EndRow();
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

    private sealed record Planned(
        PendingWrite Item,
        string Id,
        long Key,
        StoredVersion Was,
        WriteOutcome Outcome
    )
    {
        public byte[]? Raw { get; init; }
        public int[] Compartments { get; init; } = [];
        public StoredVersion Now { get; init; }
        public IndexedResource? Old { get; set; }
        public IndexRows? OldRows { get; set; }
        public IndexRows? Rows { get; set; }

        public string Reference => $"{Item.Write.Type}/{Id}";

        public bool Changes =>
            Outcome is WriteOutcome.Created or WriteOutcome.Updated or WriteOutcome.Deleted;
    }
}
