using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Jobs;

/// <summary>
/// <c>Prefer: respond-async</c>. https://hl7.org/fhir/R4/async.html, https://hl7.org/fhir/R5/async-bundle.html
/// </summary>
public sealed class DeferredTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Later = "Prefer: respond-async";

    [Fact]
    public async Task A_search_is_answered_later_as_the_entry_of_a_batch_response()
    {
        var id = (await server.Client.Post("/Patient", FhirCalls.Patient("Hoãn"))).Is(201).Id;

        var accepted = await server.Client.Get("/Patient?family=Hoãn", Later);
        var done = (await server.Client.Finished(accepted.Address())).Is(200);

        Assert.Equal("batch-response", (string?)done.Json["type"]);
        var entry = Assert.Single(done.Entries);
        Assert.Equal("200 OK", (string?)entry["response"]!["status"]);
        Assert.Equal(id, (string?)entry["resource"]!["entry"]![0]!["resource"]!["id"]);
        Assert.NotNull(done.Http.Content.Headers.Expires);
    }

    [Fact]
    public async Task A_batch_gives_its_own_response()
    {
        var accepted = await server.Client.Post(
            "",
            """{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Basic","code":{"text":"a"}},"request":{"method":"POST","url":"Basic"}},{"request":{"method":"GET","url":"Patient/none"}}]}""",
            Later
        );
        var done = (await server.Client.Finished(accepted.Address())).Is(200);

        Assert.Equal("batch-response", (string?)done.Json["type"]);
        Assert.Equal(
            ["201", "404"],
            done.Entries.Select(entry => ((string)entry["response"]!["status"]!)[..3])
        );
    }

    [Fact]
    public async Task What_is_refused_is_refused_in_the_entry()
    {
        var accepted = await server.Client.Get("/Patient?nonsense=1", Later);
        var done = (await server.Client.Finished(accepted.Address())).Is(200);

        var response = Assert.Single(done.Entries)["response"]!;
        Assert.Equal("400 Bad Request", (string?)response["status"]);
        Assert.Contains("nonsense", response["outcome"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_job_is_gone()
    {
        var address = (await server.Client.Get("/Patient", Later)).Address();

        (await server.Client.Delete(address)).Is(202);

        (await server.Client.Get(address)).Refused(404, "not-found", "cancelled");
        (await server.Client.Delete(address)).Refused(404, "not-found");
        (await server.Client.Get("/_jobs/nonsense")).Refused(404, "not-found");
    }
}
