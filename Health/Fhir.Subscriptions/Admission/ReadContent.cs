using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Subscriptions.Sending;
using Health.Fhir.Subscriptions.Topics;

namespace Health.Fhir.Subscriptions.Admission;

/// <summary>
/// From a Subscription resource that is valid R4 to what it asks for, or why it cannot be had.
/// https://hl7.org/fhir/R4/subscription.html, https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription.html
/// </summary>
public sealed class ReadContent(
    SubscriptionTopics topics,
    CriteriaParser criteria,
    Receivers receivers,
    TimeProvider clock
)
{
    private const int LongestHeaders = 8192;

    /// <summary>As it was checked once; nothing is refused any more.</summary>
    public SubscriptionContent Read(JsonElement resource) => Of(resource);

    /// <exception cref="FhirRefusal">422: what cannot be had, each with its element.</exception>
    public SubscriptionContent Demand(JsonElement resource)
    {
        var content = Of(resource);
        if (content.Topic is { } canonical)
        {
            var topic =
                topics.Find(canonical)
                ?? throw Wrong(
                    $"This server has no topic '{canonical}'; its topics stand in the CapabilityStatement (metadata).",
                    "criteria"
                );
            foreach (var filter in content.Filters)
            {
                criteria.DemandFilter(filter, topic);
            }
        }
        else
        {
            criteria.DemandClassic(content.Criteria!);
        }
        if (content.Until < clock.GetUtcNow())
        {
            throw Wrong("It ends in the past.", "end");
        }
        DemandChannel(content);
        if (Headers(resource).Sum(header => header.Length) > LongestHeaders)
        {
            throw Wrong(
                $"The headers are longer than {LongestHeaders} characters.",
                "channel.header"
            );
        }
        foreach (var header in Headers(resource))
        {
            DemandHeader(header);
        }
        return content;
    }

    /// <summary><c>channel.header</c> as written.</summary>
    public static IReadOnlyList<string> Headers(JsonElement resource) =>
        resource.TryGetProperty("channel", out var channel)
        && channel.TryGetProperty("header", out var headers)
            ?
            [
                .. headers
                    .EnumerateArray()
                    .Where(header => header.ValueKind is JsonValueKind.String)
                    .Select(header => header.GetString()!),
            ]
            : [];

    private void DemandChannel(SubscriptionContent content)
    {
        switch (content.Channel)
        {
            case SubscriptionContent.RestHook:
                if (content.Endpoint is not { } endpoint)
                {
                    throw Wrong("A rest-hook needs an address to notify.", "channel.endpoint");
                }
                if (receivers.WhyNot(endpoint) is { } reason)
                {
                    throw Wrong($"'{endpoint}' is not notified: {reason}.", "channel.endpoint");
                }
                break;
            case SubscriptionContent.WebSocket when content.IsClassic:
                throw Wrong(
                    "A web socket needs a topic as criteria; a search alone is notified by rest-hook.",
                    "channel.type"
                );
            case SubscriptionContent.WebSocket:
                break;
            default:
                throw Wrong(
                    $"'{content.Channel}' is not done here: rest-hook or websocket.",
                    "channel.type"
                );
        }
        if (content.Payload is not (null or Negotiation.FhirJson or Negotiation.FhirXml))
        {
            throw Wrong(
                $"'{content.Payload}' is not made: {Negotiation.FhirJson} or {Negotiation.FhirXml}.",
                "channel.payload"
            );
        }
        if (content is { IsClassic: false, Payload: null })
        {
            throw Wrong(
                $"A notification of a topic has a body: {Negotiation.FhirJson} or {Negotiation.FhirXml}.",
                "channel.payload"
            );
        }
    }

    private static void DemandHeader(string header)
    {
        var colon = header.IndexOf(':');
        var name = colon > 0 ? header[..colon] : "";
        if (
            name.Length == 0
            || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            || header.Any(char.IsControl)
        )
        {
            throw Wrong("A header is written as 'Name: value', on one line.", "channel.header");
        }
        if (
            name.ToLowerInvariant()
            is "host"
                or "content-length"
                or "content-type"
                or "transfer-encoding"
                or "connection"
                or "upgrade"
        )
        {
            throw Wrong($"The header {name} is the server's own.", "channel.header");
        }
    }

    private SubscriptionContent Of(JsonElement resource)
    {
        var channel = resource.GetProperty("channel");
        var asked = resource.TryGetProperty("criteria", out var text) ? text.GetString()! : "";
        var isTopic = IsTopic(asked);
        return new(
            isTopic ? asked : null,
            isTopic ? null : asked,
            [
                .. Extensions(resource, "_criteria", Guide.FilterCriteria)
                    .Select(value => value.GetString()!),
            ],
            channel.TryGetProperty("type", out var type) ? type.GetString()! : "",
            channel.TryGetProperty("endpoint", out var endpoint) ? endpoint.GetString() : null,
            MediaType(channel),
            Content(channel, isTopic),
            Number(channel, Guide.HeartbeatPeriod, 5, 86_400),
            Number(channel, Guide.Timeout, 1, 300),
            Number(channel, Guide.MaxCount, 1, 1_000),
            resource.TryGetProperty("end", out var end)
                ? DateTimeOffset.Parse(end.GetString()!, CultureInfo.InvariantCulture)
                : null
        );
    }

    /// <summary>A search begins with a resource type; a canonical has a scheme.</summary>
    private static bool IsTopic(string criteria) =>
        CriteriaParser.Split(criteria).Type.Contains(':');

    private static string? MediaType(JsonElement channel) =>
        channel.TryGetProperty("payload", out var payload)
            ? payload.GetString()!.Split(';')[0].Trim().ToLowerInvariant() switch
            {
                "application/json" => Negotiation.FhirJson,
                "application/xml" => Negotiation.FhirXml,
                var other => other,
            }
            : null;

    private static PayloadContent Content(JsonElement channel, bool isTopic) =>
        Extensions(channel, "_payload", Guide.PayloadContent).FirstOrDefault() switch
        {
            { ValueKind: JsonValueKind.Undefined } => isTopic
            || !channel.TryGetProperty("payload", out _)
                ? PayloadContent.Empty
                : PayloadContent.FullResource,
            var code => code.GetString() switch
            {
                "empty" => PayloadContent.Empty,
                "id-only" => PayloadContent.IdOnly,
                "full-resource" => PayloadContent.FullResource,
                var other => throw Wrong(
                    $"'{other}' is not one of empty, id-only, full-resource.",
                    "channel.payload.extension"
                ),
            },
        };

    private static int? Number(JsonElement channel, string url, int least, int most)
    {
        var value = Extensions(channel, null, url).FirstOrDefault();
        return value.ValueKind is JsonValueKind.Undefined ? null
            : value.ValueKind is JsonValueKind.Number
            && value.TryGetInt32(out var number)
            && number >= least
            && number <= most
                ? number
            : throw Wrong(
                $"{url[(url.LastIndexOf('/') + 1)..]} is a whole number from {least} to {most}.",
                "channel.extension"
            );
    }

    /// <summary>Values of an extension of the element, or of the primitive named with its underscore.</summary>
    private static IEnumerable<JsonElement> Extensions(
        JsonElement element,
        string? primitive,
        string url
    )
    {
        if (primitive is not null && !element.TryGetProperty(primitive, out element))
        {
            return [];
        }
        return
            element.ValueKind is JsonValueKind.Object
            && element.TryGetProperty("extension", out var extensions)
            ?
            [
                .. extensions
                    .EnumerateArray()
                    .Where(one => one.GetProperty("url").ValueEquals(url))
                    .Select(one =>
                        one.EnumerateObject()
                            .FirstOrDefault(property =>
                                property.Name.StartsWith("value", StringComparison.Ordinal)
                            )
                            .Value
                    )
                    .Where(value =>
                        value.ValueKind is JsonValueKind.String or JsonValueKind.Number
                    ),
            ]
            : [];
    }

    private static FhirRefusal Wrong(string what, string where) =>
        new(422, "value", what, $"Subscription.{where}");
}
