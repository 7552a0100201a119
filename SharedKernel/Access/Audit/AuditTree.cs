using System.Numerics;
using Microsoft.EntityFrameworkCore;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The <see cref="MerkleTree"/> over the audit rows as they lie in the database: leaf i is the row with sequence i + 1 in its
/// canonical form. Roots of full subtrees of 256 rows and more are kept, so that a proof reads at most 512 rows and a few
/// nodes however long the trail is.
/// </summary>
public sealed class AuditTree(AuditDb db)
{
    /// <summary>Subtrees of 2⁸ leaves and more have a row of their own.</summary>
    public const int KeptLevel = 8;

    private readonly Dictionary<long, byte[]> leaves = [];

    /// <summary>RFC 6962, 2.1.1: the root over the first <paramref name="size"/> rows.</summary>
    public Task<byte[]> Root(long size, CancellationToken cancel = default) =>
        size == 0 ? Task.FromResult(MerkleTree.EmptyRoot) : Hash(0, size, cancel);

    /// <summary>RFC 6962, 2.1.1: the hashes beside the way from a row to the root.</summary>
    /// <param name="sequence">1 … <paramref name="size"/>.</param>
    public async Task<IReadOnlyList<byte[]>> Inclusion(
        long sequence,
        long size,
        CancellationToken cancel = default
    )
    {
        var proof = new List<byte[]>();
        var (start, count, index) = (0L, size, sequence - 1);
        while (count > 1)
        {
            var left = MerkleTree.LeftPart(count);
            if (index < left)
            {
                proof.Add(await Hash(start + left, count - left, cancel));
                count = left;
            }
            else
            {
                proof.Add(await Hash(start, left, cancel));
                (start, count, index) = (start + left, count - left, index - left);
            }
        }
        proof.Reverse();
        return proof;
    }

    /// <summary>RFC 6962, 2.1.2: that the trail of <paramref name="newSize"/> rows begins with that of <paramref name="oldSize"/>.</summary>
    public async Task<IReadOnlyList<byte[]>> Consistency(
        long oldSize,
        long newSize,
        CancellationToken cancel = default
    )
    {
        var proof = new List<byte[]>();
        if (oldSize == 0 || oldSize == newSize)
        {
            return proof;
        }
        var (start, count, old, whole) = (0L, newSize, oldSize, true);
        while (old != count)
        {
            var left = MerkleTree.LeftPart(count);
            if (old <= left)
            {
                proof.Add(await Hash(start + left, count - left, cancel));
                count = left;
            }
            else
            {
                proof.Add(await Hash(start, left, cancel));
                (start, count, old, whole) = (start + left, count - left, old - left, false);
            }
        }
        if (!whole)
        {
            proof.Add(await Hash(start, count, cancel));
        }
        proof.Reverse();
        return proof;
    }

    /// <summary>The frontier over the first rows, read from the rows themselves: for a trail that was begun before the tree was kept.</summary>
    public static async Task<MerkleFrontier> Build(
        AuditDb db,
        long size,
        CancellationToken cancel = default
    )
    {
        const int page = 2000;
        await db.Nodes.ExecuteDeleteAsync(cancel);
        var frontier = new MerkleFrontier();
        while (frontier.Size < size)
        {
            var rows = await Rows(db, frontier.Size, Math.Min(page, size - frontier.Size), cancel);
            foreach (var row in rows)
            {
                Append(frontier, row, node => db.Nodes.Add(node));
            }
        }
        return frontier;
    }

    /// <summary>Adds a row as the next leaf, and hands over the subtrees it fills that are kept.</summary>
    public static void Append(MerkleFrontier frontier, AuditRow row, Action<AuditNode> keep) =>
        frontier.Append(
            AuditChain.Leaf(row),
            (level, index, hash) =>
            {
                if (level >= KeptLevel)
                {
                    keep(
                        new AuditNode
                        {
                            Level = level,
                            Index = index,
                            Hash = hash,
                        }
                    );
                }
            }
        );

    private async Task<byte[]> Hash(long start, long count, CancellationToken cancel)
    {
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            if (level >= KeptLevel)
            {
                return await Kept(level, start >> level, cancel);
            }
        }
        if (count == 1)
        {
            return await Leaf(start, cancel);
        }
        var leftPart = MerkleTree.LeftPart(count);
        var left = await Hash(start, leftPart, cancel);
        var right = await Hash(start + leftPart, count - leftPart, cancel);
        return MerkleTree.Node(left, right);
    }

    private async Task<byte[]> Kept(int level, long index, CancellationToken cancel) =>
        await db
            .Nodes.Where(node => node.Level == level && node.Index == index)
            .Select(node => node.Hash)
            .SingleOrDefaultAsync(cancel)
        ?? throw new InvalidDataException(
            $"The audit tree has no node {index} on level {level}; run 'audit verify'."
        );

    private async Task<byte[]> Leaf(long index, CancellationToken cancel)
    {
        if (!leaves.ContainsKey(index))
        {
            const int together = 1 << KeptLevel;
            var first = index - index % together;
            foreach (var row in await Rows(db, first, together, cancel))
            {
                leaves[row.Sequence - 1] = AuditChain.Leaf(row);
            }
        }
        return leaves.TryGetValue(index, out var leaf)
            ? leaf
            : throw new InvalidDataException(
                $"Audit row {index + 1} is missing; run 'audit verify'."
            );
    }

    /// <exception cref="InvalidDataException">There are no rows after that one.</exception>
    private static async Task<List<AuditRow>> Rows(
        AuditDb db,
        long after,
        long count,
        CancellationToken cancel
    )
    {
        var rows = await db
            .Rows.AsNoTracking()
            .Include(row => row.Subjects)
            .Where(row => row.Sequence > after && row.Sequence <= after + count)
            .OrderBy(row => row.Sequence)
            .ToListAsync(cancel);
        return rows.Count > 0
            ? rows
            : throw new InvalidDataException(
                $"Audit row {after + 1} is missing; run 'audit verify'."
            );
    }
}
