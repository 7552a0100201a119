using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries.Sending;

/// <summary>
/// Hands over what is approved, and asks after what was received. An attempt stands in the database before its first byte leaves; while
/// there was one before, the destination is asked first, so a process that died in between sends nothing twice.
/// </summary>
public sealed class SendSnapshots(
    RegistriesDb db,
    ExportCatalogue catalogue,
    ExportLeases leases,
    ExportFolder folder,
    Destinations destinations,
    IServiceScopeFactory scopes,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <summary>So often by itself; then a person looks at it and sends again. With the waiting below that is about two days.</summary>
    public const int MostAttempts = 16;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(6);

    /// <summary>One pass over what is due, on whichever host comes first.</summary>
    /// <returns>How many were tried.</returns>
    public async Task<int> Run(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var due = await db
            .Snapshots.AsNoTracking()
            .Where(snapshot => snapshot.NextAttemptAt != null && snapshot.NextAttemptAt <= now)
            .OrderBy(snapshot => snapshot.NextAttemptAt)
            .Take(50)
            .Select(snapshot => new
            {
                snapshot.Export,
                snapshot.Period,
                snapshot.Version,
            })
            .ToListAsync(cancel);
        var tried = 0;
        foreach (var one in due.Where(one => catalogue.All.Any(e => e.Name == one.Export)))
        {
            // Each in a scope of its own: what one leaves behind is not the next one's.
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            var send = scope.ServiceProvider.GetRequiredService<SendSnapshots>();
            tried += await send.One(one.Export, one.Period, one.Version, cancel) ? 1 : 0;
        }
        return tried;
    }

    /// <returns>False when another host has it, or it is no longer due.</returns>
    private async Task<bool> One(
        string export,
        string period,
        int version,
        CancellationToken cancel
    )
    {
        var id = Guid.CreateVersion7();
        ExportLeases.Held lease;
        try
        {
            // The lease of the period: nobody makes a correction of it while it is on its way.
            lease = await leases.Take(export, period, id, cancel);
        }
        catch (Conflict)
        {
            return false;
        }
        await using (lease)
        {
            var snapshot = await db.Snapshots.SingleAsync(
                row => row.Export == export && row.Period == period && row.Version == version,
                cancel
            );
            if (snapshot.NextAttemptAt is not { } due || due > clock.GetUtcNow())
            {
                return false;
            }
            var setting = destinations.SettingOf(export);
            if (setting is null)
            {
                snapshot.NextAttemptAt = null;
                await Save(snapshot, cancel);
                return false;
            }
            var attempt = new DeliveryAttempt
            {
                Id = id,
                Export = export,
                Period = period,
                Version = version,
                Number = ++snapshot.Attempts,
                Destination = setting.Address,
                StartedAt = clock.GetUtcNow(),
            };
            db.Add(attempt);
            await Save(snapshot, cancel);
            await audit.Record(
                current.Caller,
                new(AuditAction.Execute, $"Export/{export}/{period}/v{version}/send", []),
                cancel
            );
            Reply reply;
            try
            {
                reply = await HandOver(snapshot, setting, attempt.Number, cancel);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // A file that is gone or damaged, a setting that is wrong: it never left.
                reply = new(Answer.Failed, Reason: error.Message);
            }
            Enter(snapshot, attempt, reply);
            // What the destination said is written down even while the server goes down.
            await Save(snapshot, CancellationToken.None);
        }
        return true;
    }

    private async Task<Reply> HandOver(
        Snapshot snapshot,
        DestinationSetting setting,
        int number,
        CancellationToken cancel
    )
    {
        var file =
            await db
                .Files.AsNoTracking()
                .SingleOrDefaultAsync(
                    row =>
                        row.Export == snapshot.Export
                        && row.Period == snapshot.Period
                        && row.Version == snapshot.Version
                        && row.Format == setting.Format,
                    cancel
                )
            ?? throw new InvalidOperationException(
                $"Destinations:{snapshot.Export}:Format is '{setting.Format}', which this export does not write."
            );
        var acknowledged = await db
            .Snapshots.Where(row =>
                row.Export == snapshot.Export
                && row.Period == snapshot.Period
                && row.Version < snapshot.Version
                && row.Receipt != null
            )
            .MaxAsync(row => (int?)row.Version, cancel);
        var shipment = new Shipment(
            snapshot.Key,
            $"{snapshot.Export}/{snapshot.Period}/v{snapshot.Version}{ExportFormats.ExtensionOf(setting.Format)}",
            ExportFormats.MediaTypes[setting.Format],
            await folder.Read(file, cancel),
            file.Sha256,
            acknowledged
        );
        var destination = destinations.Of(snapshot.Export);
        if (number > 1)
        {
            var known = await destination.Ask(shipment, cancel);
            if (known.Answer is not Answer.Absent)
            {
                return known;
            }
        }
        return await destination.Send(shipment, cancel);
    }

    private void Enter(Snapshot snapshot, DeliveryAttempt attempt, Reply reply)
    {
        var now = clock.GetUtcNow();
        var reason = reply.Reason is { Length: > 2000 } ? reply.Reason[..2000] : reply.Reason;
        attempt.FinishedAt = now;
        attempt.Detail = reply.Receipt ?? reason;
        snapshot.Reason = reason;
        snapshot.NextAttemptAt = null;
        switch (reply.Answer)
        {
            case Answer.Acknowledged:
                attempt.Outcome = AttemptOutcome.Acknowledged;
                snapshot.State = SnapshotState.Acknowledged;
                snapshot.Receipt = reply.Receipt;
                snapshot.SentAt ??= now;
                snapshot.SettledAt = now;
                return;
            case Answer.Refused:
                attempt.Outcome = AttemptOutcome.Refused;
                snapshot.State = SnapshotState.Refused;
                snapshot.SentAt ??= now;
                snapshot.SettledAt = now;
                return;
            case Answer.Received:
                attempt.Outcome = AttemptOutcome.Received;
                snapshot.State = SnapshotState.Sent;
                snapshot.SentAt ??= now;
                break;
            default:
                attempt.Outcome = AttemptOutcome.Failed;
                break;
        }
        if (snapshot.Attempts < MostAttempts)
        {
            var wait = reply.RetryAfter ?? Wait(snapshot.Attempts);
            snapshot.NextAttemptAt = now + (wait < LongestWait ? wait : LongestWait);
        }
    }

    /// <summary>30 s, 1 min, 2 min … and never more than six hours.</summary>
    internal static TimeSpan Wait(int attempts) =>
        attempts > 10 ? LongestWait : FirstWait * Math.Pow(2, attempts - 1);

    private Task Save(Snapshot snapshot, CancellationToken cancel)
    {
        snapshot.Revision++;
        return db.SaveChangesAsync(cancel);
    }
}
