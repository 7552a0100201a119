using System.Globalization;
using Interop.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Citizens;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using Testing;

namespace SharedKernel.Tests.Citizens;

/// <summary>
/// The real server is killed (SIGKILL) again and again while records are merged and separated and a doctor writes to the one that
/// gives way. On PostgreSQL two servers share the database, and one is killed while the other works.
/// </summary>
public sealed class MergeKillTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int PairsPerLane = 4;

    /// <summary>RECORDS_TEST_KILLS: how often in all on one database; the suite runs this on two.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("RECORDS_TEST_KILLS") ?? "26",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task What_was_acknowledged_outlives_kills_and_both_sectors_follow()
    {
        using var shared = new TestDatabase();
        using var another =
            TestDatabase.Provider is DatabaseProvider.Sqlite ? new TestDatabase() : null;
        TestDatabase[] databases = [shared, another ?? shared];
        // Both lanes would migrate an empty database at once; a ministry runs 'migrate' first.
        await (await Serve(shared)).DisposeAsync();
        var lanes = await Task.WhenAll(
            databases.Select((database, lane) => Task.Run(() => Lane(database, lane)))
        );
        if (another is null)
        {
            // Two counters of two servers sent the same forms at once: one record each.
            Assert.Equal(lanes[0].SameForms, lanes[1].SameForms);
        }
        foreach (
            var of in databases.Zip(lanes.Select(lane => lane.Pairs)).GroupBy(lane => lane.First)
        )
        {
            await Settled(of.Key, [.. of.SelectMany(lane => lane.Second)]);
        }
        var pairs = lanes.SelectMany(lane => lane.Pairs).ToList();
        output.WriteLine(
            $"{Kills} kills, {pairs.Sum(pair => pair.Acknowledged)} merges and separations and {pairs.Sum(pair => pair.Written)} observations acknowledged; of changes without an answer {pairs.Sum(pair => pair.Doubts.Done)} had been done, {pairs.Sum(pair => pair.Doubts.Not)} not"
        );
        Assert.True(
            pairs.Sum(pair => pair.Acknowledged) >= Kills,
            "fewer changes than kills: the server was killed before it worked"
        );
    }

    private static Task<ServerProcess> Serve(TestDatabase database) =>
        ServerProcess.StartModules(
            "health,education",
            database.Options,
            database.Folder,
            // Code that lives for a second is not worth compiling twice.
            "DOTNET_TC_CallCounting=0",
            "DOTNET_TieredPGO=0"
        );

    private static async Task<(List<MergingPair> Pairs, CitizenId[] SameForms)> Lane(
        TestDatabase database,
        int lane
    )
    {
        var random = new Random(lane);
        var pairs = new List<MergingPair>();
        CitizenId[] sameForms = [];
        for (var round = lane; round < Kills; round += Lanes)
        {
            await using var server = await Serve(database);
            using var http = server.NewClient();
            if (pairs.Count == 0)
            {
                sameForms = await MergingPair.SameForms(http);
                pairs = await MergingPair.Several(http, PairsPerLane, lane);
            }
            await Task.WhenAll(pairs.Select(pair => pair.Settle(http)));
            var first = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            var running = Task.WhenAll(
                pairs.Select(pair =>
                    pair.Run(http, withDoctor: round / Lanes % 3 == 0, () => first.TrySetResult())
                )
            );
            await Task.WhenAny(first.Task, running);
            // Not a wait for something: the moment of the kill is what varies.
            await Task.WhenAny(
                Task.Delay(random.Next(5, 120), TestContext.Current.CancellationToken),
                running
            );
            await server.Kill();
            await running;
        }
        return (pairs, sameForms);
    }

    /// <summary>A last server brings the events that wait to both sectors; then the database is held against what was acknowledged.</summary>
    private static async Task Settled(TestDatabase database, List<MergingPair> pairs)
    {
        await using (var server = await Serve(database))
        {
            using var http = server.NewClient();
            foreach (var pair in pairs)
            {
                await pair.Settle(http);
                await pair.IsFollowed(http);
            }
        }
        await using var app = RecordsApp.Build(
            new HostOptions(
                new HashSet<Part> { Part.Health },
                database.Options,
                "http://127.0.0.1:0",
                Open: true
            )
            {
                // Where the servers kept the keys that sign the audit trail: they stood in this folder.
                DataFolder =
                    database.Options.Provider is DatabaseProvider.Sqlite
                        ? database.Folder
                        : Path.Combine(database.Folder, "data"),
            },
            RecordsApp.Quietly
        );
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run()).Faults);
        var people = scope.ServiceProvider.GetRequiredService<CitizensDb>();
        var audit = scope.ServiceProvider.GetRequiredService<AuditDb>();
        foreach (var pair in pairs)
        {
            var id = pair.Other.ToString();
            Assert.Equal(pair.Done, await Changes(people, id));
            Assert.True(
                await Rows(audit, id) >= pair.Acknowledged,
                $"{id}: an acknowledged change has no audit row"
            );
            // One entry a merge, and at most one that holds.
            var entries = await people
                .Merges.Where(entry => entry.Replaced == pair.Other)
                .ToListAsync();
            Assert.Equal(pair.Done, entries.Count + entries.Count(entry => entry.UndoneAt != null));
        }
    }

    private static Task<int> Changes(CitizensDb people, string id) =>
        people.Outbox.CountAsync(message =>
            message.Body.Contains(id)
            && (message.Type == nameof(CitizensMerged) || message.Type == nameof(CitizensUnmerged))
        );

    private static Task<int> Rows(AuditDb audit, string id) =>
        audit.Rows.CountAsync(row =>
            row.Subjects.Any(subject => subject.Subject == id)
            && (row.Detail!.StartsWith("merge ") || row.Detail.StartsWith("unmerge "))
        );
}
