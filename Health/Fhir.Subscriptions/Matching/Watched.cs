using Health.Fhir.Search.Queries;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Rows;
using Health.Fhir.Subscriptions.Topics;
using SharedKernel.Contracts;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>A subscription made ready to be held against versions.</summary>
/// <param name="Filters">By type; all of a type must hold.</param>
internal sealed record Watched(
    string Id,
    DateTimeOffset Since,
    Caller Owner,
    IReadOnlyList<WatchedTrigger> Triggers,
    ILookup<string, SearchRequest> Filters
)
{
    /// <exception cref="InvalidSearch">A parameter that it uses was taken away.</exception>
    public static Watched Of(
        SubscriptionRow row,
        SubscriptionContent content,
        Caller owner,
        SubscriptionTopics topics,
        CriteriaParser parser
    )
    {
        if (content.Criteria is { } criteria)
        {
            var (type, query) = CriteriaParser.Split(criteria);
            return new(
                row.Id,
                row.Since,
                owner,
                [new(type, [Trigger.Create, Trigger.Update], parser.Parse(type, query), null)],
                Array
                    .Empty<(string Type, SearchRequest Query)>()
                    .ToLookup(one => one.Type, one => one.Query)
            );
        }
        return new(
            row.Id,
            row.Since,
            owner,
            [
                .. (topics.Find(content.Topic!)?.Triggers ?? []).Select(
                    trigger => new WatchedTrigger(
                        trigger.Type,
                        trigger.On,
                        trigger.Current is { } now ? parser.Parse(trigger.Type, now) : null,
                        trigger.Previous is { } before ? parser.Parse(trigger.Type, before) : null
                    )
                ),
            ],
            content
                .Filters.Select(CriteriaParser.Split)
                .ToLookup(filter => filter.Type, filter => parser.Parse(filter.Type, filter.Query))
        );
    }
}

/// <inheritdoc cref="TopicTrigger"/>
internal sealed record WatchedTrigger(
    string Type,
    IReadOnlyList<Trigger> On,
    SearchRequest? Current,
    SearchRequest? Previous
);
