using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/R4/observation-operation-lastn.html</summary>
public sealed class LastObservationsTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<string> Measured()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("A"))).Is(201).Id;
        (string Day, string Codings)[] all =
        [
            ("2020-01-01", "l|pulse"),
            ("2020-01-03", "l|pulse"),
            // The hospital's own code stands with LOINC's once: then both mean one kind.
            ("2020-01-02", "l|pulse,h|77"),
            ("2020-01-05", "h|77"),
            ("2020-01-04", "l|weight"),
        ];
        foreach (var (day, codings) in all)
        {
            var coding = string.Join(
                ',',
                codings
                    .Split(',')
                    .Select(one =>
                        $$"""{"system":"urn:{{one.Split('|')[0]}}","code":"{{one.Split('|')[1]}}"}"""
                    )
            );
            (
                await client.Post(
                    "/Observation",
                    $$$"""{"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"vital-signs"}]}],"code":{"coding":[{{{coding}}}]},"subject":{"reference":"Patient/{{{patient}}}"},"effectiveDateTime":"{{{day}}}"}"""
                )
            ).Is(201);
        }
        return patient;
    }

    private static string Days(Reply reply) =>
        string.Join(
            ' ',
            reply
                .Is(200)
                .Entries.Select(entry => ((string)entry["resource"]!["effectiveDateTime"]!)[9..])
        );

    [Theory]
    [InlineData("", "5 4")]
    [InlineData("&max=2", "5 3 4")]
    [InlineData("&max=9", "5 3 2 1 4")]
    [InlineData("&max=2&code=urn:l|pulse", "3 2")]
    [InlineData("&date=lt2020-01-05&category=vital-signs", "4 3")]
    public async Task Gives_the_newest_of_each_group(string query, string days)
    {
        var patient = await Measured();

        Assert.Equal(days, Days(await client.Get($"/Observation/$lastn?patient={patient}{query}")));
    }

    [Fact]
    public async Task Takes_its_search_from_a_body_and_a_form()
    {
        var patient = await Measured();

        Assert.Equal(
            "5 3 4",
            Days(
                await client.Post(
                    "/Observation/$lastn",
                    $$"""{"resourceType":"Parameters","parameter":[{"name":"max","valuePositiveInt":2},{"name":"subject","valueString":"Patient/{{patient}}"}]}"""
                )
            )
        );
        Assert.Equal(
            "5 4",
            Days(
                await client.Post(
                    "/Observation/$lastn",
                    $"patient={patient}",
                    "Content-Type: application/x-www-form-urlencoded"
                )
            )
        );
    }

    [Theory]
    [InlineData("", "required", "one patient")]
    [InlineData("?patient=1&max=0", "value", "max")]
    [InlineData("?patient=1&max=x", "value", "max")]
    [InlineData("?patient=1&colour=red", "not-supported", "colour")]
    public async Task Refuses(string query, string code, string says) =>
        (await client.Get("/Observation/$lastn" + query)).Refused(400, code, says);
}
