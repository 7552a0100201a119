using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>The program under test: one server on SQLite, two on one PostgreSQL, each a process of its own.</summary>
public sealed class ServerProcesses : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly List<ServerProcess> servers = [];
    private readonly List<HttpClient> clients = [];

    public HttpClient Client(int number) => clients[number % clients.Count];

    public async ValueTask InitializeAsync()
    {
        var count = TestDatabase.Provider is DatabaseProvider.Sqlite ? 1 : 2;
        for (var at = 0; at < count; at++)
        {
            servers.Add(await ServerProcess.Start(database.Options, database.Folder));
            clients.Add(servers[at].NewClient());
        }
    }

    public async ValueTask DisposeAsync()
    {
        clients.ForEach(client => client.Dispose());
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
        database.Dispose();
    }
}

/// <summary>Shared by the classes that ask several servers.</summary>
[CollectionDefinition(nameof(ServerProcesses))]
public sealed class ServerProcessesCollection : ICollectionFixture<ServerProcesses>;

/// <summary>
/// Many clients at once, on several servers where the database allows it. Every call is recorded with its times, and the history of
/// each resource must be one that a single resource could have had (<see cref="Linearizability"/>).
/// </summary>
[Collection(nameof(ServerProcesses))]
public sealed class ConcurrentClientsTests(ServerProcesses servers)
{
    private const int Clients = 8;
    private const string System = "urn:records:linear";

    private static string Patient(string id, string value) =>
        $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"family":"{{value}}"}]}""";

    private static (int Version, string Value) Of(JsonNode patient) =>
        (
            int.Parse((string)patient["meta"]!["versionId"]!, null),
            (string)patient["name"]![0]!["family"]!
        );

    [Fact]
    public async Task Reads_and_updates_of_a_resource_have_one_order()
    {
        const int Resources = 4;
        const int CallsEach = 40;
        var run = Guid.CreateVersion7().ToString("N")[^8..];
        string Id(int resource) => $"{run}-{resource}";
        var calls = Enumerable
            .Range(0, Resources)
            .Select(_ => new ConcurrentBag<Call<Register>>())
            .ToArray();
        await Many(
            async (client, http) =>
            {
                var random = new Random(client);
                var seen = new int[Resources];
                for (var at = 0; at < CallsEach; at++)
                {
                    var of = random.Next(Resources);
                    var value = $"v{client}x{at}";
                    var begin = Stopwatch.GetTimestamp();
                    if (random.Next(3) == 0 || seen[of] == 0)
                    {
                        if (seen[of] == 0 && random.Next(2) == 0)
                        {
                            // Update as create: whoever comes first makes it.
                            var made = await http.Put($"/Patient/{Id(of)}", Patient(Id(of), value));
                            Assert.Contains(made.Status, (int[])[200, 201]);
                            Add(Register.Write(null, value, Of(made.Json).Version, begin, End()));
                            seen[of] = Of(made.Json).Version;
                            continue;
                        }
                        var read = await http.Get($"/Patient/{Id(of)}");
                        if (read.Status == 404)
                        {
                            Add(Register.Read(0, "", begin, End()));
                            continue;
                        }
                        var (version, now) = Of(read.Is(200).Json);
                        Add(Register.Read(version, now, begin, End()));
                        seen[of] = version;
                        continue;
                    }
                    var expected = seen[of];
                    var reply = await http.Put(
                        $"/Patient/{Id(of)}",
                        Patient(Id(of), value),
                        $"If-Match: W/\"{expected}\""
                    );
                    if (reply.Status == 412)
                    {
                        Add(Register.Refused(expected, begin, End()));
                        seen[of] = 0;
                        continue;
                    }
                    Add(
                        Register.Write(
                            expected,
                            value,
                            Of(reply.Is(200).Json).Version,
                            begin,
                            End()
                        )
                    );
                    seen[of] = Of(reply.Json).Version;

                    void Add(Call<Register> call) => calls[of].Add(call);
                }
            }
        );
        for (var of = 0; of < Resources; of++)
        {
            Assert.Null(Linearizability.Fault(calls[of], Register.Empty));
            var history = (await servers.Client(0).Get($"/Patient/{Id(of)}/_history?_count=1000"))
                .Is(200)
                .Entries.Select(entry => Of(entry["resource"]!).Version)
                .ToList();
            Assert.Equal(Enumerable.Range(1, history.Count), history.Order());
        }
    }

    [Fact]
    public async Task Of_conditional_creates_of_the_same_one_makes_it()
    {
        const int Names = 12;
        var run = Guid.CreateVersion7().ToString("N")[^8..];
        var calls = Enumerable
            .Range(0, Names)
            .Select(_ => new ConcurrentBag<Call<Named>>())
            .ToArray();
        await Many(
            async (client, http) =>
            {
                var random = new Random(client);
                for (var at = 0; at < Names * 2; at++)
                {
                    // All clients go through the names at about the same time.
                    var of = at / 2;
                    var name = $"{run}-{of}";
                    var begin = Stopwatch.GetTimestamp();
                    if (random.Next(4) == 0)
                    {
                        var found = (await http.Get($"/Patient?identifier={System}|{name}")).Is(
                            200
                        );
                        calls[of]
                            .Add(
                                Named.Search(
                                    [
                                        .. found.Entries.Select(entry =>
                                            (string)entry["resource"]!["id"]!
                                        ),
                                    ],
                                    begin,
                                    End()
                                )
                            );
                        continue;
                    }
                    // The same condition in two spellings.
                    var condition =
                        random.Next(2) == 0
                            ? $"identifier={System}|{name}"
                            : $"identifier={Uri.EscapeDataString($"{System}|{name}")}";
                    var body =
                        $$"""{"resourceType":"Patient","identifier":[{"system":"{{System}}","value":"{{name}}"}]}""";
                    if (random.Next(2) == 0)
                    {
                        var reply = await http.Post(
                            "/Patient",
                            body,
                            $"If-None-Exist: {condition}"
                        );
                        Assert.Contains(reply.Status, (int[])[200, 201]);
                        calls[of].Add(Named.Create(reply.Id, reply.Status == 201, begin, End()));
                        continue;
                    }
                    var bundle = (
                        await http.Post(
                            "",
                            $$"""{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"POST","url":"Patient","ifNoneExist":"{{condition}}"},"resource":{{body}}}]}"""
                        )
                    ).Is(200);
                    var response = bundle.Entries[0]["response"]!;
                    var location = ((string)response["location"]!).Split('/');
                    calls[of]
                        .Add(
                            Named.Create(
                                location[Array.LastIndexOf(location, "Patient") + 1],
                                ((string)response["status"]!).StartsWith(
                                    "201",
                                    StringComparison.Ordinal
                                ),
                                begin,
                                End()
                            )
                        );
                }
            }
        );
        Assert.All(calls, of => Assert.Null(Linearizability.Fault(of, Named.Nobody)));
    }

    [Fact]
    public async Task Transactions_are_seen_whole_or_not_at_all()
    {
        const int Pairs = 2;
        const int CallsEach = 30;
        var run = Guid.CreateVersion7().ToString("N")[^8..];
        string Id(int pair, char half) => $"{run}-{pair}{half}";
        for (var pair = 0; pair < Pairs; pair++)
        {
            (await Write(servers.Client(0), pair, "start", null)).Is(200);
        }
        var calls = Enumerable
            .Range(0, Pairs)
            .Select(_ => new ConcurrentBag<Call<Pair>>())
            .ToArray();
        await Many(
            async (client, http) =>
            {
                var random = new Random(client);
                var seen = Enumerable.Repeat(1, Pairs).ToArray();
                for (var at = 0; at < CallsEach; at++)
                {
                    var of = random.Next(Pairs);
                    var begin = Stopwatch.GetTimestamp();
                    if (random.Next(2) == 0)
                    {
                        var found = (
                            await http.Get($"/Patient?_id={Id(of, 'a')},{Id(of, 'b')}")
                        ).Is(200);
                        var both = found
                            .Entries.Select(entry => entry["resource"]!)
                            .OrderBy(one => (string)one["id"]!, StringComparer.Ordinal)
                            .Select(one => new Register(Of(one).Version, Of(one).Value))
                            .ToList();
                        Assert.Equal(2, both.Count);
                        calls[of].Add(Pair.Read(new(both[0], both[1]), begin, End()));
                        seen[of] = both[0].Version;
                        continue;
                    }
                    var value = $"t{client}x{at}";
                    var reply = await Write(http, of, value, seen[of]);
                    if (reply.Status == 412)
                    {
                        calls[of].Add(Pair.Refused(seen[of], begin, End()));
                        continue;
                    }
                    var versions = reply
                        .Is(200)
                        .Entries.Select(entry =>
                            int.Parse(
                                ((string)entry["response"]!["etag"]!).Trim('W', '/', '"'),
                                null
                            )
                        )
                        .ToList();
                    calls[of]
                        .Add(Pair.Write(seen[of], value, (versions[0], versions[1]), begin, End()));
                    seen[of] = versions[0];
                }
            }
        );
        var first = new Pair(new(1, "start"), new(1, "start"));
        Assert.All(calls, of => Assert.Null(Linearizability.Fault(of, first)));

        Task<Reply> Write(HttpClient http, int pair, string value, int? ifMatch) =>
            http.Post(
                "",
                $$"""
                {"resourceType":"Bundle","type":"transaction","entry":[
                {"request":{"method":"PUT","url":"Patient/{{Id(pair, 'a')}}"{{(
                    ifMatch is null ? "" : $",\"ifMatch\":\"W/\\\"{ifMatch}\\\"\""
                )}}},"resource":{{Patient(Id(pair, 'a'), value)}}},
                {"request":{"method":"PUT","url":"Patient/{{Id(pair, 'b')}}"},"resource":{{Patient(
                    Id(pair, 'b'),
                    value
                )}}}
                ]}
                """
            );
    }

    [Fact]
    public async Task Two_thousand_connections_at_once_are_all_answered()
    {
        var id = (
            await servers.Client(0).Post("/Patient", """{"resourceType":"Patient","active":true}""")
        ).Id;
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 2_000).Select(at => servers.Client(at).Get($"/Patient/{id}"))
        );
        Assert.All(answers, answer => answer.Is(200));
    }

    private static long End() => Stopwatch.GetTimestamp();

    private Task Many(Func<int, HttpClient, Task> client) =>
        Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(number => Task.Run(() => client(number, servers.Client(number))))
        );
}
