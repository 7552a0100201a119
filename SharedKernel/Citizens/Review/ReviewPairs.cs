using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Match;
using SharedKernel.Citizens.Merge;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Review;

/// <summary>
/// The pairs that wait for a person, likeliest first, and the decision about one. What was decided is kept and never asked again.
/// </summary>
public sealed class ReviewPairs(
    CitizensDb db,
    MatchModel model,
    MergeCitizens merge,
    ReviewQueue queue,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <param name="Waiting">Pairs that wait, this one among them.</param>
    public sealed record Case(
        Citizen Left,
        Citizen Right,
        ReviewReason Reason,
        Explanation Explanation,
        int Waiting
    );

    /// <param name="Decision">Same, Different or Later.</param>
    public sealed record Request(Guid Left, Guid Right, ReviewDecision Decision);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/api/citizens/review",
                async (ReviewPairs feature, CancellationToken cancel) =>
                    await feature.Next(cancel) is { } next
                        ? Results.Ok(
                            new
                            {
                                next.Reason,
                                next.Waiting,
                                Left = next.Left.Id,
                                Match = MatchCitizens.Told(next.Right, next.Explanation),
                            }
                        )
                        : Results.NoContent()
            )
            .Requires(Permission.ReviewCitizens);
        routes
            .MapPost(
                "/api/citizens/review",
                async (Request request, ReviewPairs feature, CancellationToken cancel) =>
                {
                    await feature.Decide(
                        new CitizenId(request.Left),
                        new CitizenId(request.Right),
                        request.Decision,
                        cancel
                    );
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ReviewCitizens);
    }

    /// <summary>The pair to decide next; null when none waits.</summary>
    public async Task<Case?> Next(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        while (true)
        {
            var waiting = db.Reviews.Where(pair =>
                pair.Decision == ReviewDecision.Open || pair.Decision == ReviewDecision.Later
            );
            var pair = await waiting
                .OrderBy(row => row.Decision == ReviewDecision.Later)
                .ThenBy(row => row.DecidedAt)
                .ThenByDescending(row => row.Weight)
                .ThenBy(row => row.Left)
                .FirstOrDefaultAsync(cancel);
            if (pair is null)
            {
                return null;
            }
            var people = await PersonGroup.Load(
                db.People.AsNoTracking(),
                [pair.Left, pair.Right],
                cancel
            );
            if (people.Count == 2)
            {
                return await Shown(pair, people, await waiting.CountAsync(cancel), cancel);
            }
            // Other decisions have made them one person already.
            queue.Decide(pair, ReviewDecision.Same);
            await db.SaveChangesAsync(cancel);
        }
    }

    /// <param name="decision">Same merges them, Different keeps them apart for good, Later asks again after the others.</param>
    /// <exception cref="InvalidInput">There is no such decision.</exception>
    /// <exception cref="NotFound">The pair was never put before a person.</exception>
    public async Task Decide(
        CitizenId left,
        CitizenId right,
        ReviewDecision decision,
        CancellationToken cancel = default
    )
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        if (!Enum.IsDefined(decision) || decision is ReviewDecision.Open)
        {
            throw new InvalidInput("decision", "Decide Same, Different or Later.");
        }
        var (first, second) = ReviewPair.Of(left, right);
        var pair =
            await db.Reviews.FindAsync([first, second], cancel) ?? throw new NotFound("This pair");
        if (decision is ReviewDecision.Same)
        {
            await merge.Run(left, right, null, cancel);
            return;
        }
        queue.Decide(pair, decision);
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Citizen/{first}",
                [first.ToString(), second.ToString()],
                Detail: $"review {decision}"
            ),
            cancel
        );
    }

    private async Task<Case> Shown(
        ReviewPair pair,
        List<PersonGroup> people,
        int waiting,
        CancellationToken cancel
    )
    {
        var (left, right) = (people[0].ToCitizen(), people[1].ToCitizen());
        var weigher = await model.Weigher(db, cancel);
        await audit.Record(
            current.Caller,
            new(AuditAction.Read, "Citizen/$review", [left.Id.ToString(), right.Id.ToString()]),
            cancel
        );
        return new(
            left,
            right,
            pair.Reason,
            weigher.Explain(
                CitizenSchema.Values(left.Details),
                CitizenSchema.Values(right.Details)
            ),
            waiting
        );
    }
}
