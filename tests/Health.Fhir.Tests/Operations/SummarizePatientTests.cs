using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/uv/ips/STU1.1/OperationDefinition-summary.html</summary>
public sealed class SummarizePatientTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Nothing_recorded_is_said_to_be_unknown_and_never_to_be_none()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("Trần"))).Is(201).Id;

        var summary = (await client.Get($"/Patient/{patient}/$summary")).Is(200);

        Assert.Equal("document", (string?)summary.Json["type"]);
        var composition = summary.Entries[0]["resource"]!;
        Assert.Equal("60591-5", (string?)composition["type"]!["coding"]![0]!["code"]);
        // The three that the guide requires, each with an entry.
        Assert.Equal(
            ["48765-2", "10160-0", "11450-4"],
            composition["section"]!
                .AsArray()
                .Select(section => (string?)section!["code"]!["coding"]![0]!["code"])
        );
        Assert.Equal(
            ["no-allergy-info", "no-medication-info", "no-problem-info"],
            summary.Entries.Skip(3).Select(Code)
        );
        AssertResolves(summary.Entries);
    }

    [Fact]
    public async Task What_is_recorded_stands_in_its_section()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("Lê"))).Is(201).Id;
        var other = (await client.Post("/Patient", FhirCalls.Patient("Vũ"))).Is(201).Id;
        foreach (var who in new[] { patient, other })
        {
            await Create(
                $$$"""{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]},"code":{"text":"Penicillin <b>"},"patient":{"reference":"Patient/{{{who}}}"}}"""
            );
            await Create(
                $$$"""{"resourceType":"Immunization","status":"completed","vaccineCode":{"text":"BCG"},"patient":{"reference":"Patient/{{{who}}}"},"occurrenceDateTime":"2020-01-02"}"""
            );
        }

        var summary = (await client.Get($"/Patient/{patient}/$summary")).Is(200);

        var sections = summary.Entries[0]["resource"]!["section"]!.AsArray();
        Assert.Equal(4, sections.Count);
        var allergies = sections[0]!;
        Assert.Single(allergies["entry"]!.AsArray());
        Assert.Contains("Penicillin &lt;b&gt;", (string?)allergies["text"]!["div"]);
        Assert.Contains("BCG, 2020-01-02", (string?)sections[3]!["text"]!["div"]);
        AssertResolves(summary.Entries);
        Assert.DoesNotContain(other, summary.Json.ToJsonString());
    }

    [Fact]
    public async Task There_is_no_summary_of_nobody() =>
        (await client.Get("/Patient/nobody/$summary")).Is(404);

    private async Task Create(string resource) =>
        (await client.Post($"/{JsonNode.Parse(resource)!["resourceType"]}", resource)).Is(201);

    private static string? Code(JsonNode entry)
    {
        var resource = entry["resource"]!;
        var code = resource["code"] ?? resource["medicationCodeableConcept"];
        return (string?)code?["coding"]?[0]?["code"];
    }

    /// <summary>A document holds all that its Composition refers to.</summary>
    private static void AssertResolves(IReadOnlyList<JsonNode> entries)
    {
        var there = entries.Select(entry => (string?)entry["fullUrl"]).ToHashSet();
        var composition = entries[0]["resource"]!;
        var named = composition["section"]!
            .AsArray()
            .SelectMany(section => section!["entry"]!.AsArray())
            .Append(composition["subject"])
            .Append(composition["author"]![0])
            .Select(reference => (string?)reference!["reference"]);
        Assert.All(named, reference => Assert.Contains(reference, there));
    }
}
