using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Persistence;
using Testing;

namespace Interop.Tests.Registries;

/// <summary>The real program as processes of their own on one database: at the same time, and one after another's death.</summary>
public sealed class TwoHostsTests : IDisposable
{
    private const string Modules = "health,education,interop";
    private readonly TestDatabase database = new();

    [Fact]
    public async Task Two_hosts_on_one_server_never_run_a_period_twice()
    {
        Assert.SkipUnless(
            TestDatabase.Provider is DatabaseProvider.Postgres,
            "SQLite serves one host; several share a server."
        );
        await using var one = await Start();
        await using var two = await Start();
        using var left = one.NewClient();
        using var right = two.NewClient();
        foreach (var year in new[] { "2011-2012", "2012-2013", "2013-2014" })
        {
            var answers = await Task.WhenAll(
                Enumerable
                    .Range(0, 10)
                    .Select(n =>
                        (n % 2 == 0 ? left : right).PostAsJsonAsync(
                            "/api/exports/school-results/runs",
                            new { period = year }
                        )
                    )
            );
            Assert.All(
                answers,
                answer =>
                    Assert.True(
                        answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict,
                        answer.StatusCode.ToString()
                    )
            );
        }
        var runs = (await left.GetFromJsonAsync<JsonArray>("/api/exports/school-results/runs"))!;
        foreach (var period in runs.GroupBy(run => (string?)run!["period"]))
        {
            Assert.Single(period, run => (string?)run!["state"] == "Written");
            Assert.All(
                period,
                run => Assert.Contains((string?)run!["state"], new[] { "Written", "Unchanged" })
            );
            Assert.All(period, run => Assert.Equal(1, (int?)run!["version"]));
        }
    }

    [Fact]
    public async Task A_host_that_is_killed_while_it_sends_is_followed_by_one_that_sends_nothing_twice()
    {
        await using var sandbox = await SandboxDestination.Start();
        var arrived = new TaskCompletionSource();
        sandbox.Put = async (arrival, http) =>
        {
            // It takes the file and is then silent, so the first host dies without an answer.
            sandbox.Taken.TryAdd(arrival.Path, arrival.Sha256);
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { });
            return null;
        };
        string[] settings =
        [
            $"Destinations__school-results__Address={sandbox.Address}",
            "exports-every-seconds=0.5",
            "exports-lease-seconds=3",
        ];
        const string version = "/api/exports/school-results/versions/2015-2016/1";
        await using (var first = await Start(settings))
        {
            using var client = first.NewClient();
            (
                await client.PostAsJsonAsync(
                    "/api/exports/school-results/runs",
                    new { period = "2015-2016" }
                )
            ).EnsureSuccessStatusCode();
            (await client.PostAsync(version + "/approve", null)).EnsureSuccessStatusCode();
            await arrived.Task.WaitAsync(
                TimeSpan.FromSeconds(30),
                TestContext.Current.CancellationToken
            );
            await first.Kill();
        }
        await using var second = await Start(settings);
        using var other = second.NewClient();
        var snapshot = new JsonObject();
        for (var tries = 0; tries < 300 && (string?)snapshot["state"] != "Acknowledged"; tries++)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            snapshot = (await other.GetFromJsonAsync<JsonObject>(version))!["snapshot"]!.AsObject();
        }
        Assert.Equal("Acknowledged", (string?)snapshot["state"]);
        Assert.Equal(2, (int?)snapshot["attempts"]);
        Assert.Single(sandbox.Arrivals);
    }

    private Task<ServerProcess> Start(params string[] settings) =>
        ServerProcess.StartModules(Modules, database.Options, database.Folder, settings);

    public void Dispose() => database.Dispose();
}
