using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Api.Import;

/// <summary>
/// An .ndjson file by batches of lines that are bounded by their bytes as well as by their number, so that memory does not grow with the
/// file, nor with the size of its resources; https://hl7.org/fhir/R4/nd-json.html.
/// </summary>
public static class NdjsonLines
{
    private const int LinesAtOnce = 500;
    private const int BytesAtOnce = 4 * 1024 * 1024;

    /// <summary>Longest line.</summary>
    private const int LineBytes = 64 * 1024 * 1024;

    /// <returns>Lines without their ends, empty ones too, so that they can be counted.</returns>
    /// <exception cref="FhirRefusal">A line is too long (413).</exception>
    public static async IAsyncEnumerable<List<byte[]>> Read(
        Stream stream,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var pipe = PipeReader.Create(
            stream,
            new StreamPipeReaderOptions(bufferSize: 256 * 1024, leaveOpen: true)
        );
        var (lines, bytes, isLast) = (new List<byte[]>(), 0L, false);
        while (!isLast)
        {
            var read = await pipe.ReadAsync(cancel);
            var rest = read.Buffer;
            isLast = read.IsCompleted;
            while (Next(ref rest, isLast) is { } line)
            {
                lines.Add(line);
                bytes += line.Length;
                if (lines.Count == LinesAtOnce || bytes > BytesAtOnce)
                {
                    yield return lines;
                    (lines, bytes) = ([], 0);
                }
            }
            if (rest.Length > LineBytes)
            {
                throw new FhirRefusal(
                    413,
                    "too-long",
                    $"A line of more than {LineBytes / 1024 / 1024} MB.",
                    "line"
                );
            }
            pipe.AdvanceTo(rest.Start, rest.End);
        }
        if (lines.Count > 0)
        {
            yield return lines;
        }
        await pipe.CompleteAsync();
    }

    private static byte[]? Next(ref ReadOnlySequence<byte> rest, bool isLast)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            var line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return Plain(line);
        }
        if (!isLast || rest.IsEmpty)
        {
            return null;
        }
        var last = rest;
        rest = rest.Slice(rest.End);
        return Plain(last);
    }

    /// <summary>Without the carriage return of some systems, and the mark that some editors begin a file with.</summary>
    private static byte[] Plain(ReadOnlySequence<byte> read)
    {
        var line = read.ToArray().AsSpan();
        line = line is [.., (byte)'\r'] ? line[..^1] : line;
        return (line.StartsWith("\uFEFF"u8) ? line[3..] : line).ToArray();
    }
}
