using Interop.Host;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>
/// Input that is common in the field and not quite valid: refused by default, mended and reported under <c>--input lenient</c>.
/// </summary>
public sealed class LenientInputTests(LenientInputTests.Lenient lenient, RecordsServer strict)
    : IClassFixture<LenientInputTests.Lenient>,
        IClassFixture<RecordsServer>
{
    public sealed class Lenient : RecordsServer
    {
        protected override InputMode Input => InputMode.Lenient;
    }

    public static TheoryData<string, string, string, string> Cases =>
        new()
        {
            {
                "Patient",
                "\"deceasedDateTime\":\"2020-01-01T10:00:00\"",
                "\"deceasedDateTime\":\"2020-01-01T10:00:00+07:00\"",
                "Patient.deceased"
            },
            {
                "Patient",
                "\"meta\":{\"lastUpdated\":\"2020-01-01T10:00:00\"},\"active\":true",
                "\"active\":true",
                "Patient.meta.lastUpdated"
            },
            {
                "Patient",
                "\"meta\":{\"tag\":[{\"system\":\"\",\"code\":\"a\"}]},\"active\":true",
                "\"tag\":[{\"code\":\"a\"}]",
                "Patient.meta.tag[0].system"
            },
            { "Basic", "", "\"resourceType\":\"Basic\"", "Basic" },
            {
                "Patient",
                "\"text\":{\"status\":\"generated\",\"div\":\"<div>An</div>\"}",
                "http://www.w3.org/1999/xhtml",
                "Patient.text.div"
            },
        };

    private static string Body(string type, string more) =>
        $$"""{"resourceType":"{{type}}"{{(more.Length > 0 ? "," + more : "")}}}""";

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Is_refused_by_default(string type, string more, string _, string at)
    {
        var refused = await strict.Client.Post("/" + type, Body(type, more));

        Assert.Equal(400, refused.Status);
        Assert.Contains(at, refused.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Is_mended_and_reported_when_lenient(
        string type,
        string more,
        string mended,
        string at
    )
    {
        var stored = await lenient.Client.Post("/" + type, Body(type, more));
        var told = await lenient.Client.Post(
            "/" + type,
            Body(type, more),
            "Prefer: return=OperationOutcome"
        );
        var batch = await lenient.Client.Post(
            "",
            $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{Body(type, more)}}},"request":{"method":"POST","url":"{{{type}}}"}}]}"""
        );

        Assert.True(stored.Status == 201 || type == "Basic", stored.Text);
        if (type == "Basic")
        {
            // Nothing but its type: Basic.code is still demanded.
            return;
        }
        Assert.Contains(mended, stored.Text, StringComparison.Ordinal);
        Assert.Contains(
            stored.Http.Headers.Warning,
            warning => warning.Code == 299 && warning.Text.Contains(at, StringComparison.Ordinal)
        );
        Assert.Contains(
            told.Is(201).Json["issue"]!.AsArray(),
            issue =>
                (string?)issue!["severity"] == "warning" && (string?)issue["expression"]?[0] == at
        );
        Assert.Equal(
            at,
            (string?)
                batch.Is(200).Entries[0]["response"]!["outcome"]!["issue"]![0]!["expression"]![0]
        );
    }

    public static TheoryData<string, string, string> XmlCases =>
        new()
        {
            {
                "<deceasedDateTime value='2020-01-01T10:00:00'/>",
                "\"deceasedDateTime\":\"2020-01-01T10:00:00+07:00\"",
                "Patient.deceased"
            },
            {
                "<meta><lastUpdated value='2020-01-01T10:00:00'/></meta><active value='true'/>",
                "\"active\":true",
                "Patient.meta.lastUpdated"
            },
            {
                "<meta><tag><system value=''/><code value='a'/></tag></meta><active value='true'/>",
                "\"tag\":[{\"code\":\"a\"}]",
                "Patient.meta.tag[0].system"
            },
            {
                "<text><status value='generated'/><div>An <b>x</b></div></text>",
                "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">An <b>x</b></div>",
                "Patient.text.div"
            },
            {
                "<text><status value='generated'/><div xmlns=''>An</div></text>",
                "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">An</div>",
                "Patient.text.div"
            },
        };

    [Theory]
    [MemberData(nameof(XmlCases))]
    public async Task Xml_is_mended_alike(string more, string mended, string at)
    {
        var xml = $"<Patient xmlns='http://hl7.org/fhir'>{more}</Patient>";
        var refused = await strict.Client.Post(
            "/Patient",
            xml,
            "Content-Type: application/fhir+xml"
        );
        var stored = await lenient.Client.Post(
            "/Patient",
            xml,
            "Content-Type: application/fhir+xml",
            "Accept: application/fhir+json"
        );

        Assert.Equal(400, refused.Status);
        Assert.Contains(mended, stored.Is(201).Text, StringComparison.Ordinal);
        Assert.Contains(
            stored.Http.Headers.Warning,
            warning => warning.Text.Contains(at, StringComparison.Ordinal)
        );
    }

    /// <summary>Lenient is not careless: what cannot be mended is refused, and nothing that was sent is dropped in silence.</summary>
    [Theory]
    [InlineData("<birthDate value='yesterday'/>", "birthDate")]
    [InlineData("<colour value='blue'/>", "colour")]
    [InlineData("<active value='true'/><active value='false'/>", "active")]
    [InlineData("<name><family value='A'/>text</name>", "name")]
    public async Task Xml_that_cannot_be_mended_is_refused(string more, string at)
    {
        var refused = await lenient.Client.Post(
            "/Patient",
            $"<Patient xmlns='http://hl7.org/fhir'>{more}</Patient>",
            "Content-Type: application/fhir+xml",
            "Accept: application/fhir+json"
        );

        Assert.Contains(at, refused.Is(400).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_right_is_not_reported()
    {
        var stored = await lenient.Client.Post("/Patient", FhirCalls.Patient("A"));

        Assert.Empty(stored.Is(201).Http.Headers.Warning);
    }
}
