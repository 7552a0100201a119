using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/R4/composition-operation-document.html</summary>
public sealed class ComposeDocumentTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private async Task<(string Composition, string Patient)> Composed(string section)
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient("Trần"))).Is(201).Id;
        var composition = await client.Post(
            "/Composition",
            $$$"""{"resourceType":"Composition","status":"final","type":{"text":"t"},"subject":{"reference":"Patient/{{{patient}}}"},"date":"2020-01-01","author":[{"reference":"Patient/{{{patient}}}"}],"title":"Tóm tắt","section":[{"title":"s","entry":[{"reference":"{{{section}}}"}]}]}"""
        );
        return (composition.Is(201).Id, patient);
    }

    private async Task<string> Note() =>
        "Basic/"
        + (await client.Post("/Basic", """{"resourceType":"Basic","code":{"text":"n"}}"""))
            .Is(201)
            .Id;

    [Fact]
    public async Task Gathers_what_the_composition_refers_to()
    {
        var note = await Note();
        var (composition, patient) = await Composed(note);

        var document = (await client.Get($"/Composition/{composition}/$document")).Is(200);

        Assert.Equal("document", (string?)document.Json["type"]);
        Assert.NotNull(document.Json["identifier"]);
        Assert.NotNull(document.Json["timestamp"]);
        Assert.Equal(
            [$"Composition/{composition}", $"Patient/{patient}", note],
            document.Entries.Select(entry =>
                $"{entry["resource"]!["resourceType"]}/{entry["resource"]!["id"]}"
            )
        );
        Assert.Equal($"{server.Address}fhir/{note}", (string?)document.Entries[2]["fullUrl"]);
        Assert.Equal(
            3,
            (await client.Get($"/Composition/$document?id=Composition/{composition}"))
                .Is(200)
                .Entries.Count
        );
    }

    [Fact]
    public async Task Stores_it_when_asked()
    {
        var (composition, _) = await Composed(await Note());

        var stored = await client.Post($"/Composition/{composition}/$document?persist=true", "");

        stored.Is(201);
        var read = await client.Get($"/Bundle/{stored.Id}");
        Assert.Equal("document", (string?)read.Is(200).Json["type"]);
        Assert.Contains("Tóm tắt", read.Text, StringComparison.Ordinal);
        Assert.Contains(
            $"/fhir/Bundle/{stored.Id}/_history/1",
            stored.Http.Headers.Location!.ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Refuses()
    {
        var note = await Note();
        var (composition, _) = await Composed(note);
        (await client.Get($"/Composition/{composition}/$document?persist=true")).Refused(
            400,
            "not-supported",
            "POST"
        );
        (await client.Delete("/" + note)).Is(204);
        (await client.Get($"/Composition/{composition}/$document")).Refused(410, "deleted", note);
        (await client.Get("/Composition/$document")).Refused(400, "required", "id");
        (await client.Get("/Composition/never/$document")).Refused(404, "not-found");
    }
}
