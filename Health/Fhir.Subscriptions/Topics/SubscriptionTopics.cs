using System.Text.Json;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Subscriptions.Rows;

namespace Health.Fhir.Subscriptions.Topics;

/// <summary>
/// The topics of this server: those of topics.json, and for each resource type one of any change of it
/// (<c>urn:records:subscription-topic:Observation</c>). Singleton.
/// </summary>
public sealed class SubscriptionTopics
{
    public const string Prefix = "urn:records:subscription-topic:";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, SubscriptionTopic> all;

    public SubscriptionTopics(FhirModel model)
    {
        using var file = typeof(SubscriptionTopics).Assembly.GetManifestResourceStream(
            "Health.Fhir.Subscriptions.Topics.topics.json"
        )!;
        Named =
        [
            .. JsonSerializer
                .Deserialize<List<Listed>>(file, Json)!
                .Select(listed => new SubscriptionTopic(
                    Prefix + listed.Name,
                    listed.Title,
                    listed.Description,
                    [
                        .. listed.Triggers.Select(trigger => new TopicTrigger(
                            trigger.Type,
                            [.. trigger.On.Select(on => Enum.Parse<Trigger>(on, ignoreCase: true))],
                            trigger.Current,
                            trigger.Previous
                        )),
                    ],
                    listed.FilterBy
                )),
        ];
        all = model
            .ResourceTypes.Select(type => new SubscriptionTopic(
                Prefix + type,
                $"Any change of a {type}",
                $"A {type} is created, updated or deleted.",
                [new(type, Enum.GetValues<Trigger>(), null, null)],
                []
            ))
            .Concat(Named)
            .ToDictionary(topic => topic.Url);
    }

    /// <summary>Those that mean something beyond a change of a type.</summary>
    public IReadOnlyList<SubscriptionTopic> Named { get; }

    public IReadOnlyCollection<SubscriptionTopic> All => all.Values;

    /// <summary>Null when this server has no such topic. A version after a bar is passed over: topics have none.</summary>
    public SubscriptionTopic? Find(string canonical) =>
        all.GetValueOrDefault(canonical.Split('|')[0]);

    private sealed record Listed(
        string Name,
        string Title,
        string Description,
        ListedTrigger[] Triggers,
        string[] FilterBy
    );

    private sealed record ListedTrigger(
        string Type,
        string[] On,
        string? Current,
        string? Previous
    );
}
