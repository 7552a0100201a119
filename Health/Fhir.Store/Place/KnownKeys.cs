using System.Collections.Concurrent;

namespace Health.Fhir.Store.Place;

/// <summary>Keys and ids of resources that are committed. A resource keeps its key for ever, so this is never wrong, on any host.</summary>
internal sealed class KnownKeys
{
    private const int MaxKnown = 100_000;
    private readonly ConcurrentDictionary<(short Type, string Id), long> keys = new();
    private readonly ConcurrentDictionary<long, string> ids = new();

    public bool TryGet(short type, string id, out long key) =>
        keys.TryGetValue((type, id), out key);

    public void Add(short type, string id, long key)
    {
        if (keys.Count >= MaxKnown)
        {
            keys.Clear();
        }
        keys[(type, id)] = key;
    }

    /// <summary>Keys of those that there are, in any order; for readers.</summary>
    public async Task<List<long>> KeysOf(
        Session session,
        IEnumerable<(short Type, string Id)> resources,
        CancellationToken cancel
    )
    {
        var found = new List<long>();
        var unknown = new Columns("resource", ("type", ColumnKind.Short), ("id", ColumnKind.Bytes));
        var asked = new List<(short Type, string Id)>();
        foreach (var one in resources)
        {
            if (TryGet(one.Type, one.Id, out var key))
            {
                found.Add(key);
            }
            else
            {
                unknown.Add(0, (long)one.Type).Add(1, Key.Encode(one.Id)).EndRow();
                asked.Add(one);
            }
        }
        await session.Lookup(
            unknown,
            "key",
            (row, reader, at) =>
            {
                var key = reader.GetInt64(at);
                found.Add(key);
                Add(asked[row].Type, asked[row].Id, key);
            },
            lockRows: false,
            cancel
        );
        return found;
    }

    public async Task<Dictionary<long, string>> IdsOf(
        Session session,
        IEnumerable<long> resources,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<long, string>();
        var unknown = new Columns("resource", ("key", ColumnKind.Long));
        foreach (var key in resources)
        {
            if (ids.TryGetValue(key, out var id))
            {
                found[key] = id;
            }
            else
            {
                unknown.Add(0, key).EndRow();
            }
        }
        if (ids.Count >= MaxKnown)
        {
            ids.Clear();
        }
        await session.Lookup(
            unknown,
            "key, id",
            (_, row, at) =>
                ids[row.GetInt64(at)] = found[row.GetInt64(at)] =
                    Key.Decode(row.GetFieldValue<byte[]>(at + 1)),
            lockRows: false,
            cancel
        );
        return found;
    }
}
