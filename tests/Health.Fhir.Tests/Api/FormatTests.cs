using System.Text.Json.Nodes;
using System.Xml.Linq;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#mime-type, https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/search.html#summary</summary>
public sealed class FormatTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Full = """
        {"resourceType":"Patient","meta":{"tag":[{"code":"t"}]},"language":"vi","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">An</div>"},"identifier":[{"system":"urn:test","value":"1"}],"active":true,"name":[{"family":"Nguyễn","given":["An"],"extension":[{"url":"http://example.org/e","valueDecimal":1.50}]}],"birthDate":"1990","_birthDate":{"extension":[{"url":"http://example.org/b","valueString":"x"}]},"maritalStatus":{"text":"m"},"photo":[{"contentType":"image/png","data":"AAAA","title":"t"}],"communication":[{"language":{"text":"vi"},"preferred":true}]}
        """;

    private readonly HttpClient client = server.Client;

    private async Task<string> Stored() => (await client.Post("/Patient", Full)).Is(201).Id;

    [Theory]
    [InlineData(null, null, "application/fhir+json")]
    [InlineData(null, "application/json", "application/fhir+json")]
    [InlineData(null, "application/fhir+xml", "application/fhir+xml")]
    [InlineData(null, "application/fhir+json;q=0.2, application/xml", "application/fhir+xml")]
    [InlineData(null, "*/*", "application/fhir+json")]
    [InlineData(
        null,
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/fhir+json"
    )]
    [InlineData("xml", "application/json", "application/fhir+xml")]
    [InlineData("application/fhir+xml", null, "application/fhir+xml")]
    [InlineData("json", "application/fhir+xml", "application/fhir+json")]
    public async Task Gives_the_format_that_is_asked(
        string? format,
        string? accept,
        string expected
    )
    {
        var id = await Stored();

        var read = await client.Get(
            $"/Patient/{id}" + (format is null ? "" : $"?_format={format}"),
            accept is null ? [] : ["Accept: " + accept]
        );

        read.Is(200);
        Assert.Equal(expected, read.Http.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Takes_xml_and_gives_it_back()
    {
        var id = await Stored();
        var xml = (await client.Get($"/Patient/{id}?_format=xml")).Is(200).Text;

        var created = (await client.Post("/Patient", xml, "Content-Type: application/fhir+xml")).Is(
            201
        );
        var json = (
            await client.Get($"/Patient/{created.Text.Split("<id value=\"")[1].Split('"')[0]}")
        )
            .Is(200)
            .Json;

        Assert.Equal("application/fhir+xml", created.Http.Content.Headers.ContentType!.MediaType);
        Assert.Equal("http://hl7.org/fhir", XDocument.Parse(xml).Root!.Name.NamespaceName);
        var original = JsonNode.Parse(Full)!.AsObject();
        foreach (
            var name in new[]
            {
                "identifier",
                "name",
                "birthDate",
                "_birthDate",
                "photo",
                "communication",
            }
        )
        {
            Assert.True(JsonNode.DeepEquals(original[name], json[name]), name);
        }
    }

    [Theory]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"true\"/>", 400)]
    [InlineData("<Patient xmlns=\"http://hl7.org/fhir\"><wrong value=\"true\"/></Patient>", 400)]
    [InlineData("<Patient><active value=\"true\"/></Patient>", 400)]
    [InlineData(
        "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><Patient xmlns=\"http://hl7.org/fhir\"><language value=\"&b;\"/></Patient>",
        400
    )]
    [InlineData("not xml", 400)]
    public async Task Refuses_xml_that_is_wrong(string xml, int status) =>
        Assert.Equal(
            "OperationOutcome",
            (string?)
                (
                    await client.Post(
                        "/Patient",
                        xml,
                        "Content-Type: application/fhir+xml",
                        "Accept: application/fhir+json"
                    )
                )
                    .Is(status)
                    .Json["resourceType"]
        );

    [Fact]
    public async Task Answers_an_error_in_the_format_that_is_asked()
    {
        var refused = (await client.Get("/Patient/never?_format=xml")).Is(404);

        Assert.Equal("OperationOutcome", XDocument.Parse(refused.Text).Root!.Name.LocalName);
    }

    [Fact]
    public async Task Indents_when_asked_to_be_pretty()
    {
        var id = await Stored();

        var pretty = (await client.Get($"/Patient/{id}?_pretty=true")).Is(200);
        var plain = (await client.Get($"/Patient/{id}")).Is(200);

        Assert.Contains("\n  \"active\": true", pretty.Text, StringComparison.Ordinal);
        Assert.Contains("Nguyễn", pretty.Text, StringComparison.Ordinal);
        Assert.Equal(plain.Json.ToJsonString(), pretty.Json.ToJsonString());
        Assert.Contains("1.50", plain.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "_summary=true",
        "identifier,active,name,birthDate",
        "text,maritalStatus,photo,communication"
    )]
    [InlineData("_summary=text", "text", "identifier,active,name,birthDate,maritalStatus,photo")]
    [InlineData(
        "_summary=data",
        "identifier,active,name,birthDate,maritalStatus,photo,communication",
        "text"
    )]
    [InlineData("_summary=false", "text,identifier,communication", "")]
    [InlineData("_elements=name,birthDate", "name,birthDate,_birthDate", "text,identifier,photo")]
    [InlineData("_elements=Patient.photo", "photo", "name,text")]
    public async Task Leaves_out_what_is_not_asked_and_says_so(
        string parameter,
        string has,
        string hasNot
    )
    {
        var id = await Stored();

        var part = (await client.Get($"/Patient/{id}?{parameter}")).Is(200).Json;

        Assert.Equal(id, (string?)part["id"]);
        Assert.Equal("1", (string?)part["meta"]!["versionId"]);
        Assert.All(has.Split(','), name => Assert.NotNull(part[name]));
        Assert.All(
            hasNot.Split(',', StringSplitOptions.RemoveEmptyEntries),
            name => Assert.Null(part[name])
        );
        Assert.Equal(
            parameter != "_summary=false",
            part["meta"]!["tag"]!.AsArray().Any(tag => (string?)tag!["code"] == "SUBSETTED")
        );
        Assert.Contains(part["meta"]!["tag"]!.AsArray(), tag => (string?)tag!["code"] == "t");
    }

    [Fact]
    public async Task Takes_the_shape_from_a_form_too()
    {
        var id = await Stored();

        var found = await client.Post(
            "/Patient/_search",
            $"_id={id}&_format=xml&_pretty=true&_elements=active",
            "Content-Type: application/x-www-form-urlencoded"
        );

        Assert.Equal(
            "application/fhir+xml",
            found.Is(200).Http.Content.Headers.ContentType!.MediaType
        );
        Assert.Contains("\n", found.Text, StringComparison.Ordinal);
        Assert.Contains("SUBSETTED", found.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("birthDate", found.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_pass_over_a_search_in_another_form()
    {
        (await client.Post("/Patient/_search", "{\"name\":\"x\"}")).Refused(
            415,
            "not-supported",
            "form"
        );
        (await client.Get("/Patient?_summary=text&_include=Patient:organization")).Refused(
            400,
            "not-supported",
            "_summary=text"
        );
    }

    /// <summary>Every resource type that needs no more than a language goes in as XML, out, and in again.</summary>
    [Fact]
    public async Task Takes_every_type_both_ways()
    {
        var stored = 0;
        foreach (var type in Health.Fhir.Api.ResourceTypes.All)
        {
            var xml = await client.Post(
                $"/{type}",
                $"<{type} xmlns=\"http://hl7.org/fhir\"><language value=\"vi\"/></{type}>",
                "Content-Type: application/fhir+xml",
                "Accept: application/fhir+json"
            );
            if (xml.Status != 201)
            {
                // What else it must have is said, not that it cannot be read.
                xml.Refused(400, "structure");
                continue;
            }
            stored++;
            var back = (await client.Get($"/{type}/{xml.Id}?_format=xml")).Is(200);
            Assert.Equal(type, XDocument.Parse(back.Text).Root!.Name.LocalName);
            (
                await client.Put(
                    $"/{type}/{xml.Id}",
                    back.Text,
                    "Content-Type: application/fhir+xml"
                )
            ).Is(200);
        }
        Assert.True(stored > 20, $"{stored}");
    }

    [Fact]
    public async Task Packs_the_answer_for_who_takes_it()
    {
        var id = await Stored();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/fhir/Patient/{id}");
        request.Headers.AcceptEncoding.ParseAdd("gzip");

        using var response = await client.SendAsync(request);

        Assert.Contains("gzip", response.Content.Headers.ContentEncoding);
    }
}
