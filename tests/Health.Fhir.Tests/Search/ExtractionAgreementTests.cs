using System.Buffers;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Xunit;

namespace Health.Fhir.Tests.Search;

/// <summary>The compiled pass and Firely's FHIRPath engine must find the same values for every parameter on all the data there is.</summary>
public sealed class ExtractionAgreementTests
{
    private static readonly ResourceReader Reader = new(FhirModel.R4, new ReaderOptions());
    private static readonly FhirJsonDeserializer Firely = new(
        new DeserializerSettings().UsingMode(DeserializationMode.Recoverable)
    );

    [Fact]
    public void Every_standard_parameter_compiles()
    {
        foreach (var type in FhirModel.R4.ResourceTypes)
        {
            FhirModel.R4.Prepare(type);
        }
    }

    [Fact]
    public void Escapes_in_the_text_change_nothing()
    {
        var escaped =
            """{"resourceType":"Observation","id":"a","status":"fin\u0061l","code":{"coding":[{"code":"\u0061","display":"\u0110au"}]},"subject":{"reference":"Patient\/1"},"effectivePeriod":{"start":"2020-01-01T10:00:00\u002B07:00"}}"""u8.ToArray();
        using var indexed = Reader.Read(escaped);
        Assert.Empty(indexed.Issues);
        Assert.Equal(["1"], indexed.PatientCompartments);
        AssertSame(indexed, escaped);
    }

    [Theory]
    [MemberData(nameof(SyntheaFiles))]
    public void Synthea_gives_the_same_values_both_ways(string file)
    {
        using var bundle = Reader.ReadBundle(
            File.ReadAllBytes(SharedData.Path("fhir", "synthea", file))
        );
        Assert.Empty(bundle.Issues);
        var ids = bundle.Entries.ToDictionary(
            entry => entry.FullUrl!,
            entry => $"{entry.Resource!.ResourceType}/{entry.FullUrl!["urn:uuid:".Length..]}"
        );
        foreach (var entry in bundle.Entries)
        {
            var indexed = entry.Resource!;
            Assert.Empty(indexed.Issues);
            // References that are no longer urn:uuid: let both sides say what they point to.
            indexed.ResolveLinks(text => ids.GetValueOrDefault(text));
            var body = new ArrayBufferWriter<byte>();
            indexed.WriteBody(
                body,
                entry.FullUrl!["urn:uuid:".Length..],
                "1",
                DateTimeOffset.UnixEpoch
            );
            AssertSame(indexed, body.WrittenSpan);
        }
    }

    [Fact]
    public void The_official_examples_give_the_same_values_both_ways()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var file in Directory.GetFiles(OfficialExamples.Folder(), "*.json"))
        {
            var bytes = File.ReadAllBytes(file);
            using var indexed = Reader.Read(bytes);
            if (!indexed.IsValid)
            {
                continue;
            }
            count++;
            if (Difference(indexed, bytes) is { } difference)
            {
                wrong.Add($"{Path.GetFileName(file)}: {difference}");
            }
        }
        Assert.True(count > 3000, $"Only {count} examples were valid.");
        Assert.True(
            wrong.Count == 0,
            string.Join("\n", wrong.Take(40)) + $"\n{wrong.Count} of {count}"
        );
    }

    public static TheoryData<string> SyntheaFiles() =>
        SharedData.Exists
            ? new TheoryData<string>(
                Directory
                    .GetFiles(SharedData.Path("fhir", "synthea"), "*.json")
                    .Select(file => Path.GetFileName(file))
                    .Order()
            )
            : ["the shared data is not there"];

    private static void AssertSame(IndexedResource indexed, ReadOnlySpan<byte> body)
    {
        if (Difference(indexed, body.ToArray()) is { } found)
        {
            Assert.Fail(found);
        }
    }

    private static string? Difference(IndexedResource indexed, byte[] body)
    {
        var reader = new System.Text.Json.Utf8JsonReader(body);
        Firely.TryDeserializeResource(ref reader, out var resource, out _);
        var naive = new NaiveIndex(resource!).Rows;
        var compiled = NaiveIndex.RowsOf(indexed);
        if (naive.SetEquals(compiled))
        {
            return null;
        }
        var text = new StringBuilder();
        foreach (var row in naive.Except(compiled).Take(3))
        {
            text.Append("\n   only Firely's: ").Append(row);
        }
        foreach (var row in compiled.Except(naive).Take(3))
        {
            text.Append("\n   only the pass: ").Append(row);
        }
        return text.ToString();
    }
}
