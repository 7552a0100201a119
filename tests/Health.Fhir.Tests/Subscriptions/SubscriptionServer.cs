using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Testing;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>A server that may notify programs of this machine, and is quick about it.</summary>
public class SubscriptionServer : RecordsServer
{
    public Receiver Receiver { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.Start();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected override void Configure(WebApplicationBuilder builder) => Quick(builder);

    internal static void Quick(WebApplicationBuilder builder)
    {
        builder.Configuration["fhir:subscriptions:hosts:0"] = "127.0.0.1";
        builder.Configuration["fhir:subscriptions:look"] = "00:00:00.050";
        builder.Configuration["fhir:subscriptions:retryAfter"] = "00:00:00.050";
        builder.Configuration["fhir:subscriptions:retryAtMost"] = "00:00:00.200";
        builder.Configuration["fhir:subscriptions:errorAfter"] = "3";
    }
}

/// <summary>Subscription resources and what clients do with them.</summary>
internal static class SubscriptionCalls
{
    public const string Topic = "urn:records:subscription-topic:";

    /// <summary>As the backport guide has it.</summary>
    public static JsonObject ByTopic(
        string topic,
        string? endpoint,
        string content = "id-only",
        params string[] filters
    )
    {
        var subscription = Plain(Topic + topic, endpoint);
        subscription["channel"]!["payload"] = "application/fhir+json";
        subscription["channel"]!["_payload"] = Extended(
            "backport-payload-content",
            "valueCode",
            content
        );
        if (filters.Length > 0)
        {
            subscription["_criteria"] = new JsonObject
            {
                ["extension"] = new JsonArray([
                    .. filters.Select(filter =>
                        (JsonNode)Extension("backport-filter-criteria", "valueString", filter)
                    ),
                ]),
            };
        }
        return subscription;
    }

    /// <summary>As R4 has it: an address that is notified when something matches a search. No address: a web socket.</summary>
    public static JsonObject Plain(string criteria, string? endpoint)
    {
        var channel = new JsonObject { ["type"] = endpoint is null ? "websocket" : "rest-hook" };
        if (endpoint is not null)
        {
            channel["endpoint"] = endpoint;
        }
        return new JsonObject
        {
            ["resourceType"] = "Subscription",
            ["status"] = "requested",
            ["reason"] = "test",
            ["criteria"] = criteria,
            ["channel"] = channel,
        };
    }

    public static JsonObject Extended(string name, string type, JsonNode value) =>
        new() { ["extension"] = new JsonArray(Extension(name, type, value)) };

    public static JsonObject Extension(string name, string type, JsonNode value) =>
        new()
        {
            ["url"] = $"http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/{name}",
            [type] = value,
        };

    public static async Task<string> Subscribe(this HttpClient client, JsonObject subscription) =>
        (await client.Post("/Subscription", subscription.ToJsonString())).Is(201).Id;

    public static Task Becomes(this HttpClient client, string id, string status) =>
        Until.True(
            async () =>
                (string?)(await client.Get($"/Subscription/{id}")).Is(200).Json["status"] == status,
            $"Subscription/{id} {status}"
        );

    public static async Task<string> Write(this HttpClient client, string json)
    {
        var type = (string)JsonNode.Parse(json)!["resourceType"]!;
        return (await client.Post($"/{type}", json)).Is(201).Id;
    }
}
