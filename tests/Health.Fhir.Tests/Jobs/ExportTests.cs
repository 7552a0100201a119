using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Jobs;

/// <summary>https://hl7.org/fhir/uv/bulkdata/STU2/export.html</summary>
public sealed class ExportTests(ExportTests.SmallFiles server)
    : IClassFixture<ExportTests.SmallFiles>
{
    private const string Later = "Prefer: respond-async";

    private HttpClient Client => server.Client;

    /// <summary>Every few lines begin another file and are written down, so that cutting and checkpoints are at work in each test.</summary>
    public sealed class SmallFiles : RecordsServer
    {
        protected override void Configure(
            Microsoft.AspNetCore.Builder.WebApplicationBuilder builder
        )
        {
            builder.Configuration["fhir:jobs:fileBytes"] = "600";
            builder.Configuration["fhir:jobs:checkpointBytes"] = "300";
            builder.Configuration["fhir:jobs:pageBytes"] = "500";
        }
    }

    [Fact]
    public async Task Everything_of_some_types_goes_out_whole_and_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(
                (
                    await Client.Post(
                        "/Device",
                        $$"""{"resourceType":"Device","lotNumber":"{{i}}"}"""
                    )
                )
                    .Is(201)
                    .Id
            );
        }

        var manifest = await Export("/$export?_type=Device,Substance");
        var lines = await Client.Lines(manifest, "output", "Device");

        Assert.Equal(ids.Order(), lines.Select(IdOf).Order());
        Assert.True(manifest.Json["output"]!.AsArray().Count > 1, "The files were to be cut.");
        Assert.True((bool)manifest.Json["requiresAccessToken"]!);
        Assert.Contains(
            "_type=Device",
            (string?)manifest.Json["request"],
            StringComparison.Ordinal
        );
        Assert.Empty(manifest.Json["error"]!.AsArray());
        var read = await Client.Get($"/Device/{ids[0]}");
        Assert.Contains(read.Text, lines);
    }

    /// <summary>Read by DuckDB, as an analyst reads it.</summary>
    [Fact]
    public async Task Parquet_holds_the_same_resources()
    {
        var person = await Person("parquet");

        var manifest = await Export(
            "/Patient/$export?_type=Observation,Patient&_outputFormat=application/vnd.apache.parquet"
        );
        var folder = Directory.CreateTempSubdirectory("records-parquet-").FullName;
        foreach (var (at, file) in manifest.Json["output"]!.AsArray().Index())
        {
            using var got = await Client.GetAsync(new Uri((string)file!["url"]!));
            Assert.Equal(
                "application/vnd.apache.parquet",
                got.Content.Headers.ContentType!.MediaType
            );
            await File.WriteAllBytesAsync(
                Path.Combine(folder, $"{file["type"]}-{at}.parquet"),
                await got.Content.ReadAsByteArrayAsync()
            );
        }

        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync();
        await using var command = duck.CreateCommand();
        command.CommandText = $"""
            SELECT o.patient, o.version, o.resource ->> '$.code.coding[0].code', p.resource ->> '$.resourceType'
            FROM '{folder}/Observation-*.parquet' o JOIN '{folder}/Patient-*.parquet' p ON o.patient = p.patient
            WHERE o.patient = 'Patient/{person}' AND o.last_updated::TIMESTAMPTZ > TIMESTAMPTZ '2020-01-01'
            """;
        await using var rows = await command.ExecuteReaderAsync();
        Assert.True(await rows.ReadAsync());
        Assert.Equal(
            [$"Patient/{person}", "1", "parquet", "Patient"],
            Enumerable.Range(0, 4).Select(rows.GetString)
        );
        Assert.False(await rows.ReadAsync());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_group_gives_its_members_records_and_no_others()
    {
        var (first, second, other) = (await Person(), await Person(), await Person());
        var group = (
            await Client.Post(
                "/Group",
                $$$"""{"resourceType":"Group","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/{{{first}}}"}},{"entity":{"reference":"Patient/{{{second}}}"}},{"entity":{"reference":"Patient/{{{other}}}"},"inactive":true}]}"""
            )
        ).Is(201);

        var manifest = await Export($"/Group/{group.Id}/$export");

        Assert.Equal(
            new[] { first, second }.Order(),
            (await Client.Lines(manifest, "output", "Patient")).Select(IdOf).Order()
        );
        Assert.Equal(2, (await Client.Lines(manifest, "output", "Observation")).Count);
        Assert.Empty(await Client.Lines(manifest, "output", "Device"));
    }

    [Fact]
    public async Task A_filter_a_since_and_elements_narrow_it()
    {
        var patient = await Person("tall");
        var observation = await Export(
            "/Patient/$export?_type=Observation&_typeFilter=Observation%3Fcode%3Dtall&_elements=Observation.code"
        );

        var line = Assert.Single(await Client.Lines(observation, "output"));
        var exported = JsonNode.Parse(line)!;
        Assert.Equal("tall", (string?)exported["code"]!["coding"]![0]!["code"]);
        Assert.Null(exported["valueString"]);
        Assert.Contains("SUBSETTED", line, StringComparison.Ordinal);

        var ofOne = await Client.Post(
            "/Patient/$export",
            $$$"""{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/{{{patient}}}"}},{"name":"_type","valueString":"Patient"},{"name":"_since","valueInstant":"2000-01-01T00:00:00Z"}]}""",
            Later
        );
        var manifest = (await Client.Finished(ofOne.Address())).Is(200);
        Assert.Equal([patient], (await Client.Lines(manifest, "output")).Select(IdOf));

        var none = await Export("/Patient/$export?_type=Patient&_since=2100-01-01T00:00:00Z");
        Assert.Empty(none.Json["output"]!.AsArray());
    }

    [Fact]
    public async Task What_was_deleted_since_is_told()
    {
        var gone = (
            await Client.Post("/Substance", """{"resourceType":"Substance","code":{"text":"x"}}""")
        )
            .Is(201)
            .Id;
        (await Client.Delete($"/Substance/{gone}")).Is(204);

        var manifest = await Export("/$export?_type=Substance&_since=2000-01-01T00:00:00Z");

        var line = Assert.Single(await Client.Lines(manifest, "deleted"));
        Assert.Equal(
            $"Substance/{gone}",
            (string?)JsonNode.Parse(line)!["entry"]![0]!["request"]!["url"]
        );
    }

    [Theory]
    [InlineData("/$export?_type=Nonsense", "Nonsense")]
    [InlineData("/$export?_since=yesterday", "yesterday")]
    [InlineData("/$export?_typeFilter=Patient%3Fnonsense%3D1", "nonsense")]
    [InlineData("/$export?_type=Patient&_typeFilter=Observation%3Fcode%3D1", "Observation")]
    [InlineData("/$export?_outputFormat=pdf", "pdf")]
    [InlineData("/$export?rubbish=1", "rubbish")]
    [InlineData("/$export?includeAssociatedData=Magic", "Magic")]
    [InlineData("/Patient/$export?_type=Medication", "Medication")]
    public async Task A_wrong_parameter_is_refused_before_the_work(string path, string named)
    {
        var refused = await Client.Get(path, Later);

        Assert.Equal(400, refused.Status);
        Assert.Contains(named, refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_unknown_is_passed_over_when_asked_and_said_in_the_error_file()
    {
        var manifest = await Export(
            "/$export?_type=Nonsense,Substance&rubbish=1",
            "Prefer: respond-async, handling=lenient"
        );

        Assert.Contains(
            "Nonsense",
            Assert.Single(await Client.Lines(manifest, "error")),
            StringComparison.Ordinal
        );
    }

    private async Task<Reply> Export(string path, string prefer = Later) =>
        (await Client.Finished((await Client.Get(path, prefer)).Address())).Is(200);

    private async Task<string> Person(string code = "c")
    {
        var id = (await Client.Post("/Patient", FhirCalls.Patient("Xuất"))).Is(201).Id;
        (
            await Client.Post(
                "/Observation",
                $$$"""{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"{{{code}}}"}]},"subject":{"reference":"Patient/{{{id}}}"},"valueString":"x"}"""
            )
        ).Is(201);
        return id;
    }

    private static string IdOf(string line) => (string)JsonNode.Parse(line)!["id"]!;
}
