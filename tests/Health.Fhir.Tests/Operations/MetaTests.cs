using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>
/// https://hl7.org/fhir/R4/resource-operation-meta.html, https://hl7.org/fhir/R4/resource-operation-meta-add.html,
/// https://hl7.org/fhir/R4/resource-operation-meta-delete.html
/// </summary>
public sealed class MetaTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<string> Stored() =>
        (
            await client.Post(
                "/Patient",
                FhirCalls.Patient(
                    "Trần",
                    more: ",\"meta\":{\"tag\":[{\"system\":\"urn:t\",\"code\":\"a\"}]}"
                )
            )
        )
            .Is(201)
            .Id;

    private static string With(string meta) =>
        $$"""{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{{meta}}}]}""";

    private static string Labels(Reply reply)
    {
        var meta = reply.Is(200).Json["parameter"]![0]!["valueMeta"]!;
        IEnumerable<string?> Of(string name) =>
            (meta[name]?.AsArray() ?? []).Select(label =>
                label is JsonObject coding ? (string?)coding["code"] : (string?)label
            );
        return string.Join(' ', Of("profile").Concat(Of("tag")).Concat(Of("security")));
    }

    [Fact]
    public async Task Adds_what_is_not_there_and_takes_away_what_is()
    {
        var id = await Stored();

        Assert.Equal("a", Labels(await client.Get($"/Patient/{id}/$meta")));
        Assert.Equal(
            "http://p a b R",
            Labels(
                await client.Post(
                    $"/Patient/{id}/$meta-add",
                    With(
                        """{"profile":["http://p"],"tag":[{"system":"urn:t","code":"b"},{"system":"urn:t","code":"a","display":"other"}],"security":[{"code":"R"}]}"""
                    )
                )
            )
        );
        Assert.Equal(
            "http://p b R",
            Labels(
                await client.Post(
                    $"/Patient/{id}/$meta-delete",
                    With("""{"tag":[{"system":"urn:t","code":"a"},{"code":"b"}]}""")
                )
            )
        );
        var read = await client.Get($"/Patient/{id}");
        Assert.Equal("W/\"3\"", read.ETag);
        Assert.Equal("Trần", (string?)read.Json["name"]![0]!["family"]);
        Assert.Contains("Trần", read.Text, StringComparison.Ordinal);
        Assert.Equal(
            id,
            (string?)
                (await client.Get($"/Patient?_tag=urn:t|b&_id={id}")).Entries[0]["resource"]!["id"]
        );
    }

    [Fact]
    public async Task What_changes_nothing_makes_no_version()
    {
        var id = await Stored();

        (
            await client.Post(
                $"/Patient/{id}/$meta-add",
                With("""{"tag":[{"system":"urn:t","code":"a"}]}""")
            )
        ).Is(200);
        (await client.Post($"/Patient/{id}/$meta-delete", With("""{"tag":[{"code":"z"}]}"""))).Is(
            200
        );

        Assert.Equal("W/\"1\"", (await client.Get($"/Patient/{id}")).ETag);
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        var id = await Stored();

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async number =>
                    (
                        await client.Post(
                            $"/Patient/{id}/$meta-add",
                            With($$"""{"tag":[{"code":"n{{number}}"}]}""")
                        )
                    ).Is(200)
                )
        );

        Assert.Equal(5, Labels(await client.Get($"/Patient/{id}/$meta")).Split(' ').Length);
    }

    [Fact]
    public async Task Refuses_what_is_not_there()
    {
        (await client.Get("/Patient/never/$meta")).Refused(404, "not-found");
        (
            await client.Post("/Patient/never/$meta-add", With("{\"profile\":[\"http://p\"]}"))
        ).Refused(404, "not-found");
        var id = await Stored();
        (
            await client.Post(
                $"/Patient/{id}/$meta-add",
                With("{\"profile\":[\"http://p\"]}"),
                "If-Match: W/\"7\""
            )
        ).Refused(412, "conflict");
    }
}
