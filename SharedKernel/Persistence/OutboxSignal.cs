using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SharedKernel.Persistence;

/// <summary>Wakes the dispatcher as soon as a module has saved an event, so that nobody waits for the next poll.</summary>
public sealed class OutboxSignal : SaveChangesInterceptor
{
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Wake() => wake.Writer.TryWrite(true);

    /// <summary>Waits for <see cref="Wake"/> or for <paramref name="atMost"/>, whichever comes first.</summary>
    public async Task Wait(TimeSpan atMost, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        either.CancelAfter(atMost);
        try
        {
            await wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested) { }
    }

    public override int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        WakeFor(eventData.Context);
        return result;
    }

    public override ValueTask<int> SavedChangesAsync(
        SaveChangesCompletedEventData eventData,
        int result,
        CancellationToken cancellationToken = default
    )
    {
        WakeFor(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private void WakeFor(DbContext? saved)
    {
        if (saved is ModuleDb { HasPublished: true })
        {
            Wake();
        }
    }
}
