using Health.Fhir.Api;

namespace Health.Fhir.Subscriptions.Rows;

/// <summary>
/// What a Subscription was written with and does not show: who wrote it, and the secrets of its headers. The stored resource names
/// the registration in an extension, so that it holds exactly when the write was committed.
/// </summary>
public sealed class Registration
{
    public required Guid Id { get; init; }

    /// <summary>Id of the caller who wrote the Subscription.</summary>
    public required string OwnerId { get; init; }

    /// <summary>The caller with roles and scopes, as JSON (<see cref="StoredCaller"/>).</summary>
    public required string Owner { get; init; }

    /// <summary>Encrypted JSON array of <c>channel.header</c> as it was sent; null without any.</summary>
    public string? Headers { get; init; }

    /// <summary>Address of this service as the owner knows it, for the links in notifications.</summary>
    public required string BaseUrl { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
