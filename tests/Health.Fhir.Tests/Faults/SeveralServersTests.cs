using System.Diagnostics;
using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Faults;

/// <summary>What a server remembers stays right when another one changes the database under it (on SQLite both are the same server).</summary>
[Collection(nameof(ServerProcesses))]
public sealed class SeveralServersTests(ServerProcesses servers)
{
    private static string Define(string code, string expression) =>
        $$"""
            {"resourceType":"SearchParameter","id":"{{code}}","url":"http://example.org/SearchParameter/{{code}}","name":"x","status":"active",
            "description":"x","code":"{{code}}","base":["Basic"],"type":"token","expression":"{{expression}}"}
            """;

    private static string Basic(string id, string first, string second) =>
        $$"""
            {"resourceType":"Basic","id":"{{id}}","code":{"text":"x"},"extension":[
            {"url":"http://example.org/first","valueCode":"{{first}}"},{"url":"http://example.org/second","valueCode":"{{second}}"}] }
            """;

    private static string At(string url) =>
        $"Basic.extension.where(url='http://example.org/{url}').value";

    [Fact]
    public async Task A_search_parameter_is_new_changed_and_withdrawn_on_every_server_at_once()
    {
        var (here, there) = (servers.Client(0), servers.Client(1));
        var code = "x" + Guid.CreateVersion7().ToString("N")[^12..];
        string[] found = [$"{code}-1", $"{code}-2"];
        (await there.Put($"/Basic/{found[0]}", Basic(found[0], "a", "b"))).Is(201);

        (await here.Put($"/SearchParameter/{code}", Define(code, At("first")))).Is(201);
        // Not told of it, the other server indexes by it all the same.
        (await there.Put($"/Basic/{found[1]}", Basic(found[1], "a", "b"))).Is(201);
        await Ready(here, code);
        Assert.Equal(found, await Ids(there, $"{code}=a"));
        Assert.Empty(await Ids(there, $"{code}=b"));

        (await here.Put($"/SearchParameter/{code}", Define(code, At("second")))).Is(200);
        // Until its new index is whole it may be refused, but not be answered by the old one.
        var changed = await there.Get($"/Basic?{code}=a");
        Assert.True(changed.Status == 400 || changed.Is(200).Entries.Count == 0, changed.Text);
        await Ready(there, code);
        Assert.Equal(found, await Ids(here, $"{code}=b"));
        Assert.Equal(found, await Ids(there, $"{code}=b"));

        (await here.Delete($"/SearchParameter/{code}")).Is(204);
        (await there.Get($"/Basic?{code}=b")).Refused(400, "not-supported", code);
    }

    [Fact]
    public async Task A_code_that_all_use_for_the_first_time_at_once_is_one_code()
    {
        const int Rounds = 5;
        const int Writers = 8;
        for (var round = 0; round < Rounds; round++)
        {
            var name = Guid.CreateVersion7().ToString("N");
            var made = await Task.WhenAll(
                Enumerable
                    .Range(0, Writers)
                    .Select(writer =>
                        servers
                            .Client(writer)
                            .Post(
                                "/Observation",
                                $$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"urn:system:{{name}}","code":"{{name}}","display":"Đo {{name}}"}]} }"""
                            )
                    )
            );
            var ids = made.Select(reply => reply.Is(201).Id).Order(StringComparer.Ordinal);
            foreach (var server in new[] { servers.Client(0), servers.Client(1) })
            {
                foreach (
                    var by in new[] { $"code=urn:system:{name}|{name}", $"code:text=đo {name}" }
                )
                {
                    Assert.Equal(ids, await Ids(server, by, "Observation"));
                }
            }
        }
    }

    private static async Task<string[]> Ids(HttpClient http, string query, string type = "Basic") =>
        [
            .. (await http.Get($"/{type}?{query}"))
                .Is(200)
                .Entries.Select(entry => (string)entry["resource"]!["id"]!)
                .Order(StringComparer.Ordinal),
        ];

    private static async Task Ready(HttpClient http, string id)
    {
        for (var since = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            var status = (await http.Get($"/SearchParameter/{id}/$status")).Is(200);
            if (Word(status.Json) == "ready")
            {
                return;
            }
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(2), status.Text);
        }

        static string? Word(JsonNode parameters) =>
            (string?)
                parameters["parameter"]![0]!["part"]!
                    .AsArray()
                    .Single(part => (string?)part!["name"] == "status")!["valueCode"];
    }
}
