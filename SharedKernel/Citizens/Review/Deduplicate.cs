using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens.Facts;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Match;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens.Review;

/// <summary>
/// Goes through the whole register: learns the linkage model from it, weighs all pairs worth weighing and puts those that may be one
/// person before a person; pairs that were decided before are left alone. Nobody is merged by the machine. Also writes the blocks of
/// people who have none yet (registered before there were blocks).
/// </summary>
public sealed class Deduplicate(
    CitizensDb db,
    MatchModel model,
    ToldFacts told,
    DeduplicationSignal signal,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int Batch = 500;

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<DeduplicationSignal>().AddHostedService<DeduplicationWorker>();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/api/citizens/deduplications",
                async (Deduplicate feature, CancellationToken cancel) =>
                    await feature.Last(cancel) ?? throw new NotFound("A de-duplication")
            )
            .Requires(Permission.ReviewCitizens);
        routes
            .MapPost(
                "/api/citizens/deduplications",
                async (Deduplicate feature, CancellationToken cancel) =>
                    Results.Accepted("/api/citizens/deduplications", await feature.Ask(cancel))
            )
            .Requires(Permission.ReviewCitizens);
    }

    /// <summary>The latest run; null when there was none.</summary>
    public Task<DeduplicationRun?> Last(CancellationToken cancel = default) =>
        db
            .Deduplications.AsNoTracking()
            .OrderByDescending(run => run.StartedAt)
            .FirstOrDefaultAsync(cancel);

    /// <summary>Asks the background worker for a run; one that waits or runs is not asked for twice.</summary>
    public async Task<DeduplicationRun> Ask(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        if (
            await Last(cancel) is { FinishedAt: null } running
            && clock.GetUtcNow() - running.StartedAt < DeduplicationWorker.Abandoned
        )
        {
            return running;
        }
        var run = await Begin(cancel);
        signal.Ask(run.Id);
        return run;
    }

    /// <summary>Runs now, in the caller's own time: the host's command.</summary>
    public async Task<DeduplicationRun> Run(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.ReviewCitizens);
        return await Run((await Begin(cancel)).Id, cancel);
    }

    private async Task<DeduplicationRun> Begin(CancellationToken cancel)
    {
        var run = new DeduplicationRun
        {
            Id = Guid.CreateVersion7(),
            StartedAt = clock.GetUtcNow(),
            StartedBy = current.Caller.Name,
        };
        db.Deduplications.Add(run);
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, "Citizen/$deduplicate", []),
            cancel
        );
        return run;
    }

    internal async Task<DeduplicationRun> Run(Guid id, CancellationToken cancel)
    {
        DeduplicationRun run;
        try
        {
            await IndexTheUnindexed(cancel);
            var (ids, people) = await Read(cancel);
            var learns = ids.Count >= MatchModel.FewestPeople;
            var index = PeopleIndex.Build(people, learns ? null : model.Expected);
            if (learns)
            {
                await Keep(index.Model, ids.Count, cancel);
            }
            var found = FindDuplicates.Run(index);
            var pairs = found
                .Groups.SelectMany(Certain)
                .Select(pair =>
                    (pair.Left, pair.Right, index.Explain(pair.Left, pair.Right).Weight)
                )
                .ToList();
            var added = await Put(
                pairs
                    .Concat(found.ToReview.Select(pair => (pair.Left, pair.Right, pair.Weight)))
                    .Select(pair => (ids[pair.Left], ids[pair.Right], pair.Weight)),
                cancel
            );
            run = await db.Deduplications.SingleAsync(row => row.Id == id, cancel);
            (run.People, run.Certain, run.Added) = (ids.Count, pairs.Count, added);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            db.ChangeTracker.Clear();
            run = await db.Deduplications.SingleAsync(row => row.Id == id, cancel);
            run.Error = error.Message;
        }
        run.FinishedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancel);
        return run;
    }

    /// <summary>The pairs of a group that are joined to its first record: enough to join it all.</summary>
    private static IEnumerable<(int Left, int Right)> Certain(int[] group) =>
        group.Skip(1).Select(row => (group[0], row));

    private async Task IndexTheUnindexed(CancellationToken cancel)
    {
        while (true)
        {
            var ids = await db
                .People.Where(person => !db.MatchKeys.Any(key => key.Citizen == person.Id))
                // Who has no birth date, no number and no address stands in no block.
                .Where(person => person.BirthDate != null || person.Identifiers.Any())
                .OrderBy(person => person.Id)
                .Select(person => person.Id)
                .Take(Batch)
                .ToListAsync(cancel);
            var written = 0;
            foreach (var group in await PersonGroup.Load(db.People, ids, cancel))
            {
                await told.Index(group, cancel);
                written++;
            }
            written = db.ChangeTracker.HasChanges() ? written : 0;
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
            if (written == 0)
            {
                return;
            }
        }
    }

    private async Task<(List<CitizenId> Ids, PeopleTable People)> Read(CancellationToken cancel)
    {
        var people = new PeopleTable(model.Schema);
        var ids = new List<CitizenId>();
        var rows = db
            .People.AsNoTracking()
            .Where(person => person.ReplacedBy == null)
            .Include(person => person.Identifiers)
            .OrderBy(person => person.Id)
            .AsAsyncEnumerable();
        await foreach (var person in rows.WithCancellation(cancel))
        {
            people.Add(CitizenSchema.Values(new PersonGroup(person, []).ToCitizen().Details));
            ids.Add(person.Id);
        }
        return (ids, people);
    }

    private async Task Keep(LinkageModel learned, int count, CancellationToken cancel)
    {
        var stored = await db.Models.SingleOrDefaultAsync(cancel);
        var body = ModelFile.Write(learned);
        if (stored is null)
        {
            db.Models.Add(
                new StoredModel
                {
                    LearnedAt = clock.GetUtcNow(),
                    People = count,
                    Body = body,
                }
            );
        }
        else
        {
            (stored.LearnedAt, stored.People, stored.Body) = (clock.GetUtcNow(), count, body);
        }
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        model.Forget();
    }

    /// <summary>Adds the pairs that were never put before a person.</summary>
    private async Task<int> Put(
        IEnumerable<(CitizenId One, CitizenId Other, double Weight)> pairs,
        CancellationToken cancel
    )
    {
        var added = 0;
        foreach (var batch in pairs.Chunk(Batch))
        {
            var rows = batch
                .Select(pair => (Key: ReviewPair.Of(pair.One, pair.Other), pair.Weight))
                .DistinctBy(pair => pair.Key)
                .ToList();
            var left = rows.Select(pair => pair.Key.Left).Distinct().ToList();
            var had = (
                await db
                    .Reviews.AsNoTracking()
                    .Where(pair => left.Contains(pair.Left))
                    .Select(pair => new { pair.Left, pair.Right })
                    .ToListAsync(cancel)
            )
                .Select(pair => (pair.Left, pair.Right))
                .ToHashSet();
            foreach (var (key, weight) in rows.Where(pair => !had.Contains(pair.Key)))
            {
                db.Reviews.Add(
                    new ReviewPair
                    {
                        Left = key.Left,
                        Right = key.Right,
                        Reason = ReviewReason.Likeness,
                        Weight = weight,
                        FoundAt = clock.GetUtcNow(),
                    }
                );
                added++;
            }
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
        }
        return added;
    }
}
