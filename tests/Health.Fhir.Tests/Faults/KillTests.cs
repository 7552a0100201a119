using System.Globalization;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// The real server is killed (SIGKILL) again and again while clients write: what was acknowledged is there, nothing is there by
/// halves, the index agrees with the bodies, and every acknowledged write has its audit row. On PostgreSQL two servers share the
/// database, and one is killed while the other works.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int ClientsPerServer = 6;

    /// <summary>RECORDS_TEST_KILLS: how often in all.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("RECORDS_TEST_KILLS") ?? "100",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task What_was_acknowledged_outlives_a_hundred_kills()
    {
        using var shared = new TestDatabase();
        using var another =
            TestDatabase.Provider is DatabaseProvider.Sqlite ? new TestDatabase() : null;
        TestDatabase[] databases = [shared, another ?? shared];
        // Both lanes would migrate an empty database at once; a ministry runs 'migrate' first.
        await (await ServerProcess.Start(shared.Options, shared.Folder)).DisposeAsync();
        var lanes = await Task.WhenAll(
            databases.Select((database, lane) => Task.Run(() => Lane(database, lane)))
        );
        foreach (var of in databases.Zip(lanes).GroupBy(lane => lane.First))
        {
            await Aftermath.Check(
                of.Key.Options,
                of.Key.Folder,
                [.. of.SelectMany(lane => lane.Second)]
            );
        }
        var clients = lanes.SelectMany(lane => lane).ToList();
        output.WriteLine(
            $"{Kills} kills, {clients.Sum(client => client.Acknowledged)} writes acknowledged; of those without an answer {clients.Sum(client => client.Doubts.Done)} had been done, {clients.Sum(client => client.Doubts.Not)} not"
        );
        Assert.True(
            clients.Sum(client => client.Acknowledged) >= Kills,
            "fewer writes than kills: the server was killed before it worked"
        );
    }

    private static async Task<List<LedgerClient>> Lane(TestDatabase database, int lane)
    {
        var random = new Random(lane);
        var clients = Enumerable
            .Range(0, ClientsPerServer)
            .Select(at => new LedgerClient(at, lane * 100 + at))
            .ToList();
        for (var round = lane; round <= Kills + lane; round += Lanes)
        {
            await using var server = await ServerProcess.Start(
                database.Options,
                database.Folder,
                // Code that lives for a second is not worth compiling twice.
                "DOTNET_TC_CallCounting=0"
            );
            using var http = server.NewClient();
            await Task.WhenAll(clients.Select(client => client.Settle(http)));
            if (round >= Kills)
            {
                break;
            }
            var first = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            using var end = new CancellationTokenSource();
            var running = Task.WhenAll(
                clients.Select(client => client.Run(http, () => first.TrySetResult(), end.Token))
            );
            await Task.WhenAny(first.Task, running);
            await Task.WhenAny(Task.Delay(random.Next(20, 400)), running);
            await server.Kill();
            await end.CancelAsync();
            await running;
        }
        return clients;
    }
}
