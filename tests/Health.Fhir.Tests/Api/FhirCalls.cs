using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Health.Fhir.Tests.Api;

/// <summary>An answer with its body read as JSON; <see cref="Text"/> has it as it came.</summary>
public sealed record Reply(HttpResponseMessage Http, string Text)
{
    private readonly Lazy<JsonNode> json = new(() => JsonNode.Parse(Text)!);

    public int Status => (int)Http.StatusCode;

    public JsonNode Json => json.Value;

    public string Id => Json["id"]!.GetValue<string>();

    public string? ETag => Http.Headers.ETag?.ToString();

    /// <summary>Fails unless it has this status and an OperationOutcome with all that one must have.</summary>
    public Reply Refused(int status, string code, params string[] diagnostics)
    {
        Assert.True(Status == status, $"{status} expected, got {Status}: {Text}");
        Assert.Equal("OperationOutcome", (string?)Json["resourceType"]);
        var issues = Json["issue"]!.AsArray();
        Assert.All(issues, issue => Assert.NotNull((string?)issue!["diagnostics"]));
        Assert.Contains(issues, issue => (string?)issue!["severity"] is "error" or "fatal");
        Assert.Contains(code, issues.Select(issue => (string?)issue!["code"]));
        foreach (var part in diagnostics)
        {
            Assert.Contains(
                issues,
                issue => ((string)issue!["diagnostics"]!).Contains(part, StringComparison.Ordinal)
            );
        }
        return this;
    }

    public Reply Is(int status)
    {
        Assert.True(Status == status, $"{status} expected, got {Status}: {Text}");
        return this;
    }

    public string? Expression => (string?)Json["issue"]![0]!["expression"]?[0];

    public IReadOnlyList<JsonNode> Entries =>
        Json["entry"] is JsonArray entries ? [.. entries.Select(entry => entry!)] : [];

    public string? Link(string relation) =>
        Json["link"]!
            .AsArray()
            .Where(link => (string?)link!["relation"] == relation)
            .Select(link => (string?)link!["url"])
            .FirstOrDefault();
}

/// <summary>FHIR requests in one line each.</summary>
public static class FhirCalls
{
    public static Task<Reply> Get(this HttpClient client, string path, params string[] headers) =>
        client.Call("GET", path, null, headers);

    public static Task<Reply> Post(
        this HttpClient client,
        string path,
        string body,
        params string[] headers
    ) => client.Call("POST", path, body, headers);

    public static Task<Reply> Put(
        this HttpClient client,
        string path,
        string body,
        params string[] headers
    ) => client.Call("PUT", path, body, headers);

    public static Task<Reply> Delete(
        this HttpClient client,
        string path,
        params string[] headers
    ) => client.Call("DELETE", path, null, headers);

    /// <param name="path">Below /fhir, or absolute.</param>
    /// <param name="headers">As <c>Name: value</c>; a Content-Type replaces application/fhir+json.</param>
    public static async Task<Reply> Call(
        this HttpClient client,
        string method,
        string path,
        string? body,
        params string[] headers
    )
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method),
            path.StartsWith("http", StringComparison.Ordinal) ? path : "/fhir" + path
        );
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
        }
        foreach (var header in headers)
        {
            var (name, value) = (header.Split(": ", 2)[0], header.Split(": ", 2)[1]);
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
        var response = await client.SendAsync(request);
        return new Reply(response, await response.Content.ReadAsStringAsync());
    }

    public static string Patient(string family, string? id = null, string more = "") =>
        $$"""{"resourceType":"Patient",{{(id is null ? "" : $"\"id\":\"{id}\",")}}"name":[{"family":"{{family}}"}]{{more}}}""";
}
