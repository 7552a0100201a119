using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#history</summary>
public sealed class HistoryTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<string> Three()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        (await client.Put($"/Patient/{id}", FhirCalls.Patient("B", id))).Is(200);
        (await client.Delete($"/Patient/{id}")).Is(204);
        return id;
    }

    [Fact]
    public async Task Lists_the_versions_newest_first_with_what_was_done()
    {
        var id = await Three();

        var history = (await client.Get($"/Patient/{id}/_history")).Is(200);

        Assert.Equal("history", (string?)history.Json["type"]);
        Assert.Equal(
            ["DELETE", "PUT", "POST"],
            history.Entries.Select(entry => (string?)entry["request"]!["method"])
        );
        Assert.Equal(
            ["W/\"3\"", "W/\"2\"", "W/\"1\""],
            history.Entries.Select(entry => (string?)entry["response"]!["etag"])
        );
        Assert.Null(history.Entries[0]["resource"]);
        Assert.Equal("B", (string?)history.Entries[1]["resource"]!["name"]![0]!["family"]);
        Assert.EndsWith(
            $"/fhir/Patient/{id}",
            (string?)history.Entries[0]["fullUrl"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Pages_by_links()
    {
        var id = await Three();
        var seen = new List<string?>();
        for (var url = $"/Patient/{id}/_history?_count=1"; url is not null; )
        {
            var page = (await client.Get(url)).Is(200);
            Assert.NotNull(page.Link("self"));
            seen.AddRange(page.Entries.Select(entry => (string?)entry["response"]!["etag"]));
            url = page.Link("next");
            Assert.True(seen.Count < 10);
        }

        Assert.Equal(["W/\"3\"", "W/\"2\"", "W/\"1\""], seen);
    }

    [Fact]
    public async Task Begins_at_a_moment_and_tells_what_held_at_one()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        var updated = await client.Put($"/Patient/{id}", FhirCalls.Patient("B", id));
        var at = (string)updated.Json["meta"]!["lastUpdated"]!;

        var since = (
            await client.Get($"/Patient/{id}/_history?_since={Uri.EscapeDataString(at)}")
        ).Is(200);
        var held = (await client.Get($"/Patient/{id}/_history?_at={Uri.EscapeDataString(at)}")).Is(
            200
        );

        Assert.Contains(
            "W/\"2\"",
            since.Text.Replace("\\u0022", "\"").Replace("\\\"", "\""),
            StringComparison.Ordinal
        );
        Assert.Equal("W/\"2\"", (string?)held.Entries.Single()["response"]!["etag"]);
    }

    [Fact]
    public async Task Covers_a_type_and_the_system()
    {
        var id = await Three();

        var ofType = (await client.Get("/Patient/_history?_count=3")).Is(200);
        var ofAll = (await client.Get("/_history?_count=3")).Is(200);

        Assert.All(
            ofType.Entries,
            entry => Assert.EndsWith(id, (string?)entry["fullUrl"], StringComparison.Ordinal)
        );
        Assert.Equal(3, ofAll.Entries.Count);
    }

    [Fact]
    public async Task Tells_what_held_at_some_time_of_a_period()
    {
        var id = await Three();
        var lastUpdated = (
            (await client.Get($"/Patient/{id}/_history/1")).Json["meta"]!["lastUpdated"]!
        ).GetValue<string>();

        // All three versions were made today; each was current at some time of it.
        Assert.Equal(
            3,
            (await client.Get($"/Patient/{id}/_history?_at={lastUpdated[..4]}"))
                .Is(200)
                .Entries.Count
        );
        Assert.Empty((await client.Get($"/Patient/{id}/_history?_at=1999-05")).Is(200).Entries);
        Assert.Equal(
            "W/\"3\"",
            (string?)
                (await client.Get($"/Patient/{id}/_history?_at=2999")).Is(200).Entries.Single()[
                    "response"
                ]!["etag"]
        );
    }

    [Fact]
    public async Task Goes_oldest_first_when_asked_and_pages_so()
    {
        var id = await Three();
        var seen = new List<string?>();
        for (var url = $"/Patient/{id}/_history?_sort=_lastUpdated&_count=2"; url is not null; )
        {
            var page = (await client.Get(url)).Is(200);
            seen.AddRange(page.Entries.Select(entry => (string?)entry["response"]!["etag"]));
            url = page.Link("next");
        }

        Assert.Equal(["W/\"1\"", "W/\"2\"", "W/\"3\""], seen);
        Assert.Equal(
            "W/\"3\"",
            (string?)
                (await client.Get($"/Patient/{id}/_history?_sort=-_lastUpdated")).Entries[0][
                    "response"
                ]!["etag"]
        );
    }

    [Theory]
    [InlineData("/Patient/_history?_sort=name", 400, "value")]
    [InlineData("/Patient/_history?_at=yesterday", 400, "value")]
    [InlineData("/Patient/never/_history", 404, "not-found")]
    [InlineData("/Patient/_history?_since=yesterday", 400, "value")]
    [InlineData("/Patient/_history?_since=2020-01-01", 400, "value")]
    [InlineData("/Patient/_history?_count=-1", 400, "value")]
    [InlineData("/Patient/_history?name=x", 400, "not-supported")]
    [InlineData("/Patient/_history?_page=rubbish", 400, "invalid")]
    public async Task Refuses(string path, int status, string code) =>
        (await client.Get(path)).Refused(status, code);
}
