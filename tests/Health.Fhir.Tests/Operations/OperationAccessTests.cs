using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>
/// An operation shows a caller no more than reads and searches do: not by its address, and not by what its answer brings along.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
/// </summary>
public sealed class OperationAccessTests(DemoServer server) : IClassFixture<DemoServer>
{
    private async Task<string> Record()
    {
        using var system = await server.WithToken("system/*.cruds");
        var patient = (await system.Post("/Patient", FhirCalls.Patient("A"))).Is(201).Id;
        (
            await system.Post(
                "/Observation",
                $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}"""
            )
        ).Is(201);
        return patient;
    }

    [Fact]
    public async Task A_stranger_gets_nothing()
    {
        (await server.NewClient().Get("/Patient/1/$everything")).Refused(401, "login");
        (await server.NewClient().Post("/Patient/1/$meta-add", "{}")).Refused(401, "login");
    }

    [Fact]
    public async Task Only_the_types_of_the_scopes_come_along()
    {
        var patient = await Record();
        using var some = await server.WithToken("system/Patient.rs");
        using var all = await server.WithToken("system/*.rs");

        Assert.Single((await some.Get($"/Patient/{patient}/$everything")).Is(200).Entries);
        Assert.Equal(2, (await all.Get($"/Patient/{patient}/$everything")).Is(200).Entries.Count);
        Assert.Single(
            (await some.Get($"/Patient?_id={patient}&_revinclude=Observation:subject"))
                .Is(200)
                .Entries
        );
        Assert.Equal(
            2,
            (await all.Get($"/Patient?_id={patient}&_revinclude=Observation:subject"))
                .Is(200)
                .Entries.Count
        );
        (await some.Get($"/Observation/$lastn?patient={patient}")).Refused(403, "forbidden");
        (await all.Post($"/Patient/{patient}/$meta-add", "{}")).Refused(403, "forbidden");
    }

    [Fact]
    public async Task A_query_reads_each_type_under_its_own_scope()
    {
        var patient = await Record();
        using var some = await server.WithToken("system/Patient.rs");

        var answer = (
            await some.Post(
                "/$graphql",
                $"{{ Patient(id: \"{patient}\") {{ id ObservationList(_reference: subject) {{ id }} }} }}",
                "Content-Type: application/graphql"
            )
        )
            .Is(200)
            .Json;

        Assert.Equal(patient, (string?)answer["data"]!["Patient"]!["id"]);
        Assert.Null(answer["data"]!["Patient"]!["ObservationList"]);
        Assert.Contains("system/Observation.s", (string?)answer["errors"]![0]!["message"]);
    }

    [Fact]
    public async Task A_citizen_sees_nobody_else()
    {
        var patient = await Record();
        using var citizen = await server.SignInAs("congdan");
        Assert.Contains(
            "not known",
            (
                await citizen.Get(
                    $"/$graphql?query={Uri.EscapeDataString($"{{ Patient(id: \"{patient}\") {{ id }} }}")}"
                )
            )
                .Is(200)
                .Text,
            StringComparison.Ordinal
        );

        (await citizen.Get($"/Patient/{patient}/$everything")).Refused(404, "not-found");
        (await citizen.Get($"/Patient/{patient}/$meta")).Refused(404, "not-found");
        Assert.Empty((await citizen.Get($"/Observation/$lastn?patient={patient}")).Is(200).Entries);
    }
}
