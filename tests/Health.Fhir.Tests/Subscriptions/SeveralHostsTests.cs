using Health.Fhir.Tests.Api;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>
/// Real programs that are killed (SIGKILL) while they match and send; on PostgreSQL two at once on one database. Every acknowledged write
/// is one event: numbers have no gap, no version has two numbers, and the receiver gets all.
/// </summary>
public sealed class SeveralHostsTests
{
    private const int Kills = 3;

    private static readonly string[] Settings =
    [
        "fhir__subscriptions__hosts__0=127.0.0.1",
        "fhir__subscriptions__look=00:00:00.050",
        "fhir__subscriptions__retryAfter=00:00:00.050",
        "fhir__subscriptions__retryAtMost=00:00:00.200",
        "fhir__subscriptions__lease=00:00:02",
        "fhir__subscriptions__timeout=00:00:02",
        "DOTNET_TC_CallCounting=0",
    ];

    [Fact]
    public async Task No_event_is_lost_doubled_or_out_of_order_when_hosts_are_killed()
    {
        using var database = new TestDatabase();
        await using var receiver = await Receiver.Start();
        await using var other =
            TestDatabase.Provider is DatabaseProvider.Sqlite
                ? null
                : await ServerProcess.Start(database.Options, database.Folder, Settings);
        var written = new List<string>();
        string? subscription = null;
        for (var round = 0; round <= Kills; round++)
        {
            await using var server = await ServerProcess.Start(
                database.Options,
                database.Folder,
                Settings
            );
            using var client = server.NewClient();
            subscription ??= await client.Subscribe(
                SubscriptionCalls.ByTopic("Basic", receiver.Address + "/killed")
            );
            for (var i = 0; i < 30; i++)
            {
                written.Add(await client.Write("""{"resourceType":"Basic","code":{"text":"x"}}"""));
            }
            if (round < Kills)
            {
                // Once some of this round are told and others are not: in the middle of the work.
                await Until.True(
                    () => receiver.EventsNow("/killed").Count > round * 30,
                    "some events of this round"
                );
                await server.Kill();
                continue;
            }
            await Until.True(
                () =>
                    receiver.EventsNow("/killed").Select(one => one.Number).Distinct().Count()
                    == written.Count,
                "all events"
            );
            var status = (await client.Get($"/Subscription/{subscription}/$status")).Is(200);
            Assert.Contains($"\"{written.Count}\"", status.Text, StringComparison.Ordinal);
        }
        var told = receiver.EventsNow("/killed");
        // At least once: what was sent by a host that was killed before it could say so comes again, under the same number.
        var byNumber = told.DistinctBy(one => one.Number).OrderBy(one => one.Number).ToList();
        Assert.Equal(Enumerable.Range(1, written.Count), byNumber.Select(one => one.Number));
        Assert.Equal(written.Order(), byNumber.Select(one => one.Id!).Order());
        Assert.All(
            told.GroupBy(one => one.Number),
            same => Assert.Single(same.Select(one => one.Id).Distinct())
        );
        // What comes again goes back, but nothing ever jumps ahead.
        Assert.All(
            told.Zip(told.Skip(1)),
            pair => Assert.True(pair.Second.Number <= pair.First.Number + 1)
        );
    }
}
