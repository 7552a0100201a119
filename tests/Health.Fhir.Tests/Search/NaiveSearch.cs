using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// Searches resources by looking at every one: what a store must find, without any cleverness. The values come from
/// <see cref="NaiveIndex"/>.
/// </summary>
internal sealed class NaiveSearch
{
    internal sealed record Held(
        Resource Resource,
        Dictionary<SearchParameterInfo, List<object>> Rows
    )
    {
        public IReadOnlyList<object> Of(SearchParameterInfo parameter) =>
            Rows.GetValueOrDefault(parameter) ?? [];
    }

    private readonly Dictionary<string, Held> all = [];

    /// <summary>Who points to a resource, by which parameter.</summary>
    private readonly Dictionary<(SearchParameterInfo, string), List<string>> pointing = [];

    public NaiveSearch(IEnumerable<Resource> resources)
    {
        foreach (var resource in resources)
        {
            var index = new NaiveIndex(resource);
            var key = $"{resource.TypeName}/{resource.Id}";
            var held = new Held(
                resource,
                index
                    .Rows.OfType<IIndexRow>()
                    .Concat(index.Combined.Cast<IIndexRow>())
                    .GroupBy(row => row.Parameter)
                    .ToDictionary(rows => rows.Key, rows => rows.Cast<object>().ToList())
            );
            all[key] = held;
            foreach (
                var row in index
                    .Rows.OfType<ReferenceIndex>()
                    .Where(row => row.Kind == ReferenceKind.Local)
            )
            {
                var to = (row.Parameter, $"{row.TargetType}/{row.TargetId}");
                (pointing.TryGetValue(to, out var known) ? known : pointing[to] = []).Add(key);
            }
        }
    }

    public IReadOnlyDictionary<string, Held> All => all;

    /// <summary>The matches as <c>Type/id</c>, in no order; includes and paging are not looked at.</summary>
    public HashSet<string> Find(SearchRequest request) =>
        [
            .. all.Where(entry =>
                    (
                        request.Types.Count == 0
                        || request.Types.Contains(entry.Value.Resource.TypeName)
                    ) && request.Clauses.All(clause => Holds(entry.Key, clause))
                )
                .Select(entry => entry.Key),
        ];

    /// <summary>What <c>_include</c> and <c>_revinclude</c> add to these matches.</summary>
    public HashSet<string> Included(
        IReadOnlyCollection<string> matches,
        IReadOnlyList<Include> includes
    )
    {
        var seen = matches.ToHashSet();
        var from = seen.ToList();
        var isFirst = true;
        while (from.Count > 0)
        {
            var added = new List<string>();
            foreach (var include in includes.Where(include => isFirst || include.Iterate))
            {
                added.AddRange(
                    from.SelectMany(key => Follow(include, key))
                        .Where(all.ContainsKey)
                        .Where(seen.Add)
                );
            }
            (from, isFirst) = (added, false);
        }
        seen.ExceptWith(matches);
        return seen;
    }

    private IEnumerable<string> Follow(Include include, string key) =>
        Literally(include, key).Concat(ByUrl(include, key));

    /// <summary>Definitions that are referred to by their canonical url.</summary>
    private IEnumerable<string> ByUrl(Include include, string key)
    {
        var type = all[key].Resource.TypeName;
        if (!include.Reverse)
        {
            return all[key]
                .Rows.Where(rows =>
                    (include.SourceType is null || include.SourceType == type)
                    && (include.Parameter is null || rows.Key == include.Parameter)
                )
                .SelectMany(rows => Urls(rows.Value).SelectMany(url => Defined(url, rows.Key)))
                .Where(target =>
                    include.TargetType is null
                    || target.StartsWith(include.TargetType + "/", StringComparison.Ordinal)
                );
        }
        return include.Parameter is null || (include.TargetType ?? type) != type
            ? []
            : all.Where(source =>
                    source.Value.Resource.TypeName == include.SourceType
                    && Urls(source.Value.Of(include.Parameter))
                        .Any(url => Defined(url, include.Parameter).Contains(key))
                )
                .Select(source => source.Key);
    }

    private static IEnumerable<string> Urls(IEnumerable<object> rows) =>
        rows.OfType<ReferenceIndex>()
            .Where(row => row.Kind == ReferenceKind.Canonical)
            .Select(row => row.Url!);

    private IEnumerable<string> Defined(string url, SearchParameterInfo by) =>
        all.Where(one =>
                by.Targets.Contains(one.Value.Resource.TypeName)
                && FhirModel.R4.Find(one.Value.Resource.TypeName, "url") is { } urls
                && one.Value.Of(urls).OfType<UriIndex>().Any(row => row.Uri == url)
            )
            .Select(one => one.Key);

    private IEnumerable<string> Literally(Include include, string key)
    {
        var type = all[key].Resource.TypeName;
        return include.Reverse
            ? pointing
                .Where(link =>
                    link.Key.Item2 == key
                    && (include.Parameter is null || link.Key.Item1 == include.Parameter)
                    && (include.TargetType is null || include.TargetType == type)
                )
                .SelectMany(link => link.Value)
                .Where(source =>
                    include.SourceType is null
                    || all[source].Resource.TypeName == include.SourceType
                )
            : all[key]
                .Rows.Where(rows =>
                    (include.SourceType is null || include.SourceType == type)
                    && (include.Parameter is null || rows.Key == include.Parameter)
                )
                .SelectMany(rows => Targets(rows.Value))
                .Where(target =>
                    include.TargetType is null
                    || target.StartsWith(include.TargetType + "/", StringComparison.Ordinal)
                );
    }

    private bool Holds(string key, SearchClause clause)
    {
        var held = all[key];
        return clause switch
        {
            AndClause and => and.All.All(inner => Holds(key, inner)),
            OrClause or => or.Any.Any(inner => Holds(key, inner)),
            NotClause not => !Holds(key, not.Clause),
            IdClause ids => ids.AnyOf.Contains(held.Resource.Id),
            LastUpdatedClause updated => held.Resource.Meta?.LastUpdated is { } time
                && updated.AnyOf.Any(test =>
                    test.AnyOf.Any(bounds => bounds.Holds(time.UtcTicks, time.UtcTicks))
                ),
            MissingClause missing => missing.Missing == (held.Of(missing.Parameter).Count == 0),
            ValueClause value => value.AnyOf.Any(test =>
                held.Of(value.Parameter).Any(row => Passes(row, test, value.Modifier))
            ),
            ChainClause chain => Targets(held.Of(chain.Reference))
                .Any(target =>
                    all.TryGetValue(target, out var found)
                    && chain.AnyOf.Any(step =>
                        step.Type == found.Resource.TypeName && Holds(target, step.Clause)
                    )
                ),
            HasClause has => pointing.TryGetValue((has.Reference, key), out var sources)
                && sources.Any(source =>
                    all[source].Resource.TypeName == has.SourceType && Holds(source, has.Clause)
                ),
            CompartmentClause compartment => key
                == $"{compartment.CompartmentType}/{compartment.Id}"
                || compartment.ByAnyOf.Any(parameter =>
                    Targets(held.Of(parameter))
                        .Contains($"{compartment.CompartmentType}/{compartment.Id}")
                ),
            ListClause list => list.AnyOf.Any(id =>
                all.TryGetValue($"List/{id}", out var entries)
                && ((List)entries.Resource).Entry.Exists(entry => entry.Item?.Reference == key)
            ),
            _ => throw new NotSupportedException(clause.GetType().Name),
        };
    }

    private static IEnumerable<string> Targets(IEnumerable<object> rows) =>
        rows.OfType<ReferenceIndex>()
            .Where(row => row.Kind == ReferenceKind.Local)
            .Select(row => $"{row.TargetType}/{row.TargetId}");

    /// <summary>One value against one test.</summary>
    public static bool Passes(object row, SearchTest test, SearchModifier modifier) =>
        (row, test) switch
        {
            (DateIndex date, DateTest wanted) => Holds(wanted, date.Range),
            (NumberIndex number, NumberTest wanted) => Holds(wanted, number.Range),
            (QuantityIndex quantity, QuantityTest wanted) => NaiveUnits.Passes(quantity, wanted),
            (StringIndex text, StringTest wanted) => modifier switch
            {
                SearchModifier.Exact => text.Text == wanted.Text,
                SearchModifier.Whole => text.Normalised == wanted.Normalised,
                SearchModifier.EndsWith => text.Normalised.EndsWith(
                    wanted.Normalised,
                    StringComparison.Ordinal
                ),
                SearchModifier.Contains => text.Normalised.Contains(
                    wanted.Normalised,
                    StringComparison.Ordinal
                ),
                _ => text.Normalised.StartsWith(wanted.Normalised, StringComparison.Ordinal),
            },
            (TokenIndex token, TokenTest wanted) when modifier == SearchModifier.Text => token.Text
                is not null
                && SearchText
                    .Normalise(token.Text)
                    .StartsWith(wanted.Code!, StringComparison.Ordinal),
            (TokenIndex token, TokenTest wanted) when modifier == SearchModifier.None => IsToken(
                token.System,
                token.Code,
                wanted
            ),
            (IdentifierTypeIndex typed, IdentifierTypeTest wanted) => (
                wanted.TypeSystem is null || wanted.TypeSystem == typed.TypeSystem
            )
                && wanted.TypeCode == typed.TypeCode
                && wanted.Value == typed.Value,
            (ReferenceIndex reference, TokenTest wanted) => reference.IdentifierValue is not null
                && IsToken(reference.IdentifierSystem, reference.IdentifierValue, wanted),
            (ReferenceIndex reference, ReferenceTest { Url: null } wanted) => reference.Kind
                == ReferenceKind.Local
                && wanted.Id == reference.TargetId
                && (
                    wanted.TargetTypes.Count == 0
                    || wanted.TargetTypes.Contains(reference.TargetType!)
                )
                && (wanted.Version is null || wanted.Version == reference.Version),
            (ReferenceIndex reference, ReferenceTest wanted) => wanted.Url == reference.Url
                && (wanted.Version is null || wanted.Version == reference.Version),
            (UriIndex uri, UriTest wanted) => modifier switch
            {
                SearchModifier.Below => IsBelow(uri.Uri, wanted.Uri),
                SearchModifier.Above => IsBelow(wanted.Uri, uri.Uri),
                _ => uri.Uri == wanted.Uri,
            },
            (CompositeIndex composite, CompositeTest wanted) => Passes(composite, wanted),
            _ => false,
        };

    /// <summary>All parts, on the same combination.</summary>
    public static bool Passes(CompositeIndex row, CompositeTest test) =>
        row
            .Parts.Zip(test.Parts, row.Parameter.Parts)
            .All(part =>
            {
                var (value, wanted, definition) = part;
                object single = definition.Parameter.Type switch
                {
                    SearchParamType.Token => new TokenIndex(
                        definition.Parameter,
                        value.System,
                        value.Code,
                        value.Text
                    ),
                    SearchParamType.Quantity => new QuantityIndex(
                        definition.Parameter,
                        value.Number,
                        value.System,
                        value.Code,
                        value.Text
                    ),
                    SearchParamType.Date => new DateIndex(definition.Parameter, value.Date),
                    SearchParamType.Number => new NumberIndex(definition.Parameter, value.Number),
                    SearchParamType.String => new StringIndex(
                        definition.Parameter,
                        value.Text!,
                        value.Normalised!
                    ),
                    SearchParamType.Uri => new UriIndex(definition.Parameter, value.Code!),
                    _ => value.Reference,
                };
                return Passes(single, wanted, SearchModifier.None);
            });

    /// <summary>The same, or further down the path after a slash, or a version of it after a bar.</summary>
    private static bool IsBelow(string uri, string above) =>
        uri == above
        || uri.StartsWith(above.TrimEnd('/') + "/", StringComparison.Ordinal)
        || uri.StartsWith(above + "|", StringComparison.Ordinal);

    private static bool IsToken(string? system, string? code, TokenTest wanted) =>
        (code is not null || wanted.Code is null)
        && (wanted.Code is null || wanted.Code == code)
        && (wanted.System is null || wanted.System == (system ?? ""));

    public static bool Holds(DateTest test, DateRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));

    public static bool Holds(NumberTest test, NumberRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));
}
