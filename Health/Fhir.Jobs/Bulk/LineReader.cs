using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>Lines of NDJSON as bytes (https://hl7.org/fhir/R4/nd-json.html); memory holds one line, which has a limit.</summary>
internal static class LineReader
{
    /// <returns>Each line that is not blank, with its number from 1.</returns>
    /// <exception cref="FhirRefusal">413: a line is longer than <paramref name="limit"/> bytes.</exception>
    public static async IAsyncEnumerable<(long Number, byte[] Line)> Read(
        Stream stream,
        long limit,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        long number = 0;
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            var buffer = read.Buffer;
            while (Cut(ref buffer, read.IsCompleted) is { } line)
            {
                number++;
                if (!line.AsSpan().Trim(" \t\r"u8).IsEmpty)
                {
                    yield return (number, line);
                }
            }
            if (buffer.Length > limit)
            {
                throw new FhirRefusal(
                    413,
                    "too-long",
                    $"Line {number + 1} is longer than {limit} bytes: is this NDJSON, a resource a line?"
                );
            }
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                await reader.CompleteAsync();
                yield break;
            }
        }
    }

    private static byte[]? Cut(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end).ToArray();
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line;
        }
        if (!isLast || buffer.IsEmpty)
        {
            return null;
        }
        var rest = buffer.ToArray();
        buffer = buffer.Slice(buffer.End);
        return rest;
    }
}
