using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#read, https://hl7.org/fhir/R4/http.html#vread, https://hl7.org/fhir/R4/http.html#cread</summary>
public sealed class ReadTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<string> Stored() =>
        (await client.Post("/Patient", FhirCalls.Patient("Trần"))).Is(201).Id;

    [Fact]
    public async Task Gives_the_current_version_with_its_headers()
    {
        var id = await Stored();

        var read = (await client.Get($"/Patient/{id}")).Is(200);

        Assert.Equal("W/\"1\"", read.ETag);
        Assert.NotNull(read.Http.Content.Headers.LastModified);
        Assert.Equal(id, read.Id);
    }

    [Fact]
    public async Task Gives_an_earlier_version()
    {
        var id = await Stored();
        (await client.Put($"/Patient/{id}", FhirCalls.Patient("Lê", id))).Is(200);

        var first = (await client.Get($"/Patient/{id}/_history/1")).Is(200);
        var second = (await client.Get($"/Patient/{id}/_history/2")).Is(200);

        Assert.Equal("Trần", (string?)first.Json["name"]![0]!["family"]);
        Assert.Equal("Lê", (string?)second.Json["name"]![0]!["family"]);
        Assert.Equal("W/\"1\"", first.ETag);
        (await client.Get($"/Patient/{id}/_history/3")).Refused(404, "not-found", "version 3");
        (await client.Get($"/Patient/{id}/_history/x")).Refused(404, "not-found");
    }

    [Fact]
    public async Task Says_not_modified_to_whoever_has_it()
    {
        var id = await Stored();

        var same = (await client.Get($"/Patient/{id}", "If-None-Match: W/\"1\"")).Is(304);
        var later = DateTimeOffset.MaxValue.AddYears(-1).ToString("R");
        var soon = (await client.Get($"/Patient/{id}", $"If-Modified-Since: {later}")).Is(304);

        Assert.Empty(same.Text);
        Assert.Empty(soon.Text);
        (await client.Get($"/Patient/{id}", "If-None-Match: W/\"2\"")).Is(200);
        (await client.Get($"/Patient/{id}", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT")).Is(
            200
        );
    }

    [Fact]
    public async Task Answers_head_without_a_body()
    {
        var id = await Stored();

        var head = (await client.Call("HEAD", $"/Patient/{id}", null)).Is(200);

        Assert.Empty(head.Text);
        Assert.Equal("W/\"1\"", head.ETag);
        Assert.True(head.Http.Content.Headers.ContentLength > 0);
        (await client.Call("HEAD", "/Patient/none", null)).Is(404);
    }

    [Fact]
    public async Task Tells_deleted_from_never_known()
    {
        var id = await Stored();
        (await client.Delete($"/Patient/{id}")).Is(204);

        (await client.Get($"/Patient/{id}")).Refused(410, "deleted");
        (await client.Get($"/Patient/{id}/_history/1")).Is(200);
        (await client.Get($"/Patient/{id}/_history/2")).Refused(410, "deleted");
        (await client.Get("/Patient/never")).Refused(404, "not-found");
    }
}
