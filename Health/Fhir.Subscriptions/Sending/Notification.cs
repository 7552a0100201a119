using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Rows;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/notifications.html</summary>
public enum NotificationType
{
    Handshake,
    Heartbeat,
    EventNotification,
    QueryStatus,
    QueryEvent,
}

/// <summary>One event with what of it may be told.</summary>
/// <param name="Resource">The version as the owner sees it now; null when it may not be seen (any more), and for content <c>empty</c>.</param>
public sealed record ToldEvent(EventRow Row, StoredResource? Resource);
