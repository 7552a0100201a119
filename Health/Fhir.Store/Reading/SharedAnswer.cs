namespace Health.Fhir.Store.Reading;

/// <summary>
/// A question asked once for all who wait. Whoever comes while it is being asked gets the answer of the next asking, so that no
/// answer is older than the wish to know it.
/// </summary>
internal sealed class SharedAnswer<TAnswer>(Func<Task<TAnswer>> ask)
{
    private readonly Lock turn = new();
    private Task<TAnswer>? running;
    private Task<TAnswer>? next;

    public Task<TAnswer> Ask()
    {
        lock (turn)
        {
            return next
                ?? (running is { IsCompleted: false } ? next = After(running) : running = ask());
        }
    }

    private async Task<TAnswer> After(Task before)
    {
        // Not while the caller still holds the turn.
        await Task.Yield();
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (turn)
        {
            (running, next) = (next, null);
        }
        return await ask();
    }
}
