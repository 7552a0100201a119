using System.Numerics;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The right edge of a growing <see cref="MerkleTree"/>: the roots of its full subtrees, largest first, one for each 1 bit of the
/// size. It is all that is needed to append and to know the root, however long the log is: at most 64 × 32 bytes.
/// </summary>
public sealed class MerkleFrontier
{
    private readonly List<byte[]> peaks = [];

    public long Size { get; private set; }

    /// <summary>Null when the bytes are not a frontier of that size.</summary>
    public static MerkleFrontier? Of(long size, ReadOnlySpan<byte> bytes)
    {
        if (size < 0 || bytes.Length != BitOperations.PopCount((ulong)size) * MerkleTree.HashBytes)
        {
            return null;
        }
        var frontier = new MerkleFrontier { Size = size };
        for (var at = 0; at < bytes.Length; at += MerkleTree.HashBytes)
        {
            frontier.peaks.Add(bytes.Slice(at, MerkleTree.HashBytes).ToArray());
        }
        return frontier;
    }

    /// <param name="completed">Told of every subtree that the leaf fills: its level (a leaf is 0), its number on that level, its root.</param>
    public void Append(byte[] leaf, Action<int, long, byte[]>? completed = null)
    {
        var hash = leaf;
        for (var (level, index) = (0, Size); (index & 1) == 1; index >>= 1)
        {
            hash = MerkleTree.Node(peaks[^1], hash);
            peaks.RemoveAt(peaks.Count - 1);
            completed?.Invoke(++level, index >> 1, hash);
        }
        peaks.Add(hash);
        Size++;
    }

    public byte[] Root()
    {
        if (peaks.Count == 0)
        {
            return MerkleTree.EmptyRoot;
        }
        var root = peaks[^1];
        for (var i = peaks.Count - 2; i >= 0; i--)
        {
            root = MerkleTree.Node(peaks[i], root);
        }
        return root;
    }

    public byte[] ToBytes() => [.. peaks.SelectMany(peak => peak)];
}
