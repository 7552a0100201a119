using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#create, https://hl7.org/fhir/R4/http.html#ccreate</summary>
public sealed class CreateTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Stores_the_resource_and_says_where()
    {
        var created = (await client.Post("/Patient", FhirCalls.Patient("Nguyễn"))).Is(201);

        Assert.Equal("W/\"1\"", created.ETag);
        Assert.Equal(
            $"/fhir/Patient/{created.Id}/_history/1",
            created.Http.Headers.Location!.AbsolutePath
        );
        Assert.NotNull(created.Http.Content.Headers.LastModified);
        Assert.Equal("1", (string?)created.Json["meta"]!["versionId"]);
        Assert.Equal("application/fhir+json", created.Http.Content.Headers.ContentType!.MediaType);
        var read = (await client.Get($"/Patient/{created.Id}")).Is(200);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal("Nguyễn", (string?)read.Json["name"]![0]!["family"]);
    }

    [Fact]
    public async Task Replaces_an_id_that_the_client_made_up()
    {
        var created = (await client.Post("/Patient", FhirCalls.Patient("A", "mine"))).Is(201);

        Assert.NotEqual("mine", created.Id);
        (await client.Get("/Patient/mine")).Refused(404, "not-found");
    }

    [Theory]
    [InlineData("return=minimal", "")]
    [InlineData("return=representation", "\"Patient\"")]
    [InlineData("return=OperationOutcome", "\"OperationOutcome\"")]
    public async Task Answers_with_what_is_preferred(string prefer, string holds)
    {
        var created = (
            await client.Post("/Patient", FhirCalls.Patient("B"), "Prefer: " + prefer)
        ).Is(201);

        Assert.Contains(holds, created.Text, StringComparison.Ordinal);
        Assert.Equal(holds.Length == 0, created.Text.Length == 0);
        Assert.NotNull(created.Http.Headers.Location);
    }

    [Fact]
    public async Task Creates_once_under_a_condition()
    {
        var key = Guid.CreateVersion7().ToString();
        var body = FhirCalls.Patient(
            "C",
            more: $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]"
        );
        var condition = $"If-None-Exist: identifier=urn:test|{key}";

        var first = (await client.Post("/Patient", body, condition)).Is(201);
        var second = (await client.Post("/Patient", body, condition)).Is(200);
        await client.Post("/Patient", body);

        Assert.Equal(first.Id, second.Id);
        (await client.Post("/Patient", body, condition)).Refused(412, "conflict");
    }

    [Fact]
    public async Task Two_at_once_under_one_condition_make_one()
    {
        var key = Guid.CreateVersion7().ToString();
        var body = FhirCalls.Patient(
            "D",
            more: $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]"
        );

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    client.Post("/Patient", body, $"If-None-Exist: identifier=urn:test|{key}")
                )
        );

        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Single(replies.Select(reply => reply.Id).Distinct());
    }

    [Fact]
    public async Task Takes_every_resource_type_to_its_own_address_only()
    {
        (await client.Post("/Observation", FhirCalls.Patient("E"))).Refused(
            400,
            "invalid",
            "Patient",
            "Observation"
        );
    }
}
