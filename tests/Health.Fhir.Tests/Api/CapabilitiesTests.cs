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

    /// <summary>Each claim of the statement is tried: search parameters and includes of every type, and what it says of conditions.</summary>
    [Fact]
    public async Task Every_parameter_and_include_that_it_names_is_taken()
    {
        var rest = (await server.Client.Get("/metadata")).Json["rest"]![0]!;
        var urls = new List<string>();
        foreach (var resource in rest["resource"]!.AsArray())
        {
            var type = (string)resource!["type"]!;
            var query = new List<string> { "_count=1" };
            foreach (var parameter in resource["searchParam"]!.AsArray())
            {
                var name = (string)parameter!["name"]!;
                var value = (string)parameter["type"]! switch
                {
                    "number" or "quantity" => "1",
                    "date" => "2020",
                    "uri" => "urn:x",
                    "reference" => "Patient/1",
                    "composite" => null,
                    "special" when name == "near" => "21.0|105.8|5|km",
                    _ => "true",
                };
                if (value is not null)
                {
                    query.Add($"{Uri.EscapeDataString(name)}={value}");
                }
            }
            urls.Add($"{type}?{string.Join('&', query)}");
            foreach (var name in (string[])["Include", "RevInclude"])
            {
                urls.AddRange(
                    (resource["search" + name]?.AsArray() ?? [])
                        .Select(include => $"_{name.ToLowerInvariant()}={include}")
                        .Chunk(20)
                        .Select(some => $"{type}?_id=none&{string.Join('&', some)}")
                );
            }
        }
        var entries = string.Join(
            ',',
            urls.Select(url => $$$"""{"request":{"method":"GET","url":"{{{url}}}"}}""")
        );
        var batch = (
            await server.Client.Post(
                "",
                $$"""{"resourceType":"Bundle","type":"batch","entry":[{{entries}}]}"""
            )
        ).Is(200);

        Assert.True(urls.Count > 145 * 2);
        var refused = urls.Zip(batch.Entries)
            .Where(one => (string?)one.Second["response"]!["status"] != "200 OK")
            .Select(one => $"{one.First}: {one.Second["response"]}");
        Assert.True(!refused.Any(), string.Join('\n', refused.Take(3)));
    }

    [Fact]
    public async Task What_it_says_of_conditions_and_versions_holds()
    {
        var client = server.Client;
        var patient = (await client.Get("/metadata")).Json["rest"]![0]!["resource"]!
            .AsArray()
            .Single(resource => (string?)resource!["type"] == "Patient")!;
        var key = Guid.CreateVersion7().ToString();
        var body = FhirCalls.Patient(
            "A",
            more: $",\"identifier\":[{{\"system\":\"urn:c\",\"value\":\"{key}\"}}]"
        );
        var condition = $"identifier=urn:c|{key}";

        Assert.True((bool)patient["conditionalCreate"]!);
        var id = (await client.Post("/Patient", body, $"If-None-Exist: {condition}")).Is(201).Id;
        Assert.Equal(
            id,
            (await client.Post("/Patient", body, $"If-None-Exist: {condition}")).Is(200).Id
        );
        Assert.True((bool)patient["conditionalUpdate"]!);
        (await client.Put($"/Patient?{condition}", body.Replace("\"A\"", "\"B\""))).Is(200);
        Assert.Equal("full-support", (string?)patient["conditionalRead"]);
        (await client.Get($"/Patient/{id}", "If-None-Match: W/\"2\"")).Is(304);
        // "versioned", not "versioned-update": an update without If-Match is taken.
        Assert.Equal("versioned", (string?)patient["versioning"]);
        Assert.True((bool)patient["readHistory"]!);
        (await client.Get($"/Patient/{id}/_history/1")).Is(200);
        Assert.True((bool)patient["updateCreate"]!);
        (await client.Put($"/Patient/{key}", FhirCalls.Patient("C", key))).Is(201);
        Assert.Equal("multiple", (string?)patient["conditionalDelete"]);
        (await client.Delete($"/Patient?_id={id},{key}&_count=2")).Is(204);
    }

    [Fact]
    public async Task Names_the_request_as_the_client_does()
    {
        Assert.Equal(
            ["abc-1"],
            (await server.Client.Get("/metadata", "X-Request-Id: abc-1")).Http.Headers.GetValues(
                "X-Request-Id"
            )
        );
        Assert.NotEqual(
            ["a b"],
            (await server.Client.Get("/metadata", "X-Request-Id: a b")).Http.Headers.GetValues(
                "X-Request-Id"
            )
        );
    }
}
