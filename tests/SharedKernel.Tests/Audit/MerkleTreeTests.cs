using SharedKernel.Access.Audit;

namespace SharedKernel.Tests.Audit;

/// <summary>Against the vectors of the certificate transparency project, and every proof of every small tree.</summary>
public sealed class MerkleTreeTests
{
    private static readonly byte[][] Entries =
    [
        [],
        [0x00],
        [0x10],
        [0x20, 0x21],
        [0x30, 0x31],
        [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [.. Enumerable.Range(0x60, 16).Select(value => (byte)value)],
    ];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void The_roots_are_those_of_certificate_transparency()
    {
        var frontier = new MerkleFrontier();
        Assert.Equal(Roots[0], Convert.ToHexStringLower(frontier.Root()));
        foreach (var (entry, root) in Entries.Zip(Roots.Skip(1)))
        {
            frontier.Append(MerkleTree.Leaf(entry));
            Assert.Equal(root, Convert.ToHexStringLower(frontier.Root()));
            var read = MerkleFrontier.Of(frontier.Size, frontier.ToBytes());
            Assert.Equal(frontier.Root(), read!.Root());
        }
    }

    [Fact]
    public void A_full_subtree_is_told_of_once_with_its_place()
    {
        var frontier = new MerkleFrontier();
        var told = new List<(int, long)>();
        for (var i = 0; i < 8; i++)
        {
            frontier.Append(
                MerkleTree.Leaf([(byte)i]),
                (level, index, _) => told.Add((level, index))
            );
        }
        Assert.Equal([(1, 0), (1, 1), (2, 0), (1, 2), (1, 3), (2, 1), (3, 0)], told);
    }

    [Fact]
    public void A_frontier_of_another_size_is_none()
    {
        Assert.Null(MerkleFrontier.Of(3, new byte[32]));
        Assert.Null(MerkleFrontier.Of(-1, []));
        Assert.NotNull(MerkleFrontier.Of(0, []));
    }
}
