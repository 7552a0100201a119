using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/channels.html#rest-hook, with a real receiver.</summary>
public sealed class RestHookTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private readonly HttpClient client = server.Client;
    private readonly Receiver receiver = server.Receiver;

    /// <summary>Of each test, so that they do not see each other's notifications.</summary>
    private readonly string path = $"/{Guid.CreateVersion7():N}";

    private string Endpoint => receiver.Address + path;

    private static string Patient(string family) =>
        $$"""{"resourceType":"Patient","active":true,"name":[{"family":"{{family}}"}]}""";

    [Fact]
    public async Task A_subscription_is_greeted_becomes_active_and_is_told_of_what_happens()
    {
        var subscription = SubscriptionCalls.ByTopic(
            "Patient",
            Endpoint,
            "id-only",
            $"Patient?family=A{path[1..]}"
        );
        subscription["channel"]!["header"] = new JsonArray("Authorization: Bearer secret-123");
        var id = await client.Subscribe(subscription);
        var patient = await client.Write(Patient("A" + path[1..]));
        await client.Write(Patient("B" + path[1..]));

        var told = Assert.Single(await receiver.Events(path, 1));
        var all = receiver.Taken(path);

        Assert.Equal(["handshake", "event-notification"], all.Select(one => one.Type));
        Assert.Equal(["requested", "active"], all.Select(one => one.Value("status", "valueCode")));
        Assert.Equal((1, patient), (told.Number, told.Id));
        var entry = Assert.Single(all[1].Entries);
        Assert.Equal("POST", (string?)entry["request"]!["method"]);
        Assert.Null(entry["resource"]);
        Assert.EndsWith(
            $"/fhir/Patient/{patient}",
            (string?)entry["fullUrl"],
            StringComparison.Ordinal
        );
        Assert.All(all, one => Assert.Equal("Bearer secret-123", one.Authorization));
        Assert.All(all, one => Assert.Equal("application/fhir+json", one.ContentType));
        await client.Becomes(id, "active");
        // Whoever reads the Subscription sees that there is a header, not what it says.
        var read = (await client.Get($"/Subscription/{id}")).Is(200);
        Assert.Equal("Authorization: ***", (string?)read.Json["channel"]!["header"]![0]);
        Assert.DoesNotContain(
            "secret-123",
            (await client.Get($"/Subscription/{id}/_history")).Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("empty", false, false)]
    [InlineData("id-only", true, false)]
    [InlineData("full-resource", true, true)]
    public async Task A_notification_tells_as_much_as_was_asked(
        string content,
        bool focus,
        bool resource
    )
    {
        await client.Subscribe(SubscriptionCalls.ByTopic("Basic", Endpoint, content));
        await client.Write("""{"resourceType":"Basic","code":{"text":"x"}}""");

        var told = (await receiver.Events(path, 1))[0];

        Assert.Equal(focus, told.Focus is not null);
        var notification = receiver.Taken(path).First(one => one.Type == "event-notification");
        Assert.Equal(focus ? 1 : 0, notification.Entries.Count);
        Assert.Equal(
            resource ? "Basic" : null,
            (string?)notification.Entries.FirstOrDefault()?["resource"]?["resourceType"]
        );
    }

    [Fact]
    public async Task A_receiver_that_was_down_gets_everything_in_order_and_without_gap()
    {
        receiver.Fail(0);
        var id = await client.Subscribe(SubscriptionCalls.ByTopic("Flag", Endpoint));
        await receiver.Wait(path, 1);
        receiver.Fail(-1);
        var written = new List<string>();
        for (var i = 0; i < 45; i++)
        {
            written.Add(
                await client.Write(
                    """{"resourceType":"Flag","status":"active","code":{"text":"x"},"subject":{"reference":"Group/1"}}"""
                )
            );
        }
        await client.Becomes(id, "error");
        var error = (string?)(await client.Get($"/Subscription/{id}")).Json["error"];
        Assert.Contains("500", error, StringComparison.Ordinal);
        receiver.Fail(0);

        var told = await receiver.Events(path, 45);

        Assert.Equal(Enumerable.Range(1, 45), told.Select(one => one.Number));
        Assert.Equal(written, told.Select(one => one.Id));
        await client.Becomes(id, "active");
        var status = (await client.Get($"/Subscription/{id}/$status")).Is(200);
        var parameters = status.Entries[0]["resource"]!["parameter"]!.AsArray();
        Assert.Contains(
            parameters,
            one =>
                (string?)one!["name"] == "events-since-subscription-start"
                && (string?)one["valueString"] == "45"
        );
        // What the receiver has can be asked for again, by number.
        var again = (
            await client.Get(
                $"/Subscription/{id}/$events?eventsSinceNumber=44&content=full-resource"
            )
        ).Is(200);
        Assert.Equal(
            written[43..],
            again.Entries.Skip(1).Select(entry => (string?)entry["resource"]!["id"])
        );
        (await client.Get($"/Subscription/{id}/$events?eventsSinceNumber=x")).Refused(
            400,
            "value",
            "eventsSinceNumber"
        );
    }

    [Fact]
    public async Task Create_update_and_delete_are_told_and_what_is_off_is_not()
    {
        var id = await client.Subscribe(
            SubscriptionCalls.ByTopic("Organization", Endpoint, "id-only", "Organization?name=Kho")
        );
        var organization = await client.Write("""{"resourceType":"Organization","name":"Kho"}""");
        (
            await client.Put(
                $"/Organization/{organization}",
                $$"""{"resourceType":"Organization","id":"{{organization}}","name":"Kho 2"}"""
            )
        ).Is(200);
        (await client.Delete($"/Organization/{organization}")).Is(204);

        await receiver.Events(path, 3);

        Assert.Equal(
            ["POST", "PUT", "DELETE"],
            receiver
                .Taken(path)
                .SelectMany(one => one.Entries)
                .Select(entry => (string?)entry["request"]!["method"])
        );
        var off = (await client.Get($"/Subscription/{id}")).Json.AsObject();
        off["status"] = "off";
        (await client.Put($"/Subscription/{id}", off.ToJsonString())).Is(200);
        // One that begins later is told; when it was, the other would have been.
        await client.Subscribe(SubscriptionCalls.ByTopic("Organization", Endpoint + "/later"));
        await client.Write("""{"resourceType":"Organization","name":"Kho 3"}""");
        await receiver.Events(path + "/later", 1);
        Assert.Equal(4, receiver.EventsNow(path).Count);
        (await client.Delete($"/Subscription/{id}")).Is(204);
    }

    [Fact]
    public async Task A_topic_tells_of_the_step_not_of_every_version()
    {
        var patient = await client.Write(Patient("C"));
        await client.Subscribe(
            SubscriptionCalls.ByTopic(
                "new-laboratory-result",
                Endpoint,
                "id-only",
                $"Observation?patient=Patient/{patient}"
            )
        );
        var preliminary = await client.Write(Result("preliminary"));
        (await client.Put($"/Observation/{preliminary}", Result("final", preliminary))).Is(200);
        (await client.Put($"/Observation/{preliminary}", Result("corrected", preliminary))).Is(200);
        var final = await client.Write(Result("final"));

        var told = await receiver.Events(path, 2);

        Assert.Equal([preliminary, final], told.Select(one => one.Id));

        string Result(string status, string? id = null) =>
            $$$"""{"resourceType":"Observation"{{{(id is null ? "" : $",\"id\":\"{id}\"")}}},"status":"{{{status}}}","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],"code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"}}""";
    }

    [Fact]
    public async Task A_classic_subscription_is_notified_without_or_with_the_resource()
    {
        await client.Subscribe(
            SubscriptionCalls.Plain("Device?manufacturer=An", Endpoint + "/bare")
        );
        var whole = SubscriptionCalls.Plain("Device?manufacturer=An", Endpoint + "/whole");
        whole["channel"]!["payload"] = "application/fhir+xml";
        await client.Subscribe(whole);
        await client.Write("""{"resourceType":"Device","manufacturer":"Binh"}""");
        var device = await client.Write("""{"resourceType":"Device","manufacturer":"An"}""");

        var bare = Assert.Single(await receiver.Wait(path + "/bare", 1));
        var put = Assert.Single(await receiver.Wait(path + "/whole", 1));

        Assert.Equal(("POST", ""), (bare.Method, bare.Body));
        Assert.Equal(("PUT", $"{path}/whole/Device/{device}"), (put.Method, put.Path));
        Assert.StartsWith(
            "<Device",
            put.Body[put.Body.IndexOf("<D", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Heartbeats_come_when_nothing_happens()
    {
        var subscription = SubscriptionCalls.ByTopic("Media", Endpoint);
        subscription["channel"]!["extension"] = new JsonArray(
            SubscriptionCalls.Extension("backport-heartbeat-period", "valueUnsignedInt", 5)
        );
        await client.Subscribe(subscription);

        var taken = await receiver.Wait(path, 2);

        Assert.Equal(["handshake", "heartbeat"], taken.Select(one => one.Type));
    }

    [Fact]
    public async Task The_capability_statement_names_the_topics_and_operations()
    {
        var metadata = (await client.Get("/metadata")).Is(200);
        var subscription = metadata.Json["rest"]![0]!["resource"]!
            .AsArray()
            .Single(one => (string?)one!["type"] == "Subscription")!;

        Assert.Contains(
            SubscriptionCalls.Topic + "new-laboratory-result",
            subscription["extension"]!.AsArray().Select(one => (string?)one!["valueCanonical"])
        );
        Assert.Superset(
            new HashSet<string?> { "status", "events", "get-ws-binding-token" },
            subscription["operation"]!.AsArray().Select(one => (string?)one!["name"]).ToHashSet()
        );
    }
}
