using System.Diagnostics;
using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace Benchmarks;

/// <summary>
/// CPU milliseconds of the store, without HTTP: Synthea transaction bundles in, then searches. Wall time is noisy, so processor
/// time is measured, of this process and on PostgreSQL of the backends that served it. The floor is a bare insert of the same rows
/// in the same run. Data: ../shared/data/fhir/synthea beside the repository.
/// </summary>
internal static class FhirStoreBenchmark
{
    public static async Task Run(string[] options)
    {
        var provider = Enum.Parse<DatabaseProvider>(options.FirstOrDefault() ?? "sqlite", true);
        var copies = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 2;
        var database = await BenchmarkData.NewDatabase(provider);
        await using (var db = BenchmarkData.NewDb(database))
        {
            await Providers.Migrate(db, database);
        }
        var reader = new ResourceReader(FhirModel.R4, new ReaderOptions());
        var keys = Directory.CreateTempSubdirectory("records-keys-").FullName;
        await using var store = new FhirStore(
            database,
            reader,
            new StoreOptions(),
            new OutboxSignal(),
            TimeProvider.System,
            new Vault(KeyRing.At(KeyRing.FileIn(keys), TimeProvider.System))
        );
        var files = BenchmarkData.Bundles().Select(File.ReadAllBytes).ToList();

        // The first round warms the compiler up; it is stored like the others but not measured.
        var (resources, bytes) = await Load(store, reader, files);
        using var process = Process.GetCurrentProcess();
        var cpu = new CpuClock(process, BenchmarkData.NameOf(database));
        var (measured, reading) = (0, TimeSpan.Zero);
        var wall = Stopwatch.StartNew();
        for (var copy = 1; copy < copies; copy++)
        {
            var start = Process.GetCurrentProcess().TotalProcessorTime;
            foreach (var file in files)
            {
                reader.ReadBundle(file).Dispose();
            }
            reading += Process.GetCurrentProcess().TotalProcessorTime - start;
        }
        cpu.Restart();
        wall.Restart();
        for (var copy = 1; copy < copies; copy++)
        {
            var (count, added) = await Load(store, reader, files);
            measured += count;
            bytes += added;
        }
        var (own, server) = cpu.Elapsed();
        resources += measured;
        Console.WriteLine($"{provider}, {resources:n0} resources, {bytes / 1e6:0.0} MB of NDJSON");
        Console.WriteLine(
            $"transaction bundles: {own / measured:0.000} ms CPU per resource here{(server > 0 ? $" + {server / measured:0.000} in the database" : "")} ({wall.Elapsed.TotalMilliseconds / measured:0.000} ms wall), of which reading {reading.TotalMilliseconds / measured:0.000}"
        );
        var (size, largest) = await BenchmarkData.Size(database);
        Console.WriteLine(
            $"size: {size / 1e6:0.0} MB, {(double)size / bytes:0.00} of the NDJSON; {largest}"
        );
        await Searches(store, cpu);
        await store.DisposeAsync();
        var (asTheyCame, inOrder) = await BareInsert.Measure(database);
        Console.WriteLine(
            $"floor: bare insert of the same rows {asTheyCame / resources:0.000} ms CPU per resource, each table at once {inOrder / resources:0.000}"
        );
        await BenchmarkData.Drop(database);
    }

    private static async Task<(int Resources, long Bytes)> Load(
        FhirStore store,
        ResourceReader reader,
        List<byte[]> files
    )
    {
        var (resources, bytes) = (0, 0L);
        foreach (var file in files)
        {
            using var bundle = reader.ReadBundle(file);
            var writes = bundle
                .Entries.Select(entry => new Write(WriteVerb.Create, entry.Resource!.ResourceType!)
                {
                    Resource = entry.Resource,
                    FullUrl = entry.FullUrl,
                })
                .ToList();
            var done = await store.Transact(new Transaction(writes), Visible.All);
            resources += done.Results.Count;
            bytes += done.Results.Sum(written => written.Resource!.Body.Length + 1);
        }
        return (resources, bytes);
    }

    private static async Task Searches(FhirStore store, CpuClock cpu)
    {
        var patients = (await store.Search(store.Parse("Patient", "_count=40"), null, Visible.All))
            .Matches.Select(patient => patient.Id)
            .ToList();
        var any = (
            await store.Search(store.Parse("Observation", "_count=40"), null, Visible.All)
        ).Matches;
        (string Name, Func<int, string> Query)[] searches =
        [
            ("read by id", at => ""),
            (
                "understanding a query alone",
                at => "-Observation?patient=" + patients[at] + "&code=8302-2&date=ge2010"
            ),
            (
                "patient + code + date",
                at => $"Observation?patient={patients[at]}&code=8302-2&date=ge2010"
            ),
            (
                "patient, sort by date, 50",
                at => $"Observation?patient={patients[at]}&_sort=-date&_count=50"
            ),
            (
                "patient + include encounter",
                at =>
                    $"Observation?patient={patients[at]}&code=8302-2&_include=Observation:encounter"
            ),
            (
                "one patient + revinclude",
                at => $"Patient?_id={patients[at]}&_revinclude=Condition:patient"
            ),
            ("chained", at => $"Condition?patient.identifier={patients[at]}&_count=50"),
            ("chained by name", at => "Observation?code=8302-2&subject:Patient.name=Abd&_count=50"),
            ("_has", at => "Patient?_has:Condition:patient:code=162864005&_count=50"),
            ("name prefix", at => "Patient?name=Ab&_count=50"),
            ("token, count only", at => "Observation?code=8302-2&_summary=count"),
            ("code, first page of 50", at => "Observation?code=8302-2&_count=50"),
            ("code, newest 50", at => "Observation?code=8302-2&_sort=-date&_count=50"),
            ("newest 50 of all", at => "Observation?_sort=-date&_count=50"),
        ];
        foreach (var (_, query) in searches)
        {
            await Times(query, 150);
        }
        foreach (var (name, query) in searches)
        {
            await Measure(name, query);
        }

        async Task Measure(string name, Func<int, string> query)
        {
            const int Rounds = 400;
            cpu.Restart();
            var found = await Times(query, Rounds);
            var (own, server) = cpu.Elapsed();
            Console.WriteLine(
                $"{name, -30} {own / Rounds:0.000} ms{(server > 0 ? $" + {server / Rounds:0.000} in the database" : "")}, {(double)found / Rounds:0.#} resources"
            );
        }

        async Task<long> Times(Func<int, string> query, int rounds)
        {
            var found = 0L;
            for (var at = 0; at < rounds; at++)
            {
                var asked = query(at % patients.Count).Split('?');
                if (asked.Length < 2)
                {
                    await store.Read("Observation", any[at % any.Count].Id, Visible.All);
                    found++;
                    continue;
                }
                if (asked[0][0] == '-')
                {
                    store.Parse(asked[0][1..], asked[1]);
                    continue;
                }
                var page = await store.Search(store.Parse(asked[0], asked[1]), null, Visible.All);
                found += page.Matches.Count + page.Included.Count;
            }
            return found;
        }
    }
}
