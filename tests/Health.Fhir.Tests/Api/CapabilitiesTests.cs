using System.Text.Json.Nodes;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#capabilities</summary>
public sealed class CapabilitiesTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Fact]
    public async Task Says_what_there_is_and_no_more()
    {
        var reply = (await server.Client.Get("/metadata")).Is(200);

        var statement = new FhirJsonDeserializer().Deserialize<CapabilityStatement>(reply.Text);
        Assert.Equal(FHIRVersion.N4_0_1, statement.FhirVersion);
        var rest = Assert.Single(statement.Rest);
        // 146 that can be instantiated, without Parameters.
        Assert.Equal(145, rest.Resource.Count);
        var patient = rest.Resource.Single(resource => resource.Type == "Patient");
        Assert.Contains(patient.SearchParam, parameter => parameter.Name == "birthdate");
        Assert.Contains(
            patient.Interaction,
            interaction => interaction.Code == CapabilityStatement.TypeRestfulInteraction.Patch
        );
        Assert.Contains(
            rest.Interaction,
            interaction => interaction.Code == CapabilityStatement.SystemRestfulInteraction.Batch
        );
    }

    [Fact]
    public async Task Every_interaction_that_it_names_is_there()
    {
        var statement = (await server.Client.Get("/metadata")).Json;
        var named = statement["rest"]![0]!["resource"]!
            .AsArray()
            .Single(resource => (string?)resource!["type"] == "Patient")!["interaction"]!
            .AsArray()
            .Select(interaction => (string)interaction!["code"]!);
        foreach (var code in named)
        {
            var (method, path) = code switch
            {
                "read" => ("GET", "/Patient/x"),
                "vread" => ("GET", "/Patient/x/_history/1"),
                "update" => ("PUT", "/Patient/x"),
                "patch" => ("PATCH", "/Patient/x"),
                "delete" => ("DELETE", "/Patient/x"),
                "history-instance" => ("GET", "/Patient/x/_history"),
                "history-type" => ("GET", "/Patient/_history"),
                "create" => ("POST", "/Patient"),
                "search-type" => ("GET", "/Patient"),
                _ => throw new InvalidOperationException(code),
            };
            var reply = await server.Client.Call(
                method,
                path,
                method is "GET" or "DELETE" ? null : "{}"
            );
            Assert.NotEqual(405, reply.Status);
            Assert.DoesNotContain("nothing at this address", reply.Text, StringComparison.Ordinal);
        }
    }
}
