using Health.Fhir.Api;
using Health.Fhir.Api.Operations;
using Health.Fhir.Tests.Api;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>What holds for every operation: https://hl7.org/fhir/R4/operations.html</summary>
public sealed class OperationTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Tag =
        """{"name":"meta","valueMeta":{"tag":[{"system":"urn:t","code":"a"}]}}""";

    private readonly HttpClient client = server.Client;

    private async Task<string> Stored() =>
        (await client.Post("/Patient", FhirCalls.Patient("Trần"))).Is(201).Id;

    private static string Parameters(string parameter) =>
        $$"""{"resourceType":"Parameters","parameter":[{{parameter}}]}""";

    [Theory]
    [InlineData("GET", "$meta?x=1", null, 400, "not-supported", "'x' means nothing to $meta")]
    [InlineData("GET", "$meta-add", null, 405, "not-supported", "POST")]
    [InlineData("POST", "$meta-add", "", 400, "required", "needs meta")]
    [InlineData("POST", "$meta-add?meta=x", "", 400, "value", "POST a Parameters")]
    [InlineData("POST", "$meta-add", "{\"resourceType\":\"Basic\"}", 400, "invalid", "not a Basic")]
    [InlineData(
        "POST",
        "$meta-add",
        "{\"resourceType\":\"Parameters\",\"parameter\":{}}",
        400,
        "structure",
        "array"
    )]
    [InlineData(
        "POST",
        "$meta-add",
        "{\"resourceType\":\"Parameters\",\"name\":1}",
        400,
        "structure",
        "'name' is no element"
    )]
    [InlineData(
        "POST",
        "$meta-add",
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"\\ud800\"}]}",
        400,
        "value",
        "Unicode"
    )]
    public async Task Refuses_a_wrong_call(
        string method,
        string path,
        string? body,
        int status,
        string code,
        string says
    )
    {
        var id = await Stored();
        (await client.Call(method, $"/Patient/{id}/{path}", body)).Refused(status, code, says);
    }

    [Theory]
    [InlineData("{\"valueMeta\":{}}", "required", "no name", "Parameters.parameter[0]")]
    [InlineData("{\"name\":\"mete\",\"valueMeta\":{}}", "not-supported", "it takes meta", "mete")]
    [InlineData("{\"name\":\"meta\",\"valueString\":\"x\"}", "value", "of the type Meta", "meta")]
    [InlineData("{\"name\":\"meta\",\"valueMeta\":{\"tags\":[]}}", "structure", "tags", "meta")]
    [InlineData(
        "{\"name\":\"meta\",\"valueMeta\":{\"tag\":[{\"system\":\"a b\"}]}}",
        "value",
        "uri",
        "meta"
    )]
    [InlineData(Tag + "," + Tag, "structure", "given 2 times", "meta")]
    public async Task Names_the_parameter_that_is_wrong(
        string parameter,
        string code,
        string says,
        string expression
    )
    {
        var id = await Stored();

        var refused = await client.Post($"/Patient/{id}/$meta-add", Parameters(parameter));

        refused.Refused(400, code, says);
        Assert.Equal(expression, refused.Expression);
        (await client.Get($"/Patient/{id}/$meta")).Is(200);
    }

    [Fact]
    public async Task Passes_over_what_it_does_not_know_when_lenient()
    {
        var id = await Stored();

        (await client.Get($"/Patient/{id}/$meta?x=1", "Prefer: handling=lenient")).Is(200);
    }

    [Fact]
    public async Task Runs_inside_bundles()
    {
        var id = await Stored();
        string Bundle(string type, string method, string url, string body) =>
            $$$"""{"resourceType":"Bundle","type":"{{{type}}}","entry":[{{{{body}}}"request":{"method":"{{{method}}}","url":"{{{url}}}"}}]}""";

        var batch = await client.Post(
            "",
            Bundle("batch", "POST", $"Patient/{id}/$meta-add", $"\"resource\":{Parameters(Tag)},")
        );
        var transaction = await client.Post(
            "",
            Bundle("transaction", "GET", $"Patient/{id}/$meta", "")
        );

        Assert.StartsWith("200", (string?)batch.Entries[0]["response"]!["status"]);
        Assert.Equal(
            "a",
            (string?)
                transaction.Entries[0]["resource"]!["parameter"]![0]!["valueMeta"]!["tag"]![0]![
                    "code"
                ]
        );
    }

    [Fact]
    public async Task Takes_and_gives_xml()
    {
        var id = await Stored();

        var answer = await client.Post(
            $"/Patient/{id}/$meta-add",
            """<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="meta"/><valueMeta><tag><system value="urn:t"/><code value="x"/></tag></valueMeta></parameter></Parameters>""",
            "Content-Type: application/fhir+xml"
        );

        Assert.Contains("<code value=\"x\"", answer.Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_operation_has_a_definition_and_a_line_in_the_capability_statement()
    {
        var statement = new FhirJsonDeserializer().Deserialize<CapabilityStatement>(
            (await client.Get("/metadata")).Text
        );
        var rest = statement.Rest[0];
        var named = rest
            .Resource.SelectMany(resource => resource.Operation)
            .Concat(rest.Operation)
            .Select(operation => (operation.Name, operation.Definition))
            .ToHashSet();
        var operations = server
            .Services.GetRequiredService<FhirRoutes>()
            .All.Select(routed => routed.Route.Operation)
            .OfType<Operation>()
            .Distinct()
            .ToList();

        Assert.NotEmpty(operations);
        foreach (var operation in operations)
        {
            var url = $"{server.Address}fhir/OperationDefinition/{operation.Id}";
            Assert.Contains((operation.Name, url), named);
            var definition = new FhirJsonDeserializer().Deserialize<OperationDefinition>(
                (await client.Get(url)).Is(200).Text
            );
            Assert.Equal(operation.Name, definition.Code);
            Assert.Equal(operation.In.Count + operation.Out.Count, definition.Parameter.Count);
        }
        Assert.Equal(
            operations.Select(operation => operation.Name).Order(),
            named.Select(one => one.Name).Order()
        );
    }
}
