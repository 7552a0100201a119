using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;
using static Health.Emr.Tests.ClinicTests;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>CDS Hooks 2.0 as a client calls it: discovery, the three hooks with and without prefetch, feedback, and what is refused.</summary>
public sealed class CdsHooksTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Atc = "http://www.whocc.no/atc";

    [Fact]
    public async Task Anybody_may_ask_which_services_there_are()
    {
        using var stranger = server.NewBrowser();
        var services = (await Get(stranger, "/cds-services"))["services"]!.AsArray();
        Assert.Equal(
            ["order-select", "order-sign", "patient-view"],
            services.Select(service => service!["hook"]!.ToString())
        );
        Assert.All(
            services,
            service =>
            {
                Assert.NotEmpty(service!["id"]!.ToString());
                Assert.NotEmpty(service["description"]!.ToString());
                Assert.Equal(
                    "Patient/{{context.patientId}}",
                    service["prefetch"]!["patient"]!.ToString()
                );
            }
        );
        var called = await stranger.PostAsJsonAsync("/cds-services/drugs-on-sign", Sign());
        Assert.Equal(HttpStatusCode.Unauthorized, called.StatusCode);
    }

    [Fact]
    public async Task An_order_with_its_prefetch_is_judged_by_the_same_rules()
    {
        using var client = await server.WithToken();
        var answer = await Post(client, "/cds-services/drugs-on-sign", Sign());
        var card = Critical(answer);
        Assert.Contains("chống chỉ định phối hợp", card["summary"]!.ToString());
        Assert.True(card["summary"]!.ToString().Length <= 140);
        Assert.Contains("5948", card["source"]!["label"]!.ToString());
        Assert.Contains(
            card["overrideReasons"]!.AsArray(),
            reason => reason!["code"]!.ToString() == "no-alternative"
        );
        var suggestion = card["suggestions"]![0]!;
        Assert.Equal("delete", suggestion["actions"]![0]!["type"]!.ToString());
        Assert.Equal("MedicationRequest/new", suggestion["actions"]![0]!["resourceId"]!.ToString());
        Assert.Equal("at-most-one", card["selectionBehavior"]!.ToString());
    }

    [Fact]
    public async Task Allergy_kidney_and_pregnancy_are_read_from_the_prefetch()
    {
        using var client = await server.WithToken();
        var call = Sign("Doxycyclin");
        call["prefetch"]!["allergies"] = Bundle(
            new JsonObject
            {
                ["resourceType"] = "AllergyIntolerance",
                ["code"] = new JsonObject { ["text"] = "Tetracyclin" },
                ["patient"] = new JsonObject { ["reference"] = "Patient/p" },
            }
        );
        call["prefetch"]!["results"] = Bundle(
            Result(
                "33914-3",
                new JsonObject { ["value"] = 25, ["unit"] = "mL/min/1.73m2" },
                "valueQuantity"
            ),
            Result(
                "82810-3",
                new JsonObject
                {
                    ["coding"] = new JsonArray(
                        new JsonObject { ["system"] = "http://loinc.org", ["code"] = "LA15173-0" }
                    ),
                },
                "valueCodeableConcept"
            )
        );
        var texts = (await Post(client, "/cds-services/drugs-on-sign", call))["cards"]!
            .AsArray()
            .Select(card => card!["summary"]!.ToString())
            .ToList();
        Assert.Contains(texts, text => text.Contains("dị ứng Tetracyclin"));
        Assert.Contains(texts, text => text.Contains("mang thai"));

        var metformin = Sign("Metformin");
        metformin["prefetch"]!["results"] = call["prefetch"]!["results"]!.DeepClone();
        Assert.Contains(
            "eGFR 25",
            Critical(await Post(client, "/cds-services/drugs-on-sign", metformin))[
                "summary"
            ]!.ToString()
        );
    }

    [Fact]
    public async Task Only_what_was_just_selected_is_told_of()
    {
        using var client = await server.WithToken();
        var call = Sign();
        call["hook"] = "order-select";
        call["context"]!["selections"] = new JsonArray("MedicationRequest/new");
        var drafts = call["context"]!["draftOrders"]!["entry"]!.AsArray();
        drafts.Add(new JsonObject { ["resource"] = Order("other", "Ergotamin") });
        drafts.Add(new JsonObject { ["resource"] = Order("third", "Itraconazol") });
        var cards = (await Post(client, "/cds-services/drugs-on-select", call))["cards"]!.AsArray();
        Assert.All(cards, card => Assert.Contains("Clarithromycin", card!["detail"]!.ToString()));
        Assert.Contains(cards, card => card!["summary"]!.ToString().Contains("Ergotamin"));
    }

    [Fact]
    public async Task What_is_not_prefetched_is_read_from_our_own_store()
    {
        using var doctor = await server.SignInAs("bacsi");
        var encounter = await Visit(doctor, "040184900201");
        using var client = await server.WithToken();
        var patient = (await Get(client, $"/fhir/Encounter/{encounter}"))["subject"]!["reference"]!
            .ToString()
            .Split('/')[1];
        await doctor.PostAsJsonAsync(
            $"/health/patients/{patient}/allergies",
            new { substance = "Penicillin" }
        );
        var call = Sign("Amoxicillin");
        call.Remove("prefetch");
        call["context"]!["patientId"] = patient;
        call["fhirServer"] = new Uri(server.Address, "/fhir").ToString();
        call["fhirAuthorization"] = Authorization();
        Assert.Contains(
            "Penicillin",
            Critical(await Post(client, "/cds-services/drugs-on-sign", call))["summary"]!.ToString()
        );

        var view = Sign();
        view["hook"] = "patient-view";
        view.Remove("prefetch");
        view["context"] = new JsonObject { ["userId"] = "Practitioner/x", ["patientId"] = patient };
        Assert.Empty((await Post(client, "/cds-services/drugs-on-view", view))["cards"]!.AsArray());
    }

    [Fact]
    public async Task What_another_server_holds_and_was_not_sent_is_asked_for()
    {
        using var client = await server.WithToken();
        var call = Sign();
        call.Remove("prefetch");
        call["fhirServer"] = "https://other.example/fhir";
        var response = await client.PostAsJsonAsync("/cds-services/drugs-on-sign", call);
        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
        Assert.Contains("patient", await response.Content.ReadAsStringAsync());

        // With the patient alone the checks that lack data say so.
        call["prefetch"] = new JsonObject { ["patient"] = Patient() };
        var cards = (await Post(client, "/cds-services/drugs-on-sign", call))["cards"]!.AsArray();
        Assert.Contains(
            cards,
            card =>
                card!["indicator"]!.ToString() == "info"
                && card["summary"]!.ToString().Contains("medications")
        );
    }

    [Theory]
    [InlineData("hook", "patient-view")]
    [InlineData("hookInstance", "not-a-uuid")]
    [InlineData("context", null)]
    [InlineData("prefetch", "text")]
    [InlineData("fhirAuthorization", "token")]
    public async Task A_wrong_call_says_what_is_wrong(string field, string? value)
    {
        using var client = await server.WithToken();
        var call = Sign();
        call[field] = value;
        var response = await client.PostAsJsonAsync("/cds-services/drugs-on-sign", call);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(field, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_authorization_lacking_a_part_and_a_resource_that_is_none_are_refused()
    {
        using var client = await server.WithToken();
        var call = Sign();
        call["fhirServer"] = "https://other.example/fhir";
        call["fhirAuthorization"] = Authorization();
        call["fhirAuthorization"]!.AsObject().Remove("expires_in");
        call["prefetch"]!["patient"] = new JsonObject { ["resourceType"] = "Nothing" };
        var response = await client.PostAsJsonAsync("/cds-services/drugs-on-sign", call);
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("fhirAuthorization.expires_in", text);
        Assert.Contains("prefetch.patient", text);
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        using var client = await server.WithToken();
        var response = await client.PostAsJsonAsync("/cds-services/no-such", Sign());
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Feedback_is_counted_once_by_the_rule_of_its_card()
    {
        using var doctor = await server.SignInAs("bacsi");
        var card = Critical(await Post(doctor, "/cds-services/drugs-on-sign", Sign()));
        object Feedback(string uuid, string outcome) =>
            new
            {
                feedback = new[]
                {
                    new
                    {
                        card = uuid,
                        outcome,
                        overrideReason = new { reason = new { code = "consulted", system = "x" } },
                        outcomeTimestamp = TimeProvider.System.GetUtcNow(),
                    },
                },
            };
        var uuid = card["uuid"]!.ToString();
        await Post(doctor, "/cds-services/drugs-on-sign/feedback", Feedback(uuid, "overridden"));
        await Post(doctor, "/cds-services/drugs-on-sign/feedback", Feedback(uuid, "overridden"));
        var figures = await Get(doctor, "/health/decision-support/figures");
        var row = figures["rules"]!
            .AsArray()
            .Single(one => one!["rule"]!.ToString() == "Interaction")!;
        Assert.Equal((1, 1), ((int)row["shown"]!, (int)row["overridden"]!));
        Assert.Contains(
            figures["reasons"]!.AsArray(),
            reason => reason!["reason"]!.ToString() == "consulted"
        );

        var wrong = await doctor.PostAsJsonAsync(
            "/cds-services/drugs-on-sign/feedback",
            Feedback(Guid.CreateVersion7().ToString(), "ignored")
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("feedback[0].card", await wrong.Content.ReadAsStringAsync());
    }

    /// <summary>An order-sign call: a new drug for somebody who takes simvastatin.</summary>
    private static JsonObject Sign(string drug = "Clarithromycin") =>
        new()
        {
            ["hook"] = "order-sign",
            ["hookInstance"] = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            ["context"] = new JsonObject
            {
                ["userId"] = "Practitioner/example",
                ["patientId"] = "p",
                ["draftOrders"] = Bundle(Order("new", drug)),
            },
            ["prefetch"] = new JsonObject
            {
                ["patient"] = Patient(),
                ["allergies"] = Bundle(),
                ["medications"] = Bundle(Order("old", "Simvastatin")),
                ["weight"] = Bundle(),
                ["results"] = Bundle(),
            },
        };

    private static JsonObject Patient() =>
        new()
        {
            ["resourceType"] = "Patient",
            ["id"] = "p",
            ["gender"] = "female",
            ["birthDate"] = "1995-02-03",
        };

    private static JsonObject Order(string id, string drug) =>
        new()
        {
            ["resourceType"] = "MedicationRequest",
            ["id"] = id,
            ["status"] = "draft",
            ["intent"] = "order",
            ["subject"] = new JsonObject { ["reference"] = "Patient/p" },
            ["medicationCodeableConcept"] = new JsonObject
            {
                ["coding"] = new JsonArray(
                    new JsonObject
                    {
                        ["system"] = Atc,
                        ["code"] = "X",
                        ["display"] = drug,
                    }
                ),
            },
        };

    private static JsonObject Result(string loinc, JsonObject value, string field) =>
        new()
        {
            ["resourceType"] = "Observation",
            ["status"] = "final",
            ["code"] = new JsonObject
            {
                ["coding"] = new JsonArray(
                    new JsonObject { ["system"] = "http://loinc.org", ["code"] = loinc }
                ),
            },
            [field] = value,
        };

    private static JsonObject Bundle(params JsonObject[] resources)
    {
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "collection" };
        if (resources.Length > 0)
        {
            bundle["entry"] = new JsonArray([
                .. resources.Select(resource => new JsonObject { ["resource"] = resource }),
            ]);
        }
        return bundle;
    }

    private static JsonObject Authorization() =>
        new()
        {
            ["access_token"] = "opaque",
            ["token_type"] = "Bearer",
            ["expires_in"] = 300,
            ["scope"] = "patient/*.rs",
            ["subject"] = "cds-service",
        };

    private static JsonNode Critical(JsonNode answer) =>
        answer["cards"]!.AsArray().First(card => card!["indicator"]!.ToString() == "critical")!;
}
