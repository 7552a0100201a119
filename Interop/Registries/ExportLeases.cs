using System.Data.Common;
using Interop.Registries.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>
/// One run or sending at a time for a period, over all processes on the database: the lease's key decides. Whoever has it renews it
/// while at work; when a process dies, its lease lapses and the next one takes the period over.
/// </summary>
public sealed class ExportLeases(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    IConfiguration configuration
)
{
    /// <summary>The setting <c>exports-lease-seconds</c>, 120 unless told.</summary>
    private readonly TimeSpan length = TimeSpan.FromSeconds(
        configuration.GetValue("exports-lease-seconds", 120.0)
    );

    /// <summary>How soon a run hears that it was cancelled, and others see how far it is.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    /// <param name="id">Of the run or the attempt.</param>
    /// <param name="input">What the run counts while it reads.</param>
    /// <exception cref="Conflict">Another one has the period.</exception>
    public async Task<Held> Take(
        string export,
        string period,
        Guid id,
        CancellationToken cancel,
        ExportInput? input = null
    )
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
                RunId = id,
                Until = now + length,
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
        return new(this, id, input);
    }

    /// <summary>Asks a run to stop, on whichever host it is.</summary>
    /// <returns>False when it is not running.</returns>
    public async Task<bool> Cancel(Guid runId, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
        return await db
                .Leases.Where(lease => lease.RunId == runId)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(lease => lease.CancelAsked, true),
                    cancel
                ) > 0;
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
            run.Error = Died;
            await db.SaveChangesAsync(cancel);
        }
        if (
            await db.Attempts.FindAsync([dead.RunId], cancel) is
            { Outcome: AttemptOutcome.Open } attempt
        )
        {
            // Whether it arrived is asked in the next attempt.
            attempt.Outcome = AttemptOutcome.Failed;
            attempt.FinishedAt = now;
            attempt.Detail = Died;
            await db.SaveChangesAsync(cancel);
        }
    }

    internal const string Died = "The process ended before the run did.";

    private async Task Renew(Held held, Guid runId, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Beat < length / 4 ? Beat : length / 4);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
                var until = clock.GetUtcNow() + length;
                var ours = await db
                    .Leases.Where(lease => lease.RunId == runId)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(lease => lease.Until, until)
                                .SetProperty(lease => lease.Records, held.Records),
                        stop
                    );
                // Asked to stop, or taken over by another host.
                if (
                    ours == 0
                    || await db.Leases.AnyAsync(
                        lease => lease.RunId == runId && lease.CancelAsked,
                        stop
                    )
                )
                {
                    await held.Stop();
                    return;
                }
            }
        }
        catch (OperationCanceledException) { }
        catch (Exception error) when (error is DbException or DbUpdateException)
        {
            // The database does not answer: the work cannot be entered either, so it ends.
            await held.Stop();
        }
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
        private readonly Guid id;
        private readonly ExportInput? input;
        private readonly CancellationTokenSource released = new();
        private readonly CancellationTokenSource stopped = new();
        private readonly Task renewing;

        internal Held(ExportLeases leases, Guid id, ExportInput? input)
        {
            (this.leases, this.id, this.input) = (leases, id, input);
            renewing = leases.Renew(this, id, released.Token);
        }

        internal long Records => input?.Records ?? 0;

        /// <summary>Fires when somebody cancels the run, or when another host took it over.</summary>
        public CancellationToken Stopped => stopped.Token;

        internal Task Stop() => stopped.CancelAsync();

        /// <summary>
        /// Inside the transaction that enters the result: locks the lease's row, so that nobody takes it over before the commit.
        /// </summary>
        /// <returns>False when it is lost: a process slept longer than the lease.</returns>
        public async Task<bool> IsOurs(RegistriesDb db, CancellationToken cancel) =>
            await db
                .Leases.Where(lease => lease.RunId == id)
                .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.RunId, id), cancel) > 0;

        public async ValueTask DisposeAsync()
        {
            await released.CancelAsync();
            await renewing;
            released.Dispose();
            stopped.Dispose();
            await leases.Release(id);
        }
    }
}
