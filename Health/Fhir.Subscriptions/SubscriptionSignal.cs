namespace Health.Fhir.Subscriptions;

/// <summary>Tells the sender and the open sockets of this host that there may be something to send, so that they need not wait to look. Singleton.</summary>
public sealed class SubscriptionSignal(TimeProvider clock)
{
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Wake() =>
        Interlocked
            .Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously))
            .TrySetResult();

    /// <summary>To be taken before one looks, and waited for after: nothing that is told in between is missed.</summary>
    public Task Next => Volatile.Read(ref next).Task;

    /// <summary>Completes when <paramref name="told"/> does, or when the time is over.</summary>
    public async Task Wait(Task told, TimeSpan atMost, CancellationToken cancel)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await Task.WhenAny(told, Task.Delay(atMost, clock, over.Token));
        await over.CancelAsync();
        cancel.ThrowIfCancellationRequested();
    }
}
