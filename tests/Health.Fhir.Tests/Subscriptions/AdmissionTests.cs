using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Health.Fhir.Subscriptions;
using Health.Fhir.Subscriptions.Sending;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>What is refused when a Subscription is written, and where the server does not speak to.</summary>
public sealed class AdmissionTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private const string Good = "https://receiver.example/hook";

    [Theory]
    [InlineData("Observation?kode=1", Good, "Subscription.criteria", "kode")]
    [InlineData("Observation?_sort=date", Good, "Subscription.criteria", "_sort")]
    [InlineData(
        "Observation?_include=Observation:subject",
        Good,
        "Subscription.criteria",
        "_include"
    )]
    [InlineData("Beobachtung?code=1", Good, "Subscription.criteria", "Beobachtung")]
    [InlineData(
        "http://example.org/topic/none",
        Good,
        "Subscription.criteria",
        "http://example.org/topic/none"
    )]
    [InlineData("Observation", "ftp://receiver.example/", "Subscription.channel.endpoint", "http")]
    [InlineData("Observation", "receiver", "Subscription.channel.endpoint", "http")]
    [InlineData(
        "Observation",
        "http://receiver.example/",
        "Subscription.channel.endpoint",
        "https only"
    )]
    [InlineData(
        "Observation",
        "https://10.1.2.3/",
        "Subscription.channel.endpoint",
        "private network"
    )]
    [InlineData(
        "Observation",
        "https://localhost:5432/",
        "Subscription.channel.endpoint",
        "private network"
    )]
    [InlineData(
        "Observation",
        "https://[::ffff:192.168.0.1]/",
        "Subscription.channel.endpoint",
        "private network"
    )]
    [InlineData(
        "Observation",
        "https://169.254.169.254/latest/meta-data",
        "Subscription.channel.endpoint",
        "private network"
    )]
    [InlineData(
        "Observation",
        "https://me:secret@receiver.example/",
        "Subscription.channel.endpoint",
        "header"
    )]
    public async Task What_cannot_be_served_is_refused_with_its_element(
        string criteria,
        string endpoint,
        string element,
        string said
    )
    {
        var refused = (
            await server.Client.Post(
                "/Subscription",
                SubscriptionCalls.Plain(criteria, endpoint).ToJsonString()
            )
        ).Refused(422, "value", said);

        Assert.Equal(element, refused.Expression);
    }

    [Theory]
    [InlineData("channel.type", "\"email\"", "rest-hook or websocket")]
    [InlineData("channel.payload", "\"text/plain\"", "application/fhir+json")]
    [InlineData("channel.endpoint", null, "address")]
    [InlineData("channel.header", "[\"Authorization\"]", "Name: value")]
    [InlineData("channel.header", "[\"Host: other\"]", "server's own")]
    [InlineData("channel.header", "[\"X-A: b\\r\\nX-C: d\"]", "one line")]
    [InlineData("end", "\"2001-01-01T00:00:00Z\"", "past")]
    [InlineData(
        "_criteria",
        """{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria","valueString":"Patient?name=A"}]}""",
        "Patient"
    )]
    [InlineData(
        "_criteria",
        """{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-filter-criteria","valueString":"Observation?value-quantity=1"}]}""",
        "value-quantity"
    )]
    [InlineData(
        "channel.extension",
        """[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-heartbeat-period","valueUnsignedInt":1}]""",
        "heartbeat-period"
    )]
    [InlineData(
        "channel._payload",
        """{"extension":[{"url":"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/backport-payload-content","valueCode":"all"}]}""",
        "id-only"
    )]
    public async Task A_wrong_part_is_named(string path, string? value, string said)
    {
        var subscription = SubscriptionCalls.ByTopic("new-laboratory-result", Good);
        var (parent, name) = path.Split('.') is [var outer, var inner]
            ? (subscription[outer]!.AsObject(), inner)
            : (subscription, path);
        parent.Remove(name);
        if (value is not null)
        {
            parent[name] = JsonNode.Parse(value);
        }

        (await server.Client.Post("/Subscription", subscription.ToJsonString())).Refused(
            422,
            "value",
            said
        );
    }

    [Fact]
    public async Task It_is_changed_by_its_id_alone_and_its_status_is_the_servers()
    {
        var subscription = SubscriptionCalls.Plain(
            "Basic?code=never",
            server.Receiver.Address + "/admission"
        );
        subscription["status"] = "active";
        subscription["error"] = "made up";
        var written = (await server.Client.Post("/Subscription", subscription.ToJsonString())).Is(
            201
        );
        Assert.Equal("requested", (string?)written.Json["status"]);
        Assert.Null(written.Json["error"]);
        (await server.Client.Delete("/Subscription?status=requested")).Refused(
            422,
            "not-supported",
            "by its id"
        );
        (await server.Client.Put("/Subscription?criteria=x", subscription.ToJsonString())).Refused(
            422,
            "not-supported",
            "by its id"
        );
        // In a transaction, and by a patch, the same rules hold.
        (
            await server.Client.Post(
                "",
                $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{{{SubscriptionCalls.Plain("Observation?kode=1", Good).ToJsonString()}}},"request":{"method":"POST","url":"Subscription"}}]}"""
            )
        ).Refused(422, "value", "kode");
        (
            await server.Client.Call(
                "PATCH",
                $"/Subscription/{written.Id}",
                """[{"op":"replace","path":"/channel/endpoint","value":"https://10.0.0.1/"}]""",
                "Content-Type: application/json-patch+json"
            )
        ).Refused(422, "value", "private network");
    }

    [Theory]
    [InlineData("10.9.8.7", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("100.64.1.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("64:ff9b::a00:1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("2606:4700::1111", false)]
    public void Private_networks_are_known(string address, bool isPrivate)
    {
        var literal = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        using var receivers = new Receivers(new SubscriptionOptions());

        Assert.Equal(isPrivate, receivers.WhyNot($"https://{literal}/") is not null);
    }

    /// <summary>A name tells its address only when it is asked, and may tell another one each time.</summary>
    [Fact]
    public async Task A_name_of_a_private_address_is_refused_when_the_connection_is_made()
    {
        using var receivers = new Receivers(new SubscriptionOptions());
        var address = server.Receiver.Address.Replace(
            "127.0.0.1",
            "localhost",
            StringComparison.Ordinal
        );

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() =>
            receivers.Send(
                HttpMethod.Post,
                address + "/private",
                [],
                Encoding.UTF8.GetBytes("{}"),
                "application/fhir+json",
                default
            )
        );

        Assert.Contains("private networks", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Receiver.Taken("/private"));
    }
}
