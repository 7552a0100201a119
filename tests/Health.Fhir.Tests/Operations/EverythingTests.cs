using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>
/// https://hl7.org/fhir/R4/patient-operation-everything.html, https://hl7.org/fhir/R4/encounter-operation-everything.html
/// </summary>
public sealed class EverythingTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    /// <summary>A patient with a visit in 2020 and one in 2021, each with an observation; a practitioner; and somebody else's record.</summary>
    private async Task<string> Record()
    {
        var key = Guid.CreateVersion7().ToString("N");
        async Task Put(string reference, string more)
        {
            var (type, id) = (reference.Split('/')[0], reference.Split('/')[1] + key);
            (
                await client.Put(
                    $"/{type}/{id}",
                    $$"""{"resourceType":"{{type}}","id":"{{id}}",{{more.Replace("§", key)}}}"""
                )
            ).Is(201);
        }
        await Put("Practitioner/d", "\"active\":true");
        await Put("Patient/p", "\"generalPractitioner\":[{\"reference\":\"Practitioner/d§\"}]");
        await Put("Patient/q", "\"active\":true");
        foreach (var year in (int[])[2020, 2021])
        {
            await Put(
                $"Encounter/{year}",
                $$$"""
                "status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/p§"},"period":{"start":"{{{year}}}-05-01","end":"{{{year}}}-05-02"}
                """
            );
            await Put(
                $"Observation/{year}",
                $$$"""
                "status":"final","code":{"text":"x"},"subject":{"reference":"Patient/p§"},"encounter":{"reference":"Encounter/{{{year}}}§"},"performer":[{"reference":"Practitioner/d§"}],"effectiveDateTime":"{{{year}}}-05-01"
                """
            );
        }
        await Put(
            "Observation/q",
            "\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/q§\"}"
        );
        return key;
    }

    private static string[] References(Reply reply, string key, string? mode = null) =>
        [
            .. reply
                .Is(200)
                .Entries.Where(entry => mode is null || (string?)entry["search"]!["mode"] == mode)
                .Select(entry =>
                    $"{entry["resource"]!["resourceType"]}/{((string)entry["resource"]!["id"]!).Replace(key, "")}"
                )
                .Order(StringComparer.Ordinal),
        ];

    [Fact]
    public async Task Gives_the_whole_record_and_nobody_elses()
    {
        var key = await Record();

        var all = await client.Get($"/Patient/p{key}/$everything");

        Assert.Equal(
            [
                "Encounter/2020",
                "Encounter/2021",
                "Observation/2020",
                "Observation/2021",
                "Patient/p",
            ],
            References(all, key, "match")
        );
        Assert.Equal(["Practitioner/d"], References(all, key, "include"));
        Assert.Equal("searchset", (string?)all.Json["type"]);
        Assert.Null(all.Link("next"));
    }

    [Theory]
    [InlineData("start=2021-01-01", "Encounter/2021 Observation/2021 Patient/p Practitioner/d")]
    [InlineData("end=2020", "Encounter/2020 Observation/2020 Patient/p Practitioner/d")]
    [InlineData("start=2020-05-02&end=2020-12", "Encounter/2020 Patient/p Practitioner/d")]
    [InlineData("_type=Observation", "Observation/2020 Observation/2021")]
    [InlineData("_type=Encounter,Practitioner", "Encounter/2020 Encounter/2021")]
    [InlineData(
        "_type=Observation&_type=Practitioner",
        "Observation/2020 Observation/2021 Practitioner/d"
    )]
    [InlineData("_since=2999-01-01T00:00:00Z", "")]
    public async Task Gives_the_part_that_is_asked(string query, string expected)
    {
        var key = await Record();

        Assert.Equal(
            expected,
            string.Join(
                ' ',
                References(await client.Get($"/Patient/p{key}/$everything?{query}"), key)
            )
        );
    }

    [Fact]
    public async Task Pages_by_links_and_takes_its_parameters_from_a_body()
    {
        var key = await Record();
        var seen = new List<string>();
        var page = await client.Post(
            $"/Patient/p{key}/$everything",
            """{"resourceType":"Parameters","parameter":[{"name":"_count","valueInteger":2},{"name":"_type","valueCode":"Observation"},{"name":"_type","valueCode":"Encounter"}]}"""
        );
        while (true)
        {
            seen.AddRange(References(page, key, "match"));
            Assert.True(
                page.Entries.Count(entry => (string?)entry["search"]!["mode"] == "match") <= 2
            );
            if (page.Link("next") is not { } next)
            {
                break;
            }
            page = await client.Get(next);
        }

        Assert.Equal(
            ["Encounter/2020", "Encounter/2021", "Observation/2020", "Observation/2021"],
            seen.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Gives_what_belongs_to_an_encounter()
    {
        var key = await Record();

        Assert.Equal(
            ["Encounter/2020", "Observation/2020", "Patient/p", "Practitioner/d"],
            References(await client.Get($"/Encounter/2020{key}/$everything"), key)
        );
        (await client.Get($"/Encounter/2020{key}/$everything?start=2020")).Refused(
            400,
            "not-supported",
            "start"
        );
    }

    [Theory]
    [InlineData("/Patient/never/$everything", 404, "not-found", "not known")]
    [InlineData("/Patient/1/$everything?start=x", 400, "value", "start")]
    [InlineData("/Patient/1/$everything?_since=2020", 400, "value", "_since")]
    [InlineData("/Patient/1/$everything?_count=0", 400, "value", "_count")]
    [InlineData("/Observation/1/$everything", 404, "not-supported", "$everything")]
    public async Task Refuses(string path, int status, string code, string says) =>
        (await client.Get(path)).Refused(status, code, says);

    [Fact]
    public async Task Refuses_a_type_that_is_none_and_a_period_that_ends_before_it_begins()
    {
        var key = await Record();
        (await client.Get($"/Patient/p{key}/$everything?_type=Observatio")).Refused(
            400,
            "value",
            "Observation"
        );
        (await client.Get($"/Patient/p{key}/$everything?start=2021&end=2020")).Refused(
            400,
            "value",
            "after"
        );
    }
}
