using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// Takes the lines of an <c>$import</c> in, a few hundred to a transaction. A wrong line goes to the error file with its number
/// and keeps none of the others out. Each transaction carries the hash of its lines, so that what was taken once is never taken
/// twice: not by a run that begins again, nor by another import of the same file.
/// </summary>
public sealed class RunImport(
    GuardedStore store,
    ResourceReader reader,
    ImportSources sources,
    Limits limits,
    TimeProvider clock
) : IJobKind
{
    public const string Kind = "import";

    private const int LinesAtOnce = 500;
    private const int BytesAtOnce = 4 * 1024 * 1024;

    public string Name => Kind;

    public async Task<JobResult> Run(JobRun run, CancellationToken cancel)
    {
        var input = run.Input<ImportInput>();
        var at =
            run.Checkpoint<Position>() ?? new Position(0, 0, [.. input.Files.Select(_ => 0L)], []);
        await using var errors = new NdjsonFiles(run, long.MaxValue, at.Errors);
        for (var number = at.File; number < input.Files.Count; number++)
        {
            var file = input.Files[number];
            var done = number == at.File ? at.Line : 0;
            await using var stream = await sources.Open(file.Url, cancel);
            await foreach (var batch in Batches(stream, done, cancel))
            {
                at.Taken[number] += await Take(file, batch, errors, cancel);
                done = batch[^1].Number;
                errors.Flush();
                at = new Position(number, done, at.Taken, [.. errors.State]);
                await run.Save(
                    at,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{at.Taken.Sum():N0} resources, {errors.Lines:N0} errors; file {number + 1} of {input.Files.Count}, line {done:N0}"
                    ),
                    cancel
                );
            }
        }
        errors.Flush();
        return new JobResult(
            [
                .. errors.State,
                .. input.Files.Select(
                    (file, number) =>
                        new JobFile(
                            -1 - number,
                            "taken",
                            file.Type ?? "Resource",
                            at.Taken[number],
                            0,
                            ""
                        )
                        {
                            About = file.Url,
                        }
                ),
            ],
            clock.GetUtcNow()
        );
    }

    public FhirAnswer Answer(Job job, JobResult result, FhirRequest request) =>
        FhirAnswer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString(
                    "transactionTime",
                    result.Time!.Value.ToString("O", CultureInfo.InvariantCulture)
                );
                json.WriteString("request", job.Request);
                json.WriteStartArray("output");
                foreach (var file in result.Files.Where(file => file.Section == "taken"))
                {
                    json.WriteStartObject();
                    json.WriteString("type", file.Type);
                    json.WriteNumber("count", file.Count);
                    json.WriteString("inputUrl", file.About);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteStartArray("error");
                foreach (var file in result.Files.Where(file => file.Section == "error"))
                {
                    json.WriteStartObject();
                    json.WriteString("type", file.Type);
                    json.WriteNumber("count", file.Count);
                    json.WriteString(
                        "url",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{ReadJob.AddressOf(job, request.BaseUrl)}/{file.Number}"
                        )
                    );
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    /// <summary>The lines after those that are done, bounded by count and by bytes.</summary>
    private async IAsyncEnumerable<List<(long Number, byte[] Line)>> Batches(
        Stream stream,
        long done,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        var batch = new List<(long, byte[])>();
        long bytes = 0;
        await foreach (var line in LineReader.Read(stream, limits.BodyBytes, cancel))
        {
            if (line.Number <= done)
            {
                continue;
            }
            batch.Add(line);
            bytes += line.Line.Length;
            if (batch.Count == LinesAtOnce || bytes >= BytesAtOnce)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>Returns how many resources were stored.</summary>
    private async Task<long> Take(
        ImportFile file,
        List<(long Number, byte[] Line)> batch,
        NdjsonFiles errors,
        CancellationToken cancel
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var writes = new List<(long Line, Write Write)>();
        // The last line of an id stands, as it would if each were sent by itself.
        var newest = new Dictionary<(string, string), int>();
        try
        {
            foreach (var (number, line) in batch)
            {
                hash.AppendData(line);
                try
                {
                    var write = WriteOf(file, line);
                    if (write.Id is { } id)
                    {
                        if (newest.TryGetValue((write.Type, id), out var before))
                        {
                            writes[before].Write.Resource?.Dispose();
                            writes[before] = (number, write);
                            continue;
                        }
                        newest[(write.Type, id)] = writes.Count;
                    }
                    writes.Add((number, write));
                }
                catch (FhirRefusal refusal)
                {
                    Report(errors, file, number, refusal);
                }
            }
            var part = new ImportedFile(
                Convert.ToHexStringLower(hash.GetHashAndReset()),
                $"{file.Url}:{batch[0].Number}"
            );
            return await Commit(file, writes, part, errors, cancel);
        }
        finally
        {
            writes.ForEach(write => write.Write.Resource?.Dispose());
        }
    }

    /// <summary>One that the store refuses is left out, and the others tried again.</summary>
    private async Task<long> Commit(
        ImportFile file,
        List<(long Line, Write Write)> writes,
        ImportedFile part,
        NdjsonFiles errors,
        CancellationToken cancel
    )
    {
        for (var busy = 0; writes.Count > 0; )
        {
            try
            {
                var result = await store.Transact(
                    new Transaction([.. writes.Select(write => write.Write)], Import: part),
                    cancel
                );
                return result.Results.Count(written =>
                    written.Outcome is WriteOutcome.Created or WriteOutcome.Updated
                );
            }
            catch (WriteRefused refused)
            {
                var (line, write) = writes[refused.Write];
                Report(errors, file, line, FhirErrors.RefusalOf(refused)!);
                write.Resource?.Dispose();
                writes.RemoveAt(refused.Write);
            }
            catch (StoreBusy) when (++busy < 30)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);
            }
        }
        return 0;
    }

    /// <summary>A resource keeps its id; without one it gets one.</summary>
    private Write WriteOf(ImportFile file, byte[] line)
    {
        var resource = Writes.Demand(line, file.Type ?? ResourceHead.Of(line).Type, reader);
        return new Write(
            resource.Id is null ? WriteVerb.Create : WriteVerb.Update,
            resource.ResourceType!
        )
        {
            Id = resource.Id,
            Resource = resource,
        };
    }

    private static void Report(NdjsonFiles errors, ImportFile file, long line, FhirRefusal refusal)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            OperationOutcomes.Write(
                json,
                [
                    .. refusal.Issues.Select(issue =>
                        issue with
                        {
                            Diagnostics = $"{file.Url} line {line}: {issue.Diagnostics}",
                        }
                    ),
                ]
            );
        }
        errors.Add("error", "OperationOutcome", buffer.ToArray());
    }

    private sealed record Position(
        int File,
        long Line,
        long[] Taken,
        IReadOnlyList<JobFile> Errors
    );
}
