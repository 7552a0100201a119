using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>
/// SearchParameter resources become parameters: what is written after is indexed by the write, what was there before by a re-index
/// that can be broken off anywhere. https://hl7.org/fhir/R4/searchparameter.html
/// </summary>
public sealed class CustomParameterTests : IAsyncLifetime
{
    private const string Ethnicity =
        "Patient.extension.where(url='http://example.org/ethnicity').value";

    private readonly StoreFixture fixture = new();
    private FhirStore store = null!;
    private FhirStore other = null!;

    public async ValueTask InitializeAsync()
    {
        await fixture.InitializeAsync();
        (store, other) = (Host(), Host());
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await other.DisposeAsync();
        await fixture.DisposeAsync();
    }

    /// <summary>As another process would have it, with a model of its own.</summary>
    private FhirStore Host() => fixture.NewStore(model: FhirModel.R4.Extensible());

    private static Write Define(
        string expression = Ethnicity,
        string status = "active",
        string type = "token"
    ) =>
        Updating(
            "ethnicity",
            $$"""
            {"resourceType":"SearchParameter","url":"http://example.org/SearchParameter/ethnicity","name":"ethnicity","status":"{{status}}",
            "description":"x","code":"ethnicity","base":["Patient"],"type":"{{type}}","expression":"{{expression}}"}
            """
        );

    private static Write Patient(string id, string ethnicity) =>
        Updating(
            id,
            $$$"""
            {"resourceType":"Patient","extension":[{"url":"http://example.org/ethnicity","valueCodeableConcept":{"coding":[{"system":"urn:e","code":"{{{ethnicity}}}"}]}}]}
            """
        );

    private static Task Transact(FhirStore store, params IReadOnlyList<Write> writes) =>
        store.Transact(new Transaction(writes), Visible.All);

    private static async Task<string> Find(FhirStore store, string query)
    {
        await store.RefreshDefinitions();
        var page = await store.Search(store.Parse("Patient", query), null, Visible.All);
        return string.Join(
            ' ',
            page.Matches.Select(match => match.Id).Order(StringComparer.Ordinal)
        );
    }

    private static async Task Finish(FhirStore store)
    {
        for (var step = 0; await store.Reindex(); step++)
        {
            Assert.True(step < 50, "The re-index does not end.");
        }
    }

    private static async Task<SearchParameterState> State(FhirStore store) =>
        Assert.Single(await store.SearchParameterStates());

    [Fact]
    public async Task What_was_there_before_is_found_once_it_is_indexed_and_not_half_before()
    {
        await Transact(store, Patient("p1", "kinh"), Patient("p2", "tay"), Patient("p3", "kinh"));
        await Transact(store, Define());

        await store.RefreshDefinitions();
        var early = Assert.Throws<InvalidSearch>(() => store.Parse("Patient", "ethnicity=kinh"));
        Assert.Contains("being indexed", early.Message, StringComparison.Ordinal);
        Assert.Equal((IndexState.Waiting, 0, 3), Short(await State(store)));
        await Finish(store);

        Assert.Equal((IndexState.Ready, 3, 3), Short(await State(store)));
        Assert.Equal("p1 p3", await Find(store, "ethnicity=kinh"));
        Assert.Equal("p2", await Find(store, "ethnicity=urn:e|tay"));
        Assert.Equal("p2", await Find(store, "ethnicity:not=kinh"));
        Assert.Equal("", await Find(store, "ethnicity:missing=true"));
        Assert.Empty((await store.Verify()).Faults);

        static (IndexState, int, int) Short(SearchParameterState state) =>
            (state.State, (int)state.Done, (int)state.Total);
    }

    [Fact]
    public async Task Another_host_writes_and_finds_by_it_at_once()
    {
        await Transact(other, Patient("p1", "kinh"));
        await Transact(store, Define());
        // The other host has not been told; it looks inside its own transaction.
        await Transact(other, Patient("p2", "kinh"));
        await Finish(other);
        await Transact(other, Patient("p1", "tay"));

        Assert.Equal("p2", await Find(store, "ethnicity=kinh"));
        Assert.Equal("p1", await Find(other, "ethnicity=tay"));
        Assert.Empty((await store.Verify()).Faults);
    }

    [Fact]
    public async Task Goes_on_where_it_was_broken_off_while_others_write()
    {
        const int Patients = 700;
        foreach (var some in Enumerable.Range(0, Patients).Chunk(350))
        {
            await Transact(
                store,
                [.. some.Select(at => Patient($"p{at}", at % 2 == 0 ? "kinh" : "tay"))]
            );
        }
        await Transact(store, Define());
        Assert.True(await store.Reindex());
        var half = await State(store);
        Assert.Equal(IndexState.Indexing, half.State);
        Assert.InRange(half.Done, 1, Patients - 1);
        // One that it has passed and one that it has not; then the host is gone and another takes over.
        await Transact(
            store,
            Patient("p0", "tay"),
            Patient($"p{Patients - 2}", "tay"),
            Patient("new", "kinh")
        );
        await Finish(other);

        var page = await other.Search(
            other.Parse("Patient", "ethnicity=kinh&_summary=count"),
            null,
            Visible.All
        );
        Assert.Equal((Patients / 2) - 2 + 1, page.Total);
        Assert.Empty((await other.Verify()).Faults);
        Assert.False(await store.Reindex());
    }

    [Fact]
    public async Task What_is_retired_is_unknown_and_leaves_nothing_behind()
    {
        await Transact(store, Patient("p1", "kinh"));
        await Transact(store, Define());
        await Finish(store);
        await Transact(store, Define(status: "retired"));

        await store.RefreshDefinitions();
        Assert.Throws<InvalidSearch>(() => store.Parse("Patient", "ethnicity=kinh"));
        Assert.Contains("retired", (await State(store)).Reason, StringComparison.Ordinal);
        await Transact(store, Patient("p1", "tay"), Patient("p2", "kinh"));
        // Taken up again before anybody has cleared up: what was kept has gone stale meanwhile.
        await Transact(store, Define());
        Assert.Equal(IndexState.Waiting, (await State(store)).State);
        await Finish(other);
        Assert.Equal("p2", await Find(store, "ethnicity=kinh"));
        Assert.Equal("p1", await Find(store, "ethnicity=tay"));
        await Transact(store, Define(status: "retired"));
        await Finish(store);
        Assert.Empty((await store.Verify()).Faults);
    }

    [Fact]
    public async Task A_new_expression_is_a_new_index()
    {
        await Transact(
            store,
            Updating(
                "p1",
                """{"resourceType":"Patient","name":[{"text":"An"}],"birthDate":"1990-01-01"}"""
            ),
            Define("Patient.name.text", type: "string")
        );
        await Finish(store);
        Assert.Equal("p1", await Find(store, "ethnicity=an"));
        await Transact(store, Define("Patient.birthDate", type: "date"));
        await Finish(store);
        Assert.Equal("p1", await Find(store, "ethnicity=lt1991"));
        Assert.Empty((await store.Verify()).Faults);
    }

    [Fact]
    public async Task A_reference_to_what_nobody_else_points_to_is_followed_and_forgotten()
    {
        await Transact(
            store,
            Updating(
                "p1",
                """{"resourceType":"Patient","extension":[{"url":"http://example.org/ethnicity","valueReference":{"reference":"Organization/o1"}}]}"""
            )
        );
        await Transact(store, Define(type: "reference"));
        await Finish(store);
        Assert.Equal("p1", await Find(store, "ethnicity=Organization/o1"));
        await Transact(store, Updating("o1", """{"resourceType":"Organization","name":"Làng"}"""));
        Assert.Equal("p1", await Find(store, "ethnicity:Organization.name=lang"));
        Assert.Empty((await store.Verify()).Faults);
        await Transact(store, Define(status: "retired"));
        await Finish(store);
        Assert.Empty((await store.Verify()).Faults);
    }

    [Theory]
    [InlineData("Patient.name.given.first().upper()", "active", "not of the form")]
    [InlineData("Observation.code", "active", "begins at none")]
    [InlineData(Ethnicity, "draft", "status is draft")]
    public async Task Says_why_it_is_not_indexed(string expression, string status, string reason)
    {
        await Transact(store, Define(expression, status));
        var state = await State(store);
        Assert.Equal(IndexState.NotIndexed, state.State);
        Assert.Contains(reason, state.Reason, StringComparison.Ordinal);
        Assert.False(await store.Reindex());
    }

    [Fact]
    public async Task Restarts_when_it_is_told_to()
    {
        await Transact(store, Patient("p1", "kinh"), Define());
        await Finish(store);
        await store.RestartReindex("ethnicity");
        Assert.Equal(IndexState.Waiting, (await State(store)).State);
        await Finish(store);
        Assert.Equal("p1", await Find(store, "ethnicity=kinh"));
    }
}
