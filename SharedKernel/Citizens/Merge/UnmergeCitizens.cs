using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Merge;

/// <summary>
/// Undoes a merge: each record is again the person it was, with what was told about it meanwhile. What was told about the survivor
/// stays with the survivor. Both sectors are told.
/// </summary>
public sealed class UnmergeCitizens(
    CitizensDb db,
    ReviewQueue review,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete(
                "/api/citizens/merges/{id:guid}",
                async (Guid id, UnmergeCitizens feature, CancellationToken cancel) =>
                {
                    await feature.Run(new CitizenId(id), cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ReviewCitizens)
            .WithDescription("Makes the replaced record with this id a person of its own again.");

    /// <param name="replaced">The record that becomes a person of its own again. Said twice, it holds once.</param>
    /// <exception cref="NotFound">It was never merged.</exception>
    public async Task Run(CitizenId replaced, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        await OptimisticWrite.Run(db, () => Once(replaced, cancel), cancel);
    }

    private async Task<bool> Once(CitizenId replaced, CancellationToken cancel)
    {
        var entry = await db.Merges.SingleOrDefaultAsync(
            merge => merge.Replaced == replaced && merge.UndoneAt == null,
            cancel
        );
        if (entry is null)
        {
            if (!await db.Merges.AnyAsync(merge => merge.Replaced == replaced, cancel))
            {
                throw new NotFound($"Merge of {replaced}");
            }
            return false;
        }
        var groups = await PersonGroup.Load(db.People, [replaced], cancel);
        var records = groups.SelectMany(group => group.All).ToList();
        var lineage = new Lineage(db);
        var entries = await lineage.Entries(records, cancel);
        if (!entries.Contains(entry))
        {
            throw new DbUpdateConcurrencyException("The merge was undone meanwhile.");
        }
        entry.UndoneAt = clock.GetUtcNow();
        entry.UndoneBy = current.Caller.Name;
        await lineage.Apply(records, entries.FindAll(merge => merge != entry), cancel);
        await review.Decide(entry.Survivor, entry.Replaced, ReviewDecision.Different, cancel);
        db.Publish(
            new CitizensUnmerged(
                Guid.CreateVersion7(),
                entry.UndoneAt.Value,
                groups[0].Root.Id,
                replaced
            )
        );
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Citizen/{entry.Survivor}",
                [entry.Survivor.ToString(), replaced.ToString()],
                Detail: $"unmerge {entry.Id}"
            ),
            cancel
        );
        return true;
    }
}
