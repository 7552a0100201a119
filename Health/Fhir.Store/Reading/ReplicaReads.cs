using System.Data.Common;
using System.Diagnostics.Metrics;
using Health.Fhir.Store.Place;
using Microsoft.Extensions.Logging;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// Lets the replica answer what it can answer as truly as the primary. Each read first learns up to where the primary has acknowledged
/// commits, and is given to the replica once that has replayed as far: it then sees every write that anyone was told of before the
/// read began, whichever host took it. A replica that is late or away costs a read <see cref="StoreOptions.ReplicaWait"/>, and is then
/// left alone for a while.
/// </summary>
internal sealed partial class ReplicaReads(
    PostgresReplica replica,
    StoreOptions options,
    TimeProvider clock,
    ILogger log
) : IAsyncDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1);

    private static readonly Counter<long> Reads = new Meter(
        "Records.Fhir.Store"
    ).CreateCounter<long>("records.fhir.store.reads", description: "Reads, by the server asked");

    private readonly SharedAnswer<ulong> acknowledged = new(replica.Acknowledged);
    private long restsUntil;
    private bool away;

    /// <summary>A session of the replica that has seen all that was acknowledged until now; null when the primary must be asked.</summary>
    public async Task<Session?> Open(CancellationToken cancel)
    {
        var session =
            clock.GetTimestamp() < Volatile.Read(ref restsUntil) ? null : await TryOpen(cancel);
        Reads.Add(
            1,
            new KeyValuePair<string, object?>("server", session is null ? "primary" : "replica")
        );
        return session;
    }

    /// <summary>A read failed there, and may be asked of the primary.</summary>
    public bool IsFault(Exception error) => error is DbException or IOException or ReplicaRefused;

    public void Failed(Exception error)
    {
        replica.Failed();
        Volatile.Write(
            ref restsUntil,
            clock.GetTimestamp() + (long)(Rest.TotalSeconds * clock.TimestampFrequency)
        );
        if (!Interlocked.Exchange(ref away, true))
        {
            LeftAlone(log, error.Message);
        }
    }

    public ValueTask DisposeAsync() => replica.DisposeAsync();

    private async Task<Session?> TryOpen(CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.ReplicaWait);
        Session? session = null;
        try
        {
            var needed = await acknowledged.Ask().WaitAsync(limit.Token);
            session = await replica.Open(limit.Token);
            for (
                var pause = FirstLook;
                await PostgresReplica.Replayed(session, limit.Token) < needed;
                pause *= 2
            )
            {
                await Task.Delay(pause, clock, limit.Token);
            }
            if (Interlocked.Exchange(ref away, false))
            {
                IsBack(log);
            }
            return session;
        }
        catch (Exception error)
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
            cancel.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested || IsFault(error))
            {
                Failed(limit.IsCancellationRequested ? new TimeoutException("it is late") : error);
                return null;
            }
            throw;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Reads go to the primary, not to the replica: {Reason}"
    )]
    private static partial void LeftAlone(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reads go to the replica again")]
    private static partial void IsBack(ILogger log);
}
