using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Audit;

/// <summary>
/// Proves that one row is in the published trail, without the other rows: the row, the hashes beside its way to the root (RFC
/// 6962, 2.1.1) and the signed root. A court or a data-protection officer checks it with the published key and no access to us.
/// </summary>
public sealed class ProveAuditRow(
    AuditDb db,
    SignTreeHead heads,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/audit/{sequence:long}/proof",
                (long sequence, ProveAuditRow prove, CancellationToken cancel) =>
                    prove.Run(sequence, cancel)
            )
            .Requires(Permission.ReadAudit);

    /// <exception cref="NotFound">There is no such row.</exception>
    public async Task<AuditProof> Run(long sequence, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReadAudit);
        var row =
            await db
                .Rows.AsNoTracking()
                .Include(row => row.Subjects)
                .SingleOrDefaultAsync(row => row.Sequence == sequence, cancel)
            ?? throw new NotFound($"Audit row {sequence}");
        var head = await heads.Latest(cancel);
        if (head is null || head.Size < sequence)
        {
            // Not under a published head yet: sign one now.
            head = await heads.Run(cancel);
        }
        var proof = new AuditProof(
            sequence,
            Encoding.UTF8.GetString(AuditChain.Canonical(row)),
            head!.Size,
            await new AuditTree(db).Inclusion(sequence, head.Size, cancel),
            head.Checkpoint
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                $"audit/{sequence}/proof",
                [.. row.Subjects.Select(subject => subject.Subject)]
            ),
            cancel
        );
        return proof;
    }
}

/// <param name="Sequence">Number of the row; its leaf is this less 1.</param>
/// <param name="Entry">The row as netstrings, exactly what was hashed.</param>
/// <param name="TreeSize">Rows under the checkpoint.</param>
/// <param name="Hashes">From the leaf's neighbour upwards.</param>
/// <param name="Checkpoint">The signed tree head, as published.</param>
public sealed record AuditProof(
    [property: JsonRequired] long Sequence,
    [property: JsonRequired] string Entry,
    [property: JsonRequired] long TreeSize,
    [property: JsonRequired] IReadOnlyList<byte[]> Hashes,
    [property: JsonRequired] string Checkpoint
)
{
    /// <summary>Checks the proof with nothing but the public key. Null when it is good, else why not.</summary>
    public string? Fault(AuditPublicKey key)
    {
        if (Audit.Checkpoint.Open(Checkpoint, key) is not { } head)
        {
            return "The checkpoint is not signed by this key.";
        }
        if (head.Size != TreeSize)
        {
            return $"The checkpoint is of {head.Size} rows, not of {TreeSize}.";
        }
        var number = Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!Entry.StartsWith($"{number.Length}:{number},", StringComparison.Ordinal))
        {
            return $"The entry is not row {Sequence}.";
        }
        var leaf = MerkleTree.Leaf(Encoding.UTF8.GetBytes(Entry));
        return MerkleTree.Includes(leaf, Sequence - 1, TreeSize, Hashes, head.Root)
            ? null
            : "The entry is not in the tree of this checkpoint.";
    }
}
