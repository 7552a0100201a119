using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ClosedXML.Excel;
using Interop.Registries;
using Interop.Tests.Prices;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Quartz;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using Testing;

namespace Interop.Tests.Registries;

/// <summary>An export of our own, as anyone would add one: it counts what the test says it should.</summary>
public sealed class TallyExport(TallyExport.Records records) : IExport
{
    public sealed class Records
    {
        public long Number { get; set; } = 7;
        public Func<Task> Meanwhile { get; set; } = () => Task.CompletedTask;

        /// <summary>Of the newest run: fires when it is stopped.</summary>
        public CancellationToken Stopping { get; set; }
    }

    public static ExportDefinition Definition { get; } =
        new(
            "tally",
            new("Số đếm", "Tally"),
            Part.Kernel,
            PeriodKind.Month,
            "0 30 1 2 * ?",
            new("hằng tháng", "monthly"),
            "Không",
            typeof(TallyExport)
        );

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [new("name", new("Tên", "Name"), 20, IsCount: false), new("number", new("Số", "Number"), 10)];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        records.Stopping = cancel;
        await records.Meanwhile();
        input.Saw(period.Start);
        return [new(["Bảy", records.Number]), new(["Tổng", records.Number], IsTotal: true)];
    }

    public CellSource SourceOf(Period period, JsonObject row, string column) =>
        new($"tally of {period}", $"{row["name"]} {column}");
}

public sealed class ExportServer : RecordsServer
{
    private readonly string folder = Directory.CreateTempSubdirectory("records-exports-").FullName;

    public SettableClock Clock { get; } = new(new(2026, 11, 22, 23, 0, 0, TimeSpan.Zero));

    public TallyExport.Records Records { get; } = new();

    public string Folder => folder;

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration["exports"] = folder;
        // What is resumed and sent, a test does itself.
        builder.Configuration["exports-every-seconds"] = "86400";
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        builder.Services.AddSingleton(Records).AddExport<TallyExport>();
    }
}

public sealed class ExportEngineTests(ExportServer server) : IClassFixture<ExportServer>
{
    private static int months;

    /// <summary>A month of its own for each test.</summary>
    private readonly string period = new DateOnly(2010, 1, 1)
        .AddMonths(Interlocked.Increment(ref months))
        .ToString("yyyy-MM");

    [Fact]
    public async Task A_run_writes_the_files_and_stands_in_the_ledger()
    {
        var run = await Run();
        Assert.Equal("Written", (string?)run["state"]);
        Assert.Equal(1, (int?)run["version"]);
        Assert.Equal(1, (long?)run["inputRecords"]);
        Assert.Equal("Open administrator", (string?)run["requestedBy"]);

        var details = await Get($"/api/exports/tally/runs/{run["id"]}");
        foreach (var file in details["files"]!.AsArray())
        {
            var content = await server.Client.GetByteArrayAsync((string)file!["href"]!);
            Assert.Equal((long)file["bytes"]!, content.Length);
            Assert.Equal(
                (string?)file["sha256"],
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content))
            );
        }
        var json = await Get($"/api/exports/tally/runs/{run["id"]}/files/json");
        Assert.Equal(period, (string?)json["period"]);
        Assert.Equal(7, (long?)json["rows"]![0]!["number"]);
        using var book = new XLWorkbook(
            await server.Client.GetStreamAsync($"/api/exports/tally/runs/{run["id"]}/files/xlsx")
        );
        Assert.Contains(7.0, book.Worksheets.Single().CellsUsed().Select(cell => cell.Value));
    }

    [Fact]
    public async Task The_same_records_make_no_new_file_and_changed_records_a_correction_beside_it()
    {
        var first = await Run();
        var before = Files();
        var second = await Run();
        Assert.Equal("Unchanged", (string?)second["state"]);
        Assert.Equal(1, (int?)second["version"]);
        Assert.Equal((string?)first["contentHash"], (string?)second["contentHash"]);
        Assert.Equal(before, Files());

        server.Records.Number = 8;
        try
        {
            var third = await Run();
            Assert.Equal("Corrected", (string?)third["state"]);
            Assert.Equal(2, (int?)third["version"]);
            Assert.Equal(before.Count + 2, Files().Count);
            Assert.Subset(Files().ToHashSet(), before.ToHashSet());
            var old = await Get($"/api/exports/tally/runs/{first["id"]}/files/json");
            Assert.Equal(7, (long?)old["rows"]![0]!["number"]);
        }
        finally
        {
            server.Records.Number = 7;
        }
    }

    [Fact]
    public async Task Of_two_runs_at_once_of_a_period_one_is_refused()
    {
        var running = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        server.Records.Meanwhile = () =>
        {
            running.TrySetResult();
            return finish.Task;
        };
        try
        {
            var first = Run();
            await running.Task;
            var second = await Post(period);
            Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
            Assert.Contains("đang được chạy", await second.Content.ReadAsStringAsync());
            finish.SetResult();
            Assert.Equal("Written", (string?)(await first)["state"]);
        }
        finally
        {
            server.Records.Meanwhile = () => Task.CompletedTask;
        }
        Assert.Equal("Unchanged", (string?)(await Run())["state"]);
    }

    [Fact]
    public async Task A_run_that_died_gives_way_when_its_lease_has_lapsed()
    {
        var dead = Guid.CreateVersion7();
        await using (var scope = server.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<RegistriesDb>();
            db.Add(
                new ExportRun
                {
                    Id = dead,
                    Export = "tally",
                    Period = period,
                    RequestedById = "x",
                    RequestedBy = "x",
                    StartedAt = server.Clock.Now,
                }
            );
            db.Add(
                new ExportLease
                {
                    Export = "tally",
                    Period = period,
                    RunId = dead,
                    Until = server.Clock.Now.AddSeconds(-1),
                }
            );
            await db.SaveChangesAsync();
        }
        Assert.Equal("Written", (string?)(await Run())["state"]);
        var old = await Get($"/api/exports/tally/runs/{dead}");
        Assert.Equal("Failed", (string?)old["run"]!["state"]);
    }

    [Fact]
    public async Task A_run_that_fails_says_why_writes_nothing_and_can_be_repeated()
    {
        server.Records.Meanwhile = () => throw new InvalidDataException("The records are torn.");
        try
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await Post(period)).StatusCode);
        }
        finally
        {
            server.Records.Meanwhile = () => Task.CompletedTask;
        }
        var ledger = await server.Client.GetFromJsonAsync<JsonArray>("/api/exports/tally/runs");
        var run = ledger!.Single(entry => (string?)entry!["period"] == period)!;
        Assert.Equal("Failed", (string?)run["state"]);
        Assert.Equal("The records are torn.", (string?)run["error"]);
        Assert.Empty(Files());
        Assert.Equal("Written", (string?)(await Run())["state"]);
    }

    [Fact]
    public async Task A_file_that_was_lost_is_written_again_with_the_same_bytes()
    {
        await Run();
        var before = Files();
        foreach (var (path, _) in before)
        {
            File.Delete(path);
        }
        Assert.Equal("Unchanged", (string?)(await Run())["state"]);
        Assert.Equal(before, Files());
    }

    [Theory]
    [InlineData("2026-12", "chưa bắt đầu")]
    [InlineData("October", "yyyy-MM")]
    public async Task A_period_that_cannot_be_is_refused(string asked, string words)
    {
        var answer = await Post(asked);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(
            words,
            (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"]
        );
    }

    [Fact]
    public async Task A_month_that_is_not_over_is_marked_as_provisional()
    {
        var answer = await Post("2026-11");
        var run = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        var json = await Get($"/api/exports/tally/runs/{run["id"]}/files/json");
        Assert.False((bool)json["complete"]!);
    }

    [Fact]
    public async Task An_unknown_export_names_those_there_are()
    {
        var answer = await server.Client.PostAsJsonAsync("/api/exports/weather/runs", new { });
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("school-results", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_schedule_is_stored_and_runs_the_month_that_was_over_when_it_was_due()
    {
        var scheduler = await server
            .Services.GetRequiredService<ISchedulerFactory>()
            .GetScheduler();
        var stored = Assert.IsAssignableFrom<ICronTrigger>(
            await scheduler.GetTrigger(new TriggerKey("tally", "exports"))
        );
        Assert.Equal("Asia/Ho_Chi_Minh", stored.TimeZone.Id);

        await scheduler.TriggerJob(new JobKey("tally", "exports"));
        var due = await Eventually(async () =>
        {
            var runs = await server.Client.GetFromJsonAsync<JsonArray>("/api/exports/tally/runs");
            return runs!.FirstOrDefault(run =>
                (string?)run!["period"] == "2026-10" && (string?)run["state"] != "Running"
            );
        });
        Assert.Equal("Records", (string?)due["requestedBy"]);
    }

    [Theory]
    // 01:30 on the 2nd in Viet Nam is 18:30 UTC on the 1st.
    [InlineData("2028-02-29T18:00:00Z", "2028-03-01T18:30:00Z")]
    [InlineData("2026-12-31T23:00:00Z", "2027-01-01T18:30:00Z")]
    [InlineData("2027-01-01T18:30:00Z", "2027-02-01T18:30:00Z")]
    public void The_next_run_is_in_the_night_of_Viet_Nam(string now, string next) =>
        Assert.Equal(
            DateTimeOffset.Parse(next, null),
            OutpatientMorbidity.Definition.NextRun(DateTimeOffset.Parse(now, null))
        );

    [Fact]
    public async Task The_page_shows_the_ledger_and_each_number_leads_to_its_source()
    {
        var run = await Run();
        var ledger = await Page("/exports");
        Assert.Contains($"/exports/runs/{run["id"]}", ledger);
        var page = await Page($"/exports/runs/{run["id"]}");
        Assert.Contains("row=0&column=number#source", page);
        var source = await Page($"/exports/runs/{run["id"]}?row=0&column=number");
        Assert.Contains($"tally of {period}", source);
        Assert.Contains("Bảy number", source);
    }

    private async Task<string> Page(string path) =>
        WebUtility.HtmlDecode(await server.Client.GetStringAsync(path));

    private List<(string Path, string Hash)> Files() =>
        Directory.Exists(Path.Combine(server.Folder, "tally", period))
            ?
            [
                .. Directory
                    .EnumerateFiles(Path.Combine(server.Folder, "tally", period))
                    .Order(StringComparer.Ordinal)
                    .Select(path => (path, ExportFolder.Hash(File.ReadAllBytes(path)))),
            ]
            : [];

    private Task<HttpResponseMessage> Post(string asked) =>
        server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period = asked });

    private async Task<JsonObject> Run()
    {
        var answer = await Post(period);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private async Task<JsonObject> Get(string path) =>
        (await server.Client.GetFromJsonAsync<JsonObject>(path))!;

    private static async Task<JsonNode> Eventually(Func<Task<JsonNode?>> look)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            if (await look() is { } found)
            {
                return found;
            }
            await Task.Delay(100);
        }
        throw new TimeoutException("It did not happen within 10 seconds.");
    }
}
