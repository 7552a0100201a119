namespace Health.Fhir.Subscriptions.Rows;

/// <summary>How a version came about, as far as a trigger asks.</summary>
public enum Trigger
{
    Create,
    Update,
    Delete,
}

/// <summary>One thing that happened and that a subscription is told of: a version of a resource, once.</summary>
public sealed class EventRow
{
    public required string Subscription { get; init; }

    /// <summary>1, 2, 3, … for each subscription.</summary>
    public required long Number { get; init; }

    public required string Type { get; init; }
    public required string Id { get; init; }
    public required int Version { get; init; }
    public required Trigger Trigger { get; init; }

    /// <summary>When the version was made.</summary>
    public required DateTimeOffset Time { get; init; }
}
