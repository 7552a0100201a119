using System.Diagnostics;
using Health.Fhir.Store;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence;
using Testing;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Store;

/// <summary>A search that takes too long is stopped inside the database, and its connection serves the next one.</summary>
public sealed class QueryTimeTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    [Fact]
    public async Task A_search_that_waits_for_the_server_is_taken_back_from_it()
    {
        Assert.SkipUnless(
            TestDatabase.Provider is DatabaseProvider.Postgres,
            "In SQLite a reader waits for nobody."
        );
        await fixture.Create("""{"resourceType":"Patient","name":[{"family":"Chờ"}]}""");
        Assert.Single(await fixture.Find("Patient", "name=cho"));
        await using var hasty = fixture.NewStore(
            new StoreOptions { QueryTime = TimeSpan.FromMilliseconds(300) }
        );
        await using var db = fixture.NewDb();
        await using (var other = await db.Database.BeginTransactionAsync())
        {
            await db.Database.ExecuteSqlRawAsync(
                "LOCK TABLE fhir.resource IN ACCESS EXCLUSIVE MODE"
            );
            await Assert.ThrowsAsync<SearchTimedOut>(() =>
                hasty.Search(hasty.Parse("Patient", "name=cho"), null, Visible.All)
            );
            Assert.Equal(
                0,
                await db
                    .Database.SqlQueryRaw<int>(
                        "SELECT COUNT(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )
                    .SingleAsync()
            );
        }
        Assert.Single(
            (await hasty.Search(hasty.Parse("Patient", "name=cho"), null, Visible.All)).Matches
        );
    }

    [Fact]
    public async Task A_search_that_computes_is_stopped_inside_the_database()
    {
        Assert.SkipUnless(
            TestDatabase.Provider is DatabaseProvider.Sqlite,
            "How a server is stopped shows the test above."
        );
        await fixture.Transact([
            .. Enumerable
                .Range(0, 4_000)
                .Select(at =>
                    Creating(
                        $$"""{"resourceType":"Patient","name":[{"family":"Nguyễn {{at}}","given":["Văn","Thị {{at * 7}}"]}]}"""
                    )
                ),
        ]);
        // One row comes out, so nobody looks at the clock between rows: only the database itself can stop it.
        var query =
            "_summary=count&name:contains="
            + string.Join(',', Enumerable.Range(0, 400).Select(at => $"x{at}y"));
        var whole = TimeSpan.MaxValue;
        for (var at = 0; at < 3; at++)
        {
            var watch = Stopwatch.StartNew();
            Assert.Equal(0, (await fixture.Page("Patient", query)).Total);
            whole = watch.Elapsed < whole ? watch.Elapsed : whole;
        }
        await using var hasty = fixture.NewStore(new StoreOptions { QueryTime = whole / 10 });
        // The first search of a store reads what it interns; it may run out of time there.
        await Stopped();
        await Stopped();
        Assert.Equal(0, (await fixture.Page("Patient", query)).Total);

        Task<SearchTimedOut> Stopped() =>
            Assert.ThrowsAsync<SearchTimedOut>(() =>
                hasty.Search(hasty.Parse("Patient", query), null, Visible.All)
            );
    }
}
