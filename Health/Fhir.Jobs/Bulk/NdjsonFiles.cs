using Health.Fhir.Api.Formats;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// The NDJSON files of a job (https://hl7.org/fhir/R4/nd-json.html): one open for each section and type, cut by size. Its
/// <see cref="State"/> goes into the checkpoint; opening it again cuts off what was written after.
/// </summary>
public sealed class NdjsonFiles : IAsyncDisposable
{
    private readonly JobRun run;
    private readonly long limit;
    private readonly List<JobFile> files;
    private readonly Dictionary<(string Section, string Type), (int At, FileStream Stream)> open =
    [];

    public NdjsonFiles(JobRun run, long limit, IReadOnlyList<JobFile> state)
    {
        this.run = run;
        this.limit = limit;
        files = [.. state];
        // A file keeps its number when it is begun again, so that what a broken run left is written over.
        foreach (var (at, file) in files.Index())
        {
            var path = run.FileOf(file.Number);
            if (!File.Exists(path))
            {
                throw new IOException(
                    $"The file {file.Number} of job {run.Job.Id} is not in this host's job folder: hosts must share it (fhir:jobs:folder)."
                );
            }
            if (new FileInfo(path).Length != file.Bytes)
            {
                using var cut = File.OpenWrite(path);
                cut.SetLength(file.Bytes);
            }
            if (file.Bytes < limit)
            {
                var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
                stream.Seek(0, SeekOrigin.End);
                open[(file.Section, file.Type)] = (at, stream);
            }
        }
    }

    public IReadOnlyList<JobFile> State => files;

    /// <summary>Bytes since the last <see cref="Flush"/>.</summary>
    public long Unsaved { get; private set; }

    public long Lines => files.Sum(file => file.Count);

    public void Add(string section, string type, ReadOnlySpan<byte> resource)
    {
        var key = (section, type);
        if (!open.TryGetValue(key, out var file))
        {
            var number = files.Count;
            file = (number, new FileStream(run.FileOf(number), FileMode.Create, FileAccess.Write));
            files.Add(new JobFile(number, section, type, 0, 0, Negotiation.FhirNdjson));
            open[key] = file;
        }
        if (resource.IndexOfAny((byte)'\n', (byte)'\r') >= 0)
        {
            // Outside its strings JSON may break lines, inside it cannot: each break is a blank.
            var flat = resource.ToArray();
            flat.AsSpan().Replace((byte)'\n', (byte)' ');
            flat.AsSpan().Replace((byte)'\r', (byte)' ');
            file.Stream.Write(flat);
        }
        else
        {
            file.Stream.Write(resource);
        }
        file.Stream.WriteByte((byte)'\n');
        var written = files[file.At];
        var bytes = written.Bytes + resource.Length + 1;
        files[file.At] = written with { Count = written.Count + 1, Bytes = bytes };
        Unsaved += resource.Length + 1;
        if (bytes >= limit)
        {
            open.Remove(key);
            file.Stream.Flush(flushToDisk: true);
            file.Stream.Dispose();
        }
    }

    /// <summary>Everything is on disk when this returns.</summary>
    public void Flush()
    {
        foreach (var (_, stream) in open.Values)
        {
            stream.Flush(flushToDisk: true);
        }
        Unsaved = 0;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, stream) in open.Values)
        {
            await stream.DisposeAsync();
        }
    }
}
