using System.Globalization;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// Makes the index rows of every current body again and compares them with those that are there: each must be found, and there
/// must be no more. For a store that nobody is writing to.
/// </summary>
internal sealed class Verifier(
    Session session,
    Dialect dialect,
    Interned interned,
    BodyCodec codec,
    ResourceReader reader,
    CancellationToken cancel
)
{
    private const int Page = 500;
    private readonly Dictionary<string, long> derived = [];
    private readonly List<string> faults = [];
    private long resources;

    public async Task<Verification> Run()
    {
        var last = 0L;
        while (await Bodies(last) is { Count: > 0 } page)
        {
            last = page[^1].Key;
            resources += page.Count;
            await Compare(page);
        }
        foreach (var (table, expected) in derived)
        {
            await using var command = session.Command(
                $"SELECT COUNT(*) FROM {dialect.Schema}\"{table}\""
            );
            var there = Convert.ToInt64(
                await command.ExecuteScalarAsync(cancel),
                CultureInfo.InvariantCulture
            );
            if (there != expected)
            {
                faults.Add($"{table}: {there} rows, {expected} follow from the bodies");
            }
        }
        return new Verification(resources, faults);
    }

    private async Task<List<(long Key, byte[] Body)>> Bodies(long after)
    {
        var page = new List<(long, byte[])>();
        await using var command = session.Command(
            $"SELECT r.key, r.body FROM {dialect.Schema}resource r WHERE r.key > @0 AND r.stored_as IN (1, 2) ORDER BY r.key LIMIT {Page}",
            after
        );
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            page.Add((row.GetInt64(0), row.GetFieldValue<byte[]>(1)));
        }
        return page;
    }

    private async Task Compare(List<(long Key, byte[] Body)> page)
    {
        var read = page.ConvertAll(one => reader.Read(codec.Decode(one.Body)));
        try
        {
            var wanted = new Interned.Wanted();
            read.ForEach(resource => IndexRows.Want(resource, interned, wanted));
            await interned.Ensure(session, wanted, cancel);
            var keys = await Keys([.. read.SelectMany(IndexRows.PointedTo).Distinct()]);
            var batch = new RowBatch(dialect, checking: true);
            for (var at = 0; at < page.Count; at++)
            {
                var key = page[at].Key;
                var patients = read[at].PatientCompartments.Select(id => keys[(Key.Patient, id)]);
                int[] compartments =
                [
                    .. (Key.TypeOf(key) == Key.Patient ? patients.Prepend(key) : patients)
                        .Select(Key.CompartmentOf)
                        .Distinct(),
                ];
                batch.Add(
                    key,
                    compartments.FirstOrDefault(),
                    compartments.Skip(1),
                    IndexRows.Of(read[at], interned, (type, id) => keys[(Key.NumberOf(type), id)])
                );
            }
            foreach (var table in batch.Index)
            {
                await Look(table);
            }
        }
        finally
        {
            read.ForEach(resource => resource.Dispose());
        }
    }

    private async Task Look(Columns table)
    {
        derived[table.Table] = derived.GetValueOrDefault(table.Table) + table.Count;
        var found = new HashSet<int>();
        await session.Lookup(table, "key", (row, _, _) => found.Add(row), lockRows: false, cancel);
        var key = Array.IndexOf(table.Names, "key");
        for (var row = 0; row < table.Count; row++)
        {
            if (!found.Contains(row))
            {
                var type = Key.NameOf(Key.TypeOf(table.Long(key, row)));
                faults.Add($"{table.Table}: a row of a {type} is missing");
            }
        }
    }

    private async Task<Dictionary<(short, string), long>> Keys(List<(short Type, string Id)> asked)
    {
        var found = new Dictionary<(short, string), long>();
        var rows = new Columns("resource", ("type", ColumnKind.Short), ("id", ColumnKind.Bytes));
        asked.ForEach(one => rows.Add(0, (long)one.Type).Add(1, Key.Encode(one.Id)).EndRow());
        await session.Lookup(
            rows,
            "key",
            (row, reader, at) => found[asked[row]] = reader.GetInt64(at),
            lockRows: false,
            cancel
        );
        return found;
    }
}
