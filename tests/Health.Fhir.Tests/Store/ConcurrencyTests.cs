using Health.Fhir.Store;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>Many clients, and two hosts on one database where the database allows it.</summary>
public sealed class ConcurrencyTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private static string Patient(string identifier) =>
        $$"""{"resourceType":"Patient","identifier":[{"system":"urn:cccd","value":"{{identifier}}"}]}""";

    [Fact]
    public async Task Of_many_conditional_creates_one_creates()
    {
        var done = await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(_ => store.Transact(Creating(Patient("race"), "identifier=urn:cccd|race")))
        );
        var results = done.Select(one => one.Results[0]).ToList();
        Assert.Single(results, one => one.Outcome is WriteOutcome.Created);
        Assert.Single(results.Select(one => one.Resource!.Id).Distinct());
        Assert.Single(await store.Find("Patient", "identifier=urn:cccd|race"));
    }

    [Fact]
    public async Task Two_hosts_make_one_resource_and_lose_no_update()
    {
        await using var other = store.NewStore();
        FhirStore[] hosts = [store.Store, other];
        var created = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(at =>
                    hosts[at % 2]
                        .Transact(
                            new Transaction([
                                Creating(Patient("hosts"), "identifier=urn:cccd|hosts"),
                            ]),
                            Visible.All
                        )
                )
        );
        var id = Assert.Single(created.Select(one => one.Results[0].Resource!.Id).Distinct());
        var updated = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(at =>
                    hosts[at % 2]
                        .Transact(new Transaction([Updating(id, Patient("hosts"))]), Visible.All)
                )
        );
        Assert.Equal(
            Enumerable.Range(2, 30),
            updated.Select(one => one.Results[0].Resource!.Version).Order()
        );
    }

    [Fact]
    public async Task Of_many_updates_of_one_version_one_wins()
    {
        var first = await store.Create(Patient("if-match"));
        var outcomes = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    try
                    {
                        await store.Transact(Updating(first.Id, Patient("if-match"), ifMatch: 1));
                        return true;
                    }
                    catch (WriteRefused refused) when (refused.Reason is PreconditionFailed)
                    {
                        return false;
                    }
                })
        );
        Assert.Single(outcomes, won => won);
    }

    [Fact]
    public async Task Pages_neither_repeat_nor_leave_out_what_was_there_while_others_write()
    {
        var tag = Guid.CreateVersion7().ToString();
        string Tagged(int at) =>
            $$"""{"resourceType":"Basic","code":{"coding":[{"system":"urn:paging","code":"{{tag}}"}]},"created":"2024-01-{{at % 28 + 1:00}}"}""";
        var there = new HashSet<string>();
        for (var at = 0; at < 40; at++)
        {
            there.Add((await store.Create(Tagged(at))).Id);
        }
        foreach (var sort in new[] { "", "&_sort=-created", "&_sort=_lastUpdated" })
        {
            var seen = new List<string>();
            string? page = null;
            do
            {
                var next = await store.Page("Basic", $"code={tag}&_count=7{sort}", page: page);
                seen.AddRange(next.Matches.Select(match => match.Id));
                page = next.Next;
                await store.Create(Tagged(seen.Count));
            } while (page is not null);
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Subset(seen.ToHashSet(), there);
        }
    }

    [Fact]
    public async Task Conditional_writes_find_their_one_match_or_refuse()
    {
        var one = await store.Create(Patient("cond-1"));
        var updated = await store.Transact(
            new Write(WriteVerb.Update, "Patient")
            {
                Body = Json(Patient("cond-1")),
                Condition = "identifier=urn:cccd|cond-1",
            }
        );
        Assert.Equal(
            (one.Id, 2),
            (updated.Results[0].Resource!.Id, updated.Results[0].Resource!.Version)
        );
        await store.Create(Patient("cond-1"));
        var refused = await Assert.ThrowsAsync<WriteRefused>(() =>
            store.Create(Patient("cond-1"), "identifier=urn:cccd|cond-1")
        );
        Assert.IsType<PreconditionFailed>(refused.Reason);
        var deleted = await store.Transact(
            new Write(WriteVerb.Delete, "Patient")
            {
                Condition = "identifier=urn:cccd|cond-1",
                MaxDeletes = 5,
            }
        );
        Assert.Equal(2, deleted.Results[0].Count);
        Assert.Empty(await store.Find("Patient", "identifier=urn:cccd|cond-1"));
    }

    [Fact]
    public async Task A_conditional_reference_becomes_the_one_it_names()
    {
        var patient = await store.Create(Patient("ref"));
        var condition = await store.Create(
            """{"resourceType":"Condition","subject":{"reference":"Patient?identifier=urn:cccd|ref"},"code":{"text":"Sốt"}}"""
        );
        Assert.Equal(
            $"Patient/{patient.Id}",
            Parse(condition)["subject"]!["reference"]!.GetValue<string>()
        );
        Assert.Equal([condition.Id], await store.Find("Condition", $"patient={patient.Id}"));
        var refused = await Assert.ThrowsAsync<WriteRefused>(() =>
            store.Create(
                """{"resourceType":"Condition","subject":{"reference":"Patient?identifier=urn:cccd|no"}}"""
            )
        );
        Assert.IsType<PreconditionFailed>(refused.Reason);
    }

    [Fact]
    public async Task An_update_or_delete_leaves_no_old_value_behind()
    {
        var first = await store.Create(Patient("before"));
        await store.Transact(Updating(first.Id, Patient("after")));
        Assert.Empty(await store.Find("Patient", "identifier=urn:cccd|before"));
        Assert.Equal([first.Id], await store.Find("Patient", "identifier=urn:cccd|after"));
        await store.Transact(new Write(WriteVerb.Delete, "Patient") { Id = first.Id });
        Assert.Empty(await store.Find("Patient", "identifier=urn:cccd|after"));
        Assert.Empty(await store.Find("Patient", $"_id={first.Id}"));
    }
}
