using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Xunit;

namespace Health.Fhir.Tests.Search;

/// <summary>The body as stored: id and meta set, links resolved, white space gone, and under lenient handling what was mended.</summary>
public sealed class BodyTests
{
    private static readonly DateTimeOffset Now = new(
        2026,
        11,
        23,
        8,
        30,
        0,
        250,
        TimeSpan.FromHours(7)
    );

    [Theory]
    [InlineData(
        """{"resourceType":"Patient","active":true}""",
        """{"resourceType":"Patient","id":"7","meta":{"versionId":"2","lastUpdated":"2026-11-23T01:30:00.250Z"},"active":true}"""
    )]
    [InlineData(
        """{ "active" : true, "meta" : { "lastUpdated" : "2020-01-01T00:00:00Z", "tag" : [ { "code" : "a b" } ], "versionId" : "9" }, "id" : "x", "resourceType" : "Patient" }""",
        """{"resourceType":"Patient","id":"7","meta":{"versionId":"2","lastUpdated":"2026-11-23T01:30:00.250Z","tag":[{"code":"a b"}]},"active":true}"""
    )]
    [InlineData(
        "{\n\t\"resourceType\": \"Patient\",\r\n\t\"name\": [ { \"text\": \"say \\\"a  b\\\" \\\\\" } ]\n}",
        """{"resourceType":"Patient","id":"7","meta":{"versionId":"2","lastUpdated":"2026-11-23T01:30:00.250Z"},"name":[{"text":"say \"a  b\" \\"}]}"""
    )]
    [InlineData(
        """{"resourceType":"Patient","managingOrganization":{"reference":"urn:uuid:a"},"generalPractitioner":[{"reference":"Practitioner?identifier=1"},{"reference":"Practitioner/3"}]}""",
        """{"resourceType":"Patient","id":"7","meta":{"versionId":"2","lastUpdated":"2026-11-23T01:30:00.250Z"},"managingOrganization":{"reference":"Organization/1"},"generalPractitioner":[{"reference":"Practitioner/2"},{"reference":"Practitioner/3"}]}"""
    )]
    public void Sets_id_and_meta_and_resolves_links(string body, string stored) =>
        Assert.Equal(stored, Stored(body, InputHandling.Strict, out _));

    [Theory]
    [InlineData("""{"resourceType":"Patient"}""", """{}""", "Patient")]
    [InlineData(
        """{"resourceType":"Patient","deceasedDateTime":"2020-01-01T10:00:00","active":true}""",
        """{"deceasedDateTime":"2020-01-01T10:00:00+07:00","active":true}""",
        "Patient.deceased"
    )]
    [InlineData(
        """{"resourceType":"Patient","meta":{"lastUpdated":"2020-01-01T10:00:00.5"},"active":true}""",
        """{"active":true}""",
        "Patient.meta.lastUpdated"
    )]
    [InlineData(
        """{"resourceType":"Patient","meta":{"tag":[{"system":"","code":"a"},{"code":"b","system":"","display":"c"},{"code":"d","system":""}]},"active":true}""",
        """{"tag":[{"code":"a"},{"code":"b","display":"c"},{"code":"d"}],"active":true}""",
        "Patient.meta.tag[0].system"
    )]
    [InlineData(
        """{"resourceType":"Patient","language":"","text":{"status":"generated","div":"<div>Xin \"chào\"</div>"}}""",
        """{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Xin \"chào\"</div>"}}""",
        "Patient.language"
    )]
    public void Lenient_handling_mends_and_reports_what_strict_refuses(
        string body,
        string content,
        string expression
    )
    {
        using (var strict = Read(body, InputHandling.Strict))
        {
            Assert.False(strict.IsValid);
        }
        var stored = JsonNode
            .Parse(Stored(body, InputHandling.Lenient, out var issues))!
            .AsObject();
        Assert.Equal(expression, issues[0].Expression);
        Assert.All(issues, issue => Assert.False(issue.IsError));
        stored.Remove("resourceType");
        stored.Remove("id");
        var meta = stored["meta"]!.AsObject();
        stored.Remove("meta");
        if (meta["tag"] is { } tag)
        {
            stored.Insert(0, "tag", tag.DeepClone());
        }
        Assert.Equal(JsonNode.Parse(content)!.ToJsonString(), stored.ToJsonString());
        // What was mended is strictly valid; id and meta fill the empty one.
        using var again = Read(Stored(body, InputHandling.Lenient, out _), InputHandling.Strict);
        Assert.Empty(again.Issues);
    }

    [Fact]
    public void Values_and_compartments_follow_resolved_links()
    {
        using var read = Read(
            """{"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"urn:uuid:p"}}""",
            InputHandling.Strict
        );
        Assert.Empty(read.PatientCompartments);
        Assert.DoesNotContain(read.References, row => row.Parameter.Code == "patient");
        read.ResolveLinks(text => text == "urn:uuid:p" ? "Patient/1" : null);
        Assert.Equal(["1"], read.PatientCompartments);
        Assert.Contains(
            read.References,
            row => row.Parameter.Code == "patient" && row.TargetId == "1"
        );
    }

    [Fact]
    public void A_bundle_is_read_with_its_resources()
    {
        using var bundle = new ResourceReader(FhirModel.R4, new()).ReadBundle(
            """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:a","resource":{"resourceType":"Patient","nam":1},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=1"}},{"request":{"method":"DELETE","url":"Patient/1"}}]}"""u8.ToArray()
        );
        Assert.Empty(bundle.Issues);
        Assert.Equal("transaction", bundle.Type);
        Assert.Equal("identifier=1", bundle.Entries[0].IfNoneExist);
        Assert.Equal("Bundle.entry[0].resource", bundle.Entries[0].Resource!.Issues[0].Expression);
        Assert.Equal(("DELETE", "Patient/1"), (bundle.Entries[1].Method, bundle.Entries[1].Url));
        Assert.Null(bundle.Entries[1].Resource);
    }

    private static string Stored(
        string body,
        InputHandling handling,
        out List<StructureIssue> issues
    )
    {
        using var read = Read(body, handling);
        Assert.True(read.IsValid, string.Join("\n", read.Issues));
        read.ResolveLinks(text =>
            text switch
            {
                "urn:uuid:a" => "Organization/1",
                "Practitioner?identifier=1" => "Practitioner/2",
                _ => null,
            }
        );
        var output = new ArrayBufferWriter<byte>();
        read.WriteBody(output, "7", "2", Now);
        issues = [.. read.Issues];
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static IndexedResource Read(string body, InputHandling handling) =>
        new ResourceReader(FhirModel.R4, new ReaderOptions { Input = handling }).Read(
            Encoding.UTF8.GetBytes(body)
        );
}
