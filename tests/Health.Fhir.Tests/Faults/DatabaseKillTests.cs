using System.Globalization;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// PostgreSQL itself is killed (SIGKILL to the postmaster and its children) while clients write, and recovers: what was acknowledged is
/// there, nothing is there by halves, and the servers that lived through it go on by themselves.
/// </summary>
public sealed class DatabaseKillTests(ITestOutputHelper output)
{
    private const int Clients = 6;

    /// <summary>RECORDS_TEST_DATABASE_KILLS: how often.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("RECORDS_TEST_DATABASE_KILLS") ?? "5",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task What_was_acknowledged_outlives_a_killed_database()
    {
        Assert.SkipUnless(
            TestDatabase.Provider is DatabaseProvider.Postgres,
            "SQLite has no server to kill."
        );
        Assert.SkipWhen(PostgresCluster.Programs is null, "PostgreSQL's programs are not here.");
        await using var cluster = await PostgresCluster.Start();
        var database = new DatabaseOptions(DatabaseProvider.Postgres, cluster.Connection);
        var folder = Directory.CreateTempSubdirectory("records-test-").FullName;
        var clients = Enumerable.Range(0, Clients).Select(at => new LedgerClient(at, at)).ToList();
        await using (var one = await ServerProcess.Start(database, folder))
        await using (var other = await ServerProcess.Start(database, folder))
        {
            using var ofOne = one.NewClient();
            using var ofOther = other.NewClient();
            HttpClient[] servers = [ofOne, ofOther];
            var random = new Random(5);
            for (var round = 0; round < Kills; round++)
            {
                await Round(cluster, clients, servers, random);
            }
        }
        await Aftermath.Check(database, folder, clients);
        Directory.Delete(folder, recursive: true);
        output.WriteLine(
            $"{Kills} kills, {clients.Sum(client => client.Acknowledged)} writes acknowledged; of those without an answer {clients.Sum(client => client.Doubts.Done)} had been done, {clients.Sum(client => client.Doubts.Not)} not"
        );
        Assert.True(clients.Sum(client => client.Acknowledged) >= Kills * Clients);
    }

    private static async Task Round(
        PostgresCluster cluster,
        List<LedgerClient> clients,
        HttpClient[] servers,
        Random random
    )
    {
        // So many that each round's kill falls into work.
        using var enough = new CountdownEvent(random.Next(20, 120));
        var under = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = new CancellationTokenSource();
        var running = Task.WhenAll(
            clients.Select(
                (client, at) =>
                    client.Run(
                        servers[at % servers.Length],
                        () =>
                        {
                            if (!enough.IsSet && enough.Signal())
                            {
                                under.TrySetResult();
                            }
                        },
                        end.Token
                    )
            )
        );
        await Task.WhenAny(under.Task, running);
        await cluster.Kill();
        await cluster.Start();
        await end.CancelAsync();
        await running;
        await Task.WhenAll(
            clients.Select((client, at) => client.Settle(servers[at % servers.Length]))
        );
    }
}
