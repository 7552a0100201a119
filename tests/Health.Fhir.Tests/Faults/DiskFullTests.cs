using Health.Fhir.Tests.Api;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// The disk fills up under writes: they are refused with 507, nothing is there by halves, and when there is room again the same server
/// goes on.
/// </summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    private const int Megabytes = 96;
    private const int Left = 4 << 20;
    private const int Clients = 6;

    [Fact]
    public async Task A_full_disk_refuses_writes_and_loses_none()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        Assert.SkipWhen(disk is null, "Only root may mount a small disk.");
        await using var cluster = await Cluster();
        var database = cluster is null
            ? new DatabaseOptions(DatabaseProvider.Sqlite, Path.Combine(disk.Folder, "data"))
            : await On(disk, cluster);
        var folder = cluster is null
            ? disk.Folder
            : Directory.CreateTempSubdirectory("records-test-").FullName;
        var clients = Enumerable.Range(0, Clients).Select(at => new LedgerClient(at, at)).ToList();
        var full = 0;
        await using (var server = await ServerProcess.Start(database, folder))
        {
            using var http = server.NewClient();
            await Task.WhenAll(clients.Select(client => Until(client, http, 5)));

            disk.Fill(leave: Left);
            // Each goes on until it is refused, and what it was refused it asks again while there is still no room.
            await Task.WhenAll(clients.Select(client => client.Run(http, () => { }, default)));
            for (var more = 0; more < 20; more++)
            {
                var reply = await http.Post(
                    "/Patient",
                    $$"""{"resourceType":"Patient","name":[{"family":"{{new string('x', 20_000)}}"}]}"""
                );
                Assert.True(reply.Status is 201 or 507, $"{reply.Status}: {reply.Text}");
                full += reply.Status == 507 ? 1 : 0;
            }
            Assert.NotEqual(0, full);

            disk.MakeRoom();
            await Task.WhenAll(clients.Select(client => client.Settle(http)));
            await Task.WhenAll(clients.Select(client => Until(client, http, 5)));
        }
        await Aftermath.Check(database, cluster is null ? database.Connection : folder, clients);
        if (cluster is not null)
        {
            Directory.Delete(folder, recursive: true);
        }
        output.WriteLine(
            $"{clients.Sum(client => client.Acknowledged)} writes acknowledged, {full} of 20 large ones refused; of those refused {clients.Sum(client => client.Doubts.Done)} had been done, {clients.Sum(client => client.Doubts.Not)} not"
        );
    }

    private static async Task Until(LedgerClient client, HttpClient http, int writes)
    {
        using var end = new CancellationTokenSource();
        var done = 0;
        await client.Run(
            http,
            () =>
            {
                if (++done == writes)
                {
                    end.Cancel();
                }
            },
            end.Token
        );
        Assert.Equal(writes, done);
    }

    private static async Task<PostgresCluster?> Cluster()
    {
        if (TestDatabase.Provider is DatabaseProvider.Sqlite)
        {
            return null;
        }
        Assert.SkipWhen(PostgresCluster.Programs is null, "PostgreSQL's programs are not here.");
        return await PostgresCluster.Start();
    }

    /// <summary>The tables lie on the small disk; PostgreSQL's log does not: without room for that it stops, which is a killed database.</summary>
    private static async Task<DatabaseOptions> On(SmallDisk disk, PostgresCluster cluster)
    {
        disk.GiveTo("postgres");
        await cluster.Ask<object>($"CREATE TABLESPACE small LOCATION '{disk.Folder}'");
        await cluster.Ask<object>("CREATE DATABASE small TABLESPACE small");
        return new(
            DatabaseProvider.Postgres,
            cluster.Connection.Replace(
                "Database=postgres",
                "Database=small",
                StringComparison.Ordinal
            )
        );
    }
}
