namespace Health.Fhir.Subscriptions.Rows;

/// <summary>https://hl7.org/fhir/R4/valueset-subscription-status.html</summary>
public enum SubscriptionState
{
    Requested,
    Active,
    Error,
    Off,
}

/// <summary>
/// How far one Subscription is. Its id is that of the resource, whose <c>status</c> follows <see cref="State"/>.
/// </summary>
public sealed class SubscriptionRow
{
    public required string Id { get; init; }

    /// <summary>The newest version of the resource that was taken over.</summary>
    public int ResourceVersion { get; set; }

    public required Guid Registration { get; set; }

    public required string OwnerId { get; set; }

    /// <summary>The resource as it was understood, as JSON (<see cref="Admission.SubscriptionContent"/>).</summary>
    public required string Content { get; set; }

    /// <summary><c>rest-hook</c> or <c>websocket</c>.</summary>
    public required string Channel { get; set; }

    public SubscriptionState State { get; set; }

    /// <summary>The state that the resource shows; the row is ahead of it for a moment.</summary>
    public SubscriptionState Shown { get; set; }

    /// <summary>Writes stamped before this are no events.</summary>
    public required DateTimeOffset Since { get; set; }

    /// <summary>When it turns itself off (<c>Subscription.end</c>).</summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Number of the last event; they begin at 1 and have no gap.</summary>
    public long Events { get; set; }

    /// <summary>Number of the last event that the receiver has taken.</summary>
    public long Delivered { get; set; }

    /// <summary>When the receiver answered the handshake; null: not yet.</summary>
    public DateTimeOffset? ShakenAt { get; set; }

    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When a heartbeat is due; null without a period, and before the handshake.</summary>
    public DateTimeOffset? HeartbeatAt { get; set; }

    /// <summary>Failures since the last success.</summary>
    public int Failures { get; set; }

    public DateTimeOffset? FailingSince { get; set; }

    public string? LastError { get; set; }

    /// <summary>Not to be tried before this; null: at once.</summary>
    public DateTimeOffset? NextAt { get; set; }

    /// <summary>The sender that has it now.</summary>
    public Guid? Holder { get; set; }

    /// <summary>After this the holder is taken for dead.</summary>
    public DateTimeOffset? HeldUntil { get; set; }
}
