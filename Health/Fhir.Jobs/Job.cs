using Health.Fhir.Api;

namespace Health.Fhir.Jobs;

public enum JobState
{
    Queued,
    Running,
    Done,
    Failed,

    /// <summary>Its owner wants it no longer; whoever runs it stops, and its files go.</summary>
    Cancelled,
}

/// <summary>One piece of work that goes on after its request was answered. The row is all that is known of it: any host may take it up.</summary>
public sealed class Job
{
    public required Guid Id { get; init; }

    /// <summary>Which <see cref="IJobKind"/> carries it out.</summary>
    public required string Kind { get; init; }

    /// <summary>Id of the caller who asked: nobody else sees the job.</summary>
    public required string Owner { get; init; }

    /// <summary>The caller as JSON (<see cref="StoredCaller"/>), in whose name the work is done.</summary>
    public required string Caller { get; init; }

    /// <summary>The address as it was asked for.</summary>
    public required string Request { get; init; }

    /// <summary>What the kind needs to know, as JSON.</summary>
    public required string Input { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>When the row and its files are removed; null while it is not finished.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    public JobState State { get; set; }

    /// <summary>At most 200 characters, for the X-Progress header.</summary>
    public string? Progress { get; set; }

    /// <summary>From where a run that was broken off goes on, as JSON; null: from the beginning.</summary>
    public string? Checkpoint { get; set; }

    /// <summary>When done a <see cref="JobResult"/>, when failed a <see cref="JobFailure"/>, as JSON.</summary>
    public string? Output { get; set; }

    /// <summary>Runs begun and not given back in order.</summary>
    public int Attempts { get; set; }

    /// <summary>The run that holds the job now; a new one each time, so that a run which lost it cannot write any more.</summary>
    public Guid? Holder { get; set; }

    /// <summary>After this the holder is taken for dead.</summary>
    public DateTimeOffset? HeldUntil { get; set; }
}
