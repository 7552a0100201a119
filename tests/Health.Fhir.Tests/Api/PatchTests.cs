using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#patch, RFC 6902, https://hl7.org/fhir/R4/fhirpatch.html</summary>
public sealed class PatchTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string JsonPatch = "Content-Type: application/json-patch+json";

    private readonly HttpClient client = server.Client;

    private async Task<string> Stored() =>
        (
            await client.Post(
                "/Patient",
                """{"resourceType":"Patient","active":true,"name":[{"family":"Nguyễn","given":["Văn","An"]},{"text":"bé An"}],"telecom":[{"value":"0901"}],"multipleBirthInteger":2}"""
            )
        )
            .Is(201)
            .Id;

    private Task<Reply> Patch(string id, string body, params string[] headers) =>
        client.Call("PATCH", $"/Patient/{id}", body, headers);

    private static string Operation(params string[] parts) =>
        $$"""{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{{string.Join(',', parts)}}]}]}""";

    private static string Part(string name, string type, string value) =>
        $"{{\"name\":\"{name}\",\"value{type}\":\"{value}\"}}";

    [Theory]
    [InlineData("""[{"op":"add","path":"/gender","value":"male"}]""", "gender", "\"male\"")]
    [InlineData("""[{"op":"replace","path":"/active","value":false}]""", "active", "false")]
    [InlineData(
        """[{"op":"remove","path":"/multipleBirthInteger"}]""",
        "multipleBirthInteger",
        null
    )]
    [InlineData(
        """[{"op":"add","path":"/name/0/given/-","value":"Ba"}]""",
        "name",
        """[{"family":"Nguyễn","given":["Văn","An","Ba"]},{"text":"bé An"}]"""
    )]
    [InlineData(
        """[{"op":"add","path":"/name/0/given/0","value":"Ba"}]""",
        "name",
        """[{"family":"Nguyễn","given":["Ba","Văn","An"]},{"text":"bé An"}]"""
    )]
    [InlineData(
        """[{"op":"move","from":"/name/1","path":"/name/0"}]""",
        "name",
        """[{"text":"bé An"},{"family":"Nguyễn","given":["Văn","An"]}]"""
    )]
    [InlineData(
        """[{"op":"copy","from":"/name/1","path":"/name/-"},{"op":"remove","path":"/name/0"}]""",
        "name",
        """[{"text":"bé An"},{"text":"bé An"}]"""
    )]
    [InlineData(
        """[{"op":"test","path":"/telecom/0/value","value":"0901"},{"op":"replace","path":"/telecom/0/value","value":"0902"}]""",
        "telecom",
        """[{"value":"0902"}]"""
    )]
    public async Task Json_patch_changes_what_it_says(
        string patch,
        string element,
        string? expected
    )
    {
        var id = await Stored();

        var patched = (await Patch(id, patch, JsonPatch)).Is(200);

        Assert.Equal("W/\"2\"", patched.ETag);
        var value = (await client.Get($"/Patient/{id}")).Json[element];
        Assert.Equal(
            expected is null
                ? null
                : System.Text.Json.Nodes.JsonNode.Parse(expected)!.ToJsonString(),
            value?.ToJsonString()
        );
    }

    [Theory]
    [InlineData("""{"op":"add"}""", 400, "structure", "array")]
    [InlineData("""[{"op":"add","path":"/x"}]""", 400, "structure", "value")]
    [InlineData("""[{"op":"jump","path":"/x"}]""", 400, "structure", "jump")]
    [InlineData("""[{"op":"remove","path":"x"}]""", 400, "structure", "Pointer")]
    [InlineData("""[{"op":"remove","path":"/gender"}]""", 422, "not-found", "/gender")]
    [InlineData("""[{"op":"remove","path":"/name/7"}]""", 422, "not-found", "/name/7")]
    [InlineData("""[{"op":"test","path":"/active","value":false}]""", 422, "business-rule", "test")]
    [InlineData("""[{"op":"replace","path":"/id","value":"other"}]""", 422, "business-rule", "id")]
    [InlineData("""[{"op":"add","path":"/gender","value":"m"}]""", 400, "code-invalid", "m")]
    [InlineData("""[{"op":"add","path":"/""", 400, "structure", "line 1")]
    public async Task Json_patch_refuses_and_changes_nothing(
        string patch,
        int status,
        string code,
        string says
    )
    {
        var id = await Stored();

        (await Patch(id, patch, JsonPatch)).Refused(status, code, says);

        Assert.Equal("W/\"1\"", (await client.Get($"/Patient/{id}")).ETag);
    }

    public static TheoryData<string, string, string?> FhirPath =>
        new()
        {
            {
                Operation(
                    Part("type", "Code", "add"),
                    Part("path", "String", "Patient"),
                    Part("name", "String", "birthDate"),
                    Part("value", "Date", "1990-03-12")
                ),
                "birthDate",
                "\"1990-03-12\""
            },
            {
                Operation(
                    Part("type", "Code", "add"),
                    Part("path", "String", "Patient.name[0]"),
                    Part("name", "String", "given"),
                    Part("value", "String", "Ba")
                ),
                "name",
                """[{"family":"Nguyễn","given":["Văn","An","Ba"]},{"text":"bé An"}]"""
            },
            {
                Operation(
                    Part("type", "Code", "replace"),
                    Part("path", "String", "Patient.name.where(family.exists()).family"),
                    Part("value", "String", "Trần")
                ),
                "name",
                """[{"family":"Trần","given":["Văn","An"]},{"text":"bé An"}]"""
            },
            {
                Operation(
                    Part("type", "Code", "replace"),
                    Part("path", "String", "Patient.active"),
                    "{\"name\":\"value\",\"valueBoolean\":false}"
                ),
                "active",
                "false"
            },
            {
                Operation(
                    Part("type", "Code", "delete"),
                    Part("path", "String", "Patient.telecom[0]")
                ),
                "telecom",
                null
            },
            {
                Operation(
                    Part("type", "Code", "delete"),
                    Part("path", "String", "Patient.multipleBirth")
                ),
                "multipleBirthInteger",
                null
            },
            {
                Operation(Part("type", "Code", "delete"), Part("path", "String", "Patient.photo")),
                "photo",
                null
            },
            {
                Operation(
                    Part("type", "Code", "insert"),
                    Part("path", "String", "Patient.name[0].given"),
                    "{\"name\":\"index\",\"valueInteger\":1}",
                    Part("value", "String", "Ba")
                ),
                "name",
                """[{"family":"Nguyễn","given":["Văn","Ba","An"]},{"text":"bé An"}]"""
            },
            {
                Operation(
                    Part("type", "Code", "move"),
                    Part("path", "String", "Patient.name[0].given"),
                    "{\"name\":\"source\",\"valueInteger\":1}",
                    "{\"name\":\"destination\",\"valueInteger\":0}"
                ),
                "name",
                """[{"family":"Nguyễn","given":["An","Văn"]},{"text":"bé An"}]"""
            },
            {
                Operation(
                    Part("type", "Code", "add"),
                    Part("path", "String", "Patient"),
                    Part("name", "String", "contact"),
                    """{"name":"value","part":[{"name":"name","valueHumanName":{"text":"mẹ"}},{"name":"gender","valueCode":"female"}]}"""
                ),
                "contact",
                """[{"name":{"text":"mẹ"},"gender":"female"}]"""
            },
        };

    [Theory]
    [MemberData(nameof(FhirPath))]
    public async Task Fhirpath_patch_changes_what_it_says(
        string patch,
        string element,
        string? expected
    )
    {
        var id = await Stored();

        (await Patch(id, patch)).Is(200);

        var value = (await client.Get($"/Patient/{id}")).Json[element];
        Assert.Equal(
            expected is null
                ? null
                : System.Text.Json.Nodes.JsonNode.Parse(expected)!.ToJsonString(),
            value?.ToJsonString()
        );
    }

    public static TheoryData<string, int, string> WrongFhirPath =>
        new()
        {
            {
                Operation(Part("type", "Code", "jump"), Part("path", "String", "Patient")),
                400,
                "jump"
            },
            { Operation(Part("type", "Code", "delete")), 400, "path" },
            {
                Operation(Part("type", "Code", "delete"), Part("path", "String", "Patient.name")),
                422,
                "more than one"
            },
            {
                Operation(Part("type", "Code", "delete"), Part("path", "String", "Patient.((")),
                400,
                "FHIRPath"
            },
            {
                Operation(
                    Part("type", "Code", "replace"),
                    Part("path", "String", "Patient.birthDate"),
                    Part("value", "Date", "1990")
                ),
                422,
                "nothing"
            },
            {
                Operation(
                    Part("type", "Code", "add"),
                    Part("path", "String", "Patient"),
                    Part("name", "String", "colour"),
                    Part("value", "String", "red")
                ),
                422,
                "colour"
            },
            {
                Operation(
                    Part("type", "Code", "add"),
                    Part("path", "String", "Patient"),
                    Part("name", "String", "active"),
                    "{\"name\":\"value\",\"valueBoolean\":false}"
                ),
                422,
                "already"
            },
            {
                Operation(
                    Part("type", "Code", "insert"),
                    Part("path", "String", "Patient.name"),
                    "{\"name\":\"index\",\"valueInteger\":9}",
                    "{\"name\":\"value\",\"valueHumanName\":{\"text\":\"x\"}}"
                ),
                422,
                "only 2"
            },
            { """{"resourceType":"Patient","active":true}""", 400, "Parameters" },
        };

    [Theory]
    [MemberData(nameof(WrongFhirPath))]
    public async Task Fhirpath_patch_refuses_and_changes_nothing(
        string patch,
        int status,
        string says
    )
    {
        var id = await Stored();

        var refused = await Patch(id, patch);

        refused.Is(status);
        Assert.Contains(says, refused.Text, StringComparison.Ordinal);
        Assert.Equal("W/\"1\"", (await client.Get($"/Patient/{id}")).ETag);
    }

    [Fact]
    public async Task Minds_the_version()
    {
        var id = await Stored();
        var patch = """[{"op":"replace","path":"/active","value":false}]""";

        (await Patch(id, patch, JsonPatch, "If-Match: W/\"5\"")).Refused(412, "conflict");
        (await Patch(id, patch, JsonPatch, "If-Match: W/\"1\"")).Is(200);
    }

    [Fact]
    public async Task Loses_nothing_when_many_patch_at_once()
    {
        var id = await Stored();

        var replies = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    Patch(
                        id,
                        $"[{{\"op\":\"add\",\"path\":\"/name/-\",\"value\":{{\"text\":\"n{i}\"}}}}]",
                        JsonPatch
                    )
                )
        );

        var done = replies.Count(reply => reply.Status == 200);
        Assert.All(replies, reply => Assert.Contains(reply.Status, new[] { 200, 412 }));
        Assert.Equal(2 + done, (await client.Get($"/Patient/{id}")).Json["name"]!.AsArray().Count);
    }

    [Fact]
    public async Task Refuses_what_is_not_there_or_deleted()
    {
        var id = await Stored();
        (await client.Delete($"/Patient/{id}")).Is(204);

        (await Patch(id, "[]", JsonPatch)).Refused(410, "deleted");
        (await Patch("never", "[]", JsonPatch)).Refused(404, "not-found");
        (await Patch(id, "<diff/>", "Content-Type: application/xml-patch+xml")).Refused(
            415,
            "not-supported"
        );
    }
}
