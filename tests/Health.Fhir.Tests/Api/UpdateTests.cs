using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#update, https://hl7.org/fhir/R4/http.html#cond-update, https://hl7.org/fhir/R4/http.html#concurrency</summary>
public sealed class UpdateTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Makes_a_new_version()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        var updated = (await client.Put($"/Patient/{id}", FhirCalls.Patient("B", id))).Is(200);

        Assert.Equal("W/\"2\"", updated.ETag);
        Assert.Equal("2", (string?)updated.Json["meta"]!["versionId"]);
        Assert.Equal(
            "B",
            (string?)(await client.Get($"/Patient/{id}")).Json["name"]![0]!["family"]
        );
    }

    [Fact]
    public async Task Creates_under_the_id_that_the_client_chose()
    {
        var id = "chosen-" + Guid.CreateVersion7().ToString("N");

        var created = (await client.Put($"/Patient/{id}", FhirCalls.Patient("A", id))).Is(201);

        Assert.Equal(id, created.Id);
        Assert.EndsWith(
            $"/fhir/Patient/{id}/_history/1",
            created.Http.Headers.Location!.ToString(),
            StringComparison.Ordinal
        );
    }

    /// <summary>RFC 9110 §13.1.2: a write only where there is nothing yet.</summary>
    [Fact]
    public async Task Creates_only_what_is_not_there_when_told_so()
    {
        var id = Guid.CreateVersion7().ToString();
        var body = FhirCalls.Patient("A", id);

        (await client.Put($"/Patient/{id}", body, "If-None-Match: *")).Is(201);
        (await client.Put($"/Patient/{id}", body, "If-None-Match: *")).Refused(412, "conflict");
        (await client.Put($"/Patient/{id}", body, "If-None-Match: W/\"1\"")).Refused(400, "value");
        (await client.Delete($"/Patient/{id}")).Is(204);
        (await client.Put($"/Patient/{id}", body, "If-None-Match: *")).Is(201);
    }

    [Fact]
    public async Task Brings_a_deleted_one_back()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        (await client.Delete($"/Patient/{id}")).Is(204);

        var back = await client.Put($"/Patient/{id}", FhirCalls.Patient("A", id));

        Assert.Contains(back.Status, new[] { 200, 201 });
        Assert.Equal("W/\"3\"", back.ETag);
    }

    [Fact]
    public async Task Refuses_when_the_version_is_no_longer_current()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        (await client.Put($"/Patient/{id}", FhirCalls.Patient("B", id), "If-Match: W/\"1\"")).Is(
            200
        );

        (
            await client.Put($"/Patient/{id}", FhirCalls.Patient("C", id), "If-Match: W/\"1\"")
        ).Refused(412, "conflict");
        (
            await client.Put($"/Patient/{id}", FhirCalls.Patient("C", id), "If-Match: W/\"x\"")
        ).Refused(400, "value", "If-Match");
        Assert.Equal(
            "B",
            (string?)(await client.Get($"/Patient/{id}")).Json["name"]![0]!["family"]
        );
    }

    [Fact]
    public async Task One_of_many_with_the_same_version_wins()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    client.Put(
                        $"/Patient/{id}",
                        FhirCalls.Patient("F" + i, id),
                        "If-Match: W/\"1\""
                    )
                )
        );

        Assert.Single(replies, reply => reply.Status == 200);
        Assert.Equal(7, replies.Count(reply => reply.Status == 412));
    }

    [Theory]
    [InlineData(
        "/Patient/a-1",
        """{"resourceType":"Patient","active":true}""",
        400,
        "invalid",
        "no id"
    )]
    [InlineData(
        "/Patient/a-1",
        """{"resourceType":"Patient","id":"b","active":true}""",
        400,
        "invalid",
        "'b'"
    )]
    [InlineData("/Patient/a_1", """{"resourceType":"Patient","id":"a-1"}""", 400, "value", "64")]
    [InlineData(
        "/Patient/a-1",
        """{"resourceType":"Basic","id":"a-1","code":{"text":"x"}}""",
        400,
        "invalid",
        "Basic"
    )]
    [InlineData(
        "/Patient",
        """{"resourceType":"Patient","id":"a-1"}""",
        412,
        "required",
        "Patient?identifier"
    )]
    public async Task Refuses_what_does_not_fit_its_address(
        string path,
        string body,
        int status,
        string code,
        string says
    ) => (await client.Put(path, body)).Refused(status, code, says);

    [Fact]
    public async Task Finds_the_one_that_matches()
    {
        var key = Guid.CreateVersion7().ToString();
        string Body(string family) =>
            FhirCalls.Patient(
                family,
                more: $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]"
            );
        var path = $"/Patient?identifier=urn:test|{key}";

        var created = (await client.Put(path, Body("A"))).Is(201);
        var updated = (await client.Put(path, Body("B"))).Is(200);
        await client.Post("/Patient", Body("C"));

        Assert.Equal(created.Id, updated.Id);
        (await client.Put(path, Body("D"))).Refused(412, "conflict");
    }
}
