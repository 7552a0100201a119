using System.Text;
using System.Text.Json;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Hl7.Fhir.Serialization;
using Xunit;

namespace Health.Fhir.Tests.Search;

/// <summary>What the pass refuses, Firely's strict deserializer refuses, and the other way round. https://hl7.org/fhir/R4/json.html</summary>
public sealed class StructureAgreementTests
{
    private static readonly ResourceReader Reader = new(FhirModel.R4, new ReaderOptions());
    private static readonly FhirJsonDeserializer Firely = new(
        new DeserializerSettings().UsingMode(DeserializationMode.Strict)
    );

    // The body, and the FHIRPath of the first issue; null when the body is sound.
    [Theory]
    [InlineData("""{"resourceType":"Patient","id":"a"}""", null)]
    [InlineData(
        """{"resourceType":"Patient","name":[{"family":"An","given":["Văn","Đức"]}]}""",
        null
    )]
    [InlineData("""{"resourceType":"Patient","colour":"red"}""", "Patient")]
    [InlineData("""{"resourceType":"Patient","name":[{"famly":"An"}]}""", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","name":{"family":"An"}}""", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","name":["An"]}""", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","name":[]}""", "Patient.name")]
    [InlineData("""{"resourceType":"Patient","name":[{}]}""", "Patient.name[0]")]
    [InlineData("""{"resourceType":"Patient","birthDate":["1990"]}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":1990}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":""}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":null}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990-13"}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990-02-30"}""", "Patient.birthDate")]
    [InlineData(
        """{"resourceType":"Patient","birthDate":"1990-02-03T10:00:00Z"}""",
        "Patient.birthDate"
    )]
    [InlineData("""{"resourceType":"Patient","birthDate":"1990-02"}""", null)]
    [InlineData("""{"resourceType":"Patient","active":"true"}""", "Patient.active")]
    [InlineData("""{"resourceType":"Patient","gender":"woman"}""", "Patient.gender")]
    [InlineData("""{"resourceType":"Patient","gender":"female"}""", null)]
    [InlineData(
        """{"resourceType":"Patient","deceasedBoolean":false,"deceasedDateTime":"2020"}""",
        "Patient.deceased"
    )]
    [InlineData(
        """{"resourceType":"Patient","deceasedDateTime":"2020-01-01T10:00:00"}""",
        "Patient.deceased"
    )]
    [InlineData(
        """{"resourceType":"Patient","deceasedDateTime":"2020-01-01T10:00:00+07:00"}""",
        null
    )]
    [InlineData("""{"resourceType":"Patient","deceased":true}""", "Patient")]
    [InlineData("""{"resourceType":"Patient","deceasedString":"yes"}""", "Patient")]
    [InlineData("""{"resourceType":"Patient","id":"a b"}""", "Patient.id")]
    [InlineData(
        """{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01"}}""",
        "Patient.meta.lastUpdated"
    )]
    [InlineData(
        """{"resourceType":"Patient","multipleBirthInteger":1.5}""",
        "Patient.multipleBirth"
    )]
    [InlineData(
        """{"resourceType":"Patient","multipleBirthInteger":"1"}""",
        "Patient.multipleBirth"
    )]
    [InlineData(
        """{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"x"}]}]}""",
        null
    )]
    [InlineData(
        """{"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://a","valueString":"b"}]}}""",
        null
    )]
    [InlineData("""{"resourceType":"Patient","_birthDate":{"colour":1}}""", "Patient.birthDate")]
    [InlineData("""{"resourceType":"Patient","_name":[{"id":"a"}]}""", "Patient")]
    [InlineData(
        """{"resourceType":"Patient","extension":[{"valueString":"b"}]}""",
        "Patient.extension[0]"
    )]
    [InlineData(
        """{"resourceType":"Patient","extension":[{"url":"http://a","value":"b"}]}""",
        "Patient.extension[0]"
    )]
    [InlineData(
        """{"resourceType":"Patient","photo":[{"data":"not base64!"}]}""",
        "Patient.photo[0].data"
    )]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"resourceType":"Organization","name":"A"}]}""",
        null
    )]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"resourceType":"Organisation","name":"A"}]}""",
        "Patient.contained[0]"
    )]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"name":"A"}]}""",
        "Patient.contained[0]"
    )]
    [InlineData(
        """{"resourceType":"Patient","contained":[{"resourceType":"Organization","nam":"A"}]}""",
        "Patient.contained[0]"
    )]
    [InlineData("""{"resourceType":"Patient"}""", "Patient")]
    [InlineData("""{"resourceType":"Observation","status":"final"}""", "Observation")]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":"5"}}""",
        "Observation.value.value"
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":5.40}}""",
        null
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"coding":{"code":"a"}}}""",
        "Observation.code.coding"
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","code":{"coding":[{"code":" a"}]}}""",
        "Observation.code.coding[0].code"
    )]
    [InlineData(
        """{"resourceType":"Observation","status":"final","status":"final","code":{"text":"a"}}""",
        "Observation.status"
    )]
    [InlineData("""{"resourceType":"Resource"}""", "")]
    [InlineData("""{"resourceType":"Nothing"}""", "")]
    [InlineData("""{"id":"a"}""", "")]
    [InlineData("""["a"]""", "")]
    [InlineData("""{"resourceType":"Patient","name":[{"family":"An"}""", "Patient")]
    [InlineData("", "")]
    [InlineData("""{"resourceType":"Patient","id":"a",}""", "Patient")]
    public void Both_refuse_the_same_bodies(string body, string? expression)
    {
        using var read = Reader.Read(Encoding.UTF8.GetBytes(body));
        Assert.Equal(expression is null, read.IsValid);
        if (expression is not null)
        {
            Assert.Equal(expression, read.Issues[0].Expression);
            Assert.NotEmpty(read.Issues[0].Text);
        }
        Assert.Equal(FirelyAccepts(body), read.IsValid);
    }

    // R4 asks for seconds in a dateTime and allows no space in a uri; Firely lets both pass.
    [Theory]
    [InlineData(
        """{"resourceType":"Patient","deceasedDateTime":"2020-01-01T10:00Z"}""",
        "Patient.deceased"
    )]
    [InlineData(
        """{"resourceType":"Patient","identifier":[{"system":"a b"}]}""",
        "Patient.identifier[0].system"
    )]
    public void The_pass_is_stricter_where_the_standard_is(string body, string expression)
    {
        using var read = Reader.Read(Encoding.UTF8.GetBytes(body));
        Assert.Equal(expression, Assert.Single(read.Issues).Expression);
    }

    [Theory]
    [InlineData(
        "<div xmlns='http://www.w3.org/1999/xhtml'><p>Huyết áp 120/80 &amp; mạch 70</p><br/></div>",
        true
    )]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><img src='#a' alt='b'/></div>", true)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'> </div>", false)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><p>a</div></p>", false)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><p>a</p>", false)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'>a</div><div>b</div>", false)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></div>", false)]
    [InlineData(
        "<div xmlns='http://www.w3.org/1999/xhtml'><p onclick='alert(1)'>a</p></div>",
        false
    )]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'><form>a</form></div>", false)]
    [InlineData("<div xmlns='http://www.w3.org/1999/xhtml'>a & b</div>", false)]
    [InlineData("<div><p>a</p></div>", false)]
    [InlineData("plain", false)]
    public void Both_refuse_the_same_narratives(string xhtml, bool isGood)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                resourceType = "Basic",
                text = new { status = "generated", div = xhtml },
                code = new { text = "a" },
            }
        );
        using var read = Reader.Read(Encoding.UTF8.GetBytes(body));
        Assert.Equal(isGood, read.IsValid);
        Assert.Equal(FirelyAccepts(body), read.IsValid);
    }

    // Uris that Firely parses more closely than the standard's \S*.
    private static readonly HashSet<string> StricterUris =
    [
        "TerminologyCapabilities-example.json",
        "CapabilityStatement-example.json",
        "CodeSystem-snomedct.json",
        "Bundle-valuesets.json",
        "Bundle-valueset-expansions.json",
        "MessageHeader-1cbdfb97-5859-48a4-8301-d54eab818d68.json",
    ];

    [Fact]
    public void Both_judge_the_official_examples_alike()
    {
        var wrong = new List<string>();
        foreach (var file in Directory.GetFiles(OfficialExamples.Folder(), "*.json"))
        {
            var bytes = File.ReadAllBytes(file);
            using var read = Reader.Read(bytes);
            var firely = FirelyIssues(bytes);
            if (
                read.IsValid != (firely.Count == 0)
                && !StricterUris.Contains(Path.GetFileName(file))
            )
            {
                wrong.Add(
                    $"{Path.GetFileName(file)}: pass {(read.IsValid ? "accepts" : read.Issues[0].ToString())}; Firely {firely.FirstOrDefault() ?? "accepts"}"
                );
            }
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count}\n" + string.Join("\n", wrong.Take(60)));
    }

    private static bool FirelyAccepts(string body) =>
        FirelyIssues(Encoding.UTF8.GetBytes(body)).Count == 0;

    private static List<string> FirelyIssues(byte[] body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            return Firely.TryDeserializeResource(ref reader, out _, out var issues)
                ? []
                : [.. issues.Select(issue => issue.Message)];
        }
        // It throws for what is no JSON, no object, or an abstract type.
        catch (Exception broken)
            when (broken is JsonException or InvalidOperationException or NotSupportedException)
        {
            return [broken.Message];
        }
    }
}
