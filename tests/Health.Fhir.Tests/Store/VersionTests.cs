using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>Versions, preconditions and history; https://hl7.org/fhir/R4/http.html</summary>
public sealed class VersionTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const string Lan =
        """{"resourceType":"Patient","name":[{"family":"Nguyễn","given":["Thị","Lan"]}]}""";

    [Fact]
    public async Task The_stored_body_carries_id_version_and_time()
    {
        var created = await store.Create(Lan);
        var read = await store.Store.Read("Patient", created.Id, Visible.All);
        Assert.NotNull(read);
        var json = Parse(read);
        Assert.Equal(created.Id, json["id"]!.GetValue<string>());
        Assert.Equal("1", json["meta"]!["versionId"]!.GetValue<string>());
        Assert.Equal(
            read.LastUpdated,
            DateTimeOffset.Parse(
                json["meta"]!["lastUpdated"]!.GetValue<string>(),
                System.Globalization.CultureInfo.InvariantCulture
            )
        );
        Assert.Equal("Nguyễn", json["name"]![0]!["family"]!.GetValue<string>());
        Assert.Equal(created.Body.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public async Task An_update_makes_the_next_version_and_keeps_the_old_one()
    {
        var first = await store.Create(Lan);
        var second = (await store.Transact(Updating(first.Id, Lan.Replace("Lan", "Hoa")))).Results[
            0
        ];
        Assert.Equal((WriteOutcome.Updated, 2), (second.Outcome, second.Resource!.Version));
        Assert.True(second.Resource.LastUpdated > first.LastUpdated);
        var old = await store.Store.ReadVersion("Patient", first.Id, 1, Visible.All);
        Assert.Equal(first.Body.ToArray(), old!.Body.ToArray());
        Assert.Null(await store.Store.ReadVersion("Patient", first.Id, 3, Visible.All));
    }

    [Fact]
    public async Task An_update_of_what_does_not_exist_creates_it_under_that_id()
    {
        var done = (await store.Transact(Updating("abc-1.x", Lan))).Results[0];
        Assert.Equal(
            (WriteOutcome.Created, 1, "abc-1.x"),
            (done.Outcome, done.Resource!.Version, done.Resource.Id)
        );
    }

    [Fact]
    public async Task If_match_refuses_any_version_but_the_current_one()
    {
        var first = await store.Create(Lan);
        await store.Transact(Updating(first.Id, Lan, ifMatch: 1));
        var refused = await Assert.ThrowsAsync<WriteRefused>(() =>
            store.Transact(Updating(first.Id, Lan, ifMatch: 1))
        );
        Assert.IsType<PreconditionFailed>(refused.Reason);
        Assert.Equal(2, (await store.Store.Read("Patient", first.Id, Visible.All))!.Version);
    }

    [Fact]
    public async Task A_deletion_is_a_version_and_the_next_write_comes_after_it()
    {
        var first = await store.Create(Lan);
        var delete = new Write(WriteVerb.Delete, "Patient") { Id = first.Id };
        Assert.Equal(WriteOutcome.Deleted, (await store.Transact(delete)).Results[0].Outcome);
        var gone = await store.Store.Read("Patient", first.Id, Visible.All);
        Assert.True(gone is { Deleted: true, Version: 2 });
        Assert.Equal(
            WriteOutcome.NothingToDelete,
            (await store.Transact(delete)).Results[0].Outcome
        );
        await store.Transact(Updating(first.Id, Lan));
        var history = await store.Store.History(
            new HistoryRequest("Patient", first.Id),
            Visible.All
        );
        Assert.Equal([3, 2, 1], history.Versions.Select(version => version.Version));
        Assert.True(history.Versions[1].Deleted);
    }

    [Fact]
    public async Task One_refused_write_undoes_the_whole_transaction()
    {
        var first = await store.Create(Lan);
        var refused = await Assert.ThrowsAsync<WriteRefused>(() =>
            store.Transact(
                Creating("""{"resourceType":"Organization","name":"Trạm Y tế"}"""),
                Updating(first.Id, Lan, ifMatch: 7)
            )
        );
        Assert.Equal(1, refused.Write);
        var organizations = await store.Store.History(
            new HistoryRequest("Organization"),
            Visible.All
        );
        Assert.Empty(organizations.Versions);
    }

    [Fact]
    public async Task References_between_the_writes_of_a_transaction_are_resolved()
    {
        var result = await store.Transact(
            Creating(
                """{"resourceType":"Condition","subject":{"reference":"urn:uuid:0190b6a0-0000-7000-8000-000000000001"},"code":{"text":"Ho"}}"""
            ),
            Creating(Lan, fullUrl: "urn:uuid:0190b6a0-0000-7000-8000-000000000001")
        );
        Assert.Equal(
            $"Patient/{result.Results[1].Resource!.Id}",
            Parse(result.Results[0].Resource!)["subject"]!["reference"]!.GetValue<string>()
        );
    }

    [Fact]
    public async Task History_pages_follow_each_other_without_gap_or_repeat()
    {
        var first = await store.Create(Lan);
        for (var version = 2; version <= 7; version++)
        {
            await store.Transact(Updating(first.Id, Lan));
        }
        var seen = new List<int>();
        string? page = null;
        do
        {
            var next = await store.Store.History(
                new HistoryRequest("Patient", first.Id, Count: 3, Page: page),
                Visible.All
            );
            seen.AddRange(next.Versions.Select(version => version.Version));
            page = next.Next;
        } while (page is not null);
        Assert.Equal([7, 6, 5, 4, 3, 2, 1], seen);
        var at = (await store.Store.ReadVersion("Patient", first.Id, 4, Visible.All))!.LastUpdated;
        var then = await store.Store.History(
            new HistoryRequest("Patient", first.Id, At: at),
            Visible.All
        );
        Assert.Equal([4], then.Versions.Select(version => version.Version));
        var since = await store.Store.History(
            new HistoryRequest("Patient", first.Id, Since: at),
            Visible.All
        );
        Assert.Equal([7, 6, 5, 4], since.Versions.Select(version => version.Version));
    }

    [Fact]
    public async Task Events_are_saved_with_the_write_or_not_at_all()
    {
        var happened = new Happened(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch);
        await store.Store.Transact(new Transaction([Creating(Lan)], [happened]), Visible.All);
        var lost = new Happened(Guid.CreateVersion7(), DateTimeOffset.UnixEpoch);
        await Assert.ThrowsAsync<WriteRefused>(() =>
            store.Store.Transact(
                new Transaction([Updating("nobody", Lan, ifMatch: 3)], [lost]),
                Visible.All
            )
        );
        await using var db = store.NewDb();
        var saved = await db.Outbox.SingleAsync();
        Assert.Equal((happened.EventId, happened.OccurredAt), (saved.Id, saved.OccurredAt));
    }

    [Fact]
    public async Task A_file_is_imported_once()
    {
        var file = new ImportedFile(new string('a', 64), "bundle.json");
        var once = await store.Store.Transact(
            new Transaction([Creating(Lan)], Import: file),
            Visible.All
        );
        var twice = await store.Store.Transact(
            new Transaction([Creating(Lan)], Import: file),
            Visible.All
        );
        Assert.Equal((1, false), (once.Results.Count, once.AlreadyImported));
        Assert.Equal((0, true), (twice.Results.Count, twice.AlreadyImported));
    }

    [Fact]
    public async Task No_update_is_lost_and_no_version_left_out_under_many_writers()
    {
        var first = await store.Create(Lan);
        var done = await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(async at =>
                    (await store.Transact(Updating(first.Id, Lan.Replace("Lan", $"Lan {at}"))))
                        .Results[0]
                        .Resource!
                )
        );
        Assert.Equal(Enumerable.Range(2, 60), done.Select(one => one.Version).Order());
        var history = await store.Store.History(
            new HistoryRequest("Patient", first.Id, Count: 100),
            Visible.All
        );
        Assert.Equal(
            Enumerable.Range(1, 61).Reverse(),
            history.Versions.Select(version => version.Version)
        );
        Assert.Equal(
            61,
            history.Versions.Select(version => Parse(version).ToJsonString()).Distinct().Count()
        );
    }

    private sealed record Happened(Guid EventId, DateTimeOffset OccurredAt) : IEvent;
}
