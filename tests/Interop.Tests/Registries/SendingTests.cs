using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Registries;
using Interop.Registries.Quality;
using Interop.Registries.Sending;
using Interop.Tests.Prices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Testing;

namespace Interop.Tests.Registries;

/// <summary>The tally of <see cref="TallyExport"/>, sent to a sandbox; passes are made by the test and not by the clock.</summary>
public sealed class SendingServer : RecordsServer
{
    public SettableClock Clock { get; } = new(new(2026, 11, 22, 23, 0, 0, TimeSpan.Zero));
    public TallyExport.Records Records { get; } = new();
    public SandboxDestination Sandbox { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Sandbox = await SandboxDestination.Start();
        await base.InitializeAsync();
    }

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration["exports"] = Path.Combine(DataFolder, "exports");
        builder.Configuration["exports-every-seconds"] = "86400";
        builder.Configuration["Destinations:tally:Address"] = Sandbox.Address.ToString();
        builder.Configuration["Destinations:TimeoutSeconds"] = "0.5";
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        builder.Services.AddSingleton(Records).AddExport<TallyExport>();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sandbox.DisposeAsync();
    }
}

public sealed class SendingTests(SendingServer server) : IClassFixture<SendingServer>, IDisposable
{
    private static int months;

    private readonly string period = new DateOnly(2011, 1, 1)
        .AddMonths(Interlocked.Increment(ref months))
        .ToString("yyyy-MM");

    private string PathOf(int version) => $"tally/{period}/v{version}.json";

    [Fact]
    public async Task What_is_approved_is_sent_once_and_its_receipt_is_kept()
    {
        await Prepare();
        Assert.Equal("Prepared", (string?)(await Snapshot())["state"]);
        await Pass();
        Assert.Empty(Arrivals());

        await Approve();
        await Pass();
        var snapshot = await Snapshot();
        Assert.Equal("Acknowledged", (string?)snapshot["state"]);
        Assert.Equal(SandboxDestination.ReceiptOf(PathOf(1)), (string?)snapshot["receipt"]);
        Assert.Equal((string?)snapshot["contentHash"], Assert.Single(Arrivals()).Sha256);

        // Neither later passes nor a second approval send it again.
        server.Clock.Now += TimeSpan.FromDays(1);
        await Pass();
        Assert.Equal(HttpStatusCode.Conflict, (await Post("approve")).StatusCode);
        Assert.Single(Arrivals());
    }

    [Fact]
    public async Task An_answer_that_comes_too_late_is_asked_for_and_nothing_is_sent_twice()
    {
        server.Sandbox.Put = async (arrival, http) =>
        {
            server.Sandbox.Taken.TryAdd(arrival.Path, arrival.Sha256);
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { });
            return null;
        };
        await Prepare();
        await Approve();
        await Pass();
        var waiting = await Snapshot();
        Assert.Equal("Approved", (string?)waiting["state"]);
        Assert.Contains("no answer", (string?)waiting["reason"]);

        await Later();
        Assert.Equal("Acknowledged", (string?)(await Snapshot())["state"]);
        Assert.Single(Arrivals());
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_is_tried_again_ever_more_slowly()
    {
        server.Sandbox.Put = (_, http) =>
        {
            http.Abort();
            return Task.FromResult<IResult?>(Results.Empty);
        };
        await Prepare();
        await Approve();
        var waits = new List<double>();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            await Pass();
            var due = (DateTimeOffset)(await Snapshot())["nextAttemptAt"]!;
            waits.Add((due - server.Clock.Now).TotalSeconds);
            await Pass();
            Assert.Equal(attempt, Arrivals().Count);
            server.Clock.Now = due;
        }
        Assert.Equal([30, 60, 120, 240, 480], waits);

        server.Sandbox.Put = (_, _) => Task.FromResult<IResult?>(null);
        await Pass();
        Assert.Equal("Acknowledged", (string?)(await Snapshot())["state"]);
        // The same key each time: the destination can tell that it is one shipment.
        Assert.Single(Arrivals().Select(arrival => arrival.Key).Distinct());
    }

    [Fact]
    public async Task A_receipt_for_another_content_is_none()
    {
        server.Sandbox.Put = (_, _) =>
            Task.FromResult<IResult?>(Results.Json(new { receipt = "X-1", sha256 = "beef" }));
        await Prepare();
        await Approve();
        await Pass();
        var snapshot = await Snapshot();
        Assert.Equal("Approved", (string?)snapshot["state"]);
        Assert.Null((string?)snapshot["receipt"]);
        Assert.Contains("no receipt for what was sent", (string?)snapshot["reason"]);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task A_wrong_answer_is_no_answer_and_is_tried_again(int status)
    {
        server.Sandbox.Put = (_, _) =>
            Task.FromResult<IResult?>(Results.Text("<html>oops", "text/html", statusCode: status));
        await Prepare();
        await Approve();
        await Pass();
        Assert.Equal("Approved", (string?)(await Snapshot())["state"]);
        server.Sandbox.Put = (_, _) => Task.FromResult<IResult?>(null);
        await Later();
        Assert.Equal("Acknowledged", (string?)(await Snapshot())["state"]);
    }

    [Fact]
    public async Task A_refusal_waits_for_a_person_with_its_reason_and_may_be_sent_again()
    {
        server.Sandbox.Put = (_, _) =>
            Task.FromResult<IResult?>(
                Results.Json(new { reason = "Đơn vị chưa đăng ký." }, statusCode: 422)
            );
        await Prepare();
        await Approve();
        await Pass();
        var refused = await Snapshot();
        Assert.Equal("Refused", (string?)refused["state"]);
        Assert.Equal("Đơn vị chưa đăng ký.", (string?)refused["reason"]);
        server.Clock.Now += TimeSpan.FromDays(1);
        await Pass();
        Assert.Single(Arrivals());
        Assert.Contains(
            "Đơn vị chưa đăng ký.",
            WebUtility.HtmlDecode(await server.Client.GetStringAsync("/exports"))
        );

        server.Sandbox.Put = (_, _) => Task.FromResult<IResult?>(null);
        await Approve();
        await Pass();
        Assert.Equal("Acknowledged", (string?)(await Snapshot())["state"]);
    }

    [Fact]
    public async Task What_is_received_first_and_judged_later_is_asked_after()
    {
        server.Sandbox.Put = (_, _) =>
            Task.FromResult<IResult?>(Results.Json(new { }, statusCode: 202));
        server.Sandbox.Get = _ => Results.Json(new { state = "received" });
        await Prepare();
        await Approve();
        await Pass();
        Assert.Equal("Sent", (string?)(await Snapshot())["state"]);
        await Later();
        Assert.Equal("Sent", (string?)(await Snapshot())["state"]);
        server.Sandbox.Get = _ => Results.Json(new { state = "refused", reason = "Sai tổng." });
        await Later();
        var refused = await Snapshot();
        Assert.Equal("Refused", (string?)refused["state"]);
        Assert.Equal("Sai tổng.", (string?)refused["reason"]);
        Assert.Single(Arrivals());
    }

    [Fact]
    public async Task Late_data_make_a_correction_that_says_what_it_corrects()
    {
        await Prepare();
        await Approve();
        await Pass();
        server.Records.Number = 8;
        var run = await Prepare();
        Assert.Equal("Corrected", (string?)run["state"]);
        Assert.Equal("Corrected", (string?)(await Snapshot(1))["state"]);
        Assert.Equal("Prepared", (string?)(await Snapshot(2))["state"]);
        // The corrected one keeps its receipt, and can neither be approved nor sent.
        Assert.NotNull((string?)(await Snapshot(1))["receipt"]);
        Assert.Equal(HttpStatusCode.Conflict, (await Post("approve", 1)).StatusCode);
        await Approve(2);
        await Pass();
        Assert.Equal(["v1"], Arrivals().Select(one => one.Corrects).OfType<string>());
        Assert.Equal("Acknowledged", (string?)(await Snapshot(2))["state"]);
    }

    [Fact]
    public async Task A_correction_made_before_the_sending_goes_out_alone()
    {
        await Prepare();
        await Approve();
        server.Records.Number = 9;
        await Prepare();
        await Pass();
        Assert.Empty(Arrivals());
    }

    [Fact]
    public async Task A_damaged_file_is_neither_approved_nor_sent()
    {
        await Prepare();
        await Approve();
        await Post("withdraw");
        var file = Directory
            .GetFiles(Path.Combine(server.DataFolder, "exports", "tally", period), "*.json")
            .Single();
        File.WriteAllText(file, File.ReadAllText(file).Replace('7', '8'));
        var answer = await Post("approve");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(Path.GetFileName(file), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_month_that_is_not_over_cannot_be_approved()
    {
        server.Clock.Now = new(2031, 5, 10, 0, 0, 0, TimeSpan.Zero);
        await server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period = "2031-05" });
        var answer = await server.Client.PostAsync(
            "/api/exports/tally/versions/2031-05/1/approve",
            null
        );
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("chưa kết thúc", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_outlier_must_be_explained_before_it_is_sent()
    {
        // Six usual months, then one that is far off.
        for (var back = 6; back >= 1; back--)
        {
            server.Records.Number = 100 + back % 3;
            await Prepare(DateOnly.Parse(period + "-01", null).AddYears(20).AddMonths(-back));
        }
        server.Records.Number = 900;
        var odd = DateOnly.Parse(period + "-01", null).AddYears(20);
        await Prepare(odd);
        var address = $"/api/exports/tally/versions/{odd:yyyy-MM}/1";
        var details = (await server.Client.GetFromJsonAsync<JsonObject>(address))!;
        var finding = Assert.Single(details["findings"]!.AsArray())!;
        Assert.Equal("outlier", (string?)finding["rule"]);
        Assert.Equal("number", (string?)finding["place"]);
        var refused = await server.Client.PostAsync(address + "/approve", null);
        Assert.Contains("1 cảnh báo", await refused.Content.ReadAsStringAsync());
        var resolve = $"/api/exports/findings/{finding["id"]}/resolve";
        var tooShort = await server.Client.PostAsJsonAsync(resolve, new { explanation = "ok" });
        Assert.Equal(HttpStatusCode.BadRequest, tooShort.StatusCode);
        var resolved = await server.Client.PostAsJsonAsync(
            resolve,
            new { explanation = "Có dịch trong tháng." }
        );
        Assert.Equal(HttpStatusCode.NoContent, resolved.StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.Client.PostAsync(address + "/approve", null)).StatusCode
        );
    }

    [Fact]
    public async Task A_run_can_be_stopped_and_writes_nothing()
    {
        var running = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        server.Records.Meanwhile = () =>
        {
            running.TrySetResult();
            return stopped.Task;
        };
        var run = server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period });
        await running.Task;
        var id = (
            await server.Client.GetFromJsonAsync<JsonArray>("/api/exports/tally/runs")
        )!.Single(one => (string?)one!["period"] == period)!["id"];
        Assert.Contains(
            "Dừng",
            WebUtility.HtmlDecode(await server.Client.GetStringAsync($"/exports/runs/{id}"))
        );
        Assert.Equal(
            HttpStatusCode.Accepted,
            (await server.Client.PostAsync($"/api/exports/runs/{id}/cancel", null)).StatusCode
        );
        server.Records.Stopping.Register(() => stopped.TrySetCanceled());
        Assert.Equal(HttpStatusCode.Conflict, (await run).StatusCode);
        var entry = (
            await server.Client.GetFromJsonAsync<JsonObject>($"/api/exports/tally/runs/{id}")
        )!["run"]!;
        Assert.Equal("Cancelled", (string?)entry["state"]);
        server.Records.Meanwhile = () => Task.CompletedTask;
        Assert.Equal("Written", (string?)(await Prepare())["state"]);
    }

    [Fact]
    public async Task A_run_whose_process_died_is_made_again_by_whoever_lives()
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
            Assert.Equal(
                1,
                await scope.ServiceProvider.GetRequiredService<ResumeExports>().Run(default)
            );
        }
        var runs = (await server.Client.GetFromJsonAsync<JsonArray>("/api/exports/tally/runs"))!
            .Where(run => (string?)run!["period"] == period)
            .Select(run => (string?)run!["state"])
            .Order();
        Assert.Equal(["Failed", "Written"], runs);
    }

    [Fact]
    public async Task What_is_handed_over_by_hand_has_its_receipt_entered()
    {
        await Prepare();
        var early = await server.Client.PostAsJsonAsync(Url(1) + "/receipt", new { number = "7" });
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        await Approve();
        var empty = await server.Client.PostAsJsonAsync(Url(1) + "/receipt", new { });
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        await server.Client.PostAsJsonAsync(Url(1) + "/receipt", new { number = " SYT-7 " });
        await Pass();
        var snapshot = await Snapshot();
        Assert.Equal("Acknowledged", (string?)snapshot["state"]);
        Assert.Equal("SYT-7", (string?)snapshot["receipt"]);
        Assert.Empty(Arrivals());
    }

    [Fact]
    public void Who_is_usual_and_who_is_not()
    {
        Assert.Equal(0, CheckFigures.ModifiedZScore([10, 10, 10, 10], 10));
        Assert.Equal(double.PositiveInfinity, CheckFigures.ModifiedZScore([10, 10, 10, 10], 16));
        // Median 10, MAD 1: 0.6745 · (20 − 10) / 1.
        Assert.Equal(6.745, CheckFigures.ModifiedZScore([9, 9, 10, 11, 11], 20), 3);
        // More than half alike: 1.2533 times the mean deviation of 0.4 instead.
        Assert.Equal(
            10 / (1.253314 * 0.4),
            CheckFigures.ModifiedZScore([10, 10, 10, 10, 12], 20),
            3
        );
    }

    public void Dispose()
    {
        server.Records.Number = 7;
        server.Records.Meanwhile = () => Task.CompletedTask;
        server.Sandbox.Put = (_, _) => Task.FromResult<IResult?>(null);
        server.Sandbox.Get = _ => null;
    }

    private string Url(int version) => $"/api/exports/tally/versions/{period}/{version}";

    private List<SandboxDestination.Arrival> Arrivals() =>
        [.. server.Sandbox.Arrivals.Where(one => one.Path.Contains($"/{period}/"))];

    private async Task<JsonObject> Prepare(DateOnly? month = null)
    {
        if (month is { } later)
        {
            server.Clock.Now = new(later.AddMonths(2).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        }
        var answer = await server.Client.PostAsJsonAsync(
            "/api/exports/tally/runs",
            new { period = month?.ToString("yyyy-MM") ?? period }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private Task<HttpResponseMessage> Post(string what, int version = 1) =>
        server.Client.PostAsync($"{Url(version)}/{what}", null);

    private async Task Approve(int version = 1)
    {
        var answer = await Post("approve", version);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonObject> Snapshot(int version = 1) =>
        (await server.Client.GetFromJsonAsync<JsonObject>(Url(version)))!["snapshot"]!.AsObject();

    private async Task Pass()
    {
        await using var scope = server.Scope();
        await scope.ServiceProvider.GetRequiredService<SendSnapshots>().Run(default);
    }

    private async Task Later()
    {
        server.Clock.Now = (DateTimeOffset)(await Snapshot())["nextAttemptAt"]!;
        await Pass();
    }
}
