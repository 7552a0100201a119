using System.Diagnostics;
using System.Text.Json;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;

namespace Benchmarks;

/// <summary>
/// CPU and garbage per resource of the one pass (structure, all search parameters, links) and of writing the body, over Synthea,
/// with <see cref="JsonDocument.Parse(ReadOnlyMemory{byte}, JsonDocumentOptions)"/> of the same bytes as the floor in the same run.
/// </summary>
internal static class FhirParse
{
    private const int Rounds = 5;

    public static int Run(string folder)
    {
        var start = Stopwatch.StartNew();
        var reader = new ResourceReader(FhirModel.R4, new ReaderOptions());
        Console.WriteLine($"definitions {start.ElapsedMilliseconds} ms");
        var bodies = Directory.GetFiles(folder, "*.json").SelectMany(ResourcesOf).ToList();
        Console.WriteLine(
            $"{bodies.Count} resources, {bodies.Average(body => body.Length):F0} bytes each"
        );
        var output = new System.Buffers.ArrayBufferWriter<byte>(1024 * 1024);
        Measure("floor: JsonDocument.Parse", bodies, body => JsonDocument.Parse(body).Dispose());
        foreach (var body in bodies)
        {
            using var read = reader.Read(body);
            if (!read.IsValid || read.Tokens.Count == 0)
            {
                throw new InvalidOperationException(string.Join("\n", read.Issues));
            }
        }
        Measure("read", bodies, body => reader.Read(body).Dispose());
        Measure(
            "read, resolve links, write body",
            bodies,
            body =>
            {
                using var read = reader.Read(body);
                read.ResolveLinks(text =>
                    text.StartsWith("urn:uuid:", StringComparison.Ordinal) ? "Patient/1" : null
                );
                output.ResetWrittenCount();
                read.WriteBody(output, "1", "1", DateTimeOffset.UnixEpoch);
            }
        );
        return 0;
    }

    private static List<byte[]> ResourcesOf(string file)
    {
        using var bundle = JsonDocument.Parse(File.ReadAllBytes(file));
        return
        [
            .. bundle
                .RootElement.GetProperty("entry")
                .EnumerateArray()
                .Select(entry =>
                    JsonSerializer.SerializeToUtf8Bytes(entry.GetProperty("resource"))
                ),
        ];
    }

    private static void Measure(string what, List<byte[]> bodies, Action<byte[]> work)
    {
        bodies.ForEach(work);
        bodies.ForEach(work);
        using var process = Process.GetCurrentProcess();
        var best = double.MaxValue;
        long bytes = 0;
        for (var round = 0; round < Rounds; round++)
        {
            process.Refresh();
            var cpu = process.TotalProcessorTime;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            bodies.ForEach(work);
            process.Refresh();
            best = Math.Min(best, (process.TotalProcessorTime - cpu).TotalMicroseconds);
            bytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        }
        Console.WriteLine(
            $"{what}: {best / bodies.Count:F1} µs CPU, {bytes / bodies.Count} bytes allocated per resource"
        );
    }
}
