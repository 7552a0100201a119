using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Writing;

/// <summary>Turns what was decided into rows of every table, and removes the rows of the versions that go.</summary>
internal sealed class GroupRows(Session side, GroupKeys keys, WriterParts parts)
{
    private readonly RowBatch batch = new(parts.Dialect);

    public async Task<RowBatch> Make(List<Planned> changes, CancellationToken cancel)
    {
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
            await keys.FindOrReserve(
                [
                    .. changes
                        .Where(plan => plan.Old is not null)
                        .SelectMany(plan => IndexRows.PointedTo(plan.Old!))
                        .Where(target => !keys.Has(target))
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
            AddPlaces(changes);
        }
        finally
        {
            changes.ForEach(plan => plan.Old?.Dispose());
        }
        return batch;
    }

    private IndexRows RowsOf(IndexedResource resource) =>
        IndexRows.Of(resource, parts.Interned, (type, id) => keys[Key.NumberOf(type), id]);

    /// <summary>The rows of the version that goes are made again from its body: no table needs an index by resource for it.</summary>
    private IndexedResource? OldIndex(Planned plan) =>
        plan.Was.Number == 0 || plan.Was.StoredAs is StoredAs.Deleted
            ? null
            : parts.Reader.Read(parts.Codec.Decode(plan.Was.Body));

    /// <summary>An update that was refused, or waits for the next group, leaves the place that others may point to already.</summary>
    private void AddPlaces(List<Planned> changes)
    {
        if (keys.Absent.Count == 0)
        {
            return;
        }
        var written = changes.Select(plan => plan.Key).ToHashSet();
        foreach (var (key, (_, id)) in keys.Absent)
        {
            if (!written.Contains(key))
            {
                batch.Create(key, Key.Encode(id), new StoredVersion(0, 0, 0, 0, 0, []), null);
            }
        }
    }

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
        if (plan.Item.IsNew || keys.Absent.ContainsKey(plan.Key))
        {
            batch.Create(plan.Key, Key.Encode(plan.Id), now, plan.Rows);
        }
        else
        {
            batch.Change(plan.Key, now, plan.Rows);
        }
        if (plan.Old is not null)
        {
            var old = keys.CompartmentsOf(plan.Old, plan.Key);
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
}
