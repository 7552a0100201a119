using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Facts;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Merge;

/// <summary>
/// Which records are one person, computed from the merges that hold. Merging and undoing only add or close an entry; who is whose
/// survivor follows from all of them, so an undone merge in the middle of a chain separates exactly what it had joined.
/// </summary>
internal sealed class Lineage(CitizensDb db)
{
    /// <summary>Sets <see cref="Person.ReplacedBy"/> and what is shown of every person among the records; the caller saves.</summary>
    /// <param name="records">All records that a change of the entries can touch, tracked.</param>
    /// <param name="entries">The merges among them that hold.</param>
    public async Task Apply(
        IReadOnlyCollection<Person> records,
        IReadOnlyCollection<MergeEntry> entries,
        CancellationToken cancel
    )
    {
        var next = entries.ToDictionary(entry => entry.Replaced, entry => entry.Survivor);
        foreach (var record in records)
        {
            var root = record.Id;
            while (next.TryGetValue(root, out var survivor))
            {
                root = survivor;
            }
            record.ReplacedBy = root == record.Id ? null : root;
            // Whoever read any of them before, and writes now, has to read again.
            record.Version++;
        }
        var replaced = records
            .Where(record => record.ReplacedBy is not null)
            .ToLookup(record => record.ReplacedBy!.Value);
        foreach (var root in records.Where(record => record.ReplacedBy is null))
        {
            var group = new PersonGroup(root, [.. replaced[root.Id]]);
            Survivorship.Show(root, await group.Facts(db, cancel));
        }
    }

    /// <summary>The merges among these records that hold.</summary>
    /// <exception cref="DbUpdateConcurrencyException">They were merged or separated since the records were read.</exception>
    public async Task<List<MergeEntry>> Entries(
        IReadOnlyCollection<Person> records,
        CancellationToken cancel
    )
    {
        var ids = records.Select(record => record.Id).ToList();
        var entries = await db
            .Merges.Where(entry => entry.UndoneAt == null && ids.Contains(entry.Replaced))
            .ToListAsync(cancel);
        var replaced = records
            .Where(record => record.ReplacedBy is not null)
            .Select(record => record.Id);
        return replaced.ToHashSet().SetEquals(entries.Select(entry => entry.Replaced))
            ? entries
            : throw new DbUpdateConcurrencyException("The records were merged meanwhile.");
    }
}
