using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Writing;

/// <summary>
/// The keys that a group needs: of what it makes, of what it changes (with the rows as they stand, locked) and of what it
/// points to.
/// </summary>
internal sealed class GroupKeys(Session main, Session side, WriterParts parts)
{
    private readonly Dictionary<(short Type, string Id), long> keys = [];
    private readonly Dictionary<long, StoredVersion> current = [];
    private readonly Dictionary<long, (short Type, string Id)> absent = [];

    public long this[short type, string id] => keys[(type, id)];

    /// <summary>The row as it stands, locked until the transaction ends; version 0 when there is none.</summary>
    public StoredVersion Current(long key) =>
        absent.ContainsKey(key) ? new StoredVersion(0, 0, 0, 0, 0, []) : current[key];

    /// <summary>There is, or was, a resource.</summary>
    public bool IsStored(long key) => Current(key).Number > 0;

    /// <summary>
    /// What is to be written under its own id and has no row yet. Every one must get it in this transaction, because others of the group
    /// may point to it; a host that was faster shows as a broken unique key, after which all is decided anew.
    /// </summary>
    public IReadOnlyDictionary<long, (short Type, string Id)> Absent => absent;

    public bool Has((short Type, string Id) target) => keys.ContainsKey(target);

    /// <summary>Gives every resource that is written or pointed to its key, and reads and locks the rows that will change.</summary>
    public async Task Find(List<PendingTransaction> group, CancellationToken cancel)
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
        await FindOrGive(
            [
                .. items
                    .Where(item => !item.IsNew && item.Write.Verb is WriteVerb.Update)
                    .Select(item => (item.Type, item.Id!))
                    .Distinct(),
            ],
            cancel
        );
        await FindOrReserve(
            [.. changed.Union(pointedTo).Where(target => !keys.ContainsKey(target))],
            cancel
        );
        await ReadCurrent(
            [.. changed.Select(target => keys[target]).Where(key => !absent.ContainsKey(key))],
            cancel
        );
    }

    /// <summary>What an update will make takes a key at once: a place for it would be one write more.</summary>
    private async Task FindOrGive(List<(short Type, string Id)> targets, CancellationToken cancel)
    {
        var unknown = await FindKnown(targets, cancel);
        foreach (var ofType in unknown.GroupBy(target => target.Type))
        {
            await parts.Keys.Reserve(side, ofType.Key, ofType.Count(), cancel);
            foreach (var target in ofType)
            {
                absent[keys[target] = parts.Keys.Next(target.Type)] = target;
            }
        }
    }

    /// <summary>What does not exist but is pointed to takes a row of version 0, which keeps its key for the day it is written.</summary>
    public async Task FindOrReserve(List<(short Type, string Id)> targets, CancellationToken cancel)
    {
        var missing = (await FindKnown(targets, cancel))
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
        await Look(missing, cancel);
    }

    /// <summary>Returns those that have no key yet.</summary>
    private async Task<List<(short Type, string Id)>> FindKnown(
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
        await Look(unknown, cancel);
        unknown.RemoveAll(keys.ContainsKey);
        return unknown;
    }

    private Task Look(List<(short Type, string Id)> asked, CancellationToken cancel)
    {
        var rows = new Columns("resource", ("type", ColumnKind.Short), ("id", ColumnKind.Bytes));
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

    public int[] CompartmentsOf(IndexedResource resource, long key)
    {
        var patients = resource.PatientCompartments.Select(id => keys[(Key.Patient, id)]);
        return
        [
            .. (Key.TypeOf(key) == Key.Patient ? patients.Prepend(key) : patients)
                .Select(Key.CompartmentOf)
                .Distinct(),
        ];
    }

    /// <summary>After the commit: a resource keeps its key for ever.</summary>
    public void Remember()
    {
        foreach (var ((type, id), key) in keys)
        {
            parts.Known.Add(type, id, key);
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
}
