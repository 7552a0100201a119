using System.Collections.Concurrent;
using System.Security.Cryptography;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Import;

/// <summary>
/// Takes FHIR files into the store: Bundles (https://hl7.org/fhir/R4/bundle.html) and single resources as .json, resources line by
/// line as .ndjson (https://hl7.org/fhir/R4/nd-json.html). A Bundle is one transaction; an .ndjson is one for every few hundred lines.
/// </summary>
public sealed class ImportFhir(
    IServiceScopeFactory scopes,
    ICurrentCaller current,
    ResourceReader reader
) : IImporter
{
    public string Format => "FHIR R4 bundles and resources (.json, .ndjson)";

    public bool Accepts(string path)
    {
        try
        {
            return Directory.Exists(path) ? FilesIn(path).Any(IsFhir) : IsFhir(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public async Task<ImportResult> Import(
        string path,
        IProgress<ImportProgress> progress,
        CancellationToken cancel = default
    )
    {
        var files = Directory.Exists(path)
            ? FilesIn(path).Order(StringComparer.Ordinal).ToList()
            : [path];
        var tally = new Tally(files.Count, progress);
        var waiting = files;
        // A file may refer, by a condition, to what another file brings: those are tried again as long as that helps.
        for (var before = int.MaxValue; waiting.Count > 0 && waiting.Count < before; )
        {
            before = waiting.Count;
            waiting = await ImportAll(waiting, tally, unresolved: false, cancel);
        }
        // What nobody brings stays a reference by identifier alone.
        await ImportAll(waiting, tally, unresolved: true, cancel);
        return tally.Result;
    }

    /// <summary>Returns the files that refer, by a condition, to what is not there (yet).</summary>
    private async Task<List<string>> ImportAll(
        List<string> files,
        Tally tally,
        bool unresolved,
        CancellationToken cancel
    )
    {
        var later = new ConcurrentBag<string>();
        var caller = current.Caller;
        await Parallel.ForEachAsync(
            files,
            new ParallelOptions
            {
                MaxDegreeOfParallelism = Environment.ProcessorCount * 2,
                CancellationToken = cancel,
            },
            async (file, cancel) =>
            {
                try
                {
                    await using var scope = scopes.CreateAsyncScope();
                    scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(caller);
                    var store = scope.ServiceProvider.GetRequiredService<GuardedStore>();
                    var references = unresolved
                        ? scope.ServiceProvider.GetRequiredService<ConditionalReferences>()
                        : null;
                    await ImportFile(file, store, references, tally, cancel);
                    tally.Finish(file);
                }
                catch (ReferenceMissing) when (!unresolved)
                {
                    later.Add(file);
                }
                catch (Exception error)
                    when (error is IOException or UnauthorizedAccessException or Refusal)
                {
                    tally.Fail(file, error);
                }
            }
        );
        return [.. later.Order(StringComparer.Ordinal)];
    }

    private async Task ImportFile(
        string file,
        GuardedStore store,
        ConditionalReferences? references,
        Tally tally,
        CancellationToken cancel
    )
    {
        if (Path.GetExtension(file).Equals(".ndjson", StringComparison.OrdinalIgnoreCase))
        {
            await ImportLines(file, store, tally, cancel);
            return;
        }
        ReadOnlyMemory<byte> content = await File.ReadAllBytesAsync(file, cancel);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content.Span));
        if (references is not null)
        {
            content = await references.MakeLogical(content, cancel);
        }
        var writes = WritesOf(content);
        try
        {
            tally.Add(
                await store.Transact(
                    new Transaction(writes, Import: new(hash, Path.GetFileName(file))),
                    cancel
                )
            );
        }
        catch (WriteRefused refused)
            when (references is null
                && refused.Reason is PreconditionFailed
                && ConditionalReferences.Any(content.Span)
            )
        {
            throw new ReferenceMissing();
        }
        catch (WriteRefused refused)
        {
            throw FhirErrors.RefusalOf(refused)!.In(BundleEntry.At(refused.Write));
        }
        finally
        {
            writes.ForEach(write => write.Resource?.Dispose());
        }
    }

    /// <summary>One write for each entry, in the order of the file, so that a position tells the entry.</summary>
    private List<Write> WritesOf(ReadOnlyMemory<byte> content)
    {
        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content[3..];
        }
        if (ResourceHead.Of(content).Type != "Bundle")
        {
            return [WriteOf(content)];
        }
        var writes = new List<Write>();
        foreach (var entry in BundleReader.Read(content, int.MaxValue).Entries)
        {
            try
            {
                writes.Add(WriteOf(entry));
            }
            catch (FhirRefusal refusal)
            {
                writes.ForEach(write => write.Resource?.Dispose());
                throw refusal.In(entry.Expression);
            }
        }
        return writes;
    }

    private Write WriteOf(BundleEntry entry)
    {
        var (path, condition) = (entry.Url ?? "").Split('?', 2) switch
        {
            [var before, var after] => (before.Trim('/'), after),
            [var before] => (before.Trim('/'), (string?)null),
            _ => ("", null),
        };
        var segments = path.Split('/');
        var write = (entry.Method, segments) switch
        {
            (null, _) => WriteOf(entry.Resource),
            ("POST", [var type]) => new(WriteVerb.Create, type)
            {
                Condition = Writes.Condition(
                    entry.IfNoneExist,
                    type,
                    entry.Expression + ".request.ifNoneExist"
                ),
                Resource = Writes.Demand(entry.Resource, type, reader),
            },
            ("PUT", [var type]) when condition is not null => new(WriteVerb.Update, type)
            {
                Condition = condition,
                Resource = Writes.Demand(entry.Resource, type, reader),
            },
            ("PUT", [var type, var id]) => new(WriteVerb.Update, type)
            {
                Id = id,
                Resource = Writes.Demand(entry.Resource, type, reader),
            },
            _ => throw new FhirRefusal(
                400,
                "not-supported",
                $"{entry.Method} {entry.Url}: an import creates (POST Type) and updates (PUT Type/id), nothing else.",
                entry.Expression + ".request"
            ),
        };
        return write with { FullUrl = entry.FullUrl };
    }

    /// <summary>A resource that comes without a request keeps its id; without an id it gets one.</summary>
    private Write WriteOf(ReadOnlyMemory<byte> body)
    {
        var resource = Writes.Demand(body, ResourceHead.Of(body).Type, reader);
        return new Write(
            resource.Id is null ? WriteVerb.Create : WriteVerb.Update,
            resource.ResourceType!
        )
        {
            Id = resource.Id,
            Resource = resource,
        };
    }

    private async Task ImportLines(
        string file,
        GuardedStore store,
        Tally tally,
        CancellationToken cancel
    )
    {
        await using var stream = File.OpenRead(file);
        var first = 1;
        await foreach (var lines in NdjsonLines.Read(stream, cancel))
        {
            var writes = new List<Write>(lines.Count);
            var at = 0;
            try
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (; at < lines.Count; at++)
                {
                    hash.AppendData(lines[at]);
                    writes.Add(WriteOf(lines[at]));
                }
                var part = new ImportedFile(
                    Convert.ToHexStringLower(hash.GetHashAndReset()),
                    $"{Path.GetFileName(file)}:{first}"
                );
                tally.Add(await store.Transact(new Transaction(writes, Import: part), cancel));
            }
            catch (WriteRefused refused)
            {
                throw FhirErrors.RefusalOf(refused)!.In($"line {first + refused.Write}");
            }
            catch (FhirRefusal refusal)
            {
                throw refusal.In($"line {first + at}");
            }
            finally
            {
                writes.ForEach(write => write.Resource?.Dispose());
            }
            first += lines.Count;
        }
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".json" or ".ndjson");

    /// <summary>Says resourceType within its first page, as every FHIR file does whatever the order of its keys.</summary>
    private static bool IsFhir(string file)
    {
        if (Path.GetExtension(file).ToLowerInvariant() is not (".json" or ".ndjson"))
        {
            return false;
        }
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[4096];
        return start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]
                .IndexOf("\"resourceType\""u8) >= 0;
    }

    /// <summary>A conditional reference matches nothing yet.</summary>
    private sealed class ReferenceMissing : Exception;

    private sealed class Tally(int files, IProgress<ImportProgress> progress)
    {
        private readonly ConcurrentDictionary<string, int> imported = new();
        private readonly ConcurrentBag<string> errors = [];
        private int done;
        private int skipped;

        public void Add(TransactionResult result)
        {
            if (result.AlreadyImported)
            {
                Interlocked.Increment(ref skipped);
            }
            foreach (var written in result.Results)
            {
                if (written.Outcome is WriteOutcome.Created or WriteOutcome.Updated)
                {
                    imported.AddOrUpdate(written.Resource!.Type, 1, (_, count) => count + 1);
                }
            }
        }

        public void Finish(string file) =>
            progress.Report(new(Path.GetFileName(file), Interlocked.Increment(ref done), files));

        public void Fail(string file, Exception error)
        {
            var reasons = error is FhirRefusal refusal
                ? string.Join(
                    "; ",
                    refusal.Issues.Select(issue => $"{issue.Diagnostics} ({issue.Expression})")
                )
                : error.Message;
            errors.Add($"{Path.GetFileName(file)}: {reasons}");
            Finish(file);
        }

        public ImportResult Result =>
            new(
                new SortedDictionary<string, int>(imported, StringComparer.Ordinal),
                skipped,
                [.. errors.Order(StringComparer.Ordinal)]
            );
    }
}
