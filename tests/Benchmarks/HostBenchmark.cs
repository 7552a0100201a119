using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Persistence;

namespace Benchmarks;

/// <summary>
/// The real host process over HTTP, by the CPU that /proc says it and its database used: <c>$import</c> of NDJSON, start with a full
/// store, idle memory, reads and searches; beside them the floors of the same run (<see cref="BareEndpoint"/>,
/// <see cref="BareInsert"/>). Prints a table in Markdown. Several clients ask at once, as they do of a server; each figure is the
/// least of three runs, because the machine does other work too.
/// </summary>
internal static class HostBenchmark
{
    private const int Clients = 32;
    private const int Runs = 3;
    private const int Reads = 4_000;
    private const int Searches = 800;
    private const int MostForFloor = 150_000;

    /// <param name="options">Provider, resources to import, and the dll of the host if another than the one built with this.</param>
    public static async Task Run(string[] options)
    {
        var provider = Enum.Parse<DatabaseProvider>(options.FirstOrDefault() ?? "sqlite", true);
        var wanted = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 0;
        var program =
            options.Length > 2
                ? options[2]
                : Path.Combine(AppContext.BaseDirectory, "Interop.Host.dll");
        var database = await BenchmarkData.NewDatabase(provider);
        var folder = Directory.CreateTempSubdirectory("records-host-").FullName;
        try
        {
            Console.WriteLine($"| {provider}: work | CPU ms | must be | |\n|---|---|---|---|");
            var resources = await Import(program, database, folder, wanted);
            await StartUp(program, database, folder);
            await using (var server = await HostProcess.Start(program, database, folder))
            {
                // Reads last: by then the compiler has done all it will do for what both go through.
                await Search(server);
                await Read(server, folder);
            }
            if (resources <= MostForFloor)
            {
                var (asTheyCame, inOrder) = await BareInsert.Measure(database);
                Row(
                    "floor: bare insert of the same rows, 500 resources a commit",
                    asTheyCame / resources,
                    "",
                    ""
                );
                Row("floor: the same, each table at once", inOrder / resources, "", "");
            }
        }
        finally
        {
            await BenchmarkData.Drop(database);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first copy warms the compiler up: what it costs is not counted.</summary>
    private static async Task<int> Import(
        string program,
        DatabaseOptions database,
        string folder,
        int wanted
    )
    {
        var (first, whole) = (
            Path.Combine(folder, "first.ndjson"),
            Path.Combine(folder, "synthea.ndjson")
        );
        var (warm, warmBytes) = SyntheaLines.Write(first, 0, from: 0xF000);
        var (measured, bytes) = SyntheaLines.Write(whole, wanted);
        await using var server = await HostProcess.Start(program, database, folder);
        await Take(first);
        server.Cpu.Restart();
        var clock = Stopwatch.StartNew();
        var peak = await Take(whole);
        var (own, inDatabase) = server.Cpu.Elapsed();
        Row(
            $"$import of {measured:n0} resources",
            (own + inDatabase) / measured,
            "0.15",
            $"{own / measured:0.000} + {inDatabase / measured:0.000} in the database; {clock.Elapsed.TotalMilliseconds / measured:0.000} wall; at most {peak / 1e6:n0} MB of memory"
        );
        await server.DisposeAsync();
        var (size, largest) = await BenchmarkData.Size(database);
        Row("database / NDJSON", (double)size / (bytes + warmBytes), "1.00", largest);
        return warm + measured;

        async Task<long> Take(string file)
        {
            using var content = JsonContent.Create(
                new JsonObject
                {
                    ["resourceType"] = "Parameters",
                    ["parameter"] = new JsonArray(
                        new JsonObject
                        {
                            ["name"] = "input",
                            ["part"] = new JsonArray(
                                new JsonObject
                                {
                                    ["name"] = "url",
                                    ["valueUrl"] = new Uri(file).AbsoluteUri,
                                }
                            ),
                        }
                    ),
                }
            );
            content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json");
            using var accepted = await server.Client.PostAsync("/fhir/$import", content);
            accepted.EnsureSuccessStatusCode();
            for (var peak = 0L; ; await Task.Delay(100))
            {
                peak = Math.Max(peak, server.Resident());
                using var job = await server.Client.GetAsync(
                    accepted.Content.Headers.ContentLocation
                );
                if (job.StatusCode is HttpStatusCode.OK)
                {
                    var result = JsonNode.Parse(await job.Content.ReadAsStringAsync())!;
                    return result["error"]!.AsArray().Count == 0
                        ? peak
                        : throw new InvalidDataException($"The import met errors: {result}");
                }
                job.EnsureSuccessStatusCode();
            }
        }
    }

    private static async Task StartUp(string program, DatabaseOptions database, string folder)
    {
        var (wall, cpu, memory) = (double.MaxValue, double.MaxValue, long.MaxValue);
        for (var run = 0; run < Runs; run++)
        {
            var clock = Stopwatch.StartNew();
            await using var server = await HostProcess.Start(program, database, folder);
            wall = Math.Min(wall, clock.Elapsed.TotalMilliseconds);
            cpu = Math.Min(cpu, server.Cpu.Elapsed().Own);
            await Task.Delay(TimeSpan.FromSeconds(5));
            memory = Math.Min(memory, server.Resident());
        }
        Row("start to the first answer", cpu, "2,000 wall", $"{wall:n0} wall");
        Console.WriteLine($"| idle memory, MB | {memory / 1e6:n0} | 200 | |");
    }

    private static async Task Read(HostProcess server, string folder)
    {
        var ids = await Ids(server.Client, "/fhir/Observation?_count=200");
        var sample = Path.Combine(folder, "one.json");
        await File.WriteAllBytesAsync(
            sample,
            await server.Client.GetByteArrayAsync($"/fhir/Observation/{ids[0]}")
        );
        await using var floor = HostProcess.Bare(sample);
        await floor.Answers("/x");
        var (bare, _) = await Measure(floor, _ => "/x", Reads);
        var (read, _) = await Measure(server, at => $"/fhir/Observation/{Of(ids, at)}", Reads);
        Row("floor: bare Kestrel endpoint, same bytes", bare.Own, "", "");
        Row(
            "read by id",
            read.Own + read.Database,
            $"{2.5 * bare.Own:0.000}",
            $"{(read.Own + read.Database) / bare.Own:0.0} × the floor{InDatabase(read)}"
        );
    }

    private static async Task Search(HostProcess server)
    {
        var patients = await Ids(server.Client, "/fhir/Patient?_count=40");
        (string Name, Func<int, string> Path)[] searches =
        [
            (
                "patient + code + date",
                at => $"Observation?patient={Of(patients, at)}&code=8302-2&date=ge2010"
            ),
            (
                "patient, sort by date, 50",
                at => $"Observation?patient={Of(patients, at)}&_sort=-date&_count=50"
            ),
            (
                "patient + include encounter",
                at =>
                    $"Observation?patient={Of(patients, at)}&code=8302-2&_include=Observation:encounter"
            ),
            (
                "one patient + revinclude",
                at => $"Patient?_id={Of(patients, at)}&_revinclude=Condition:patient"
            ),
            ("chained by name", _ => "Observation?code=8302-2&subject:Patient.name=Abd&_count=50"),
            ("name prefix", _ => "Patient?name=Ab&_count=50"),
            ("token, count only", _ => "Observation?code=8302-2&_summary=count"),
            ("code, first page of 50", _ => "Observation?code=8302-2&_count=50"),
            ("code, newest 50", _ => "Observation?code=8302-2&_sort=-date&_count=50"),
            ("newest 50 of all", _ => "Observation?_sort=-date&_count=50"),
        ];
        foreach (var (name, path) in searches)
        {
            var found = 0;
            for (var at = 0; at < patients.Count; at++)
            {
                var bundle = JsonNode.Parse(
                    await server.Client.GetStringAsync("/fhir/" + path(at))
                );
                found += (bundle!["entry"] as JsonArray)?.Count ?? 0;
            }
            var resources = (double)found / patients.Count;
            var (spent, _) = await Measure(server, at => "/fhir/" + path(at), Searches);
            Row(
                name,
                spent.Own + spent.Database,
                $"{0.5 + 0.01 * resources:0.00}",
                $"{resources:0.#} resources{InDatabase(spent)}"
            );
        }
    }

    private static async Task<((double Own, double Database) Spent, int Rounds)> Measure(
        HostProcess server,
        Func<int, string> path,
        int rounds
    )
    {
        await Ask(rounds);
        var best = (Own: double.MaxValue, Database: 0.0);
        for (var run = 0; run < Runs; run++)
        {
            server.Cpu.Restart();
            await Ask(rounds);
            var (own, inDatabase) = server.Cpu.Elapsed();
            if (own + inDatabase < best.Own + best.Database)
            {
                best = (own, inDatabase);
            }
        }
        return ((best.Own / rounds, best.Database / rounds), rounds);

        Task Ask(int times) =>
            Task.WhenAll(
                Enumerable
                    .Range(0, Clients)
                    .Select(async client =>
                    {
                        for (var at = client; at < times; at += Clients)
                        {
                            await server.Client.GetByteArrayAsync(path(at));
                        }
                    })
            );
    }

    private static async Task<List<string>> Ids(HttpClient client, string path) =>
        [
            .. JsonNode.Parse(await client.GetStringAsync(path))!["entry"]!
                .AsArray()
                .Select(entry => (string)entry!["resource"]!["id"]!),
        ];

    private static string Of(List<string> ids, int at) => ids[at % ids.Count];

    private static string InDatabase((double Own, double Database) spent) =>
        spent.Database > 0 ? $"; {spent.Own:0.000} + {spent.Database:0.000} in the database" : "";

    private static void Row(string work, double figure, string target, string note) =>
        Console.WriteLine($"| {work} | {figure:0.000} | {target} | {note} |");
}
