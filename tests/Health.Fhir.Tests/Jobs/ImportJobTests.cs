using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Testing;

namespace Health.Fhir.Tests.Jobs;

/// <summary>https://github.com/smart-on-fhir/bulk-import/blob/master/import.md</summary>
public sealed class ImportJobTests(ImportJobTests.WithFolder server)
    : IClassFixture<ImportJobTests.WithFolder>
{
    public sealed class WithFolder : RecordsServer
    {
        public string Folder => Path.Combine(DataFolder, "incoming");

        protected override void Configure(
            Microsoft.AspNetCore.Builder.WebApplicationBuilder builder
        )
        {
            Directory.CreateDirectory(Folder);
            builder.Configuration["fhir:jobs:importFolder"] = Folder;
            builder.Configuration["fhir:jobs:importHosts:0"] = "localhost:1";
        }
    }

    [Fact]
    public async Task Lines_are_taken_wrong_ones_are_reported_and_nothing_is_taken_twice()
    {
        var file = Path.Combine(server.Folder, "a.ndjson");
        await File.WriteAllTextAsync(
            file,
            string.Join(
                '\n',
                Enumerable
                    .Range(0, 600)
                    .Select(i =>
                        $$"""{"resourceType":"Device","id":"imp-{{i}}","lotNumber":"l{{i}}"}"""
                    )
                    .Append("")
                    .Append("""{"resourceType":"Device","nonsense":1}""")
                    .Append("""{"resourceType":"Patient","active":true}""")
                    .Append("no json")
                    .Append("""{"resourceType":"Device","lotNumber":"without id"}""")
                    .Append("""{"resourceType":"Device","id":"imp-599","lotNumber":"again"}""")
            )
        );

        var done = await Import(Asking(("Device", new Uri(file).AbsoluteUri)));

        Assert.Equal(601, (int)done.Json["output"]![0]!["count"]!);
        var errors = await server.Client.Lines(done, "error");
        Assert.Equal(3, errors.Count);
        Assert.Contains("line 602", errors[0], StringComparison.Ordinal);
        Assert.Contains("line 603", errors[1], StringComparison.Ordinal);
        Assert.Contains("line 604", errors[2], StringComparison.Ordinal);
        Assert.Equal(601, (int)(await server.Client.Get("/Device?_summary=count")).Json["total"]!);
        Assert.Equal(
            "again",
            (string?)(await server.Client.Get("/Device/imp-599")).Json["lotNumber"]
        );

        var again = await Import(Asking(("Device", new Uri(file).AbsoluteUri)));
        Assert.Equal(0, (int)again.Json["output"]![0]!["count"]!);
        Assert.Equal("W/\"1\"", (await server.Client.Get("/Device/imp-7")).ETag);
    }

    [Fact]
    public async Task A_source_that_does_not_answer_fails_the_job()
    {
        var accepted = await server.Client.Post(
            "/$import",
            Asking(("Patient", "http://localhost:1/a.ndjson"))
        );

        (await server.Client.Finished(accepted.Address())).Refused(502, "transient", "localhost:1");
    }

    [Theory]
    [InlineData("file:///etc/passwd", "folder")]
    [InlineData("http://169.254.169.254/latest", "host")]
    [InlineData("https://localhost/a", "host")]
    [InlineData("ftp://localhost:1/a", "https")]
    [InlineData("a.ndjson", "absolute")]
    public async Task What_is_not_allowed_is_not_fetched(string url, string why) =>
        (await server.Client.Post("/$import", Asking(("Patient", url)))).Refused(400, "value", why);

    [Fact]
    public async Task A_path_out_of_the_folder_is_none_of_it()
    {
        var outside = Path.Combine(server.DataFolder, "outside.ndjson");
        await File.WriteAllTextAsync(outside, "{}");
        File.CreateSymbolicLink(Path.Combine(server.Folder, "link.ndjson"), outside);

        foreach (var path in (string[])["../outside.ndjson", "link.ndjson"])
        {
            (
                await server.Client.Post(
                    "/$import",
                    Asking(("Patient", $"file://{server.Folder}/{path}"))
                )
            ).Refused(400, "value", "folder");
        }
    }

    private async Task<Reply> Import(string asking) =>
        (await server.Client.Finished((await server.Client.Post("/$import", asking)).Address())).Is(
            200
        );

    private static string Asking(params (string Type, string Url)[] files) =>
        new JsonObject
        {
            ["resourceType"] = "Parameters",
            ["parameter"] = new JsonArray([
                new JsonObject
                {
                    ["name"] = "inputFormat",
                    ["valueCode"] = "application/fhir+ndjson",
                },
                .. files.Select(file => new JsonObject
                {
                    ["name"] = "input",
                    ["part"] = new JsonArray(
                        new JsonObject { ["name"] = "type", ["valueCode"] = file.Type },
                        new JsonObject { ["name"] = "url", ["valueUri"] = file.Url }
                    ),
                }),
            ]),
        }.ToJsonString();
}
