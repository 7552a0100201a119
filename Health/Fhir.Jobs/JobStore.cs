using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs;

/// <summary>
/// The rows of the jobs. Who runs one is settled by a conditional update of its row, so that of several hosts one gets it; a
/// run renews its hold, and when its process dies another run takes over after the lease. Singleton.
/// </summary>
public sealed class JobStore(IServiceScopeFactory scopes, JobOptions options, TimeProvider clock)
{
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Completes when a job was added by this host, or the time is over.</summary>
    public async Task Wait(TimeSpan atMost, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, over.Token);
        try
        {
            await wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested) { }
    }

    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <param name="request">The address as asked.</param>
    /// <exception cref="FhirRefusal">429: the caller has too many in work.</exception>
    public async Task<Job> Add<TInput>(
        string kind,
        Caller caller,
        string request,
        TInput input,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var active = await db.Jobs.CountAsync(
            job =>
                job.Owner == caller.Id
                && (job.State == JobState.Queued || job.State == JobState.Running),
            cancel
        );
        if (active >= options.PerOwner)
        {
            throw new FhirRefusal(
                429,
                "throttled",
                $"You have {active} jobs waiting or running, which is the most: wait for one to end, or cancel one (DELETE its address)."
            )
            {
                RetryAfterSeconds = 30,
            };
        }
        var added = new Job
        {
            Id = Guid.CreateVersion7(),
            Kind = kind,
            Owner = caller.Id,
            Caller = StoredCaller.ToJson(caller),
            Request = request,
            Input = JsonSerializer.Serialize(input),
            CreatedAt = clock.GetUtcNow(),
        };
        db.Jobs.Add(added);
        await db.SaveChangesAsync(cancel);
        Wake();
        return added;
    }

    /// <summary>Null when there is none, or it is somebody else's.</summary>
    public async Task<Job?> Find(Guid id, string owner, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Db(scope)
            .Jobs.AsNoTracking()
            .SingleOrDefaultAsync(job => job.Id == id && job.Owner == owner, cancel);
    }

    /// <summary>Takes the oldest job that waits or whose holder is dead; null when there is none.</summary>
    public async Task<(Job Job, Guid Holder)?> Take(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var now = clock.GetUtcNow();
        var waiting = await db
            .Jobs.AsNoTracking()
            .Where(job =>
                job.State == JobState.Queued
                || (job.State == JobState.Running && job.HeldUntil < now)
            )
            .OrderBy(job => job.CreatedAt)
            .Select(job => new { job.Id, job.Holder })
            .Take(8)
            .ToListAsync(cancel);
        foreach (var one in waiting)
        {
            var holder = Guid.CreateVersion7();
            var taken = await db
                .Jobs.Where(job =>
                    job.Id == one.Id
                    && job.Holder == one.Holder
                    && (job.State == JobState.Queued || job.State == JobState.Running)
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(job => job.Holder, holder)
                            .SetProperty(job => job.HeldUntil, now + options.Lease)
                            .SetProperty(job => job.State, JobState.Running)
                            .SetProperty(job => job.StartedAt, job => job.StartedAt ?? now)
                            .SetProperty(job => job.Attempts, job => job.Attempts + 1),
                    cancel
                );
            if (taken == 1)
            {
                return (
                    await db.Jobs.AsNoTracking().SingleAsync(job => job.Id == one.Id, cancel),
                    holder
                );
            }
        }
        return null;
    }

    /// <summary>False when the run no longer holds the job.</summary>
    public Task<bool> Renew(Guid id, Guid holder, CancellationToken cancel) =>
        Change(
            id,
            holder,
            set => set.SetProperty(job => job.HeldUntil, clock.GetUtcNow() + options.Lease),
            cancel
        );

    /// <inheritdoc cref="Renew"/>
    public Task<bool> Save(
        Guid id,
        Guid holder,
        string checkpoint,
        string progress,
        CancellationToken cancel
    ) =>
        Change(
            id,
            holder,
            set =>
                set.SetProperty(job => job.Checkpoint, checkpoint)
                    .SetProperty(
                        job => job.Progress,
                        progress.Length > 200 ? progress[..200] : progress
                    )
                    .SetProperty(job => job.HeldUntil, clock.GetUtcNow() + options.Lease),
            cancel
        );

    public Task Finish(Guid id, Guid holder, JobResult result, CancellationToken cancel) =>
        End(id, holder, JobState.Done, JsonSerializer.Serialize(result), cancel);

    public Task Fail(Guid id, Guid holder, JobFailure failure, CancellationToken cancel) =>
        End(id, holder, JobState.Failed, JsonSerializer.Serialize(failure), cancel);

    /// <summary>Gives a job back that is to be run again, without counting the run: the host is stopping.</summary>
    public Task GiveBack(Guid id, Guid holder, CancellationToken cancel) =>
        Change(
            id,
            holder,
            set =>
                set.SetProperty(job => job.State, JobState.Queued)
                    .SetProperty(job => job.Attempts, job => job.Attempts - 1),
            cancel
        );

    /// <summary>False when there is no such job of this owner. A finished one is removed as well: its files go at the next clean-up.</summary>
    public async Task<bool> Cancel(Guid id, string owner, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await Db(scope)
                .Jobs.Where(job =>
                    job.Id == id && job.Owner == owner && job.State != JobState.Cancelled
                )
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(job => job.State, JobState.Cancelled)
                            .SetProperty(job => job.FinishedAt, now)
                            // A run elsewhere learns of it when it renews its hold; only then may its files go.
                            .SetProperty(job => job.ExpiresAt, job => job.HeldUntil ?? now),
                    cancel
                ) == 1;
    }

    /// <summary>Removes the rows whose time is over; returns their ids, whose files go too.</summary>
    public async Task<IReadOnlyList<Guid>> Expire(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = Db(scope);
        var now = clock.GetUtcNow();
        var over = await db
            .Jobs.Where(job => job.ExpiresAt < now)
            .OrderBy(job => job.ExpiresAt)
            .Select(job => job.Id)
            .Take(100)
            .ToListAsync(cancel);
        await db.Jobs.Where(job => over.Contains(job.Id)).ExecuteDeleteAsync(cancel);
        return over;
    }

    private Task<bool> End(
        Guid id,
        Guid holder,
        JobState state,
        string output,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        return Change(
            id,
            holder,
            set =>
                set.SetProperty(job => job.State, state)
                    .SetProperty(job => job.Output, output)
                    .SetProperty(job => job.FinishedAt, now)
                    .SetProperty(job => job.ExpiresAt, now + options.Keep),
            cancel
        );
    }

    private async Task<bool> Change(
        Guid id,
        Guid holder,
        Action<UpdateSettersBuilder<Job>> set,
        CancellationToken cancel
    )
    {
        await using var scope = scopes.CreateAsyncScope();
        return await Db(scope)
                .Jobs.Where(job =>
                    job.Id == id && job.Holder == holder && job.State == JobState.Running
                )
                .ExecuteUpdateAsync(set, cancel) == 1;
    }

    private static JobsDb Db(AsyncServiceScope scope) =>
        scope.ServiceProvider.GetRequiredService<JobsDb>();
}
