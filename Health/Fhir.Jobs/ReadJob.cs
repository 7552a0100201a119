using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs;

/// <summary>
/// The address that a 202 names: how far the job is, what came of it, its files, and an end to it. Its owner alone sees it.
/// https://hl7.org/fhir/R4/async.html, https://hl7.org/fhir/uv/bulkdata/STU2/export.html#bulk-data-status-request
/// </summary>
public sealed class ReadJob(
    JobStore store,
    JobRunner runner,
    JobFolder folder,
    IEnumerable<IJobKind> kinds,
    IAudit audit,
    TimeProvider clock
) : IInteraction<ReadJob>
{
    // Whoever is signed in may ask: the owner's id decides. A file is named where other addresses have a version: by number.
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("job-status", "GET", "_jobs/{id}", null, '-') { MayBeDeferred = false },
        new("job-cancel", "DELETE", "_jobs/{id}", null, '-') { MayBeDeferred = false },
        new("job-file", "GET", "_jobs/{id}/{version}", null, '-')
        {
            MayBeDeferred = false,
            HasOwnFormats = true,
        },
    ];

    /// <summary>202 with the address of the job.</summary>
    public static FhirAnswer Accepted(Job job, string baseUrl) =>
        FhirAnswer.Outcome(
            202,
            Issue.Information($"Taken; ask {AddressOf(job, baseUrl)} how far it is.")
        ) with
        {
            Headers = [new("Content-Location", AddressOf(job, baseUrl))],
        };

    public static string AddressOf(Job job, string baseUrl) => $"{baseUrl}/_jobs/{job.Id:N}";

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        var job =
            Guid.TryParseExact(request.Id, "N", out var id)
            && request.Caller.IsSignedIn
            && await store.Find(id, request.Caller.Id, cancel)
                is { State: not JobState.Cancelled } found
            && !(found.ExpiresAt < clock.GetUtcNow())
                ? found
                : throw new FhirRefusal(
                    404,
                    "not-found",
                    "There is no such job: it was cancelled, has expired, or is not yours."
                );
        return request.Route.Code switch
        {
            "job-cancel" => await Cancel(job, cancel),
            "job-file" => await FileOf(job, request, cancel),
            _ => job.State switch
            {
                JobState.Done => Kind(job).Answer(job, ResultOf(job), request) with
                {
                    Headers =
                    [
                        new(
                            "Expires",
                            job.ExpiresAt!.Value.ToString("R", CultureInfo.InvariantCulture)
                        ),
                    ],
                },
                JobState.Failed => Failed(job),
                _ => Working(job),
            },
        };
    }

    private static FhirAnswer Working(Job job) =>
        new(202)
        {
            RetryAfterSeconds = 2,
            Headers =
            [
                new(
                    "X-Progress",
                    job.Progress ?? (job.State is JobState.Queued ? "waiting" : "running")
                ),
            ],
        };

    private static FhirAnswer Failed(Job job)
    {
        var failure = JsonSerializer.Deserialize<JobFailure>(job.Output!)!;
        return FhirAnswer.Outcome(failure.Status, failure.Issues);
    }

    private async Task<FhirAnswer> Cancel(Job job, CancellationToken cancel)
    {
        await store.Cancel(job.Id, job.Owner, cancel);
        runner.Stop(job.Id);
        store.Wake();
        return FhirAnswer.Outcome(202, Issue.Information("Cancelled; what it made is removed."));
    }

    private async Task<FhirAnswer> FileOf(Job job, FhirRequest request, CancellationToken cancel)
    {
        var file =
            job.State is JobState.Done
            && int.TryParse(
                request.Version,
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
            && ResultOf(job).Files.FirstOrDefault(file => file.Number == number) is { } listed
            && File.Exists(folder.FileOf(job.Id, listed.Number))
                ? listed
                : throw new FhirRefusal(404, "not-found", "The job has no such file.");
        await audit.Record(
            request.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"_jobs/{job.Id:N}/{file.Number}",
                [],
                Detail: $"{file.Count} {file.Type} of {job.Kind}"
            ),
            cancel
        );
        var path = folder.FileOf(job.Id, file.Number);
        return new FhirAnswer(200)
        {
            Raw = new RawContent(
                file.ContentType,
                async (target, cancel) =>
                {
                    await using var source = File.OpenRead(path);
                    await source.CopyToAsync(target, cancel);
                },
                file.Bytes
            ),
        };
    }

    private IJobKind Kind(Job job) => kinds.Single(kind => kind.Name == job.Kind);

    private static JobResult ResultOf(Job job) =>
        JsonSerializer.Deserialize<JobResult>(job.Output!)!;
}
