using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>A small clinic whose every search can be answered by hand; https://hl7.org/fhir/R4/search.html</summary>
public sealed class Clinic : IAsyncLifetime
{
    public StoreFixture Fixture { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Fixture.InitializeAsync();
        await Fixture.Transact(
            Updating("gp", """{"resourceType":"Practitioner","name":[{"family":"Lê"}]}"""),
            Updating("station", """{"resourceType":"Organization","name":"Trạm Y tế Hoà Bình"}"""),
            Updating(
                "lan",
                """
                {"resourceType":"Patient","name":[{"family":"Nguyễn","given":["Thị","Lan"]}],"gender":"female","birthDate":"1980-05-17",
                "identifier":[{"system":"urn:cccd","value":"001"}],"managingOrganization":{"reference":"Organization/station"}}
                """
            ),
            Updating(
                "duc",
                """
                {"resourceType":"Patient","name":[{"family":"Trần","given":["Đức"]}],"gender":"male","birthDate":"1951",
                "identifier":[{"system":"urn:cccd","value":"002"}],"active":true}
                """
            ),
            Updating("e1", Encounter("lan", "2024-01-10", "2024-01-12")),
            Updating("e2", Encounter("duc", "2024-02-01", "2024-02-01")),
            Updating("w1", Observation("lan", "29463-7", "2024-01-10T08:00:00+07:00", 52.5, "e1")),
            Updating("w2", Observation("lan", "29463-7", "2024-03-10T08:00:00+07:00", 54, null)),
            Updating("h1", Observation("lan", "8867-4", "2024-01-10T08:05:00+07:00", 72, "e1")),
            Updating("w3", Observation("duc", "29463-7", "2024-02-01T09:00:00+07:00", 70.25, "e2")),
            Updating(
                "c1",
                """
                {"resourceType":"Condition","subject":{"reference":"Patient/lan"},"encounter":{"reference":"Encounter/e1"},"recordedDate":"2024-01-10",
                "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10","display":"Tăng huyết áp nguyên phát"}]}}
                """
            )
        );
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    private static string Encounter(string patient, string from, string to) =>
        $$$"""
            {"resourceType":"Encounter","status":"finished","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
            "subject":{"reference":"Patient/{{{patient}}}"},"period":{"start":"{{{from}}}","end":"{{{to}}}"},
            "participant":[{"individual":{"reference":"Practitioner/gp"}}]}
            """;

    private static string Observation(
        string patient,
        string code,
        string at,
        double value,
        string? encounter
    ) =>
        $$$"""
            {"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}]},
            "subject":{"reference":"Patient/{{{patient}}}"},{{{(encounter is null ? "" : $$"""
                "encounter":{"reference":"Encounter/{{encounter}}"},
                """)}}}
            "effectiveDateTime":"{{{at}}}","valueQuantity":{"value":{{{value.ToString(System.Globalization.CultureInfo.InvariantCulture)}}},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
            """;
}

public sealed class SearchTests(Clinic clinic) : IClassFixture<Clinic>
{
    private readonly StoreFixture store = clinic.Fixture;

    [Theory]
    // token
    [InlineData("Observation", "code=29463-7", "w1 w2 w3")]
    [InlineData("Observation", "code=http://loinc.org|8867-4", "h1")]
    [InlineData("Observation", "code=http://other.org|8867-4", "")]
    [InlineData("Observation", "code=|8867-4", "")]
    [InlineData("Observation", "code=http://loinc.org|", "w1 w2 w3 h1")]
    [InlineData("Observation", "code:not=29463-7", "h1")]
    [InlineData("Observation", "code=8867-4,29463-7", "w1 w2 w3 h1")]
    [InlineData("Condition", "code:text=tăng huyết", "c1")]
    [InlineData("Patient", "identifier=urn:cccd|002", "duc")]
    [InlineData("Patient", "gender=female", "lan")]
    [InlineData("Patient", "active=true", "duc")]
    [InlineData("Patient", "active:missing=true", "lan")]
    [InlineData("Patient", "active:missing=false", "duc")]
    // string, with and without diacritics
    [InlineData("Patient", "name=nguyen", "lan")]
    [InlineData("Patient", "name=duc", "duc")]
    [InlineData("Patient", "given:exact=Đức", "duc")]
    [InlineData("Patient", "given:exact=Duc", "")]
    [InlineData("Patient", "family:contains=gu", "lan")]
    [InlineData("Patient", "name=100%", "")]
    // date
    [InlineData("Patient", "birthdate=1980", "lan")]
    [InlineData("Patient", "birthdate=1951-03", "")]
    [InlineData("Patient", "birthdate=lt1960", "duc")]
    [InlineData("Observation", "date=ge2024-02-01", "w2 w3")]
    [InlineData("Observation", "date=ge2024-01-01&date=lt2024-02-01", "w1 h1")]
    [InlineData("Encounter", "date=2024-01", "e1")]
    [InlineData("Encounter", "date=gt2024-01-11", "e1 e2")]
    [InlineData("Encounter", "date=sa2024-01-12", "e2")]
    [InlineData("Encounter", "date=eb2024-02-01", "e1")]
    // quantity
    [InlineData("Observation", "value-quantity=gt60", "w3 h1")]
    [InlineData("Observation", "value-quantity=52.5|http://unitsofmeasure.org|kg", "w1")]
    [InlineData("Observation", "value-quantity=52.5||kg", "w1")]
    [InlineData("Observation", "value-quantity=52.5||g", "")]
    [InlineData("Observation", "value-quantity=le54", "w1 w2")]
    // reference, in one patient
    [InlineData("Observation", "patient=lan", "w1 w2 h1")]
    [InlineData("Observation", "subject=Patient/duc", "w3")]
    [InlineData("Observation", "patient=lan&code=29463-7", "w1 w2")]
    [InlineData("Observation", "patient=lan&code=29463-7&date=gt2024-02", "w2")]
    [InlineData("Observation", "patient=lan&code:not=29463-7", "h1")]
    [InlineData("Observation", "patient=lan&encounter:missing=true", "w2")]
    [InlineData("Observation", "patient=nobody", "")]
    [InlineData("Observation", "encounter=Encounter/e1", "w1 h1")]
    // composite
    [InlineData("Observation", "code-value-quantity=29463-7$gt60", "w3")]
    [InlineData("Observation", "code-value-quantity=8867-4$lt60", "")]
    // chains
    [InlineData("Observation", "subject:Patient.name=tran", "w3")]
    [InlineData("Observation", "patient.identifier=urn:cccd|001&code=8867-4", "h1")]
    [InlineData("Observation", "encounter.date=2024-01", "w1 h1")]
    [InlineData("Observation", "patient.organization.name=tram", "w1 w2 h1")]
    [InlineData("Condition", "encounter.participant:Practitioner.family=le", "c1")]
    [InlineData("Patient", "_has:Observation:patient:code=8867-4", "lan")]
    [InlineData("Patient", "_has:Encounter:patient:date=ge2024-02", "duc")]
    [InlineData("Patient", "_has:Condition:patient:code=I10&gender=male", "")]
    // all resources
    [InlineData("Observation", "_id=w1,w3", "w1 w3")]
    [InlineData("Observation", "_lastUpdated=lt2020", "")]
    [InlineData("Observation", "_lastUpdated=gt2020&code=8867-4", "h1")]
    public async Task Finds(string type, string query, string expected) =>
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            (await store.Find(type, query)).Order()
        );

    [Theory]
    [InlineData("Observation", "_sort=date", "w1 h1 w3 w2")]
    [InlineData("Observation", "_sort=-date", "w2 w3 h1 w1")]
    [InlineData("Observation", "patient=lan&_sort=-date", "w2 h1 w1")]
    [InlineData("Observation", "_sort=code,-value-quantity", "w3 w2 w1 h1")]
    [InlineData("Patient", "_sort=family", "lan duc")]
    [InlineData("Patient", "_sort=-birthdate", "lan duc")]
    [InlineData("Patient", "_sort=active", "duc lan")]
    [InlineData("Observation", "_sort=_id", "h1 w1 w2 w3")]
    public async Task Sorts_and_pages_in_the_same_order(string type, string query, string expected)
    {
        Assert.Equal(expected.Split(' '), await store.Find(type, query));
        var paged = new List<string>();
        string? page = null;
        do
        {
            var next = await store.Page(type, query + "&_count=1", page: page);
            paged.AddRange(next.Matches.Select(match => match.Id));
            page = next.Next;
        } while (page is not null);
        Assert.Equal(expected.Split(' '), paged);
    }

    [Theory]
    [InlineData("Observation", "_id=w1&_include=Observation:subject", "lan")]
    [InlineData(
        "Observation",
        "_id=w1&_include=Observation:encounter&_include:iterate=Encounter:participant",
        "e1 gp"
    )]
    [InlineData("Observation", "_id=w1,w3&_include=*", "lan duc e1 e2")]
    [InlineData("Patient", "_id=lan&_revinclude=Observation:patient", "w1 w2 h1")]
    [InlineData(
        "Patient",
        "_id=lan&_revinclude=Condition:patient&_include=Patient:organization",
        "c1 station"
    )]
    public async Task Includes(string type, string query, string expected) =>
        Assert.Equal(
            expected.Split(' ').Order(),
            (await store.Page(type, query)).Included.Select(one => one.Id).Order()
        );

    [Fact]
    public async Task The_index_agrees_with_the_bodies_and_a_lost_row_is_noticed()
    {
        await using var fixture = new Clinic();
        await fixture.InitializeAsync();
        var well = await fixture.Fixture.Store.Verify();
        Assert.Equal((11, 0), ((int)well.Resources, well.Faults.Count));
        await using (var db = fixture.Fixture.NewDb())
        {
            await db.Database.ExecuteSqlRawAsync(
                db.Database.IsSqlite()
                    ? "DELETE FROM token WHERE key = (SELECT MIN(key) FROM token)"
                    : "UPDATE fhir.token_posting SET keys = keys[2:] WHERE keys[1] = (SELECT MIN(key) FROM fhir.token)"
            );
        }
        Assert.NotEmpty((await fixture.Fixture.Store.Verify()).Faults);
    }

    [Fact]
    public async Task Counts_only_when_asked()
    {
        Assert.Null((await store.Page("Observation", "code=29463-7")).Total);
        var page = await store.Page("Observation", "code=29463-7&_total=accurate&_count=1");
        Assert.Equal((3, 1), ((int)page.Total!, page.Matches.Count));
        Assert.Equal(4, (await store.Page("Observation", "_summary=count")).Total);
    }

    [Fact]
    public async Task Who_sees_one_patient_finds_nothing_of_another_by_any_way()
    {
        var lan = Visible.Only("lan");
        Assert.Equal(["h1", "w1", "w2"], (await store.Find("Observation", "", lan)).Order());
        Assert.Equal(["lan"], await store.Find("Patient", "", lan));
        Assert.Empty(await store.Find("Observation", "patient=duc", lan));
        Assert.Empty(await store.Find("Patient", "_id=duc", lan));
        var page = await store.Page("Observation", "code=29463-7&_total=accurate", lan);
        Assert.Equal(2, page.Total);
        // Through reference data to others, forwards and backwards.
        Assert.Equal(
            ["gp"],
            await store.Find("Practitioner", "_has:Encounter:participant:patient=lan", lan)
        );
        Assert.Empty(
            await store.Find("Practitioner", "_has:Encounter:participant:patient=duc", lan)
        );
        var around = await store.Page(
            "Practitioner",
            "_id=gp&_revinclude=Encounter:participant&_include:iterate=Encounter:patient",
            lan
        );
        Assert.Equal(["e1", "lan"], around.Included.Select(one => one.Id).Order());
        Assert.Null(await store.Store.Read("Observation", "w3", lan));
        Assert.Null(await store.Store.ReadVersion("Observation", "w3", 1, lan));
        Assert.Empty(
            (await store.Store.History(new HistoryRequest("Observation", "w3"), lan)).Versions
        );
        var history = await store.Store.History(new HistoryRequest(), lan);
        Assert.DoesNotContain(history.Versions, version => version.Id is "duc" or "w3" or "e2");
        Assert.Contains(history.Versions, version => version.Id is "w1");
    }

    [Fact]
    public async Task A_chain_does_not_tell_what_may_not_be_seen()
    {
        var lan = Visible.Only("lan");
        // lan's and duc's encounters share a practitioner; the chain passes through each only as far as it may be seen.
        Assert.Equal(
            ["h1", "w1"],
            (await store.Find("Observation", "encounter.date=ge2024-01", lan)).Order()
        );
        Assert.Empty(await store.Find("Observation", "patient.name=tran", lan));
    }
}
