using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#delete, https://hl7.org/fhir/R4/http.html#cdelete</summary>
public sealed class DeleteTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Deletes_and_does_not_mind_being_told_twice()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        (await client.Delete($"/Patient/{id}")).Is(204);
        (await client.Delete($"/Patient/{id}")).Is(204);
        (await client.Delete("/Patient/never")).Is(204);

        (await client.Get($"/Patient/{id}")).Refused(410, "deleted");
        Assert.DoesNotContain(
            (await client.Get($"/Patient?_id={id}")).Entries,
            entry => (string?)entry["search"]!["mode"] == "match"
        );
    }

    [Fact]
    public async Task Answers_with_an_outcome_when_preferred()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        var deleted = (await client.Delete($"/Patient/{id}", "Prefer: return=OperationOutcome")).Is(
            200
        );

        Assert.Equal("OperationOutcome", (string?)deleted.Json["resourceType"]);
    }

    [Fact]
    public async Task Refuses_when_the_version_is_no_longer_current()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        (await client.Delete($"/Patient/{id}", "If-Match: W/\"7\"")).Refused(412, "conflict");
        (await client.Delete($"/Patient/{id}", "If-Match: W/\"1\"")).Is(204);
    }

    [Fact]
    public async Task Deletes_one_match_and_more_only_when_told_how_many()
    {
        var key = Guid.CreateVersion7().ToString();
        var path = $"/Patient?identifier=urn:test|{key}";
        for (var i = 0; i < 3; i++)
        {
            var more = $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]";
            (await client.Post("/Patient", FhirCalls.Patient("A", more: more))).Is(201);
        }

        (await client.Delete(path)).Refused(412, "conflict");
        (await client.Delete(path + "&_count=2")).Refused(412, "conflict");
        (await client.Delete(path + "&_count=100000")).Refused(400, "value", "_count");
        (await client.Delete(path + "&_count=3")).Is(204);
        (await client.Delete(path)).Is(204);

        Assert.Empty((await client.Get(path)).Entries);
    }

    [Fact]
    public async Task Refuses_to_delete_a_whole_type() =>
        (await client.Delete("/Patient")).Refused(412, "required");
}
