using System.Data.Common;
using System.Threading.Channels;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Health.Fhir.Store.Writing;

/// <summary>
/// The one place that writes. It takes all transactions that wait, decides each by itself, and writes those that hold with one
/// commit, so that they share one wait for the disk. A refused one costs the others nothing; when the database itself refuses
/// the group, each is tried alone.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int MaxGroup = 64;
    private const int MaxGroupWrites = 4_000;
    private const int Attempts = 8;

    private readonly Channel<PendingTransaction> waiting;
    private readonly CancellationTokenSource stop = new();
    private readonly Dialect dialect;
    private readonly Func<Session, Session, GroupWrite> newGroup;
    private readonly Interned interned;
    private readonly KeySource keys;
    private readonly OutboxSignal signal;
    private readonly Task running;
    private Session? main;
    private Session? side;

    public Writer(
        Dialect dialect,
        Interned interned,
        KeySource keys,
        OutboxSignal signal,
        int mayWait,
        Func<Session, Session, GroupWrite> newGroup
    )
    {
        this.dialect = dialect;
        this.interned = interned;
        this.keys = keys;
        this.signal = signal;
        this.newGroup = newGroup;
        waiting = Channel.CreateBounded<PendingTransaction>(
            new BoundedChannelOptions(mayWait) { SingleReader = true }
        );
        running = Task.Run(Run);
    }

    public async Task<TransactionResult> Write(PendingTransaction transaction)
    {
        if (!waiting.Writer.TryWrite(transaction))
        {
            throw new StoreBusy();
        }
        return await transaction.Done;
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await running;
        await stop.CancelAsync();
        await CloseSessions();
        stop.Dispose();
    }

    private async Task Run()
    {
        var group = new List<PendingTransaction>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            group.Clear();
            var writes = 0;
            while (
                group.Count < MaxGroup
                && writes < MaxGroupWrites
                && waiting.Reader.TryRead(out var next)
            )
            {
                if (next.Cancel.IsCancellationRequested)
                {
                    next.Fail(new OperationCanceledException(next.Cancel));
                    continue;
                }
                group.Add(next);
                writes += next.Items.Length;
            }
            var left = group.ToList();
            while (left.Count > 0)
            {
                left = await Take(left);
            }
        }
    }

    /// <summary>Writes what can go together; returns those that must come after it.</summary>
    private async Task<List<PendingTransaction>> Take(List<PendingTransaction> group)
    {
        try
        {
            return await WriteTogether(group);
        }
        catch (Exception first) when (group.Count > 1)
        {
            _ = first;
            foreach (var transaction in group.Where(transaction => !transaction.IsFinished))
            {
                await WriteAlone(transaction);
            }
        }
        catch (Exception)
        {
            await WriteAlone(group[0]);
        }
        return [];
    }

    private async Task WriteAlone(PendingTransaction transaction)
    {
        for (var attempt = 1; !transaction.IsFinished; attempt++)
        {
            try
            {
                await WriteTogether([transaction]);
            }
            catch (Exception error) when (dialect.IsRetryable(error) && attempt < Attempts)
            {
                await Task.Delay(Random.Shared.Next(5, 20 << Math.Min(attempt, 5)));
            }
            catch (Exception error) when (dialect.IsRetryable(error))
            {
                transaction.Fail(
                    new Conflict("Others were writing the same resources. Try again.")
                );
            }
            catch (Exception error)
            {
                transaction.Fail(error);
            }
        }
    }

    private async Task<List<PendingTransaction>> WriteTogether(List<PendingTransaction> group)
    {
        GroupWrite? committing = null;
        try
        {
            main ??= await dialect.OpenWriter(stop.Token);
            side ??= dialect.Shared ? await dialect.OpenWriter(stop.Token) : main;
            interned.Trim();
            await main.Begin(stop.Token);
            if (main.ChangedByOthers())
            {
                keys.Forget();
            }
            var work = newGroup(main, side);
            var later = await work.Decide(group, stop.Token);
            await work.Write(stop.Token);
            committing = work;
            await main.Commit(stop.Token);
            work.Complete();
            if (work.HasEvents)
            {
                signal.Wake();
            }
            return later;
        }
        catch
        {
            keys.Forget();
            interned.Forget();
            await CloseSessions();
            if (committing is not null && await IsThere(committing))
            {
                committing.Complete();
                return [.. group.Where(transaction => !transaction.IsFinished)];
            }
            throw;
        }
    }

    /// <summary>
    /// A server that went away while it committed may have done so. Asked again when it is back, within a time that a caller can
    /// wait; otherwise the callers hear that they must look for themselves.
    /// </summary>
    private async Task<bool> IsThere(GroupWrite work)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                side = await dialect.OpenWriter(stop.Token);
                return await work.IsThere(side, stop.Token);
            }
            catch (DbException error) when (error.IsTransient && attempt < Attempts)
            {
                await CloseSessions();
                await Task.Delay(TimeSpan.FromMilliseconds(100 << Math.Min(attempt, 4)));
            }
            finally
            {
                await CloseSessions();
            }
        }
    }

    private async Task CloseSessions()
    {
        var (oldMain, oldSide) = (main, side);
        (main, side) = (null, null);
        if (oldMain is not null)
        {
            await oldMain.Rollback();
            await oldMain.DisposeAsync();
        }
        if (oldSide is not null && oldSide != oldMain)
        {
            await oldSide.DisposeAsync();
        }
    }
}
