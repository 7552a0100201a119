namespace Health.Fhir.Subscriptions.Rows;

/// <summary>Lets whoever holds it listen to some subscriptions over one web socket, for a short while.</summary>
public sealed class BindingToken
{
    /// <summary>SHA-256 of the token, lower-case hex: the token itself is nowhere kept.</summary>
    public required string Hash { get; init; }

    public required string OwnerId { get; init; }

    /// <summary>Ids with commas between them.</summary>
    public required string Subscriptions { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
