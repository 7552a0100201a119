using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Queries;

/// <summary>From the query of a url to a <see cref="SearchRequest"/>. Safe to share between threads.</summary>
/// <param name="clock">For <c>ap</c>, which widens with the distance from now.</param>
public sealed class SearchParser(FhirModel model, SearchLimits limits, TimeProvider? clock = null)
{
    public SearchLimits Limits => limits;

    public FhirModel Model => model;

    /// <param name="type">The type in the path; null for a search of the whole system.</param>
    /// <param name="query">Decoded name and value pairs, in order. The caller removes its own paging parameters first.</param>
    /// <param name="baseUrls">References that begin with one of these are local.</param>
    /// <exception cref="InvalidSearch">Under strict handling: a parameter that is unknown or wrong. Under lenient handling only a limit that is passed.</exception>
    public SearchRequest Parse(
        string? type,
        IEnumerable<KeyValuePair<string, string>> query,
        SearchHandling handling,
        IReadOnlyList<string> baseUrls
    )
    {
        var pairs = query.ToList();
        if (pairs.Count > limits.Parameters)
        {
            throw new InvalidSearch([
                new(
                    "",
                    "",
                    $"A search may have {limits.Parameters} parameters, this has {pairs.Count}."
                ),
            ]);
        }
        var reading = new Reading(
            model,
            limits,
            new ValueParser(model, clock ?? TimeProvider.System, baseUrls),
            type is null ? TypesOf(pairs) : [type]
        );
        var wrong = new List<IgnoredParameter>();
        var applied = new List<KeyValuePair<string, string>>();
        foreach (var pair in pairs)
        {
            try
            {
                reading.Add(pair.Key, pair.Value, type);
                applied.Add(pair);
            }
            catch (WrongParameter reason)
            {
                wrong.Add(new(pair.Key, pair.Value, reason.Message));
                if (handling == SearchHandling.Strict || reason.IsLimit)
                {
                    throw new InvalidSearch(wrong);
                }
            }
        }
        return reading.Finish(wrong, applied);
    }

    /// <summary>The search of a compartment, such as <c>Patient/12/Observation</c>. https://hl7.org/fhir/R4/compartmentdefinition.html</summary>
    /// <param name="type">Null: all types.</param>
    /// <exception cref="InvalidSearch">The type is never in such a compartment.</exception>
    public CompartmentClause Compartment(string compartment, string id, string? type)
    {
        var by = (type is null ? model.ResourceTypes : [type])
            .SelectMany(member => model.CompartmentParameters(compartment, member))
            .ToList();
        return by.Count > 0 || type == compartment
            ? new CompartmentClause(compartment, id, by)
            : throw new InvalidSearch([
                new(
                    $"{compartment}/{id}/{type}",
                    "",
                    $"{type} is never in the compartment of {compartment}."
                ),
            ]);
    }

    private string[] TypesOf(List<KeyValuePair<string, string>> pairs) =>
        pairs.Find(pair => pair.Key == "_type").Value is { } types
            ? [.. types.Split(',').Where(model.IsResourceType)]
            : [];

    /// <summary>The request as far as it is read.</summary>
    private sealed class Reading(
        FhirModel model,
        SearchLimits limits,
        ValueParser values,
        IReadOnlyList<string> types
    )
    {
        private readonly ClauseParser clauses = new(model, limits, values);
        private readonly List<SearchClause> all = [];
        private readonly List<SortKey> sort = [];
        private readonly List<Include> includes = [];
        private readonly List<string> elements = [];
        private int? count;
        private TotalMode total;
        private SummaryMode summary;

        public void Add(string name, string value, string? type)
        {
            if (value.Length == 0)
            {
                throw new WrongParameter("It has no value; leave it out or give it one.");
            }
            switch (name)
            {
                case "_format" or "_pretty":
                    break;
                case "_type" when type is null:
                    foreach (var wanted in value.Split(','))
                    {
                        clauses.CheckType(wanted);
                    }
                    break;
                case "_type":
                    throw new WrongParameter("The type stands in the path already.");
                case "_count":
                    count = int.TryParse(
                        value,
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var size
                    )
                        ? size
                        : throw new WrongParameter($"'{value}' is not a whole number from 0.");
                    break;
                case "_total":
                    total = OneOf<TotalMode>(value);
                    break;
                case "_summary":
                    summary = OneOf<SummaryMode>(value);
                    break;
                case "_contained":
                    if (OneOf<ContainedMode>(value) != ContainedMode.False)
                    {
                        throw new WrongParameter(
                            "Contained resources are not searched by themselves; only false is answered."
                        );
                    }
                    break;
                case "_containedType":
                    throw new WrongParameter("Contained resources are not searched by themselves.");
                case "_elements":
                    elements.AddRange(value.Split(','));
                    break;
                case "_sort":
                    foreach (var key in value.Split(','))
                    {
                        sort.Add(SortOf(key));
                    }
                    break;
                case "_include"
                or "_include:iterate"
                or "_include:recurse"
                or "_revinclude"
                or "_revinclude:iterate"
                or "_revinclude:recurse":
                    if (includes.Count == limits.Includes)
                    {
                        throw new WrongParameter(
                            $"A search may have {limits.Includes} of _include and _revinclude together.",
                            isLimit: true
                        );
                    }
                    includes.Add(IncludeOf(name, value));
                    break;
                default:
                    all.Add(clauses.Parse(types, name, value, 0));
                    break;
            }
        }

        public SearchRequest Finish(
            List<IgnoredParameter> ignored,
            List<KeyValuePair<string, string>> applied
        ) =>
            new(
                types,
                all,
                sort,
                count,
                total,
                count == 0 ? SummaryMode.Count : summary,
                elements,
                includes,
                ContainedMode.False,
                ignored,
                applied
            );

        private SortKey SortOf(string key)
        {
            var isDescending = key.StartsWith('-');
            var code = isDescending ? key[1..] : key;
            var parameter = clauses.Find(types, code);
            return parameter.Type is not (SearchParamType.Composite or SearchParamType.Special)
                ? new SortKey(parameter, isDescending)
                : throw new WrongParameter(
                    $"{code} is {parameter.Type.ToString().ToLowerInvariant()}; it has no order."
                );
        }

        /// <summary>https://hl7.org/fhir/R4/search.html#include</summary>
        private Include IncludeOf(string name, string value)
        {
            var isReverse = name.StartsWith("_rev", StringComparison.Ordinal);
            var iterates = name.Contains(':');
            var parts = value.Split(':');
            if (parts.Length > 3)
            {
                throw new WrongParameter(
                    $"'{value}' is not of the form Type:parameter or Type:parameter:Target."
                );
            }
            if (value == "*")
            {
                return new Include(isReverse, iterates, null, null, null);
            }
            var source = parts[0];
            clauses.CheckType(source);
            if (!isReverse && !iterates && types.Count > 0 && !types.Contains(source))
            {
                throw new WrongParameter(
                    $"The matches are {string.Join(", ", types)}, not {source}; to follow what was included write _include:iterate."
                );
            }
            if (parts.Length < 2)
            {
                throw new WrongParameter(
                    $"Say which reference to follow: {source}:parameter, or {source}:*."
                );
            }
            if (parts.Length == 3)
            {
                clauses.CheckType(parts[2]);
            }
            var target = parts.ElementAtOrDefault(2);
            if (parts[1] == "*")
            {
                return new Include(isReverse, iterates, source, null, target);
            }
            var parameter = clauses.Find([source], parts[1]);
            return parameter.Type == SearchParamType.Reference
                ? new Include(isReverse, iterates, source, parameter, target)
                : throw new WrongParameter($"{source}.{parts[1]} is not a reference.");
        }

        private static T OneOf<T>(string value)
            where T : struct, Enum
        {
            foreach (var known in Enum.GetValues<T>())
            {
                if (known.ToString().Equals(value, StringComparison.OrdinalIgnoreCase))
                {
                    return known;
                }
            }
            throw new WrongParameter(
                $"'{value}' is not one of {string.Join(", ", Enum.GetNames<T>().Select(known => known.ToLowerInvariant()))}."
            );
        }
    }
}

/// <summary>One parameter cannot be carried out; the message says why and what is allowed.</summary>
internal sealed class WrongParameter(string message, bool isLimit = false) : Exception(message)
{
    /// <summary>Dropping it would not be safe, even under lenient handling.</summary>
    public bool IsLimit => isLimit;
}
