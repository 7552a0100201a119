using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Operations;

/// <summary>https://hl7.org/fhir/R4/graphql.html; the examples of the page are among these.</summary>
public sealed class GraphQlTests(GraphQlTests.Records server) : IClassFixture<GraphQlTests.Records>
{
    private readonly HttpClient client = server.Client;

    public sealed class Records : RecordsServer, IAsyncLifetime
    {
        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            string[] all =
            [
                """{"resourceType":"Organization","id":"o","name":"Trạm y tế"}""",
                """{"resourceType":"Patient","id":"p","active":true,"name":[{"use":"official","text":"Nguyễn Văn An","family":"Nguyễn","given":["Văn","An"]},{"use":"nickname","given":["Tí"]}],"birthDate":"1990","_birthDate":{"extension":[{"url":"urn:x","valueString":"y"}]},"managingOrganization":{"reference":"Organization/o"},"contained":[{"resourceType":"Practitioner","id":"c","gender":"female"}],"generalPractitioner":[{"reference":"#c"},{"reference":"Practitioner/gone","display":"Gone"}]}""",
                """{"resourceType":"Patient","id":"q","name":[{"family":"Trần"}]}""",
                """{"resourceType":"Condition","id":"c1","subject":{"reference":"Patient/p"},"code":{"coding":[{"system":"urn:i","code":"J00"},{"system":"urn:i","code":"J01"}]}}""",
                """{"resourceType":"Condition","id":"c2","subject":{"reference":"Patient/p"},"code":{"coding":[{"system":"urn:i","code":"I10"}]}}""",
                """{"resourceType":"Observation","id":"v","status":"final","code":{"text":"w"},"subject":{"reference":"Patient/p"},"valueQuantity":{"value":61.50,"unit":"kg"}}""",
            ];
            foreach (var resource in all)
            {
                var head = JsonNode.Parse(resource)!;
                (await Client.Put($"/{head["resourceType"]}/{head["id"]}", resource)).Is(201);
            }
        }
    }

    private async Task<JsonNode> Ask(string path, string query, string? variables = null)
    {
        var body = new JsonObject { ["query"] = query };
        if (variables is not null)
        {
            body["variables"] = JsonNode.Parse(variables);
        }
        var reply = await client.Post(path, body.ToJsonString(), "Content-Type: application/json");
        reply.Is(200);
        Assert.Equal("application/json", reply.Http.Content.Headers.ContentType!.MediaType);
        return reply.Json;
    }

    [Theory]
    [InlineData(
        "{ Patient(id: \"p\") { id active birthDate name { text given } } }",
        """{"Patient":{"id":"p","active":true,"birthDate":"1990","name":[{"text":"Nguyễn Văn An","given":["Văn","An"]},{"given":["Tí"]}]}}"""
    )]
    [InlineData(
        "{ a: Patient(id: p) { name(use: nickname) { given } } Patient(id: q) { name { family } } }",
        """{"a":{"name":[{"given":["Tí"]}]},"Patient":{"name":[{"family":"Trần"}]}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { resourceType __typename _birthDate { extension { url valueString } } name(fhirpath: \"family.exists()\", _count: 1) { family } } }",
        """{"Patient":{"resourceType":"Patient","__typename":"Patient","_birthDate":{"extension":[{"url":"urn:x","valueString":"y"}]},"name":[{"family":"Nguyễn"}]}}"""
    )]
    // References: followed, typed by a fragment, contained, optional.
    [InlineData(
        "{ Observation(id: v) { valueQuantity { value } subject { reference resource { ... on Patient { birthDate managingOrganization { resource { ... on Organization { name } } } } ... on Device { id } } } } }",
        """{"Observation":{"valueQuantity":{"value":61.50},"subject":{"reference":"Patient/p","resource":{"birthDate":"1990","managingOrganization":{"resource":{"name":"Trạm y tế"}}}}}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { generalPractitioner { display resource(optional: true, type: Practitioner) { ... on Practitioner { gender } } } } }",
        """{"Patient":{"generalPractitioner":[{"resource":{"gender":"female"}},{"display":"Gone"}]}}"""
    )]
    // Lists and what refers here.
    [InlineData(
        "{ PatientList(name: \"nguyen\", _count: 5) { id } }",
        """{"PatientList":[{"id":"p"}]}"""
    )]
    [InlineData(
        "{ Patient(id: p) { ConditionList(_reference: patient, code: \"urn:i|I10\") { id } } }",
        """{"Patient":{"ConditionList":[{"id":"c2"}]}}"""
    )]
    [InlineData(
        "{ PatientList(general_practitioner: \"Practitioner/gone\") { id } }",
        """{"PatientList":[{"id":"p"}]}"""
    )]
    // Fragments and conditions.
    [InlineData(
        "query Q { Patient(id: p) { ...named id @skip(if: true) active @include(if: false) } } fragment named on Patient { birthDate }",
        """{"Patient":{"birthDate":"1990"}}"""
    )]
    // Directives of the page.
    [InlineData(
        "{ Patient(id: p) { name @flatten { text given } } }",
        """{"Patient":{"text":["Nguyễn Văn An"],"given":["Văn","An","Tí"]}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { name @first @flatten @singleton { text family given @first } } }",
        """{"Patient":{"text":"Nguyễn Văn An","family":"Nguyễn","given":"Văn"}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { name @first { text } } }",
        """{"Patient":{"name":{"text":"Nguyễn Văn An"}}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { name @slice(path: \"use\") { given } } }",
        """{"Patient":{"name.official":{"given":["Văn","An"]},"name.nickname":{"given":["Tí"]}}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { name @slice(path: \"$index\") { use } } }",
        """{"Patient":{"name.0":{"use":"official"},"name.1":{"use":"nickname"}}}"""
    )]
    [InlineData(
        "{ Patient(id: p) { ConditionList(_reference: patient, _sort: \"_id\") @flatten { code @flatten { coding @flatten { code } } } } }",
        """{"Patient":{"code":["J00","J01","I10"]}}"""
    )]
    public async Task Answers(string query, string expected)
    {
        var answer = await Ask("/$graphql", query);

        Assert.Null(answer["errors"]?.ToJsonString());
        Assert.Equal(JsonNode.Parse(expected)!.ToJsonString(), answer["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Begins_at_a_resource_and_takes_variables()
    {
        var answer = await Ask(
            "/Patient/p/$graphql",
            "query Q($code: String!, $use: String = \"nickname\") { name(use: $use) { given } ConditionList(_reference: patient, code: $code) { id } }",
            """{"code":"J01"}"""
        );

        Assert.Equal(
            JsonNode
                .Parse("""{"name":[{"given":["Tí"]}],"ConditionList":[{"id":"c1"}]}""")!
                .ToJsonString(),
            answer["data"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task Pages_through_a_connection()
    {
        const string Query =
            "query Q($at: String) { ConditionConnection(patient: \"p\", _count: 1, _total: accurate, _cursor: $at) { count pagesize next edges { mode resource { id } } } }";
        var first = (await Ask("/$graphql", Query))["data"]!["ConditionConnection"]!;
        var second = (await Ask("/$graphql", Query, $$"""{"at":"{{first["next"]}}"}"""))["data"]![
            "ConditionConnection"
        ]!;

        Assert.Equal((2, 1), ((int)first["count"]!, (int)first["pagesize"]!));
        Assert.Equal("match", (string?)first["edges"]![0]!["mode"]);
        Assert.Equal(
            ["c1", "c2"],
            new[] { first, second }
                .Select(page => (string?)page["edges"]![0]!["resource"]!["id"])
                .Order()
        );
        Assert.Null(second["next"]);
    }

    [Theory]
    [InlineData("{ Patient(id: none) { id } }", "not known")]
    [InlineData("{ Patient { id } }", "needs an id")]
    [InlineData("{ Patien(id: 1) { id } }", "Near: Patient")]
    [InlineData("{ Patient(id: p) { nam } }", "no field 'nam'")]
    [InlineData("{ Patient(id: p) { name } }", "which fields of name")]
    [InlineData("{ Patient(id: p) { birthDate { x } } }", "no fields inside")]
    [InlineData("{ Patient(id: p) { name @sort { text } } }", "no directive @sort")]
    [InlineData("{ Patient(id: p) { name(fhirpath: \"((\") { text } } }", "cannot be followed")]
    [InlineData(
        "{ Patient(id: p) { generalPractitioner { resource { id } } } }",
        "cannot be resolved"
    )]
    [InlineData("{ Patient(id: p) { ConditionList { id } } }", "_reference")]
    [InlineData("{ PatientList(colour: red) { id } }", "colour")]
    [InlineData("{ PatientConnection { edges { node { id } } } }", "no field 'node'")]
    [InlineData("{ Patient(id: p) { ...gone } }", "no fragment 'gone'")]
    public async Task Tells_what_is_wrong_with_a_field_beside_the_rest(string query, string says)
    {
        var answer = await Ask(
            "/$graphql",
            query.Replace("{ Pat", "{ ok: Patient(id: q) { id } Pat")
        );

        Assert.Contains(
            answer["errors"]!.AsArray(),
            error =>
                ((string)error!["message"]!).Contains(says, StringComparison.Ordinal)
                && error["path"]!.AsArray().Count > 0
        );
        Assert.Equal("q", (string?)answer["data"]!["ok"]!["id"]);
    }

    [Theory]
    [InlineData("{ Patient(id: 1) { id }", 400, "invalid", "cannot be run")]
    [InlineData("mutation { PatientCreate { id } }", 400, "invalid", "only queries")]
    [InlineData(
        "query A { Patient(id: p) { id } } query B { Patient(id: p) { id } }",
        400,
        "invalid",
        "operationName"
    )]
    [InlineData("query A($x: ID!) { Patient(id: $x) { id } }", 400, "invalid", "$x")]
    [InlineData(
        "{ Patient(id: p) { ...a } } fragment a on Patient { ...a }",
        422,
        "too-costly",
        "deeper"
    )]
    [InlineData("", 400, "required", "needs a query")]
    public async Task Refuses(string query, int status, string code, string says) =>
        (await client.Post("/$graphql", query, "Content-Type: application/graphql")).Refused(
            status,
            code,
            says
        );

    [Fact]
    public async Task Bounds_what_one_query_costs()
    {
        var many = string.Join(
            ' ',
            Enumerable.Range(0, 600).Select(n => $"a{n}: PatientList(_id: \"{n}\") {{ id }}")
        );
        (
            await client.Post("/$graphql", $"{{ {many} }}", "Content-Type: application/graphql")
        ).Refused(422, "too-costly", "500");
        var deep = string.Concat(Enumerable.Repeat("{ a ", 500)) + new string('}', 500);
        (await client.Post("/$graphql", deep, "Content-Type: application/graphql")).Refused(
            400,
            "invalid"
        );
    }

    [Fact]
    public async Task Takes_a_get_and_a_parameters_body()
    {
        var query = Uri.EscapeDataString("{ Patient(id: \"p\") { id } }");

        Assert.Equal(
            "{\"data\":{\"Patient\":{\"id\":\"p\"}}}",
            (await client.Get($"/$graphql?query={query}")).Is(200).Text
        );
        Assert.Equal(
            "{\"data\":{\"id\":\"p\"}}",
            (
                await client.Post(
                    "/Patient/p/$graphql",
                    """{"resourceType":"Parameters","parameter":[{"name":"query","valueString":"{ id }"}]}"""
                )
            )
                .Is(200)
                .Text
        );
    }
}
