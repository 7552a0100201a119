using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html</summary>
public sealed class EvaluateMeasureTests(EvaluateMeasureTests.Records server)
    : IClassFixture<EvaluateMeasureTests.Records>
{
    private const string Period = "periodStart=2024-01-01&periodEnd=2024-12-31";

    private readonly HttpClient client = server.Client;

    /// <summary>Of four with diabetes one died; two of the rest were measured in 2024, one of them a woman.</summary>
    public sealed class Records : RecordsServer, IAsyncLifetime
    {
        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            async Task Put(string type, string id, string more) =>
                (
                    await Client.Put(
                        $"/{type}/{id}",
                        $$"""{"resourceType":"{{type}}","id":"{{id}}",{{more}}}"""
                    )
                ).Is(201);
            await Put("Patient", "a", "\"gender\":\"female\",\"birthDate\":\"1950-01-01\"");
            await Put("Patient", "b", "\"gender\":\"male\",\"birthDate\":\"1960-01-01\"");
            await Put("Patient", "c", "\"gender\":\"male\",\"birthDate\":\"2010-01-01\"");
            await Put(
                "Patient",
                "d",
                "\"gender\":\"male\",\"birthDate\":\"1940-01-01\",\"deceasedBoolean\":true"
            );
            await Put("Patient", "e", "\"gender\":\"female\",\"birthDate\":\"1970-01-01\"");
            foreach (var patient in (string[])["a", "b", "c", "d"])
            {
                await Put(
                    "Condition",
                    "c" + patient,
                    $"\"code\":{{\"coding\":[{{\"code\":\"E11\"}}]}},\"subject\":{{\"reference\":\"Patient/{patient}\"}}"
                );
            }
            foreach (
                var (patient, day) in ((string, string)[])
                    [
                        ("a", "2024-05-01"),
                        ("b", "2024-06-01"),
                        ("c", "2023-01-01"),
                        ("e", "2024-01-01"),
                    ]
            )
            {
                await Put(
                    "Observation",
                    "o" + patient,
                    $"\"status\":\"final\",\"code\":{{\"coding\":[{{\"code\":\"HbA1c\"}}]}},\"subject\":{{\"reference\":\"Patient/{patient}\"}},\"effectiveDateTime\":\"{day}\""
                );
            }
            await Put(
                "Measure",
                "m",
                """
                "url":"urn:measure:diabetes","status":"active","scoring":{"coding":[{"code":"proportion"}]},"group":[{"population":[
                {"code":{"coding":[{"code":"initial-population"}]},"criteria":{"language":"application/x-fhir-query","expression":"Condition?code=E11"}},
                {"code":{"coding":[{"code":"denominator"}]},"criteria":{"language":"application/x-fhir-query","expression":"Condition?code=E11"}},
                {"code":{"coding":[{"code":"denominator-exclusion"}]},"criteria":{"language":"text/fhirpath","expression":"Patient.deceased = true"}},
                {"code":{"coding":[{"code":"numerator"}]},"criteria":{"language":"application/x-fhir-query","expression":"Observation?code=HbA1c&date=ge{{%periodStart}}&date=le{{%periodEnd}}"}}],
                "stratifier":[{"code":{"text":"gender"},"criteria":{"language":"text/fhirpath","expression":"Patient.gender"}}]}]
                """
            );
            await Put(
                "Measure",
                "wrong",
                """
                "status":"active","group":[{"population":[{"code":{"coding":[{"code":"initial-population"}]},"criteria":{"language":"text/cql","expression":"x"}}]}]
                """
            );
            await Put(
                "Measure",
                "old",
                """
                "status":"active","group":[{"population":[{"code":{"coding":[{"code":"initial-population"}]},"criteria":{"language":"text/fhirpath","expression":"Patient.birthDate < %periodStart - 60 years"}}]}]
                """
            );
        }
    }

    private static string Counts(JsonNode part) =>
        string.Join(
            ' ',
            part["population"]!.AsArray().Select(population => population!["count"]!.ToString())
        );

    [Fact]
    public async Task Counts_the_populations_and_their_strata()
    {
        var report = (await client.Get($"/Measure/m/$evaluate-measure?{Period}")).Is(200).Json;
        var group = report["group"]![0]!;

        Assert.Equal("summary", (string?)report["type"]);
        Assert.Equal("urn:measure:diabetes", (string?)report["measure"]);
        Assert.Equal("4 4 1 2", Counts(group));
        Assert.Equal(0.666667m, (decimal)group["measureScore"]!["value"]!);
        var strata = group["stratifier"]![0]!["stratum"]!.AsArray();
        Assert.Equal(
            ["female: 1 1 0 1", "male: 3 3 1 1"],
            strata.Select(stratum => $"{stratum!["value"]!["text"]}: {Counts(stratum)}")
        );
        Assert.Equal(0.5m, (decimal)strata[1]!["measureScore"]!["value"]!);
    }

    [Fact]
    public async Task Tells_of_one_patient()
    {
        var report = (
            await client.Get(
                $"/Measure/$evaluate-measure?measure=urn:measure:diabetes&{Period}&subject=Patient/a"
            )
        )
            .Is(200)
            .Json;

        Assert.Equal("individual", (string?)report["type"]);
        Assert.Equal("Patient/a", (string?)report["subject"]!["reference"]);
        Assert.Equal("1 1 0 1", Counts(report["group"]![0]!));
    }

    [Fact]
    public async Task Lists_who_they_are()
    {
        var report = (
            await client.Get($"/Measure/m/$evaluate-measure?{Period}&reportType=subject-list")
        )
            .Is(200)
            .Json;

        var reference = (string)
            report["group"]![0]!["population"]![3]!["subjectResults"]!["reference"]!;
        var list = report["contained"]!.AsArray().Single(one => "#" + one!["id"] == reference)!;
        Assert.Equal(
            ["Patient/a", "Patient/b"],
            list["entry"]!.AsArray().Select(entry => (string?)entry!["item"]!["reference"])
        );
    }

    [Theory]
    [InlineData("2024", "3")]
    [InlineData("2031-01-01", "4")]
    public async Task Knows_the_period_in_paths(string start, string count) =>
        Assert.Equal(
            count,
            Counts(
                (
                    await client.Get(
                        $"/Measure/old/$evaluate-measure?periodStart={start}&periodEnd=2031-12-31"
                    )
                )
                    .Is(200)
                    .Json["group"]![0]!
            )
        );

    [Theory]
    [InlineData("m/$evaluate-measure", 400, "required", "periodStart")]
    [InlineData("m/$evaluate-measure?periodStart=2024&periodEnd=2023", 400, "value", "after")]
    [InlineData("m/$evaluate-measure?" + Period + "&reportType=all", 400, "value", "subject-list")]
    [InlineData(
        "m/$evaluate-measure?" + Period + "&reportType=subject",
        400,
        "required",
        "subject"
    )]
    [InlineData(
        "m/$evaluate-measure?" + Period + "&subject=Group/1",
        400,
        "not-supported",
        "Patient/123"
    )]
    [InlineData(
        "m/$evaluate-measure?" + Period + "&practitioner=x",
        400,
        "not-supported",
        "practitioner"
    )]
    [InlineData("wrong/$evaluate-measure?" + Period, 422, "not-supported", "text/cql")]
    [InlineData("never/$evaluate-measure?" + Period, 404, "not-found", "not known")]
    [InlineData("$evaluate-measure?" + Period, 400, "required", "measure")]
    [InlineData("$evaluate-measure?measure=urn:none&" + Period, 404, "not-found", "urn:none")]
    public async Task Refuses(string path, int status, string code, string says) =>
        (await client.Get("/Measure/" + path)).Refused(status, code, says);
}
