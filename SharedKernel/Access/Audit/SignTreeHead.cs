using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Audit;

/// <summary>
/// Signs the size and the root of the audit trail and publishes them. Whoever keeps a published head can show later that no row
/// under it was changed, removed or re-ordered, even by someone who owns the database and rewrites the whole chain.
/// </summary>
public sealed class SignTreeHead(AuditDb db, AuditKey key, TimeProvider clock) : IFeature
{
    public const string Origin = "records/audit";
    public const string Path = "/open-data/audit";

    private const int MostHeads = 1000;

    /// <summary>Sizes, roots and proofs are hashes and counts; they say nothing of any person, so everybody may keep them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup(Path).AllowAnonymous();
        open.MapGet("/key", (AuditKey key) => Text(key.Public(Origin) + "\n"));
        open.MapGet(
            "/checkpoint",
            async (SignTreeHead heads, CancellationToken cancel) =>
                await heads.Latest(cancel) is { } head
                    ? Text(head.Checkpoint)
                    : throw new NotFound("A signed tree head")
        );
        open.MapGet(
            "/checkpoints",
            async (SignTreeHead heads, long? after, CancellationToken cancel) =>
                Results.Json(
                    (await heads.All(after ?? 0, cancel)).Select(head => new
                    {
                        size = head.Size,
                        at = head.At,
                        checkpoint = head.Checkpoint,
                    })
                )
        );
        open.MapGet(
            "/consistency",
            async (SignTreeHead heads, long from, long to, CancellationToken cancel) =>
                Results.Json(
                    new
                    {
                        from,
                        to,
                        hashes = await heads.Consistency(from, to, cancel),
                    }
                )
        );
    }

    /// <summary>Signs the trail as it stands now. The head that stands for this size already is given back unchanged.</summary>
    /// <returns>Null while the trail is empty.</returns>
    public async Task<SignedTreeHead?> Run(CancellationToken cancel = default)
    {
        var end = await db.Head.AsNoTracking().SingleAsync(cancel);
        if (end.Sequence == 0)
        {
            return null;
        }
        if (await Of(end.Sequence, cancel) is { } before)
        {
            return before;
        }
        // A trail from before there was a tree gets one with its next row; until then it is read for once.
        var root =
            MerkleFrontier.Of(end.Sequence, end.Frontier)?.Root()
            ?? throw new Conflict("The trail has no tree yet; its next row makes one.");
        var now = clock.GetUtcNow();
        var at = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var head = new SignedTreeHead
        {
            Size = end.Sequence,
            At = at,
            Checkpoint = new Checkpoint(Origin, end.Sequence, root, at).Sign(key),
        };
        db.TreeHeads.Add(head);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // Another host signed the same size, or the database is ill.
            db.Entry(head).State = EntityState.Detached;
            if (await Of(end.Sequence, cancel) is { } theirs)
            {
                return theirs;
            }
            throw;
        }
        return head;
    }

    /// <summary>Signs unless a head was signed on this day in Viet Nam already.</summary>
    public async Task RunDaily(CancellationToken cancel = default)
    {
        if ((await Latest(cancel))?.At.VietnamDay() != clock.Today())
        {
            await Run(cancel);
        }
    }

    /// <summary>The newest signed head; null while there is none.</summary>
    public Task<SignedTreeHead?> Latest(CancellationToken cancel = default) =>
        db
            .TreeHeads.AsNoTracking()
            .OrderByDescending(head => head.Size)
            .FirstOrDefaultAsync(cancel);

    /// <summary>Heads of more than so many rows, smallest first, at most 1,000.</summary>
    public Task<List<SignedTreeHead>> All(long after, CancellationToken cancel = default) =>
        db
            .TreeHeads.AsNoTracking()
            .Where(head => head.Size > after)
            .OrderBy(head => head.Size)
            .Take(MostHeads)
            .ToListAsync(cancel);

    /// <summary>RFC 6962, 2.1.2, between two sizes that were signed.</summary>
    /// <exception cref="NotFound">No head was signed at one of the sizes.</exception>
    public async Task<IReadOnlyList<byte[]>> Consistency(
        long from,
        long to,
        CancellationToken cancel = default
    )
    {
        if (from > to || await Of(from, cancel) is null || await Of(to, cancel) is null)
        {
            throw new NotFound($"A pair of signed tree heads of sizes {from} and {to}");
        }
        return await new AuditTree(db).Consistency(from, to, cancel);
    }

    private Task<SignedTreeHead?> Of(long size, CancellationToken cancel) =>
        db.TreeHeads.AsNoTracking().SingleOrDefaultAsync(head => head.Size == size, cancel);

    private static IResult Text(string text) => Results.Text(text, "text/plain; charset=utf-8");
}
