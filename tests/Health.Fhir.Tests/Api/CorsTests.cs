using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#cors</summary>
public sealed class CorsTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task Answers_the_question_of_a_browser()
    {
        var asked = await client.Call(
            "OPTIONS",
            "/Patient/1",
            null,
            "Origin: http://localhost:3000",
            "Access-Control-Request-Method: PUT"
        );

        asked.Is(204);
        Assert.Equal(
            "http://localhost:3000",
            asked.Http.Headers.GetValues("Access-Control-Allow-Origin").Single()
        );
        Assert.Contains(
            "PUT",
            asked.Http.Headers.GetValues("Access-Control-Allow-Methods").Single(),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "If-Match",
            asked.Http.Headers.GetValues("Access-Control-Allow-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Shows_scripts_the_headers_of_versions()
    {
        var answer = await client.Get("/metadata", "Origin: http://127.0.0.1:3000");

        Assert.Contains(
            "ETag",
            answer.Http.Headers.GetValues("Access-Control-Expose-Headers").Single(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_open_server_lets_no_page_of_another_site_read()
    {
        var answer = await client.Get("/metadata", "Origin: https://example.org");

        Assert.False(answer.Http.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
