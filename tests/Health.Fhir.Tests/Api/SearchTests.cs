using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>The words of a search: bundle, links, pages, what was ignored. https://hl7.org/fhir/R4/http.html#search, https://hl7.org/fhir/R4/search.html</summary>
public sealed class SearchTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    /// <summary>Patients that share a family name nobody else has.</summary>
    private async Task<string> Family(int count)
    {
        var name = "F" + Guid.CreateVersion7().ToString("N");
        for (var i = 0; i < count; i++)
        {
            (
                await client.Post(
                    "/Patient",
                    FhirCalls.Patient(name, more: $",\"birthDate\":\"19{i + 50}-01-01\"")
                )
            ).Is(201);
        }
        return name;
    }

    [Fact]
    public async Task Answers_with_a_searchset()
    {
        var name = await Family(2);

        var found = (await client.Get($"/Patient?family={name}&_total=accurate")).Is(200);

        Assert.Equal("searchset", (string?)found.Json["type"]);
        Assert.Equal(2, (int?)found.Json["total"]);
        Assert.Equal(
            $"{server.Address}fhir/Patient?family={name}&_total=accurate",
            found.Link("self")
        );
        Assert.All(
            found.Entries,
            entry =>
            {
                Assert.Equal("match", (string?)entry["search"]!["mode"]);
                Assert.Equal(
                    $"{server.Address}fhir/Patient/{entry["resource"]!["id"]}",
                    (string?)entry["fullUrl"]
                );
            }
        );
        Assert.Null((await client.Get($"/Patient?family={name}x")).Is(200).Json["entry"]);
    }

    [Fact]
    public async Task Takes_parameters_from_a_form_and_from_the_address()
    {
        var name = await Family(2);

        var found = (
            await client.Post(
                $"/Patient/_search?family={name}",
                "birthdate=1950-01-01",
                "Content-Type: application/x-www-form-urlencoded"
            )
        ).Is(200);

        Assert.Single(found.Entries);
        Assert.Contains("birthdate=1950-01-01", found.Link("self"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_sort=birthdate")]
    [InlineData("_sort=-birthdate")]
    [InlineData("_sort=-_lastUpdated")]
    [InlineData("_elements=birthDate")]
    public async Task Follows_the_links_to_the_last_page(string more)
    {
        var name = await Family(7);
        var seen = new List<string>();
        var pages = 0;
        for (var url = $"/Patient?family={name}&{more}&_count=3"; url is not null; pages++)
        {
            var page = (await client.Get(url)).Is(200);
            Assert.True(page.Entries.Count <= 3);
            seen.AddRange(page.Entries.Select(entry => (string)entry["resource"]!["birthDate"]!));
            url = page.Link("next");
            Assert.True(pages < 10);
        }

        Assert.Equal(3, pages);
        Assert.Equal(7, seen.Distinct().Count());
        Assert.Equal(7, seen.Count);
        if (more == "_sort=birthdate")
        {
            Assert.Equal(seen.Order(StringComparer.Ordinal), seen);
        }
    }

    [Fact]
    public async Task Includes_and_says_which_is_which()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("Inc"))).Id;
        var observation = (
            await client.Post(
                "/Observation",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/"
                    + patient
                    + "\"}}"
            )
        )
            .Is(201)
            .Id;

        var found = (
            await client.Get($"/Observation?_id={observation}&_include=Observation:subject")
        ).Is(200);
        var reverse = (
            await client.Get($"/Patient?_id={patient}&_revinclude=Observation:subject")
        ).Is(200);

        Assert.Equal(
            ["match", "include"],
            found.Entries.Select(entry => (string?)entry["search"]!["mode"])
        );
        Assert.Equal(patient, (string?)found.Entries[1]["resource"]!["id"]);
        Assert.Equal(observation, (string?)reverse.Entries[1]["resource"]!["id"]);
    }

    [Fact]
    public async Task Leniently_drops_what_it_does_not_know_and_says_so()
    {
        var name = await Family(1);

        (await client.Get($"/Patient?family={name}&colour=red")).Refused(
            400,
            "not-supported",
            "colour"
        );
        var found = (
            await client.Get($"/Patient?family={name}&colour=red", "Prefer: handling=lenient")
        ).Is(200);

        Assert.DoesNotContain("colour", found.Link("self"), StringComparison.Ordinal);
        var outcome = Assert.Single(
            found.Entries,
            entry => (string?)entry["search"]!["mode"] == "outcome"
        );
        Assert.Contains("colour", outcome.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, found.Entries.Count);
    }

    [Fact]
    public async Task Stays_inside_a_compartment()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("K"))).Id;
        foreach (
            var subject in new[]
            {
                patient,
                (await client.Post("/Patient", FhirCalls.Patient("L"))).Id,
            }
        )
        {
            await client.Post(
                "/Observation",
                "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"code\":\"k1\"}]},\"subject\":{\"reference\":\"Patient/"
                    + subject
                    + "\"}}"
            );
        }

        Assert.Single(
            (await client.Get($"/Patient/{patient}/Observation?code=k1")).Is(200).Entries
        );
        var all = (await client.Get($"/Patient/{patient}/*")).Is(200);
        Assert.True(all.Text.Contains("\"k1\"", StringComparison.Ordinal), all.Text);
        (await client.Get($"/Patient/{patient}/Observatio")).Refused(
            404,
            "not-supported",
            "Observation"
        );
        (await client.Get($"/Patient/{patient}/ValueSet")).Is(400);
        (await client.Get("/Organization/1/Patient")).Refused(404, "not-supported", "compartment");
    }

    [Fact]
    public async Task Searches_the_whole_system()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("S"))).Id;

        var found = (await client.Get($"/?_id={id}&_type=Patient,Observation")).Is(200);

        Assert.Equal(id, (string?)Assert.Single(found.Entries)["resource"]!["id"]);
    }

    [Fact]
    public async Task Counts_without_giving()
    {
        var name = await Family(2);

        var counted = (await client.Get($"/Patient?family={name}&_summary=count")).Is(200);
        var none = (await client.Get($"/Patient?family={name}&_count=0")).Is(200);

        Assert.Equal(2, (int?)counted.Json["total"]);
        Assert.Empty(counted.Entries);
        Assert.Empty(none.Entries);
    }

    [Fact]
    public async Task Cuts_each_match_and_gives_xml()
    {
        var name = await Family(1);

        var cut = (await client.Get($"/Patient?family={name}&_elements=birthDate")).Is(200);
        var xml = (await client.Get($"/Patient?family={name}&_format=xml")).Is(200);

        Assert.Null(cut.Entries[0]["resource"]!["name"]);
        Assert.Contains("SUBSETTED", cut.Text, StringComparison.Ordinal);
        Assert.Contains("<family value=\"" + name, xml.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_page_that_it_did_not_make() =>
        (await client.Get("/Patient?_page=rubbish")).Is(400);
}
