using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Merge;

/// <summary>
/// Says that two records are one person. No row is moved or removed: what is shown is picked from the facts of both by source and date,
/// and both sectors are told, so that FHIR's <c>Patient.link</c> and the pupil's record follow. <see cref="UnmergeCitizens"/> undoes it.
/// </summary>
public sealed class MergeCitizens(
    CitizensDb db,
    ReviewQueue review,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    /// <param name="One">Either record.</param>
    /// <param name="Other">The other.</param>
    /// <param name="Keep">Under which id the person is known from now on; null for the one with a personal ID, else the first registered.</param>
    public sealed record Request(Guid One, Guid Other, Guid? Keep = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/citizens/merges",
                (Request request, MergeCitizens feature, CancellationToken cancel) =>
                    feature.Run(
                        new CitizenId(request.One),
                        new CitizenId(request.Other),
                        request.Keep is { } keep ? new CitizenId(keep) : null,
                        cancel
                    )
            )
            .Requires(Permission.ReviewCitizens);

    /// <summary>Said twice, it holds once.</summary>
    /// <exception cref="InvalidInput">One of them is nobody, both are one record, or <paramref name="keep"/> is neither.</exception>
    public async Task<CitizenRecords> Run(
        CitizenId one,
        CitizenId other,
        CitizenId? keep = null,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        return await OptimisticWrite.Run(db, () => Once(one, other, keep, cancel), cancel);
    }

    private async Task<CitizenRecords> Once(
        CitizenId one,
        CitizenId other,
        CitizenId? keep,
        CancellationToken cancel
    )
    {
        if (one == other)
        {
            throw new InvalidInput("other", "A record cannot be merged with itself.");
        }
        var groups = await PersonGroup.Load(db.People, [one, other], cancel);
        if (groups is [var already] && Has(already, one) && Has(already, other))
        {
            return Told(already);
        }
        if (groups.Count != 2)
        {
            throw new InvalidInput("one", "There is no such person.");
        }
        var survivor = keep is { } wanted
            ? groups.Find(group => Has(group, wanted))
                ?? throw new InvalidInput("keep", "The record to keep is neither of the two.")
            : groups.MinBy(Precedence)!;
        var replaced = groups.Find(group => group != survivor)!;
        var records = groups.SelectMany(group => group.All).ToList();
        var lineage = new Lineage(db);
        var entries = await lineage.Entries(records, cancel);
        var entry = new MergeEntry
        {
            Id = Guid.CreateVersion7(),
            Survivor = survivor.Root.Id,
            Replaced = replaced.Root.Id,
            At = clock.GetUtcNow(),
            By = current.Caller.Name,
        };
        db.Merges.Add(entry);
        await lineage.Apply(records, [.. entries, entry], cancel);
        await review.Decide(one, other, ReviewDecision.Same, cancel);
        db.Publish(
            new CitizensMerged(Guid.CreateVersion7(), entry.At, entry.Survivor, entry.Replaced)
        );
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Citizen/{entry.Survivor}",
                [entry.Survivor.ToString(), entry.Replaced.ToString()],
                Detail: $"merge {entry.Id}"
            ),
            cancel
        );
        return new(
            entry.Survivor,
            [.. records.Select(record => record.Id).Where(id => id != entry.Survivor)]
        );
    }

    private static bool Has(PersonGroup group, CitizenId id) =>
        group.All.Any(record => record.Id == id);

    /// <summary>A record with the state's number before one without, a full identity before a temporary one, then the older.</summary>
    private static (bool, bool, DateTimeOffset, Guid) Precedence(PersonGroup group) =>
        (
            group.Usual(IdentifierKind.PersonalId) is null,
            group.Root.Temporary is not TemporaryIdentity.None,
            group.Root.RegisteredAt,
            group.Root.Id.Value
        );

    private static CitizenRecords Told(PersonGroup group) =>
        new(group.Root.Id, [.. group.Replaced.Select(record => record.Id)]);
}
