using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Subscriptions.Matching;

/// <summary>One value of a resource against one test of a query (https://hl7.org/fhir/R4/search.html), as the store's SQL compares them.</summary>
internal static class ValueMatch
{
    private const double Rounding = 1e-12;

    public static bool Passes(IIndexRow row, SearchTest test, SearchModifier modifier) =>
        (row, test) switch
        {
            (DateIndex date, DateTest wanted) => Holds(wanted, date.Range),
            (NumberIndex number, NumberTest wanted) => Holds(wanted, number.Range),
            (QuantityIndex quantity, QuantityTest wanted) => Passes(quantity, wanted),
            (StringIndex text, StringTest wanted) => Passes(text, wanted, modifier),
            (TokenIndex token, TokenTest wanted) when modifier is SearchModifier.Text => token.Text
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
                is ReferenceKind.Local
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

    public static bool Holds(DateTest test, DateRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));

    private static bool Holds(NumberTest test, NumberRange range) =>
        test.AnyOf.Any(bounds => bounds.Holds(range.Low, range.High));

    private static bool Passes(StringIndex text, StringTest wanted, SearchModifier modifier) =>
        modifier switch
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
        };

    private static bool Passes(QuantityIndex quantity, QuantityTest wanted)
    {
        var isSameUnit =
            (wanted.System is null || wanted.System == (quantity.System ?? ""))
            && (
                wanted.Code is null
                || wanted.Code == quantity.Code
                || (
                    wanted.System is null
                    && SearchText.Normalise(wanted.Code)
                        == SearchText.Normalise(quantity.Unit ?? "")
                )
            );
        return isSameUnit ? Holds(wanted.Number, quantity.Range)
            : wanted is { System: UnitFactors.Ucum, Code: { } asked }
            && quantity is { System: UnitFactors.Ucum, Code: { } has }
            && UnitFactors.Between(asked, has) is { } factor
                ? wanted.Number.AnyOf.Any(bounds =>
                    Scaled(bounds, wanted.Number, factor)
                        .Holds(quantity.Range.Low, quantity.Range.High)
                )
            : false;
    }

    /// <summary>
    /// 5.4 mg is 0.0054 g only up to the last binary digits: what includes its bound is a little wider than exact, what excludes it a
    /// little narrower.
    /// </summary>
    private static Bounds<double> Scaled(Bounds<double> bounds, NumberTest test, double factor)
    {
        var wider = test.Prefix is "eq" or "ge" or "le" or "ap" ? 1 : -1;
        return new(
            Times(bounds.LowFrom, -wider),
            Times(bounds.LowTo, wider),
            Times(bounds.HighFrom, -wider),
            Times(bounds.HighTo, wider)
        );

        double? Times(double? bound, int outward) =>
            bound is { } number
                ? (number * factor) + (outward * Math.Abs(number * factor) * Rounding)
                : null;
    }

    private static bool Passes(CompositeIndex row, CompositeTest test) =>
        row
            .Parts.Zip(test.Parts, row.Parameter.Parts)
            .All(part =>
            {
                var (value, wanted, definition) = part;
                IIndexRow single = definition.Parameter.Type switch
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
}
