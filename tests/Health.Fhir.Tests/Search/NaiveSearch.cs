using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// Searches a handful of resources by looking at every one: what a store must find, without any cleverness. The values come from
/// <see cref="NaiveIndex"/>.
/// </summary>
internal sealed class NaiveSearch
{
    private readonly Dictionary<string, (Resource Resource, HashSet<object> Rows)> all = [];

    public NaiveSearch(IEnumerable<Resource> resources)
    {
        foreach (var resource in resources)
        {
            all[$"{resource.TypeName}/{resource.Id}"] = (resource, new NaiveIndex(resource).Rows);
        }
    }

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

    private bool Holds(string key, SearchClause clause)
    {
        var (resource, rows) = all[key];
        return clause switch
        {
            AndClause and => and.All.All(inner => Holds(key, inner)),
            OrClause or => or.Any.Any(inner => Holds(key, inner)),
            NotClause not => !Holds(key, not.Clause),
            IdClause ids => ids.AnyOf.Contains(resource.Id),
            LastUpdatedClause updated => resource.Meta?.LastUpdated is { } time
                && updated.AnyOf.Any(test =>
                    test.AnyOf.Any(bounds => bounds.Holds(time.UtcTicks, time.UtcTicks))
                ),
            MissingClause missing => missing.Missing
                == !rows.Any(row => ParameterOf(row) == missing.Parameter),
            ValueClause value => value.AnyOf.Any(test =>
                rows.Any(row =>
                    ParameterOf(row) == value.Parameter && Passes(row, test, value.Modifier)
                )
            ),
            ChainClause chain => Targets(rows, chain.Reference)
                .Any(target =>
                    all.TryGetValue(target, out var found)
                    && chain.AnyOf.Any(step =>
                        step.Type == found.Resource.TypeName && Holds(target, step.Clause)
                    )
                ),
            HasClause has => all.Any(source =>
                source.Value.Resource.TypeName == has.SourceType
                && Targets(source.Value.Rows, has.Reference).Contains(key)
                && Holds(source.Key, has.Clause)
            ),
            CompartmentClause compartment => key
                == $"{compartment.CompartmentType}/{compartment.Id}"
                || compartment.ByAnyOf.Any(parameter =>
                    Targets(rows, parameter)
                        .Contains($"{compartment.CompartmentType}/{compartment.Id}")
                ),
            ListClause list => all.TryGetValue($"List/{list.ListId}", out var entries)
                && ((List)entries.Resource).Entry.Exists(entry => entry.Item.Reference == key),
            _ => throw new NotSupportedException(clause.GetType().Name),
        };
    }

    private static IEnumerable<string> Targets(
        HashSet<object> rows,
        SearchParameterInfo reference
    ) =>
        rows.OfType<ReferenceIndex>()
            .Where(row => row.Parameter == reference && row.Kind == ReferenceKind.Local)
            .Select(row => $"{row.TargetType}/{row.TargetId}");

    private static SearchParameterInfo ParameterOf(object row) =>
        row switch
        {
            IIndexRow typed => typed.Parameter,
            ValueTuple<SearchParameterInfo, string> composite => composite.Item1,
            _ => throw new InvalidOperationException(row.ToString()),
        };

    /// <summary>One value against one test.</summary>
    public static bool Passes(object row, SearchTest test, SearchModifier modifier) =>
        (row, test) switch
        {
            (DateIndex date, DateTest wanted) => Holds(wanted, date.Range),
            (NumberIndex number, NumberTest wanted) => Holds(wanted, number.Range),
            (QuantityIndex quantity, QuantityTest wanted) => Holds(wanted.Number, quantity.Range)
                && (wanted.System is null || wanted.System == quantity.System)
                && (
                    wanted.Code is null
                    || wanted.Code == quantity.Code
                    || (wanted.System is null && wanted.Code == quantity.Unit)
                ),
            (StringIndex text, StringTest wanted) => modifier switch
            {
                SearchModifier.Exact => text.Text == wanted.Text,
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
            (TokenIndex token, TokenTest wanted) => IsToken(token.System, token.Code, wanted),
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
                SearchModifier.Below => uri.Uri.StartsWith(wanted.Uri, StringComparison.Ordinal),
                SearchModifier.Above => wanted.Uri.StartsWith(uri.Uri, StringComparison.Ordinal),
                _ => uri.Uri == wanted.Uri,
            },
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

    private static bool IsToken(string? system, string? code, TokenTest wanted) =>
        code is not null
        && (wanted.Code is null || wanted.Code == code)
        && (wanted.System is null || wanted.System == (system ?? ""));

    private static bool Holds(DateTest test, DateRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));

    private static bool Holds(NumberTest test, NumberRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));
}
