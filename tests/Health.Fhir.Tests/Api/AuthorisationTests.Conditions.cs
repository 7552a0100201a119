using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Fhir.Tests.Jobs;
using Testing;

namespace Health.Fhir.Tests.Api;

// Scopes with a search condition: what does not meet it is as if it were not there.
// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
public sealed partial class AuthorisationTests
{
    private const string LaboratoryAlone =
        "system/Patient.rs system/Observation.rs?category=laboratory";

    /// <summary>A patient with one laboratory value, changed once, and one of the social history.</summary>
    private async Task<(string Patient, string Laboratory, string Social)> TwoObservations()
    {
        using var system = await server.WithToken("system/*.cruds");
        var patient = (await system.Post("/Patient", FhirCalls.Patient("Điều kiện"))).Is(201).Id;
        var laboratory = (await system.Post("/Observation", Observation(patient, "laboratory")))
            .Is(201)
            .Id;
        (
            await system.Put(
                $"/Observation/{laboratory}",
                Observation(patient, "laboratory", laboratory)
            )
        ).Is(200);
        var social = (await system.Post("/Observation", Observation(patient, "social-history")))
            .Is(201)
            .Id;
        return (patient, laboratory, social);
    }

    private static string Observation(string patient, string category, string? id = null)
    {
        var again = id is null ? "" : $"\"id\":\"{id}\",\"note\":[{{\"text\":\"x\"}}],";
        return $$$"""{"resourceType":"Observation",{{{again}}}"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"{{{category}}}"}]}],"code":{"text":"{{{category}}}"},"subject":{"reference":"Patient/{{{patient}}}"}}""";
    }

    [Theory]
    [InlineData("system/Patient.rs system/Observation.rs?category=laboratory")]
    [InlineData(
        "system/Patient.rs system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final"
    )]
    [InlineData("system/Patient.read system/Observation.read?category=laboratory")]
    [InlineData(
        "system/Patient.rs system/Observation.rs?category=laboratory system/Observation.rs?category=vital-signs"
    )]
    public async Task A_condition_holds_for_every_way_to_read(string scopes)
    {
        var (patient, laboratory, social) = await TwoObservations();
        using var some = await server.WithToken(scopes);

        (await some.Get($"/Observation/{laboratory}")).Is(200);
        (await some.Get($"/Observation/{social}")).Refused(404, "not-found");
        (await some.Get($"/Observation/{social}/_history/1")).Refused(404, "not-found");
        (await some.Get($"/Observation/{social}/_history")).Refused(404, "not-found");
        foreach (
            var query in (string[])
                [
                    $"/Observation?patient={patient}",
                    $"/Observation?patient={patient}&category=social-history,laboratory",
                    $"/Observation?patient={patient}&_sort=-_lastUpdated",
                    $"/Observation?_id={laboratory},{social}",
                    $"/Patient/{patient}/Observation",
                ]
        )
        {
            Assert.Equal([laboratory], (await some.Get(query)).Is(200).Ids());
        }
        Assert.Equal(
            1,
            (int)
                (await some.Get($"/Observation?patient={patient}&_summary=count")).Is(200).Json[
                    "total"
                ]!
        );
        Assert.Equal(
            [patient, laboratory],
            (await some.Get($"/Patient?_id={patient}&_revinclude=Observation:subject"))
                .Is(200)
                .Ids()
        );
        Assert.Equal(
            [patient, laboratory],
            (await some.Get($"/Patient/{patient}/$everything")).Is(200).Ids().Order()
        );
        Assert.Empty(
            (await some.Get($"/Patient?_id={patient}&_has:Observation:patient:_id={social}"))
                .Is(200)
                .Ids()
        );
        Assert.Equal(
            [patient],
            (await some.Get($"/Patient?_id={patient}&_has:Observation:patient:_id={laboratory}"))
                .Is(200)
                .Ids()
        );
        Assert.Equal(
            ["200", "404"],
            (
                await some.Post(
                    "",
                    $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Observation/{{{laboratory}}}"}},{"request":{"method":"GET","url":"Observation/{{{social}}}"}}]}"""
                )
            )
                .Is(200)
                .Entries.Select(entry => ((string)entry["response"]!["status"]!)[..3])
        );
    }

    [Fact]
    public async Task Of_a_type_with_a_condition_the_current_version_alone_is_shown()
    {
        var (_, laboratory, _) = await TwoObservations();
        using var some = await server.WithToken(LaboratoryAlone);

        Assert.Single((await some.Get($"/Observation/{laboratory}/_history")).Is(200).Entries);
        (await some.Get($"/Observation/{laboratory}/_history/2")).Is(200);
        (await some.Get($"/Observation/{laboratory}/_history/1")).Refused(404, "not-found");

        using var all = await server.WithToken("system/*.cruds");
        (await all.Delete($"/Observation/{laboratory}")).Is(204);
        (await all.Get($"/Observation/{laboratory}")).Refused(410, "deleted");
        (await some.Get($"/Observation/{laboratory}")).Refused(404, "not-found");
    }

    [Fact]
    public async Task A_condition_holds_in_an_export_too()
    {
        var (patient, laboratory, _) = await TwoObservations();
        using var some = await server.WithToken(LaboratoryAlone);

        foreach (
            var path in (string[])
                ["/Patient/$export?_type=Observation", "/$export?_type=Observation,Patient"]
        )
        {
            var manifest = await some.Finished((await some.Get(path)).Address());
            var found = (await some.Lines(manifest.Is(200), "output", "Observation"))
                .Select(one => JsonNode.Parse(one)!)
                .Where(one => (string?)one["subject"]?["reference"] == $"Patient/{patient}")
                .Select(one => (string?)one["id"]);
            Assert.Equal([laboratory], found);
        }
    }

    [Fact]
    public async Task A_condition_lets_nothing_be_written()
    {
        var (patient, laboratory, _) = await TwoObservations();
        using var some = await server.WithToken(
            "system/Patient.rs system/Observation.cruds?category=laboratory"
        );

        (await some.Get($"/Observation/{laboratory}")).Is(200);
        (await some.Post("/Observation", Observation(patient, "laboratory"))).Refused(
            403,
            "forbidden"
        );
        (await some.Delete($"/Observation/{laboratory}")).Refused(403, "forbidden");
        (
            await some.Call(
                "PATCH",
                $"/Observation/{laboratory}",
                """[{"op":"remove","path":"/note"}]""",
                "Content-Type: application/json-patch+json"
            )
        ).Refused(403, "forbidden");
    }

    [Theory]
    [InlineData("system/Observation.rs?nonsense=1")]
    [InlineData("system/Observation.rs?")]
    [InlineData("system/Observation.rs?_count=5")]
    [InlineData("system/Observation.rs?subject.name=Lan")]
    [InlineData("system/Observation.rs?_has:Provenance:target:recorded=2020")]
    [InlineData("system/Observation.rs?code:in=http://example.org/vs")]
    [InlineData("system/Nonsense.rs?status=final")]
    [InlineData("system/*.rs?category=laboratory")]
    [InlineData("system/Observation.cud?category=laboratory")]
    public async Task What_cannot_be_kept_to_is_left_out_of_the_token(string scope)
    {
        var answer = await (
            await server.AskForToken("system/Patient.rs " + scope)
        ).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("system/Patient.rs", answer.GetProperty("scope").GetString());
        Assert.Equal(
            System.Net.HttpStatusCode.BadRequest,
            (await server.AskForToken(scope)).StatusCode
        );
    }

    [Fact]
    public async Task A_chain_does_not_look_through_types_that_the_token_does_not_open()
    {
        var (patient, _, _) = await TwoObservations();
        using var some = await server.WithToken("system/Patient.rs");

        Assert.Empty(
            (await some.Get($"/Patient?_id={patient}&_has:Observation:patient:status=final"))
                .Is(200)
                .Ids()
        );
    }
}

internal static class FoundIds
{
    /// <summary>In the order of the bundle.</summary>
    public static IEnumerable<string> Ids(this Reply reply) =>
        reply.Entries.Select(entry => (string)entry["resource"]!["id"]!);
}
