using System.Text.Json.Nodes;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>https://hl7.org/fhir/R4/http.html#transaction</summary>
public sealed class BundleTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private readonly HttpClient client = server.Client;

    private static string Bundle(string type, params string[] entries) =>
        $$"""{"resourceType":"Bundle","type":"{{type}}","entry":[{{string.Join(',', entries)}}]}""";

    private static string Entry(
        string method,
        string url,
        string? resource = null,
        string? fullUrl = null,
        string more = ""
    ) =>
        "{"
        + (fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",")
        + (resource is null ? "" : $"\"resource\":{resource},")
        + $"\"request\":{{\"method\":\"{method}\",\"url\":\"{url}\"{more}}}}}";

    private static string Observation(string subject) =>
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\""
        + subject
        + "\"}}";

    [Fact]
    public async Task A_transaction_resolves_its_own_references()
    {
        var urn = $"urn:uuid:{Guid.CreateVersion7()}";

        var done = (
            await client.Post(
                "",
                Bundle(
                    "transaction",
                    Entry("POST", "Observation", Observation(urn)),
                    Entry("POST", "Patient", FhirCalls.Patient("Phạm"), urn)
                )
            )
        ).Is(200);

        Assert.Equal("transaction-response", (string?)done.Json["type"]);
        Assert.All(
            done.Entries,
            entry => Assert.Equal("201 Created", (string?)entry["response"]!["status"])
        );
        var patient = (string)done.Entries[1]["response"]!["location"]!;
        var observation = await client.Get("/" + (string)done.Entries[0]["response"]!["location"]!);
        Assert.Equal(
            patient[..patient.IndexOf("/_history", StringComparison.Ordinal)],
            (string?)observation.Json["subject"]!["reference"]
        );
        Assert.Equal("W/\"1\"", (string?)done.Entries[0]["response"]!["etag"]);
        Assert.NotNull(done.Entries[0]["response"]!["lastModified"]);
    }

    [Fact]
    public async Task A_transaction_resolves_conditional_references()
    {
        var key = Guid.CreateVersion7().ToString();
        var identifier = $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]";
        var patient = (await client.Post("/Patient", FhirCalls.Patient("A", more: identifier))).Id;

        var done = (
            await client.Post(
                "",
                Bundle(
                    "transaction",
                    Entry("POST", "Observation", Observation($"Patient?identifier=urn:test|{key}"))
                ),
                "Prefer: return=representation"
            )
        ).Is(200);
        var missing = await client.Post(
            "",
            Bundle(
                "transaction",
                Entry("POST", "Observation", Observation("Patient?identifier=urn:test|none"))
            )
        );

        Assert.Equal(
            $"Patient/{patient}",
            (string?)done.Entries[0]["resource"]!["subject"]!["reference"]
        );
        Assert.InRange(missing.Status, 400, 412);
    }

    [Fact]
    public async Task A_transaction_is_all_or_nothing_and_names_the_entry()
    {
        var id = "t-" + Guid.CreateVersion7().ToString("N");

        var refused = await client.Post(
            "",
            Bundle(
                "transaction",
                Entry("PUT", $"Patient/{id}", FhirCalls.Patient("A", id)),
                Entry("POST", "Patient", """{"resourceType":"Patient","birthDate":"31/12/1990"}""")
            )
        );

        Assert.InRange(refused.Status, 400, 422);
        Assert.StartsWith("Bundle.entry[1]", refused.Expression, StringComparison.Ordinal);
        (await client.Get($"/Patient/{id}")).Refused(404, "not-found");
    }

    [Fact]
    public async Task A_transaction_goes_in_the_order_of_the_spec_whatever_the_order_of_its_entries()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        var kept = (await client.Post("/Patient", FhirCalls.Patient("K"))).Id;

        var done = (
            await client.Post(
                "",
                Bundle(
                    "transaction",
                    Entry("GET", $"Patient/{kept}"),
                    Entry("PUT", $"Patient/{kept}", FhirCalls.Patient("New", kept)),
                    Entry("DELETE", $"Patient/{id}")
                )
            )
        ).Is(200);

        Assert.Equal("New", (string?)done.Entries[0]["resource"]!["name"]![0]!["family"]);
        Assert.StartsWith(
            "204",
            (string?)done.Entries[2]["response"]!["status"],
            StringComparison.Ordinal
        );
        (await client.Get($"/Patient/{id}")).Refused(410, "deleted");
    }

    [Fact]
    public async Task A_transaction_takes_one_resource_once()
    {
        var body = FhirCalls.Patient("A", "twice");

        (
            await client.Post(
                "",
                Bundle(
                    "transaction",
                    Entry("PUT", "Patient/twice", body),
                    Entry("PUT", "Patient/twice", body)
                )
            )
        ).Refused(400, "duplicate", "Bundle.entry[1]");
    }

    [Fact]
    public async Task A_transaction_creates_under_a_condition_and_checks_versions()
    {
        var key = Guid.CreateVersion7().ToString();
        var identifier = $",\"identifier\":[{{\"system\":\"urn:test\",\"value\":\"{key}\"}}]";
        var once = Entry(
            "POST",
            "Patient",
            FhirCalls.Patient("A", more: identifier),
            more: $",\"ifNoneExist\":\"identifier=urn:test|{key}\""
        );

        var first = (await client.Post("", Bundle("transaction", once))).Is(200);
        var second = (await client.Post("", Bundle("transaction", once))).Is(200);
        var id = ((string)first.Entries[0]["response"]!["location"]!).Split('/')[1];

        Assert.StartsWith(
            "201",
            (string?)first.Entries[0]["response"]!["status"],
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "200",
            (string?)second.Entries[0]["response"]!["status"],
            StringComparison.Ordinal
        );
        (
            await client.Post(
                "",
                Bundle(
                    "transaction",
                    Entry(
                        "PUT",
                        $"Patient/{id}",
                        FhirCalls.Patient("B", id),
                        more: ",\"ifMatch\":\"W/\\\"9\\\"\""
                    )
                )
            )
        ).Refused(412, "conflict", "Bundle.entry[0]");
    }

    [Fact]
    public async Task A_head_entry_has_no_body()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Is(201).Id;

        var batch = await client.Post(
            "",
            $$$"""{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"HEAD","url":"Patient/{{{id}}}"}},{"request":{"method":"HEAD","url":"Patient/never"}}]}"""
        );

        Assert.Null(batch.Is(200).Entries[0]["resource"]);
        Assert.Equal("W/\"1\"", (string?)batch.Entries[0]["response"]!["etag"]);
        Assert.StartsWith("404", (string?)batch.Entries[1]["response"]!["status"]);
    }

    [Fact]
    public async Task A_batch_answers_each_entry_for_itself()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;

        var done = (
            await client.Post(
                "",
                Bundle(
                    "batch",
                    Entry("GET", $"Patient/{id}"),
                    Entry("GET", "Patient/never"),
                    Entry("POST", "Patient", FhirCalls.Patient("B")),
                    Entry("POST", "Patient", """{"resourceType":"Patient","unknown":1}"""),
                    Entry("GET", $"Patient?_id={id}"),
                    Entry("GET", "Patien/1"),
                    Entry("POST", "Patient/1/$nothing"),
                    Entry("GET", "metadata")
                )
            )
        ).Is(200);

        Assert.Equal("batch-response", (string?)done.Json["type"]);
        Assert.Equal(
            ["200", "404", "201", "400", "200", "404", "404", "200"],
            done.Entries.Select(entry => ((string)entry["response"]!["status"]!)[..3])
        );
        Assert.Equal(id, (string?)done.Entries[0]["resource"]!["id"]);
        Assert.Equal(
            "OperationOutcome",
            (string?)done.Entries[1]["response"]!["outcome"]!["resourceType"]
        );
        Assert.Equal("Bundle", (string?)done.Entries[4]["resource"]!["resourceType"]);
        Assert.Contains(
            "Patient",
            (string?)done.Entries[5]["response"]!["outcome"]!["issue"]![0]!["diagnostics"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_patch_can_be_part_of_a_transaction()
    {
        var id = (await client.Post("/Patient", FhirCalls.Patient("A"))).Id;
        var patch =
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"gender"},{"name":"value","valueCode":"female"}]}]}""";

        (await client.Post("", Bundle("transaction", Entry("PATCH", $"Patient/{id}", patch)))).Is(
            200
        );

        Assert.Equal("female", (string?)(await client.Get($"/Patient/{id}")).Json["gender"]);
    }

    [Theory]
    [InlineData("""{"resourceType":"Bundle","entry":[]}""", "required", "Bundle.type")]
    [InlineData("""{"resourceType":"Bundle","type":"collection"}""", "value", "collection")]
    [InlineData("""{"resourceType":"Patient"}""", "invalid", "Patient")]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"GET"}}]}""",
        "required",
        "url"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{}]}""",
        "required",
        "entry[0]"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient"}}]}""",
        "required",
        "entry[0]"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":{}}""",
        "structure",
        "array"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"},"resource":{}}]}""",
        "structure",
        "twice"
    )]
    [InlineData(
        """{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","name":[{"family":"X""",
        "structure",
        "line 1, position"
    )]
    public async Task Refuses_a_bundle_that_is_none(string body, string code, string says) =>
        (await client.Post("", body)).Refused(400, code, says);

    [Fact]
    public async Task An_empty_transaction_is_answered() =>
        (await client.Post("", """{"resourceType":"Bundle","type":"transaction"}""")).Is(200);
}
