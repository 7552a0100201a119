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

    [Fact]
    public async Task What_is_right_is_not_reported()
    {
        var stored = await lenient.Client.Post("/Patient", FhirCalls.Patient("A"));

        Assert.Empty(stored.Is(201).Http.Headers.Warning);
    }
}
