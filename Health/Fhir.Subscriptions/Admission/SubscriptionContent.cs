namespace Health.Fhir.Subscriptions.Admission;

/// <summary>How much a notification tells: https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/payloads.html</summary>
public enum PayloadContent
{
    Empty,
    IdOnly,
    FullResource,
}

/// <summary>A Subscription as it was understood and checked.</summary>
/// <param name="Topic">Canonical url; null for a classic R4 subscription by a search.</param>
/// <param name="Criteria">The search of a classic one: <c>Observation?code=…</c>; null for a topic.</param>
/// <param name="Filters">Searches of the guide's filter-criteria; all that are of an event's type must hold.</param>
/// <param name="Channel"><c>rest-hook</c> or <c>websocket</c>.</param>
/// <param name="Endpoint">Null for a web socket.</param>
/// <param name="Payload">Media type; null when a classic one wants none.</param>
/// <param name="HeartbeatSeconds">Null: none.</param>
/// <param name="TimeoutSeconds">Null: as the server has it.</param>
/// <param name="MaxCount">Events in one notification; null: as the server has it.</param>
public sealed record SubscriptionContent(
    string? Topic,
    string? Criteria,
    IReadOnlyList<string> Filters,
    string Channel,
    string? Endpoint,
    string? Payload,
    PayloadContent Content,
    int? HeartbeatSeconds,
    int? TimeoutSeconds,
    int? MaxCount,
    DateTimeOffset? Until
)
{
    public const string RestHook = "rest-hook";
    public const string WebSocket = "websocket";

    /// <summary>Notified by an empty POST, or a PUT of the resource, as R4 had it before topics.</summary>
    public bool IsClassic => Topic is null;

    public static string CodeOf(PayloadContent content) =>
        content switch
        {
            PayloadContent.IdOnly => "id-only",
            PayloadContent.FullResource => "full-resource",
            _ => "empty",
        };
}
