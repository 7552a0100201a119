using Health.Fhir.Subscriptions.Rows;

namespace Health.Fhir.Subscriptions.Topics;

/// <summary>
/// What one can subscribe to. R4 has no resource for it: a topic is known by its canonical url
/// (https://hl7.org/fhir/uv/subscriptions-backport/STU1.1/components.html#subscription-topics).
/// </summary>
/// <param name="FilterBy">Search parameters that a filter may use; empty for all that the type has.</param>
public sealed record SubscriptionTopic(
    string Url,
    string Title,
    string Description,
    IReadOnlyList<TopicTrigger> Triggers,
    IReadOnlyList<string> FilterBy
);

/// <summary>A change of a resource that is an event.</summary>
/// <param name="Current">A search that the new version meets, such as <c>status=final</c>; null for any.</param>
/// <param name="Previous">A search that the version before meets, where there was one; null for any.</param>
public sealed record TopicTrigger(
    string Type,
    IReadOnlyList<Trigger> On,
    string? Current,
    string? Previous
);
