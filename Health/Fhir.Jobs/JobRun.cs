using System.Text.Json;

namespace Health.Fhir.Jobs;

/// <summary>One run of a job, as its <see cref="IJobKind"/> sees it.</summary>
public sealed class JobRun(Job job, Guid holder, JobStore store, JobFolder folder)
{
    public Job Job => job;

    /// <summary>Whether an earlier run was broken off.</summary>
    public bool IsRepeated => job.Attempts > 1;

    public TInput Input<TInput>() => JsonSerializer.Deserialize<TInput>(job.Input)!;

    /// <summary>What <see cref="Save"/> was given last, by this run or one before; null when there is none.</summary>
    public TCheckpoint? Checkpoint<TCheckpoint>()
        where TCheckpoint : class =>
        job.Checkpoint is null ? null : JsonSerializer.Deserialize<TCheckpoint>(job.Checkpoint);

    public string FileOf(int number)
    {
        Directory.CreateDirectory(folder.Of(job.Id));
        return folder.FileOf(job.Id, number);
    }

    /// <summary>Writes down how far the work is. Whatever the checkpoint speaks of must be on disk before.</summary>
    /// <exception cref="OperationCanceledException">The job was cancelled, or is another run's by now.</exception>
    public async Task Save<TCheckpoint>(
        TCheckpoint checkpoint,
        string progress,
        CancellationToken cancel
    )
    {
        job.Checkpoint = JsonSerializer.Serialize(checkpoint);
        if (!await store.Save(job.Id, holder, job.Checkpoint, progress, cancel))
        {
            throw new OperationCanceledException(
                "The job was cancelled, or another run holds it now."
            );
        }
    }
}
