using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Benchmarks;

/// <summary>
/// The real host process over HTTP, by the CPU that /proc says it used: import of NDJSON, start with a full store, idle memory, reads
/// and searches. The floor is a bare Kestrel endpoint in a process of its own that answers with the same bytes.
/// </summary>
internal static class HostBenchmark
{
    private const int Port = 5391;
    private const int Reads = 4_000;

    /// <summary>The floor: everything it is asked for is the file.</summary>
    public static async Task<int> Serve(string file, string url)
    {
        var body = await File.ReadAllBytesAsync(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet(
            "/{**path}",
            async (HttpResponse answer) =>
            {
                answer.ContentType = "application/fhir+json; charset=utf-8";
                answer.ContentLength = body.Length;
                await answer.Body.WriteAsync(body);
            }
        );
        await app.RunAsync(url);
        return 0;
    }

    /// <param name="options">Host's dll, resources to import.</param>
    public static async Task Run(string[] options)
    {
        var host = options[0];
        var wanted = options.Length > 1 ? int.Parse(options[1], CultureInfo.InvariantCulture) : 0;
        var folder = Directory.CreateTempSubdirectory("records-host-").FullName;
        var data = Path.Combine(folder, "data");
        var lines = Path.Combine(folder, "synthea.ndjson");
        var (resources, bytes) = Generate(lines, wanted);
        var store = $"--database sqlite --connection {data}";

        using (var import = Start($"{host} import {lines} {store}"))
        {
            // What a process has used cannot be asked any more when it has ended.
            var (peak, spent) = (0L, TimeSpan.Zero);
            while (!import.WaitForExit(50))
            {
                try
                {
                    peak = Math.Max(peak, Resident(import));
                    spent = import.TotalProcessorTime;
                }
                catch (InvalidOperationException)
                {
                    break;
                }
            }
            Console.WriteLine(
                $"import of {resources:n0} resources, {bytes / 1e6:n0} MB of NDJSON: {spent.TotalMilliseconds / resources:0.000} ms CPU per resource, start included; {peak / 1e6:n0} MB at most"
            );
        }
        Console.WriteLine(
            $"database / NDJSON: {Directory.GetFiles(data, "fhir.db*").Sum(file => new FileInfo(file).Length) / (double)bytes:0.00}"
        );

        var url = $"http://127.0.0.1:{Port}";
        var clock = Stopwatch.StartNew();
        using var server = Start($"{host} serve --open --urls {url} {store}");
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Accept.Add(
            new MediaTypeWithQualityHeaderValue("application/fhir+json")
        );
        await Answers(client, "/fhir/metadata");
        Console.WriteLine(
            $"start to the first answer: {clock.Elapsed.TotalSeconds:0.0} s wall, {server.TotalProcessorTime.TotalSeconds:0.0} s CPU"
        );
        await Task.Delay(TimeSpan.FromSeconds(5));
        Console.WriteLine($"idle memory: {Resident(server) / 1e6:n0} MB");

        var observations = await Ids(client, "/fhir/Observation?_count=200");
        var patients = await Ids(client, "/fhir/Patient?_count=40");
        await Measure(
            "read by id",
            server,
            client,
            at => $"/fhir/Observation/{Of(observations, at)}"
        );
        var sample = Path.Combine(folder, "one.json");
        await File.WriteAllBytesAsync(
            sample,
            await client.GetByteArrayAsync($"/fhir/Observation/{observations[0]}")
        );
        using (
            var floor = Start(
                $"{typeof(HostBenchmark).Assembly.Location} fhir-floor {sample} http://127.0.0.1:{Port + 1}"
            )
        )
        {
            using var bare = new HttpClient
            {
                BaseAddress = new Uri($"http://127.0.0.1:{Port + 1}"),
            };
            await Answers(bare, "/x");
            await Measure("floor: bare Kestrel endpoint", floor, bare, _ => "/x");
            floor.Kill();
        }
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
            ("chained by name", at => "Observation?code=8302-2&subject:Patient.name=Abd&_count=50"),
            ("name prefix", at => "Patient?name=Ab&_count=50"),
            ("token, count only", at => "Observation?code=8302-2&_summary=count"),
            ("code, newest 50", at => "Observation?code=8302-2&_sort=-date&_count=50"),
            ("newest 50 of all", at => "Observation?_sort=-date&_count=50"),
        ];
        foreach (var (name, path) in searches)
        {
            await Measure(name, server, client, at => "/fhir/" + path(at), 400);
        }
        server.Kill();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Synthea over and over, each copy with ids of its own.</summary>
    private static (int Resources, long Bytes) Generate(string path, int wanted)
    {
        var bundles = Directory
            .GetFiles(FhirStoreBenchmark.DataFolder(), "*.json")
            .Select(File.ReadAllText)
            .ToList();
        using var output = new StreamWriter(path, append: false, new UTF8Encoding(false));
        var resources = 0;
        var seen = new HashSet<string>();
        for (var copy = 0; resources == 0 || resources < wanted; copy++)
        {
            foreach (var bundle in bundles)
            {
                var entries = JsonNode.Parse(bundle)!["entry"]!.AsArray();
                var links = new Dictionary<string, string>();
                foreach (var entry in entries)
                {
                    var resource = entry!["resource"]!;
                    var id = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{copy:x4}{$"{resource["id"]}"[4..]}"
                    );
                    links[$"{entry["fullUrl"]}"] = $"{resource["resourceType"]}/{id}";
                    resource["id"] = id;
                }
                // An Organization stands in the bundle of each of its patients.
                foreach (
                    var entry in entries.Where(entry =>
                        seen.Add(
                            $"{entry!["resource"]!["resourceType"]}/{entry["resource"]!["id"]}"
                        )
                    )
                )
                {
                    var line = new StringBuilder(entry!["resource"]!.ToJsonString());
                    foreach (var (from, to) in links)
                    {
                        if (from.StartsWith("urn:", StringComparison.Ordinal))
                        {
                            line.Replace($"\"{from}\"", $"\"{to}\"");
                        }
                    }
                    output.Write(line);
                    output.Write('\n');
                    resources++;
                }
            }
        }
        output.Flush();
        return (resources, output.BaseStream.Length);
    }

    private static async Task Measure(
        string name,
        Process server,
        HttpClient client,
        Func<int, string> path,
        int rounds = Reads
    )
    {
        for (var at = 0; at < rounds / 2; at++)
        {
            await client.GetByteArrayAsync(path(at));
        }
        server.Refresh();
        var before = server.TotalProcessorTime;
        for (var at = 0; at < rounds; at++)
        {
            await client.GetByteArrayAsync(path(at));
        }
        server.Refresh();
        Console.WriteLine(
            $"{name, -30} {(server.TotalProcessorTime - before).TotalMilliseconds / rounds:0.000} ms CPU"
        );
    }

    private static async Task Answers(HttpClient client, string path)
    {
        for (var until = Stopwatch.StartNew(); until.Elapsed.TotalMinutes < 1; )
        {
            try
            {
                await client.GetByteArrayAsync(path);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }
        throw new TimeoutException($"{client.BaseAddress} does not answer.");
    }

    private static async Task<List<string>> Ids(HttpClient client, string path) =>
        [
            .. JsonNode.Parse(await client.GetByteArrayAsync(path))!["entry"]!
                .AsArray()
                .Select(entry => $"{entry!["resource"]!["id"]}"),
        ];

    private static string Of(List<string> ids, int at) => ids[at % ids.Count];

    private static long Resident(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    private static Process Start(string arguments)
    {
        var process = Process.Start(
            new ProcessStartInfo("dotnet", arguments)
            {
                RedirectStandardOutput = true,
                WorkingDirectory = Path.GetTempPath(),
            }
        )!;
        process.BeginOutputReadLine();
        return process;
    }
}
