using System.Text.Json.Nodes;
using Health.Fhir.Tests.Validation;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/resource-operation-validate.html</summary>
public sealed class ValidateTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Ours = "https://records.example/fhir/StructureDefinition/";

    private readonly HttpClient client = server.Client;

    private static IEnumerable<JsonNode> Errors(Reply reply) =>
        reply.Is(200).Json["issue"]!
            .AsArray()
            .Where(issue => (string?)issue!["severity"] == "error")
            .Select(issue => issue!);

    [Fact]
    public async Task Tells_each_error_with_its_place()
    {
        var reply = await client.Post(
            "/Patient/$validate",
            "{\n \"resourceType\": \"Patient\",\n \"birthDate\": \"15/08/1990\",\n \"gender\": \"man\"\n}"
        );
        var errors = Errors(reply).ToList();
        Assert.Equal(
            ["Patient.birthDate", "Patient.gender"],
            errors.Select(error => (string)error["expression"]![0]!)
        );
        Assert.Equal([3, 4], errors.Select(error => (int)error["extension"]![0]!["valueInteger"]!));
        Assert.Empty(Errors(await client.Post("/Patient/$validate", Validating.Sound["Patient"])));
    }

    [Fact]
    public async Task Holds_a_resource_against_profiles_by_parameter_and_by_claim()
    {
        var visit = Validating.With(Validating.Sound["Encounter"], "diagnosis", null);
        Assert.Empty(Errors(await client.Post("/Encounter/$validate", visit)));
        Assert.Contains(
            "vn-enc-2",
            (string)
                Errors(
                        await client.Post(
                            $"/Encounter/$validate?profile={Ours}vn-commune-encounter",
                            visit
                        )
                    )
                    .Single()["diagnostics"]!
        );
        var claiming = Validating.With(visit, "meta.profile", $"[\"{Ours}vn-commune-encounter\"]");
        Assert.Single(Errors(await client.Post("/Encounter/$validate", claiming)));
        var parameters = new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray(
                new JsonObject { ["name"] = "resource", ["resource"] = JsonNode.Parse(visit) },
                new JsonObject
                {
                    ["name"] = "profile",
                    ["valueUri"] = Ours + "vn-commune-encounter",
                },
                new JsonObject { ["name"] = "mode", ["valueCode"] = "create" }
            ),
        };
        Assert.Single(Errors(await client.Post("/Encounter/$validate", parameters.ToJsonString())));
    }

    [Fact]
    public async Task Takes_a_stored_profile()
    {
        (
            await client.Put(
                "/StructureDefinition/val-phone",
                """
                {"resourceType":"StructureDefinition","id":"val-phone","url":"urn:val:phone","name":"Phone","status":"active","kind":"resource","abstract":false,
                 "type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
                 "differential":{"element":[{"id":"Patient.telecom","path":"Patient.telecom","min":2}]}}
                """
            )
        ).Is(201);
        Assert.Single(
            Errors(
                await client.Post(
                    "/Patient/$validate?profile=urn:val:phone",
                    Validating.Sound["Patient"]
                )
            )
        );
    }

    [Fact]
    public async Task Validates_what_is_stored_and_what_would_replace_it()
    {
        var id = (await client.Post("/Patient", Validating.Sound["Patient"])).Is(201).Id;
        Assert.Empty(Errors(await client.Get($"/Patient/{id}/$validate")));
        Assert.Single(
            Errors(
                await client.Post(
                    $"/Patient/{id}/$validate?mode=update",
                    Validating.Sound["Patient"]
                )
            )
        );
        (await client.Get($"/Patient/{id}/$validate?mode=delete")).Is(200);
        (await client.Get("/Patient/none/$validate")).Refused(404, "not-found");
        (
            await client.Post("/Patient/$validate?mode=zzz", "{\"resourceType\":\"Patient\"}")
        ).Refused(400, "code-invalid");
        (await client.Post("/Patient/$validate", "")).Refused(400, "required");
        Assert.NotEmpty(
            Errors(await client.Post("/Patient/$validate", Validating.Sound["Condition"]))
        );
    }

    [Fact]
    public async Task Serves_our_profiles()
    {
        foreach (
            var id in (string[])
                ["vn-patient", "vn-commune-encounter", "vn-prescription", "vn-condition"]
        )
        {
            var read = (await client.Get($"/StructureDefinition/{id}")).Is(200);
            Assert.Equal(Ours + id, (string?)read.Json["url"]);
            Assert.Empty(Errors(await client.Post("/StructureDefinition/$validate", read.Text)));
        }
    }
}
