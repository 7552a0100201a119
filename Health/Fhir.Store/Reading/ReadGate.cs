using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// Lets so many reads in at once, a bounded number wait, and stops each that takes too long. Says which server answers, where there
/// is a replica.
/// </summary>
internal sealed class ReadGate(Dialect dialect, StoreOptions options, ReplicaReads? replica)
    : IDisposable
{
    private readonly SemaphoreSlim places = new(options.Readers);
    private int waiting;

    /// <param name="read">May be run twice: what fails on the replica is asked of the primary.</param>
    /// <param name="primary">Only there.</param>
    public async Task<TResult> Run<TResult>(
        Func<Session, CancellationToken, Task<TResult>> read,
        CancellationToken cancel,
        bool primary = false
    )
    {
        if (!places.Wait(0, CancellationToken.None))
        {
            if (Interlocked.Increment(ref waiting) > options.WaitingReaders)
            {
                Interlocked.Decrement(ref waiting);
                throw new StoreBusy();
            }
            try
            {
                await places.WaitAsync(cancel);
            }
            finally
            {
                Interlocked.Decrement(ref waiting);
            }
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(options.QueryTime);
        try
        {
            if (replica is not null && !primary && await replica.Open(limit.Token) is { } there)
            {
                try
                {
                    await using (there)
                    {
                        return await read(there, limit.Token);
                    }
                }
                catch (Exception error)
                    when (!limit.IsCancellationRequested && replica.IsFault(error))
                {
                    replica.Failed(error);
                }
            }
            await using var session = await dialect.OpenReader(limit.Token);
            // SQLite does not look at tokens; it is told from the timer's thread.
            await using var stop = limit.Token.Register(session.Interrupt);
            return await read(session, limit.Token);
        }
        catch (Exception error)
            when (limit.IsCancellationRequested
                && !cancel.IsCancellationRequested
                && (error is OperationCanceledException || dialect.IsCancelled(error))
            )
        {
            throw new SearchTimedOut(options.QueryTime);
        }
        catch (Exception error) when (cancel.IsCancellationRequested && dialect.IsCancelled(error))
        {
            throw new OperationCanceledException(error.Message, error, cancel);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();
}
