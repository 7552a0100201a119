using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Review;

/// <summary>Puts pairs before a person, each once in its life.</summary>
public sealed class ReviewQueue(CitizensDb db, ICurrentCaller current, TimeProvider clock)
{
    /// <summary>Adds a pair that cannot be there yet; the caller saves.</summary>
    public ReviewPair Add(CitizenId one, CitizenId other, ReviewReason reason, double weight)
    {
        var (left, right) = ReviewPair.Of(one, other);
        var pair = new ReviewPair
        {
            Left = left,
            Right = right,
            Reason = reason,
            Weight = weight,
            FoundAt = clock.GetUtcNow(),
        };
        db.Reviews.Add(pair);
        return pair;
    }

    /// <summary>Lookalikes of somebody just registered: those judged to be others are kept as decided.</summary>
    public async Task Save(
        CitizenId person,
        IReadOnlyList<PossibleMatch> matches,
        IReadOnlyCollection<CitizenId> others,
        CancellationToken cancel
    )
    {
        if (matches.Count == 0)
        {
            return;
        }
        for (var attempt = 1; ; attempt++)
        {
            var had = await db
                .Reviews.Where(pair => pair.Left == person || pair.Right == person)
                .ToListAsync(cancel);
            foreach (var match in matches)
            {
                var pair =
                    had.Find(known =>
                        known.Left == match.Citizen.Id || known.Right == match.Citizen.Id
                    ) ?? Add(person, match.Citizen.Id, ReviewReason.Likeness, match.Weight);
                if (others.Contains(match.Citizen.Id))
                {
                    Decide(pair, ReviewDecision.Different);
                }
            }
            try
            {
                await db.SaveChangesAsync(cancel);
                return;
            }
            catch (DbUpdateException) when (attempt < 3)
            {
                // The other of a pair was registered at the same moment and has put the pair here too.
                db.ChangeTracker.Clear();
            }
        }
    }

    /// <summary>Keeps what was decided about two records; the caller saves.</summary>
    public async Task Decide(
        CitizenId one,
        CitizenId other,
        ReviewDecision decision,
        CancellationToken cancel
    )
    {
        var (left, right) = ReviewPair.Of(one, other);
        Decide(
            await db.Reviews.FindAsync([left, right], cancel)
                ?? Add(one, other, ReviewReason.Likeness, 0),
            decision
        );
    }

    public void Decide(ReviewPair pair, ReviewDecision decision)
    {
        pair.Decision = decision;
        pair.DecidedAt = clock.GetUtcNow();
        pair.DecidedBy = current.Caller.Name;
    }
}
