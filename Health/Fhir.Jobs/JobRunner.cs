using System.Collections.Concurrent;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs;

/// <summary>
/// Runs jobs, a few at once, each in the name of whoever asked for it. A job survives this process: what was not finished is
/// taken up by the next one, at its last checkpoint.
/// </summary>
public sealed partial class JobRunner(
    JobStore store,
    JobFolder folder,
    JobOptions options,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<JobRunner> log
) : BackgroundService
{
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> running = new();

    /// <summary>Stops the job at once if this host runs it; other hosts see it in its row.</summary>
    public void Stop(Guid job)
    {
        if (running.TryGetValue(job, out var stop))
        {
            stop.Cancel();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var work = new List<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                work.RemoveAll(one => one.IsCompleted);
                try
                {
                    while (
                        work.Count < options.AtOnce
                        && await store.Take(stoppingToken) is var (job, holder)
                    )
                    {
                        work.Add(Run(job, holder, stoppingToken));
                    }
                    foreach (var expired in await store.Expire(stoppingToken))
                    {
                        folder.Remove(expired);
                    }
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    LookFailed(error);
                }
                await store.Wait(options.Look, stoppingToken);
            }
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(work);
    }

    private async Task Run(Job job, Guid holder, CancellationToken stopping)
    {
        // Taking the next job must not wait for the first synchronous stretch of this one.
        await Task.Yield();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        running[job.Id] = stop;
        var renewing = Renew(job.Id, holder, stop);
        try
        {
            await End(job, holder, stop.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await store.GiveBack(job.Id, holder, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Cancelled, or lost to another run: the row says which, and is not ours to change.
        }
        catch (Exception error)
        {
            // The row stays held until the lease is over; then it is tried again.
            RunFailed(job.Kind, job.Id, error);
        }
        finally
        {
            running.TryRemove(job.Id, out _);
            await stop.CancelAsync();
            await renewing;
            store.Wake();
        }
    }

    private async Task End(Job job, Guid holder, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope
            .ServiceProvider.GetRequiredService<ICurrentCaller>()
            .Become(StoredCaller.FromJson(job.Caller));
        try
        {
            if (job.Attempts > options.Attempts)
            {
                throw new FhirRefusal(
                    500,
                    "exception",
                    $"The server stopped {job.Attempts - 1} times while it worked on this, and gives it up."
                );
            }
            var kind = scope
                .ServiceProvider.GetServices<IJobKind>()
                .Single(kind => kind.Name == job.Kind);
            var result = await kind.Run(new JobRun(job, holder, store, folder), cancel);
            await store.Finish(job.Id, holder, result, cancel);
            Finished(job.Kind, job.Id);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            if (FhirErrors.RefusalOf(error) is not { } refusal)
            {
                RunFailed(job.Kind, job.Id, error);
                refusal = new FhirRefusal(
                    500,
                    "exception",
                    $"The server failed at this. Name the job to its operators: {job.Id}."
                );
            }
            await store.Fail(
                job.Id,
                holder,
                new JobFailure(refusal.Status, refusal.Issues),
                cancel
            );
        }
    }

    /// <summary>Keeps the hold while the run works, and stops the run when it has lost it or was cancelled.</summary>
    private async Task Renew(Guid job, Guid holder, CancellationTokenSource stop)
    {
        using var timer = new PeriodicTimer(options.Lease / 4, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                if (!await store.Renew(job, holder, stop.Token))
                {
                    await stop.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) { }
        catch (Exception error)
        {
            // Without a hold another run may begin: this one must not go on.
            RunFailed("renew", job, error);
            await stop.CancelAsync();
        }
    }

    [LoggerMessage(LogLevel.Error, "Looking for jobs failed; it is tried again")]
    private partial void LookFailed(Exception error);

    [LoggerMessage(LogLevel.Error, "The {Kind} job {Id} failed")]
    private partial void RunFailed(string kind, Guid id, Exception error);

    [LoggerMessage(LogLevel.Information, "The {Kind} job {Id} is done")]
    private partial void Finished(string kind, Guid id);
}
