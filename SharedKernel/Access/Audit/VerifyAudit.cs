using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Audit;

/// <summary>
/// Reads the whole audit trail and names every row that was changed, removed or re-ordered: by the chain (<see cref="AuditChain"/>),
/// and, where somebody computed the chain anew, by the tree heads that were signed before (<see cref="SignTreeHead"/>). Memory
/// does not grow with the trail.
/// </summary>
public sealed class VerifyAudit(AuditDb db, AuditKey key, IAccess access, ICurrentCaller current)
    : IFeature
{
    private const int PageSize = 2000;

    /// <summary>More than anyone reads; the trail is bad after the first.</summary>
    private const int MostFaults = 1000;

    private readonly List<AuditFault> faults = [];
    private readonly List<(int Level, long Index, byte[] Hash)> completed = [];
    private readonly MerkleFrontier tree = new();
    private ILookup<long, Checkpoint> signed = null!;

    /// <summary>All hashes that the row before may have left; null when it is gone.</summary>
    private List<byte[]>? before = [new byte[32]];
    private long last;
    private long lastSigned;
    private bool cut;

    /// <param name="kept">Checkpoints that were published and kept elsewhere, each a signed note: they count even when they are gone from the database.</param>
    public async Task<AuditVerdict> Run(
        IReadOnlyList<string>? kept = null,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReadAudit);
        await OpenHeads(kept ?? [], cancel);
        AuditHead end;
        do
        {
            await ReadRows(cancel);
            end = await db.Head.AsNoTracking().SingleAsync(cancel);
            // Rows that were written meanwhile are read in one more round.
        } while (await db.Rows.AnyAsync(row => row.Sequence > last, cancel));
        CheckEnd(end);
        return new(last, tree.Root(), signed.Count, [.. faults.OrderBy(fault => fault.Sequence)]);
    }

    private async Task OpenHeads(IReadOnlyList<string> kept, CancellationToken cancel)
    {
        var publicKey = key.Public(SignTreeHead.Origin);
        var heads = new List<Checkpoint>();
        foreach (var head in await db.TreeHeads.AsNoTracking().ToListAsync(cancel))
        {
            if (
                Checkpoint.Open(head.Checkpoint, publicKey) is { } checkpoint
                && checkpoint.Size == head.Size
            )
            {
                heads.Add(checkpoint);
            }
            else
            {
                Add(new(head.Size, "The tree head of this size is not what this server signed."));
            }
        }
        foreach (var note in kept)
        {
            heads.Add(
                Checkpoint.Open(note, publicKey)
                    ?? throw new InvalidInput(
                        "kept",
                        $"'{note.Split('\n')[0]}' does not begin a checkpoint that this server's key signed."
                    )
            );
        }
        signed = heads.ToLookup(head => head.Size);
    }

    private async Task ReadRows(CancellationToken cancel)
    {
        while (true)
        {
            var rows = await db
                .Rows.AsNoTracking()
                .Include(row => row.Subjects)
                .Where(row => row.Sequence > last)
                .OrderBy(row => row.Sequence)
                .Take(PageSize)
                .ToListAsync(cancel);
            foreach (var row in rows)
            {
                CheckPlace(row);
                CheckChain(row);
                await CheckTree(row, cancel);
                last = row.Sequence;
            }
            if (rows.Count < PageSize)
            {
                return;
            }
        }
    }

    private void CheckPlace(AuditRow row)
    {
        if (row.Sequence != last + 1)
        {
            Missing(row.Sequence - 1);
            before = null;
        }
    }

    private void CheckChain(AuditRow row)
    {
        // After a gap the row's own hash must be believed; the signed heads judge it.
        var computed = before?.Select(hash => AuditChain.Hash(hash, row)).ToList() ?? [row.Hash];
        if (computed.Any(hash => hash.AsSpan().SequenceEqual(row.Hash)))
        {
            before = [row.Hash];
            return;
        }
        Add(new(row.Sequence, "The row is not as it was written."));
        // Its text or its hash was changed: the next row fits on one of the two.
        before = [row.Hash, .. computed];
    }

    private async Task CheckTree(AuditRow row, CancellationToken cancel)
    {
        if (cut)
        {
            return;
        }
        completed.Clear();
        tree.Append(
            AuditChain.Leaf(row),
            (level, index, hash) => completed.Add((level, index, hash))
        );
        foreach (var node in completed.Where(node => node.Level >= AuditTree.KeptLevel))
        {
            await CheckNode(node.Level, node.Index, node.Hash, cancel);
        }
        foreach (var head in signed[tree.Size])
        {
            if (head.Root.AsSpan().SequenceEqual(tree.Root()))
            {
                lastSigned = head.Size;
            }
            else if (faults.Count == 0)
            {
                Add(
                    new(
                        lastSigned + 1,
                        $"Rows {lastSigned + 1} to {head.Size} are not those that were signed at {head.At:O}; the chain was computed anew after a change among them.",
                        head.Size
                    )
                );
            }
        }
    }

    private async Task CheckNode(int level, long index, byte[] hash, CancellationToken cancel)
    {
        var kept = await db
            .Nodes.AsNoTracking()
            .SingleOrDefaultAsync(node => node.Level == level && node.Index == index, cancel);
        // Where a row was changed its nodes differ too, and the row is named already.
        if (faults.Count == 0 && kept?.Hash.AsSpan().SequenceEqual(hash) != true)
        {
            var (from, to) = ((index << level) + 1, (index + 1) << level);
            Add(
                new(
                    from,
                    $"The tree kept over rows {from} to {to} is not the tree of these rows.",
                    to
                )
            );
        }
    }

    private void CheckEnd(AuditHead end)
    {
        var longest = Math.Max(
            end.Sequence,
            signed.Select(head => head.Key).DefaultIfEmpty().Max()
        );
        if (longest > last)
        {
            Missing(longest);
        }
        else if (
            end.Sequence != last
            || before?.Any(hash => hash.AsSpan().SequenceEqual(end.Hash)) != true
        )
        {
            Add(new(last, "The head of the chain is not this row."));
        }
        else if (
            faults.Count == 0
            && MerkleFrontier.Of(end.Sequence, end.Frontier) is { } edge
            && !edge.Root().AsSpan().SequenceEqual(tree.Root())
        )
        {
            Add(new(last, "The head of the tree is not that of these rows."));
        }
    }

    private void Missing(long to)
    {
        cut = true;
        for (var sequence = last + 1; sequence <= to && faults.Count < MostFaults; sequence++)
        {
            Add(new(sequence, "The row is missing."));
        }
    }

    private void Add(AuditFault fault)
    {
        if (faults.Count < MostFaults)
        {
            faults.Add(fault);
        }
    }
}

/// <param name="Rows">Number of the last row read.</param>
/// <param name="Root">Root of the tree over the rows read; SHA-256.</param>
/// <param name="Heads">Sizes at which a good signed head stands.</param>
/// <param name="Faults">What does not fit, by row; empty when the trail is whole.</param>
public sealed record AuditVerdict(
    long Rows,
    byte[] Root,
    int Heads,
    IReadOnlyList<AuditFault> Faults
)
{
    public AuditFault? Fault => Faults.FirstOrDefault();
}

/// <param name="Sequence">Number of the row that does not fit.</param>
/// <param name="To">The last one, where only a range can be named.</param>
public sealed record AuditFault(long Sequence, string Reason, long? To = null);
