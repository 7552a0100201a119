using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Subscriptions.Topics;

namespace Health.Fhir.Subscriptions.Admission;

/// <summary>Searches that a resource is held against one by one: they have conditions, and nothing about pages, order or includes.</summary>
public sealed class CriteriaParser(SearchParser parser)
{
    /// <param name="query">Without the type; empty for any resource of it.</param>
    /// <exception cref="InvalidSearch">A parameter is unknown or wrong.</exception>
    public SearchRequest Parse(string type, string query) =>
        parser.Parse(type, FhirHttp.Decode(query), SearchHandling.Strict, []);

    /// <summary>Checks <c>Observation?code=…</c> as criteria of a classic subscription, or <c>Observation</c>.</summary>
    /// <exception cref="FhirRefusal">422: what is wrong.</exception>
    public void DemandClassic(string criteria)
    {
        var (type, query) = Split(criteria);
        if (!parser.Model.IsResourceType(type))
        {
            throw Wrong(
                $"'{criteria}' is neither a topic of this server nor a search such as Observation?code=http://loinc.org|1975-2.",
                "Subscription.criteria"
            );
        }
        Demand(type, query, criteria, "Subscription.criteria");
    }

    /// <summary>Checks one filter of a topic.</summary>
    /// <exception cref="FhirRefusal">422: what is wrong.</exception>
    public void DemandFilter(string filter, SubscriptionTopic topic)
    {
        const string Where = "Subscription.criteria.extension";
        var (type, query) = Split(filter);
        if (topic.Triggers.All(trigger => trigger.Type != type))
        {
            throw Wrong(
                $"The filter '{filter}' is of {type}; {topic.Url} is about {string.Join(", ", topic.Triggers.Select(trigger => trigger.Type).Distinct())}. Write it as Type?parameter=value.",
                Where
            );
        }
        Demand(type, query, filter, Where);
        var foreign = FhirHttp
            .Decode(query)
            .Select(pair => pair.Key.Split(':', '.')[0])
            .Where(name => topic.FilterBy.Count > 0 && !topic.FilterBy.Contains(name))
            .ToList();
        if (foreign.Count > 0)
        {
            throw Wrong(
                $"{topic.Url} cannot be filtered by {string.Join(", ", foreign)}; it can by {string.Join(", ", topic.FilterBy)}.",
                Where
            );
        }
    }

    public static (string Type, string Query) Split(string criteria) =>
        criteria.IndexOf('?') is >= 0 and var mark
            ? (criteria[..mark], criteria[(mark + 1)..])
            : (criteria, "");

    private void Demand(string type, string query, string whole, string where)
    {
        SearchRequest asked;
        try
        {
            asked = Parse(type, query);
        }
        catch (InvalidSearch wrong)
        {
            throw new FhirRefusal(
                422,
                [
                    .. wrong.Errors.Select(error =>
                        Issue.Error("value", $"'{whole}': {error.Name}: {error.Reason}", where)
                    ),
                ]
            );
        }
        if (
            asked.Sort.Count > 0
            || asked.Includes.Count > 0
            || asked.Count is not null
            || asked.Elements.Count > 0
            || asked.Summary is not SummaryMode.False
            || asked.Total is not TotalMode.None
        )
        {
            throw Wrong(
                $"'{whole}' asks for an order, a page or a shape (_sort, _count, _include, _elements, _summary, _total); give conditions only.",
                where
            );
        }
    }

    private static FhirRefusal Wrong(string what, string where) => new(422, "value", what, where);
}
