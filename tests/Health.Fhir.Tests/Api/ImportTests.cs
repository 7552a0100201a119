using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>Files into the store: https://hl7.org/fhir/R4/bundle.html, https://hl7.org/fhir/R4/nd-json.html</summary>
public sealed class ImportTests(RecordsServer server) : IClassFixture<RecordsServer>, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("records-import-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string File(string name, string content)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    private async Task<ImportResult> Import(string path, IProgress<ImportProgress>? progress = null)
    {
        await using var scope = server.Scope();
        var importer = scope
            .ServiceProvider.GetServices<IImporter>()
            .Single(importer => importer.Format.StartsWith("FHIR", StringComparison.Ordinal));
        Assert.True(importer.Accepts(path));
        return await importer.Import(path, progress ?? new Progress<ImportProgress>());
    }

    private async Task<long> Count(string type) =>
        (long)(await server.Client.Get($"/{type}?_summary=count")).Is(200).Json["total"]!;

    private static string Bundle(params string[] entries) =>
        $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}""";

    private static string Post(string resource, string? fullUrl = null) =>
        $"{{{(fullUrl is null ? "" : $"\"fullUrl\":\"{fullUrl}\",")}\"resource\":{resource},\"request\":{{\"method\":\"POST\",\"url\":\"{JsonDocument.Parse(resource).RootElement.GetProperty("resourceType")}\"}}}}";

    [Fact]
    public async Task Takes_the_same_content_once()
    {
        var content = Bundle(Post(FhirCalls.Patient("Một")));
        var first = File("a.json", content);

        var imported = await Import(first);
        var again = await Import(first);
        var renamed = await Import(File("b.json", content));

        Assert.Equal(1, imported.Imported["Patient"]);
        Assert.Empty(again.Imported);
        Assert.Equal(1, again.SkippedFiles);
        Assert.Equal(1, renamed.SkippedFiles);
    }

    [Fact]
    public async Task Keeps_nothing_of_a_file_that_is_wrong_and_names_the_place()
    {
        var good = File("1-good.json", Bundle(Post(FhirCalls.Patient("Tốt"))));
        File(
            "2-bad.json",
            Bundle(
                Post(FhirCalls.Patient("Hỏng")),
                Post("""{"resourceType":"Patient","birthDate":"12/3"}""")
            )
        );
        File(
            "3-cut.json",
            """{"resourceType":"Bundle","type":"transaction","entry":[{"resource":"""
        );
        File("4-other.json", """{"name":"no FHIR"}""");

        var result = await Import(folder);

        Assert.Equal(1, result.Imported.Values.Sum());
        Assert.Equal(3, result.Errors.Count);
        Assert.Contains("2-bad.json: Bundle.entry[1]", result.Errors[0], StringComparison.Ordinal);
        Assert.Contains("birthDate", result.Errors[0], StringComparison.Ordinal);
        Assert.Contains("3-cut.json", result.Errors[1], StringComparison.Ordinal);
        Assert.Contains("line 1", result.Errors[1], StringComparison.Ordinal);
        Assert.Contains("4-other.json", result.Errors[2], StringComparison.Ordinal);
        Assert.Empty((await server.Client.Get("/Patient?family=Hỏng")).Is(200).Entries);
        Assert.Equal(1, (await Import(good)).SkippedFiles);
    }

    [Fact]
    public async Task Takes_lines_and_single_resources_under_their_ids()
    {
        var id = "line-" + Guid.CreateVersion7().ToString("N");
        var lines = string.Join(
            '\n',
            Enumerable.Range(0, 1200).Select(i => FhirCalls.Patient("Dòng", $"{id[..20]}-{i}"))
        );
        File("p.ndjson", lines);
        File("q.json", FhirCalls.Patient("Lẻ", id));

        var result = await Import(folder);

        Assert.Empty(result.Errors);
        Assert.Equal(1201, result.Imported["Patient"]);
        (await server.Client.Get($"/Patient/{id}")).Is(200);
        (await server.Client.Get($"/Patient/{id[..20]}-1199")).Is(200);
    }

    [Fact]
    public async Task Names_the_line_that_is_wrong()
    {
        var result = await Import(
            File(
                "x.ndjson",
                FhirCalls.Patient("A") + "\n{\"resourceType\":\"Patient\",\"gender\":\"m\"}\n"
            )
        );

        Assert.Contains("line 2", Assert.Single(result.Errors), StringComparison.Ordinal);
        Assert.Empty(result.Imported);
    }

    [Fact]
    public async Task Resolves_what_another_file_brings_and_keeps_the_rest_by_identifier()
    {
        static string Encounter(string who) =>
            "{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"participant\":[{\"individual\":{\"reference\":\"Practitioner?identifier=urn:who|"
            + who
            + "\",\"display\":\"Dr\"}}]}";
        var key = Guid.CreateVersion7().ToString();
        File("1.json", Bundle(Post(Encounter(key)), Post(Encounter("nobody-" + key))));
        File(
            "2.json",
            Bundle(
                Post(
                    "{\"resourceType\":\"Practitioner\",\"identifier\":[{\"system\":\"urn:who\",\"value\":\""
                        + key
                        + "\"}]}"
                )
            )
        );

        var result = await Import(folder);

        Assert.Empty(result.Errors);
        Assert.Equal(2, result.Imported["Encounter"]);
        var practitioner = (
            await server.Client.Get($"/Practitioner?identifier=urn:who|{key}")
        ).Entries.Single()["resource"]!["id"];
        var found = (
            await server.Client.Get($"/Encounter?practitioner=Practitioner/{practitioner}")
        ).Is(200);
        Assert.Single(found.Entries);
        var logical = (
            await server.Client.Get($"/Encounter?practitioner:identifier=urn:who|nobody-{key}")
        ).Is(200);
        var individual = Assert.Single(logical.Entries)["resource"]!["participant"]![0]![
            "individual"
        ]!;
        Assert.Null(individual["reference"]);
        Assert.Equal("Practitioner", (string?)individual["type"]);
        Assert.Equal("Dr", (string?)individual["display"]);
    }

    [Fact]
    public async Task Loads_the_whole_of_synthea_and_a_second_time_nothing()
    {
        var synthea = Path.Combine(Repository.Shared, "data", "fhir", "synthea");
        Assert.SkipUnless(
            Directory.Exists(synthea),
            "../shared/data/fhir/synthea is not on this machine."
        );
        var expected = Directory
            .EnumerateFiles(synthea, "*.json")
            .SelectMany(file =>
            {
                using var json = JsonDocument.Parse(System.IO.File.ReadAllBytes(file));
                return json
                    .RootElement.GetProperty("entry")
                    .EnumerateArray()
                    .Select(entry =>
                        entry.GetProperty("resource").GetProperty("resourceType").GetString()!
                    )
                    .ToList();
            })
            .CountBy(type => type)
            .ToDictionary();
        var files = Directory.EnumerateFiles(synthea, "*.json").Count();
        var before = new Dictionary<string, long>();
        foreach (var type in expected.Keys)
        {
            before[type] = await Count(type);
        }
        var steps = new System.Collections.Concurrent.ConcurrentBag<ImportProgress>();

        var first = await Import(synthea, new Steps(steps.Add));
        var second = await Import(synthea);

        Assert.Empty(first.Errors);
        Assert.Equal(expected, first.Imported.ToDictionary());
        Assert.Equal(files, steps.Count);
        Assert.Equal(files, steps.Max(step => step.Done));
        Assert.Empty(second.Imported);
        Assert.Equal(files, second.SkippedFiles);
        foreach (var (type, count) in expected)
        {
            Assert.Equal(count, await Count(type) - before[type]);
        }
        // Every reference inside the bundles was resolved to a local one.
        Assert.DoesNotContain(
            "urn:uuid",
            (await server.Client.Get("/Encounter?_count=500")).Is(200).Text,
            StringComparison.Ordinal
        );
    }

    private sealed class Steps(Action<ImportProgress> take) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => take(value);
    }
}
