using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>
/// One run at a time for a period, over all processes on the database: the lease's key decides. A run renews it while it works;
/// when a process dies, its lease lapses and the next run takes the period over.
/// </summary>
public sealed class ExportLeases(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RenewEvery = TimeSpan.FromSeconds(30);

    /// <exception cref="Conflict">Another run has the period.</exception>
    public async Task<Held> Take(string export, string period, Guid runId, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
        var now = clock.GetUtcNow();
        await Lapse(db, export, period, now, cancel);
        db.Add(
            new ExportLease
            {
                Export = export,
                Period = period,
                RunId = runId,
                Until = now + Length,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    $"{export} {period} đang được chạy; hãy đợi lượt đó xong.",
                    $"{export} {period} is running now; wait for that run."
                )
            );
        }
        return new(this, runId);
    }

    /// <summary>Ends the lease of a run that died, and says so in the ledger.</summary>
    private static async Task Lapse(
        RegistriesDb db,
        string export,
        string period,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var dead = await db
            .Leases.AsNoTracking()
            .SingleOrDefaultAsync(
                lease => lease.Export == export && lease.Period == period && lease.Until < now,
                cancel
            );
        if (dead is null)
        {
            return;
        }
        await db
            .Leases.Where(lease => lease.RunId == dead.RunId && lease.Until < now)
            .ExecuteDeleteAsync(cancel);
        var run = await db.Runs.FindAsync([dead.RunId], cancel);
        if (run is { State: RunState.Running })
        {
            run.State = RunState.Failed;
            run.FinishedAt = now;
            run.Error = "The process ended before the run did.";
            await db.SaveChangesAsync(cancel);
        }
    }

    private async Task Renew(Guid runId, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(RenewEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
                var until = clock.GetUtcNow() + Length;
                await db
                    .Leases.Where(lease => lease.RunId == runId)
                    .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.Until, until), stop);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task Release(Guid runId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
        await db.Leases.Where(lease => lease.RunId == runId).ExecuteDeleteAsync();
    }

    /// <summary>Keeps the lease alive until it is disposed.</summary>
    public sealed class Held : IAsyncDisposable
    {
        private readonly ExportLeases leases;
        private readonly Guid runId;
        private readonly CancellationTokenSource stop = new();
        private readonly Task renewing;

        internal Held(ExportLeases leases, Guid runId)
        {
            (this.leases, this.runId) = (leases, runId);
            renewing = leases.Renew(runId, stop.Token);
        }

        /// <summary>Whether it is still ours: a process that slept longer than the lease has lost it.</summary>
        public static Task<bool> IsOurs(RegistriesDb db, Guid runId, CancellationToken cancel) =>
            db.Leases.AnyAsync(lease => lease.RunId == runId, cancel);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await renewing;
            stop.Dispose();
            await leases.Release(runId);
        }
    }
}
