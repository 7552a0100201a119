using System.Diagnostics;
using Health.Fhir.Tests.Api;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// Two servers on one PostgreSQL with a streaming replica, both databases logging every statement. One server gives up on a late
/// replica at once, the other waits for it.
/// </summary>
public sealed class ReplicatedServers : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("records-test-").FullName;
    private readonly List<ServerProcess> servers = [];

    public PostgresCluster Primary { get; private set; } = null!;
    public PostgresCluster Replica { get; private set; } = null!;
    public HttpClient Hasty { get; private set; } = null!;
    public HttpClient Patient { get; private set; } = null!;

    /// <summary>Why there are no replicas here; null when there are.</summary>
    public string? Missing { get; } =
        TestDatabase.Provider is not DatabaseProvider.Postgres ? "Replicas are PostgreSQL's."
        : PostgresCluster.Programs is null ? "PostgreSQL's programs are not here."
        : null;

    public async ValueTask InitializeAsync()
    {
        // A fixture cannot skip; its tests do.
        if (Missing is not null)
        {
            return;
        }
        Primary = await PostgresCluster.Start("log_statement=all", "log_line_prefix='%a|'");
        Replica = await Primary.StartReplica();
        Hasty = await Serve("00:00:00.1");
        Patient = await Serve("00:00:20");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
        foreach (var cluster in new[] { Replica, Primary }.OfType<PostgresCluster>())
        {
            await cluster.DisposeAsync();
        }
        Directory.Delete(folder, recursive: true);
    }

    private async Task<HttpClient> Serve(string wait)
    {
        servers.Add(
            await ServerProcess.Start(
                new(DatabaseProvider.Postgres, Primary.Connection),
                folder,
                $"Fhir__Store__Replica={Replica.Address}",
                $"Fhir__Store__ReplicaWait={wait}"
            )
        );
        return servers[^1].NewClient(TimeSpan.FromMinutes(3));
    }
}

/// <summary>Reads go to a replica, and no client misses a write that was acknowledged, on whichever server.</summary>
public sealed class ReplicaTests(ReplicatedServers servers)
    : IClassFixture<ReplicatedServers>,
        IAsyncLifetime
{
    private const string System = "urn:records:replica";

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(servers.Missing is not null, servers.Missing ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task While_replay_stands_still_every_acknowledged_write_is_seen()
    {
        await Pause();
        try
        {
            var (patient, observation, marker) = await Write(servers.Patient);
            Assert.NotEqual(
                await servers.Primary.Ask<long>("SELECT sum(version) FROM fhir.resource"),
                await servers.Replica.Ask<long>("SELECT sum(version) FROM fhir.resource")
            );
            await SeesAll(servers.Hasty, patient, observation, marker);
        }
        finally
        {
            await Resume();
        }
    }

    [Fact]
    public async Task A_read_waits_for_the_replica_to_have_what_was_acknowledged()
    {
        Task<Reply> reading;
        string patient;
        await Pause();
        try
        {
            (patient, _, _) = await Write(servers.Hasty);
            reading = servers.Patient.Get($"/{patient}");
            // Asked from now on, it has not been answered: the replica cannot, and this server waits long.
            Assert.Equal(1, (await servers.Hasty.Get($"/{patient}/_history/1")).Is(200).Version());
            Assert.False(reading.IsCompleted);
        }
        finally
        {
            await Resume();
        }
        Assert.Equal(2, (await reading).Is(200).Version());
    }

    [Fact]
    public async Task Reads_are_answered_by_the_replica_alone()
    {
        var (patient, observation, marker) = await Write(servers.Hasty);
        await SeesAll(servers.Patient, patient, observation, marker);
        var (primary, replica) = (await Asked(servers.Primary), await Asked(servers.Replica));
        for (var at = 0; at < 5; at++)
        {
            await SeesAll(servers.Patient, patient, observation, marker);
        }
        Assert.Equal(primary, await Asked(servers.Primary));
        Assert.True(await Asked(servers.Replica) >= replica + 25);
    }

    [Fact]
    public async Task Writers_and_readers_on_both_servers_see_each_others_writes()
    {
        var hosts = new[] { servers.Hasty, servers.Patient };
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async client =>
                {
                    for (var round = 0; round < 5; round++)
                    {
                        var marker = Guid.CreateVersion7().ToString("N");
                        var made = (await hosts[client % 2].Post("/Patient", Body(marker))).Is(201);
                        var other = hosts[(client + 1) % 2];
                        (await other.Get($"/Patient/{made.Id}")).Is(200);
                        var found = await other.Get($"/Patient?identifier={System}|{marker}");
                        Assert.Single(found.Is(200).Entries);
                    }
                })
        );
    }

    [Fact]
    public async Task A_replica_that_is_gone_costs_no_answer_and_is_used_again_when_it_is_back()
    {
        var (patient, observation, marker) = await Write(servers.Hasty);
        await SeesAll(servers.Patient, patient, observation, marker);
        await servers.Replica.Kill();
        try
        {
            await SeesAll(servers.Patient, patient, observation, marker);
            await SeesAll(servers.Hasty, patient, observation, marker);
        }
        finally
        {
            await servers.Replica.Start();
        }
        var before = await Asked(servers.Replica);
        var since = Stopwatch.StartNew();
        while (await Asked(servers.Replica) == before)
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(2), "the replica is not used again");
            await SeesAll(servers.Patient, patient, observation, marker);
        }
    }

    private Task Pause() => servers.Replica.Ask<object>("SELECT pg_wal_replay_pause()");

    private Task Resume() => servers.Replica.Ask<object>("SELECT pg_wal_replay_resume()");

    private static string Body(string marker, string? id = null) =>
        $$"""{"resourceType":"Patient",{{(
            id is null ? "" : $"\"id\":\"{id}\","
        )}}"identifier":[{"system":"{{System}}","value":"{{marker}}"}]}""";

    /// <summary>A patient at version 2 with one observation.</summary>
    private static async Task<(string Patient, string Observation, string Marker)> Write(
        HttpClient http
    )
    {
        var marker = Guid.CreateVersion7().ToString("N");
        var id = (await http.Post("/Patient", Body(marker))).Is(201).Id;
        (await http.Put($"/Patient/{id}", Body(marker, id))).Is(200);
        var observation = await http.Post(
            "/Observation",
            $$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{id}}"} }"""
        );
        return ($"Patient/{id}", $"Observation/{observation.Is(201).Id}", marker);
    }

    /// <summary>Read, version read, history, search and include: five reads.</summary>
    private static async Task SeesAll(
        HttpClient http,
        string patient,
        string observation,
        string marker
    )
    {
        Assert.Equal(2, (await http.Get($"/{patient}")).Is(200).Version());
        Assert.Equal(1, (await http.Get($"/{patient}/_history/1")).Is(200).Version());
        Assert.Equal(2, (await http.Get($"/{patient}/_history")).Is(200).Entries.Count);
        Assert.Single((await http.Get($"/Patient?identifier={System}|{marker}")).Is(200).Entries);
        var included = await http.Get(
            $"/Observation?subject={patient}&_include=Observation:subject"
        );
        Assert.Equal(
            [observation, patient],
            included
                .Is(200)
                .Entries.Select(entry => entry["resource"]!)
                .Select(resource => $"{resource["resourceType"]}/{resource["id"]}")
        );
    }

    /// <summary>Statements over resource rows that readers have sent to it; those of the writer lock or come with lists.</summary>
    private static async Task<int> Asked(PostgresCluster cluster) =>
        (await cluster.Logged()).Count(line =>
            line.Contains("SELECT r.key", StringComparison.Ordinal)
            || line.Contains("SELECT u.key", StringComparison.Ordinal)
            || line.Contains("SELECT r.version", StringComparison.Ordinal)
        );
}

file static class Replies
{
    public static int Version(this Reply reply) =>
        int.Parse((string)reply.Json["meta"]!["versionId"]!, null);
}
