using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// Writes notifications: a Bundle of type history whose first entry is the status
/// (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/StructureDefinition-backport-subscription-notification-r4.html).
/// </summary>
public static class NotificationBundle
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Write(
        NotificationType type,
        SubscriptionRow row,
        SubscriptionContent content,
        string baseUrl,
        IReadOnlyList<ToldEvent> events,
        DateTimeOffset now
    )
    {
        var target = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(target, Options);
        json.WriteStartObject();
        json.WriteString("resourceType", "Bundle");
        json.WriteString("id", Guid.CreateVersion7().ToString());
        Profile(json, Guide.BundleProfile);
        json.WriteString("type", "history");
        json.WriteString("timestamp", Instant(now));
        json.WriteStartArray("entry");
        json.WriteStartObject();
        json.WriteString("fullUrl", $"urn:uuid:{Guid.CreateVersion7()}");
        json.WritePropertyName("resource");
        Status(json, type, row, content, baseUrl, events);
        Request(json, "GET", $"Subscription/{row.Id}/$status", "200");
        json.WriteEndObject();
        if (content.Content is not PayloadContent.Empty)
        {
            foreach (var told in events.Where(one => one.Resource is not null))
            {
                Entry(json, told, content, baseUrl);
            }
        }
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return target.WrittenSpan.ToArray();
    }

    /// <summary>The status alone, as <c>$status</c> gives it.</summary>
    public static void Status(
        Utf8JsonWriter json,
        NotificationType type,
        SubscriptionRow row,
        SubscriptionContent content,
        string baseUrl,
        IReadOnlyList<ToldEvent> events
    )
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "Parameters");
        json.WriteString("id", Guid.CreateVersion7().ToString());
        Profile(json, Guide.StatusProfile);
        json.WriteStartArray("parameter");
        Reference(json, "subscription", $"{baseUrl}/Subscription/{row.Id}");
        Value(json, "topic", "valueCanonical", content.Topic ?? content.Criteria!);
        Value(json, "status", "valueCode", row.State.ToString().ToLowerInvariant());
        Value(json, "type", "valueCode", CodeOf(type));
        Value(json, "events-since-subscription-start", "valueString", Number(row.Events));
        foreach (var told in events)
        {
            Event(json, told, content, baseUrl);
        }
        if (row.LastError is { } error && row.State is SubscriptionState.Error)
        {
            json.WriteStartObject();
            json.WriteString("name", "error");
            json.WriteStartObject("valueCodeableConcept");
            json.WriteString("text", error);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string CodeOf(NotificationType type) =>
        type switch
        {
            NotificationType.Handshake => "handshake",
            NotificationType.Heartbeat => "heartbeat",
            NotificationType.EventNotification => "event-notification",
            NotificationType.QueryStatus => "query-status",
            _ => "query-event",
        };

    private static void Event(
        Utf8JsonWriter json,
        ToldEvent told,
        SubscriptionContent content,
        string baseUrl
    )
    {
        json.WriteStartObject();
        json.WriteString("name", "notification-event");
        json.WriteStartArray("part");
        Value(json, "event-number", "valueString", Number(told.Row.Number));
        Value(json, "timestamp", "valueInstant", Instant(told.Row.Time));
        if (content.Content is not PayloadContent.Empty && told.Resource is { } resource)
        {
            Reference(json, "focus", $"{baseUrl}/{resource.Reference}");
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Entry(
        Utf8JsonWriter json,
        ToldEvent told,
        SubscriptionContent content,
        string baseUrl
    )
    {
        var (row, resource) = (told.Row, told.Resource!);
        json.WriteStartObject();
        json.WriteString("fullUrl", $"{baseUrl}/{resource.Reference}");
        if (content.Content is PayloadContent.FullResource && !resource.Deleted)
        {
            json.WritePropertyName("resource");
            json.WriteRawValue(resource.Body.Span, skipInputValidation: true);
        }
        var (method, url, status) = row.Trigger switch
        {
            Trigger.Create => ("POST", row.Type, "201"),
            Trigger.Update => ("PUT", resource.Reference, "200"),
            _ => ("DELETE", resource.Reference, "204"),
        };
        Request(json, method, url, status);
        json.WriteEndObject();
    }

    private static void Request(Utf8JsonWriter json, string method, string url, string status)
    {
        json.WriteStartObject("request");
        json.WriteString("method", method);
        json.WriteString("url", url);
        json.WriteEndObject();
        json.WriteStartObject("response");
        json.WriteString("status", status);
        json.WriteEndObject();
    }

    private static void Profile(Utf8JsonWriter json, string url)
    {
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(url);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, string name, string type, string value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString(type, value);
        json.WriteEndObject();
    }

    private static void Reference(Utf8JsonWriter json, string name, string reference)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteStartObject("valueReference");
        json.WriteString("reference", reference);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
