using System.Text.Json.Nodes;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/terminology-service.html</summary>
public sealed class TerminologyTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Icd10 = "http://hl7.org/fhir/sid/icd-10";

    private readonly HttpClient client = server.Client;

    private static string? Value(Reply reply, string name) =>
        reply.Json["parameter"]!
            .AsArray()
            .Where(parameter => (string?)parameter!["name"] == name)
            .SelectMany(parameter => parameter!.AsObject())
            .FirstOrDefault(part => part.Key.StartsWith("value", StringComparison.Ordinal))
            .Value?.ToString();

    private static IEnumerable<string> Codes(Reply reply) =>
        (reply.Json["expansion"]!["contains"]?.AsArray() ?? []).Select(code =>
            (string)code!["code"]!
        );

    [Fact]
    public async Task Expands_icd10_by_words_without_accents()
    {
        var reply = (
            await client.Get(
                $"/ValueSet/$expand?url={Icd10}?fhir_vs&filter=benh ly tang huyet ap&count=5&displayLanguage=en"
            )
        ).Is(200);
        Assert.Contains("I10", Codes(reply));
        Assert.Contains(
            "hypertens",
            (string)reply.Json["expansion"]!["contains"]![0]!["display"]!,
            StringComparison.OrdinalIgnoreCase
        );
        Assert.True((int)reply.Json["expansion"]!["total"]! >= 1);
    }

    [Fact]
    public async Task Expands_by_page_a_value_set_of_the_specification()
    {
        const string Url = "http://hl7.org/fhir/ValueSet/administrative-gender";
        var all = (await client.Get($"/ValueSet/$expand?url={Url}")).Is(200);
        var page = (await client.Get($"/ValueSet/$expand?url={Url}&offset=1&count=2")).Is(200);
        Assert.Equal(["male", "female", "other", "unknown"], Codes(all));
        Assert.Equal(["female", "other"], Codes(page));
        Assert.Equal(4, (int)page.Json["expansion"]!["total"]!);
    }

    [Fact]
    public async Task Works_on_what_is_stored_and_follows_its_changes()
    {
        string System(string display) =>
            $$$"""{"resourceType":"CodeSystem","id":"ts-units","url":"urn:ts:units","status":"active","content":"complete","concept":[{"code":"vien","display":"{{{display}}}"},{"code":"goi","display":"Gói"}]}""";
        const string Set =
            """{"resourceType":"ValueSet","id":"ts-set","url":"urn:ts:set","status":"active","compose":{"include":[{"system":"urn:ts:units"}]}}""";
        (await client.Put("/CodeSystem/ts-units", System("Viên"))).Is(201);
        (await client.Put("/ValueSet/ts-set", Set)).Is(201);

        Assert.Equal(
            ["vien"],
            Codes((await client.Get("/ValueSet/$expand?url=urn:ts:set&filter=vien")).Is(200))
        );
        Assert.Equal(
            ["goi"],
            Codes((await client.Get("/ValueSet/ts-set/$expand?filter=GOI")).Is(200))
        );

        (await client.Put("/CodeSystem/ts-units", System("Viên nén"))).Is(200);
        var reply = await client.Get(
            "/ValueSet/ts-set/$validate-code?code=vien&system=urn:ts:units"
        );
        Assert.Equal("Viên nén", Value(reply.Is(200), "display"));
    }

    [Theory]
    [InlineData($"code=I10&system={Icd10}", "true")]
    [InlineData($"code=I10&system={Icd10}&display=Essential (primary) hypertension", "true")]
    [InlineData($"code=I10&system={Icd10}&display=Hen", "false")]
    [InlineData($"code=I1O&system={Icd10}", "false")]
    [InlineData($"code=IX&system={Icd10}&abstract=false", "false")]
    [InlineData("code=I10&system=urn:other", "false")]
    public async Task Validates_a_code_in_a_value_set(string query, string result)
    {
        var reply = (await client.Get($"/ValueSet/$validate-code?url={Icd10}?fhir_vs&{query}")).Is(
            200
        );
        Assert.Equal(result, Value(reply, "result"));
        Assert.Equal(result == "false", Value(reply, "message") is { Length: > 0 });
    }

    [Fact]
    public async Task Validates_a_concept_by_any_of_its_codings()
    {
        var body = new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray(
                new JsonObject { ["name"] = "url", ["valueUri"] = Icd10 },
                new JsonObject
                {
                    ["name"] = "codeableConcept",
                    ["valueCodeableConcept"] = new JsonObject
                    {
                        ["coding"] = new JsonArray(
                            new JsonObject { ["system"] = "urn:own", ["code"] = "1" },
                            new JsonObject { ["system"] = Icd10, ["code"] = "J06.9" }
                        ),
                    },
                }
            ),
        };
        var reply = (await client.Post("/CodeSystem/$validate-code", body.ToJsonString())).Is(200);
        Assert.Equal("true", Value(reply, "result"));
        Assert.Equal("J06.9", Value(reply, "code"));
    }

    [Fact]
    public async Task Looks_up_names_properties_and_place()
    {
        var reply = (await client.Get($"/CodeSystem/$lookup?system={Icd10}&code=G01")).Is(200);
        Assert.Contains("Viêm màng não", Value(reply, "display"));
        Assert.Contains("\"en\"", reply.Text);
        Assert.Contains("G00-G09", reply.Text);
        Assert.Contains("A01.0", reply.Text);
        var one = (
            await client.Get($"/CodeSystem/$lookup?system={Icd10}&code=G01&property=parent")
        ).Is(200);
        Assert.DoesNotContain("A01.0", one.Text);
        var unit = (
            await client.Get("/CodeSystem/$lookup?system=http://unitsofmeasure.org&code=mm[Hg]")
        ).Is(200);
        Assert.Equal("mm[Hg]", Value(unit, "display"));
    }

    [Theory]
    [InlineData("I10-I15", "I10", "subsumes")]
    [InlineData("I10", "IX", "subsumed-by")]
    [InlineData("I10", "I10", "equivalent")]
    [InlineData("I10", "J45", "not-subsumed")]
    public async Task Says_which_code_is_above(string a, string b, string outcome) =>
        Assert.Equal(
            outcome,
            Value(
                (await client.Get($"/CodeSystem/$subsumes?system={Icd10}&codeA={a}&codeB={b}")).Is(
                    200
                ),
                "outcome"
            )
        );

    [Fact]
    public async Task Translates_forth_and_back()
    {
        const string Gender = "http://hl7.org/fhir/administrative-gender";
        const string V3 = "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender";
        var forth = (
            await client.Get($"/ConceptMap/$translate?system={Gender}&code=male&targetsystem={V3}")
        ).Is(200);
        Assert.Equal("true", Value(forth, "result"));
        Assert.Contains("\"M\"", forth.Text);
        (
            await client.Put(
                "/ConceptMap/ts-map",
                $$$"""
                {"resourceType":"ConceptMap","id":"ts-map","url":"urn:ts:map","status":"active","group":[
                 {"source":"urn:ts:old","target":"{{{Icd10}}}","element":[{"code":"HA","target":[{"code":"I10","equivalence":"wider"}]}],
                  "unmapped":{"mode":"fixed","code":"R69"}}]}
                """
            )
        ).Is(201);
        var stored = (await client.Get("/ConceptMap/$translate?system=urn:ts:old&code=HA")).Is(200);
        Assert.Contains("\"I10\"", stored.Text);
        var fixedCode = (
            await client.Get("/ConceptMap/ts-map/$translate?system=urn:ts:old&code=ZZ")
        ).Is(200);
        Assert.Contains("\"R69\"", fixedCode.Text);
        var back = (
            await client.Get($"/ConceptMap/$translate?system={Icd10}&code=I10&reverse=true")
        ).Is(200);
        Assert.Contains("\"HA\"", back.Text);
        Assert.Contains("\"narrower\"", back.Text);
        var none = (await client.Get("/ConceptMap/$translate?system=urn:nothing&code=1")).Is(200);
        Assert.Equal("false", Value(none, "result"));
    }

    [Theory]
    [InlineData("/ValueSet/$expand", 400, "required")]
    [InlineData("/ValueSet/$expand?url=urn:nowhere", 404, "not-found")]
    [InlineData("/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/ucum-units", 422, "too-costly")]
    [InlineData(
        "/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/observation-codes",
        404,
        "not-found"
    )]
    [InlineData($"/ValueSet/$expand?url={Icd10}?fhir_vs&count=-1", 400, "value")]
    [InlineData(
        "/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender",
        400,
        "required"
    )]
    [InlineData($"/CodeSystem/$lookup?system={Icd10}&code=Q", 404, "not-found")]
    [InlineData("/CodeSystem/$lookup?code=Q", 400, "required")]
    [InlineData("/CodeSystem/$lookup?system=urn:nowhere&code=Q", 404, "not-found")]
    [InlineData($"/CodeSystem/$subsumes?system={Icd10}&codeA=I10", 400, "required")]
    [InlineData("/ConceptMap/$translate?url=urn:nowhere&code=1&system=urn:x", 404, "not-found")]
    [InlineData("/ConceptMap/$translate?code=1", 400, "required")]
    public async Task Refuses_with_its_reason(string path, int status, string code) =>
        (await client.Get(path)).Refused(status, code);
}
