using Health.Fhir.Api;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Jobs;

/// <summary>
/// How one kind of job is carried out. A run may be broken off at any moment and begun again, by another host: what it
/// leaves must then be the same as if it had run once. Scoped; the caller of the scope is the one who asked.
/// </summary>
public interface IJobKind
{
    /// <summary>As it stands in the rows: never changes.</summary>
    string Name { get; }

    /// <exception cref="SharedKernel.Contracts.Refusal">It cannot be done; the client is told why.</exception>
    Task<JobResult> Run(JobRun run, CancellationToken cancel);

    /// <summary>What the address of the finished job answers.</summary>
    FhirAnswer Answer(Job job, JobResult result, FhirRequest request);
}

/// <summary>What a job has made.</summary>
/// <param name="Time">The instant of which the result tells, such as <c>transactionTime</c> of an export.</param>
/// <param name="Status">Of the deferred request, for a job that is one.</param>
public sealed record JobResult(
    IReadOnlyList<JobFile> Files,
    DateTimeOffset? Time = null,
    int Status = 200
);

/// <param name="Number">Its name in the job's folder and the last part of its address.</param>
/// <param name="Section">Where the manifest lists it: <c>output</c>, <c>deleted</c>, <c>error</c>.</param>
/// <param name="Type">Resource type of its lines, or what it is.</param>
/// <param name="Count">Lines.</param>
public sealed record JobFile(
    int Number,
    string Section,
    string Type,
    long Count,
    long Bytes,
    string ContentType
)
{
    /// <summary>For an error or an input: where it came from.</summary>
    public string? About { get; init; }
}

/// <summary>Why a job came to nothing.</summary>
public sealed record JobFailure(int Status, IReadOnlyList<Issue> Issues);
