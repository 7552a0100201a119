using System.Diagnostics;
using System.Text.Json;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.ValueSets;
using Health.Fhir.Validation;

namespace Benchmarks;

/// <summary>
/// CPU of <c>$validate</c> per Synthea resource, of its first use (definitions unpacked and compiled), and of <c>$expand?filter=</c> over
/// ICD-10.
/// </summary>
internal static class FhirValidation
{
    private const int Rounds = 5;

    public static async Task Run(string folder)
    {
        var bodies = Directory.GetFiles(folder, "*.json").Take(12).SelectMany(ResourcesOf).ToList();
        Console.WriteLine(
            $"{bodies.Count} resources, {bodies.Average(body => body.Length):F0} bytes each"
        );
        var cache = new TerminologyCache();
        await Measure("first resource", 1, () => Validate(cache, bodies[0]));
        await Measure("all, first time", bodies.Count, () => All(cache, bodies));
        await Measure("all, best of the rest", bodies.Count, () => All(cache, bodies), Rounds);

        var terminology = new TerminologyService(cache);
        var icd10 =
            await terminology.FindValueSet("http://hl7.org/fhir/sid/icd-10?fhir_vs", default)
            ?? throw new InvalidOperationException("ICD-10 is not here.");
        await Measure("expand, first", 1, () => Expand(icd10, "viem"));
        foreach (var typed in (string[])["tang huyet ap", "j06", "fracture of", "v"])
        {
            await Measure($"expand '{typed}'", 1, () => Expand(icd10, typed), 4 * Rounds);
        }
    }

    private static async Task All(TerminologyCache cache, List<byte[]> bodies)
    {
        foreach (var body in bodies)
        {
            await Validate(cache, body);
        }
    }

    private static async Task Validate(TerminologyCache cache, byte[] body)
    {
        var findings = await new Validator(new TerminologyService(cache)).Validate(
            body,
            [],
            default
        );
        if (findings.FirstOrDefault(one => one.Severity is FindingSeverity.Error) is { } error)
        {
            throw new InvalidOperationException(error.ToString());
        }
    }

    private static Task Expand(ValueSet set, string typed)
    {
        _ = Expansion.Of(set, new(typed, Count: 20));
        return Task.CompletedTask;
    }

    private static async Task Measure(string what, int units, Func<Task> work, int rounds = 1)
    {
        using var process = Process.GetCurrentProcess();
        var best = double.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            await work();
            process.Refresh();
            best = Math.Min(best, (process.TotalProcessorTime - before).TotalMilliseconds);
        }
        Console.WriteLine($"{what}: {best / units:F3} ms CPU each");
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
}
