using System.Text;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>
/// Bad input, one line each: the status, the code and the words that must be in the answer. https://hl7.org/fhir/R4/http.html#summary
/// </summary>
public sealed class ErrorTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    [Theory]
    [InlineData("GET", "/Patien", null, 404, "not-supported", "Patient")]
    [InlineData("GET", "/patient/1", null, 404, "not-supported", "Patient")]
    [InlineData("GET", "/Parameters/1", null, 404, "not-supported", "Parameters")]
    [InlineData("GET", "/Patient/1/$foo", null, 404, "not-supported", "$foo")]
    [InlineData("POST", "/Patient/1/2/3/4", "{}", 404, "not-supported", "metadata")]
    [InlineData("POST", "/Patient/1", "{}", 405, "not-supported", "PUT")]
    [InlineData("PUT", "/metadata", "{}", 405, "not-supported", "GET")]
    [InlineData("GET", "/Patient?nam=x", null, 400, "not-supported", "nam")]
    [InlineData("GET", "/Patient?birthdate=yesterday", null, 400, "not-supported", "birthdate")]
    [InlineData("GET", "/Patient?_summary=some", null, 400, "value", "_summary")]
    [InlineData("GET", "/Patient/1?name=x", null, 400, "not-supported", "name")]
    [InlineData("GET", "/Patient?name=%00", null, 400, "value", "NUL")]
    [InlineData("POST", "/Patient", "", 400, "required", "empty")]
    [InlineData("POST", "/Patient", "{", 400, "structure", "line 1, byte 2")]
    [InlineData(
        "POST",
        "/Patient",
        "{\n\"resourceType\":\"Patient\",\n\"x\":}",
        400,
        "structure",
        "line 3, byte 5"
    )]
    [InlineData("POST", "/Patient", "[]", 400, "structure", "object")]
    [InlineData("POST", "/Patient", "{}", 400, "structure", "resourceType")]
    [InlineData("POST", "/Patient", "{\"resourceType\":\"Patien\"}", 400, "structure", "Patien")]
    [InlineData("POST", "/Patient", "{\"resourceType\":7}", 400, "structure", "resourceType")]
    [InlineData(
        "POST",
        "/Patient",
        "{\"resourceType\":\"Patient\",\"active\":true} {}",
        400,
        "structure",
        "line 1"
    )]
    public async Task Refuses_with_a_reason(
        string method,
        string path,
        string? body,
        int status,
        string code,
        string says
    ) => (await client.Call(method, path, body)).Refused(status, code, says);

    [Theory]
    [InlineData("{\"resourceType\":\"Patient\",\"birthDate\":\"31/12/1990\"}", "Patient.birthDate")]
    [InlineData("{\"resourceType\":\"Patient\",\"birthDate\":\"1990-02-30\"}", "Patient.birthDate")]
    [InlineData("{\"resourceType\":\"Patient\",\"gender\":\"m\"}", "Patient.gender")]
    [InlineData("{\"resourceType\":\"Patient\",\"named\":[]}", "Patient")]
    [InlineData("{\"resourceType\":\"Patient\",\"name\":{\"family\":\"x\"}}", "Patient.name")]
    [InlineData(
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":7}]}",
        "Patient.name[0].family"
    )]
    [InlineData(
        "{\"resourceType\":\"Patient\",\"gender\":\"male\",\"gender\":\"male\"}",
        "Patient"
    )]
    [InlineData("{\"resourceType\":\"Patient\",\"name\":[]}", "Patient.name")]
    [InlineData("{\"resourceType\":\"Patient\",\"active\":null}", "Patient.active")]
    public async Task Refuses_a_resource_that_is_wrong_and_names_the_element(
        string body,
        string expression
    )
    {
        var refused = await client.Post("/Patient", body);

        Assert.True(refused.Status is 400 or 422, refused.Text);
        Assert.Equal("OperationOutcome", (string?)refused.Json["resourceType"]);
        Assert.StartsWith(expression, refused.Expression, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_is_no_utf8()
    {
        using var content = new ByteArrayContent([
            .. "{\"resourceType\":\"Patient\",\"id\":\""u8,
            0xC3,
            0x28,
            .. "\"}"u8,
        ]);
        content.Headers.ContentType = new("application/fhir+json");
        var response = await client.PostAsync("/fhir/Patient", content);

        new Reply(response, await response.Content.ReadAsStringAsync()).Refused(
            400,
            "structure",
            "UTF-8"
        );
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/fhir+json; fhirVersion=3.0")]
    [InlineData("application/fhir+json; charset=utf-16")]
    public async Task Refuses_a_type_of_content_that_it_does_not_read(string type) =>
        (await client.Post("/Patient", FhirCalls.Patient("A"), "Content-Type: " + type)).Refused(
            415,
            "not-supported"
        );

    [Theory]
    [InlineData("Accept: image/png")]
    [InlineData("Accept: application/fhir+json; fhirVersion=3.0")]
    public async Task Refuses_a_format_that_it_cannot_give(string header) =>
        (await client.Get("/Patient", header)).Refused(
            406,
            "not-supported",
            "application/fhir+json"
        );

    [Fact]
    public async Task Refuses_a_body_of_forty_megabytes_and_names_the_limit()
    {
        var body =
            "{\"resourceType\":\"Patient\",\"id\":\"" + new string('x', 40 * 1024 * 1024) + "\"}";

        (await client.Post("/Patient", body)).Refused(413, "too-long", "20,971,520", "20 MB");

        (await client.Get("/metadata")).Is(200);
    }

    [Fact]
    public async Task Refuses_one_that_unpacks_to_forty_megabytes()
    {
        using var packed = new MemoryStream();
        await using (
            var gzip = new System.IO.Compression.GZipStream(
                packed,
                System.IO.Compression.CompressionLevel.Fastest,
                true
            )
        )
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', 40 * 1024 * 1024)));
        }
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/fhir+json");
        content.Headers.ContentEncoding.Add("gzip");
        var response = await client.PostAsync("/fhir/Patient", content);

        new Reply(response, await response.Content.ReadAsStringAsync()).Refused(413, "too-long");
    }

    [Fact]
    public async Task Takes_a_packed_body()
    {
        using var packed = new MemoryStream();
        await using (
            var gzip = new System.IO.Compression.GZipStream(
                packed,
                System.IO.Compression.CompressionLevel.Fastest,
                true
            )
        )
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(FhirCalls.Patient("Gói")));
        }
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new("application/fhir+json");
        content.Headers.ContentEncoding.Add("gzip");
        var response = await client.PostAsync("/fhir/Patient", content);

        new Reply(response, await response.Content.ReadAsStringAsync()).Is(201);
    }

    [Fact]
    public async Task Refuses_a_tower_of_brackets()
    {
        var deep = new string('[', 100_000);

        (await client.Post("/Patient", "{\"resourceType\":\"Patient\",\"name\":" + deep)).Refused(
            400,
            "structure"
        );
    }
}
