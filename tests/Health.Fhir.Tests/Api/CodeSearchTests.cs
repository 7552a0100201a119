using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>
/// Searches by what codes mean: https://hl7.org/fhir/R4/search.html#token, modifiers <c>:in :not-in :above :below</c>, with stored code
/// systems and value sets and with the packaged ICD-10.
/// </summary>
public sealed class CodeSearchTests(RecordsServer server)
    : IClassFixture<RecordsServer>,
        IAsyncLifetime
{
    private const string Icd10 = "http://hl7.org/fhir/sid/icd-10";
    private readonly HttpClient client = server.Client;
    private readonly string mark = "m" + Guid.CreateVersion7().ToString("N");

    public async ValueTask InitializeAsync()
    {
        (
            await client.Put(
                "/CodeSystem/cs-animals",
                """
                {"resourceType":"CodeSystem","id":"cs-animals","url":"urn:cs:animals","status":"active","content":"complete","concept":[{"code":"animal","concept":[
                {"code":"bird","concept":[{"code":"duck"},{"code":"hen"}]},{"code":"fish"}]}]}
                """
            )
        ).Http.EnsureSuccessStatusCode();
        (
            await client.Put(
                "/ValueSet/cs-poultry",
                """
                {"resourceType":"ValueSet","id":"cs-poultry","url":"urn:cs:poultry","status":"active","compose":{"include":[{"system":"urn:cs:animals","concept":[{"code":"duck"},{"code":"hen"}]}]}}
                """
            )
        ).Http.EnsureSuccessStatusCode();
        foreach (var code in new[] { "animal", "bird", "duck", "hen", "fish" })
        {
            await Observe("urn:cs:animals", code, code);
        }
        await Observe("urn:other", "duck", "other");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task Observe(string system, string code, string id) =>
        (
            await client.Put(
                $"/Observation/{mark}-{id}",
                $$$"""
                {"resourceType":"Observation","id":"{{{mark}}}-{{{id}}}","status":"final","identifier":[{"value":"{{{mark}}}"}],"code":{"coding":[{"system":"{{{system}}}","code":"{{{code}}}"}]}}
                """
            )
        ).Is(201);

    [Theory]
    [InlineData("code:in=urn:cs:poultry", "duck hen")]
    [InlineData("code:in=ValueSet/cs-poultry", "duck hen")]
    [InlineData("code:not-in=urn:cs:poultry", "animal bird fish other")]
    [InlineData("code:below=urn:cs:animals|bird", "bird duck hen")]
    [InlineData("code:below=urn:cs:animals|fish,urn:cs:animals|hen", "fish hen")]
    [InlineData("code:above=urn:cs:animals|duck", "animal bird duck")]
    [InlineData("_filter=code in urn:cs:poultry", "duck hen")]
    [InlineData("_filter=code ni urn:cs:poultry", "animal bird fish other")]
    [InlineData("_filter=code ss urn:cs:animals|bird", "bird duck hen")]
    [InlineData("_filter=code sb urn:cs:animals|bird", "animal bird")]
    public async Task Finds_by_what_codes_mean(string query, string expected)
    {
        var found = (await client.Get($"/Observation?identifier={mark}&{query}")).Is(200);
        Assert.Equal(
            expected.Split(' '),
            found
                .Entries.Select(entry => ((string)entry["resource"]!["id"]!)[(mark.Length + 1)..])
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Finds_a_disease_under_its_chapter_and_through_a_chain()
    {
        var patient = (await client.Post("/Patient", FhirCalls.Patient(mark))).Is(201).Id;
        var condition = (
            await client.Post(
                "/Condition",
                $$$"""
                {"resourceType":"Condition","subject":{"reference":"Patient/{{{patient}}}"},"code":{"coding":[{"system":"{{{Icd10}}}","code":"I10"}]}}
                """
            )
        ).Is(201).Id;
        // All fifteen thousand of them.
        var whole = (await client.Get($"/Condition?patient={patient}&code:in={Icd10}?fhir_vs")).Is(
            200
        );
        var none = (
            await client.Get($"/Condition?patient={patient}&code:not-in={Icd10}?fhir_vs")
        ).Is(200);
        var through = (
            await client.Get(
                $"/Patient?family={mark}&_has:Condition:patient:code:in={Icd10}?fhir_vs"
            )
        ).Is(200);
        Assert.Equal(condition, (string?)Assert.Single(whole.Entries)["resource"]!["id"]);
        Assert.Empty(none.Entries);
        Assert.Equal(patient, (string?)Assert.Single(through.Entries)["resource"]!["id"]);
    }

    [Theory]
    [InlineData("code:in=urn:cs:nowhere", "There is no value set 'urn:cs:nowhere'")]
    [InlineData("code:below=urn:cs:animals|cow", "has no code 'cow'")]
    [InlineData("code:below=cow", "with its system")]
    [InlineData("code:above=urn:cs:nowhere|cow", "urn:cs:nowhere is not known")]
    [InlineData("_content=word", "FullText=Content")]
    public async Task Says_what_it_does_not_know(string query, string reason)
    {
        var refused = await client.Get($"/Observation?{query}");
        Assert.InRange(refused.Status, 400, 422);
        Assert.Contains(reason, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_how_far_search_parameters_are()
    {
        var code = "x" + mark[^12..];
        (
            await client.Put(
                $"/SearchParameter/{code}",
                $$$"""
                {"resourceType":"SearchParameter","id":"{{{code}}}","url":"urn:{{{code}}}","name":"{{{code}}}","status":"draft","description":"x","code":"{{{code}}}","base":["Patient"],"type":"string","expression":"Patient.name.text"}
                """
            )
        ).Is(201);
        var status = (await client.Get($"/SearchParameter/{code}/$status")).Is(200);
        Assert.Contains("not-indexed", status.Text, StringComparison.Ordinal);
        Assert.Contains("only what is active", status.Text, StringComparison.Ordinal);
        (await client.Post($"/SearchParameter/{code}/$reindex", "")).Is(200);
        (await client.Get("/SearchParameter/nobody/$status")).Refused(404, "not-found");
        (await client.Get($"/Patient?{code}=a")).Refused(400, "not-supported", code);
    }
}
