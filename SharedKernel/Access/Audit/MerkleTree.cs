using System.Numerics;
using System.Security.Cryptography;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The hash tree of certificate transparency (RFC 6962, section 2.1; proofs after RFC 9162, sections 2.1.3 and 2.1.4): SHA-256,
/// a leaf behind the byte 0, an inner node behind the byte 1. Pure; leaves are counted from 0.
/// </summary>
public static class MerkleTree
{
    public const int HashBytes = 32;

    /// <summary>Of a log without entries.</summary>
    public static byte[] EmptyRoot { get; } = SHA256.HashData([]);

    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(entry);
        return hash.GetHashAndReset();
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + 2 * HashBytes];
        input[0] = 1;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashBytes)..]);
        return SHA256.HashData(input);
    }

    /// <summary>How many leaves stand in the left part of a tree of this size: the largest power of two below it.</summary>
    public static long LeftPart(long size) =>
        1L << (63 - BitOperations.LeadingZeroCount((ulong)(size - 1)));

    /// <summary>Whether the leaf is entry <paramref name="index"/> of the log that had this root at this size.</summary>
    public static bool Includes(
        ReadOnlySpan<byte> leaf,
        long index,
        long size,
        IReadOnlyList<byte[]> proof,
        ReadOnlySpan<byte> root
    )
    {
        if (index < 0 || index >= size)
        {
            return false;
        }
        var (place, last, hash) = (index, size - 1, leaf.ToArray());
        foreach (var beside in proof)
        {
            if (last == 0)
            {
                return false;
            }
            if ((place & 1) == 1 || place == last)
            {
                hash = Node(beside, hash);
                while ((place & 1) == 0 && place != 0)
                {
                    (place, last) = (place >> 1, last >> 1);
                }
            }
            else
            {
                hash = Node(hash, beside);
            }
            (place, last) = (place >> 1, last >> 1);
        }
        return last == 0 && hash.AsSpan().SequenceEqual(root);
    }

    /// <summary>Whether the log of <paramref name="newSize"/> begins with all that the log of <paramref name="oldSize"/> held.</summary>
    public static bool Extends(
        long oldSize,
        ReadOnlySpan<byte> oldRoot,
        long newSize,
        ReadOnlySpan<byte> newRoot,
        IReadOnlyList<byte[]> proof
    )
    {
        if (oldSize == newSize || oldSize == 0)
        {
            return proof.Count == 0
                && (
                    oldSize == 0 ? oldRoot.SequenceEqual(EmptyRoot) : oldRoot.SequenceEqual(newRoot)
                );
        }
        if (oldSize < 0 || oldSize > newSize)
        {
            return false;
        }
        var steps = proof.ToList();
        if (BitOperations.IsPow2(oldSize))
        {
            steps.Insert(0, oldRoot.ToArray());
        }
        if (steps.Count == 0)
        {
            return false;
        }
        var (place, last) = (oldSize - 1, newSize - 1);
        while ((place & 1) == 1)
        {
            (place, last) = (place >> 1, last >> 1);
        }
        var (before, after) = (steps[0], steps[0]);
        foreach (var step in steps.Skip(1))
        {
            if (last == 0)
            {
                return false;
            }
            if ((place & 1) == 1 || place == last)
            {
                (before, after) = (Node(step, before), Node(step, after));
                while ((place & 1) == 0 && place != 0)
                {
                    (place, last) = (place >> 1, last >> 1);
                }
            }
            else
            {
                after = Node(after, step);
            }
            (place, last) = (place >> 1, last >> 1);
        }
        return last == 0
            && before.AsSpan().SequenceEqual(oldRoot)
            && after.AsSpan().SequenceEqual(newRoot);
    }
}
