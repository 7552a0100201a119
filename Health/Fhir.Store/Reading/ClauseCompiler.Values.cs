using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Values;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Hl7.Fhir.Model;
using static Health.Fhir.Store.Reading.Sql;

namespace Health.Fhir.Store.Reading;

// Value clauses: one parameter, one index table.
internal sealed partial class ClauseCompiler
{
    /// <summary>The index rows that pass; null when there can be none.</summary>
    /// <param name="row">Alias of the index table.</param>
    /// <param name="inCompartment">Only rows of this Patient.</param>
    private async Task<IndexRange?> Rows(ValueClause clause, string row, int? inCompartment)
    {
        var parameter = clause.Parameter;
        var name = (clause.Modifier, parameter.Type) switch
        {
            (SearchModifier.Identifier, _) => IndexRows.ByIdentifier(parameter),
            (SearchModifier.OfType, _) => IndexRows.OfType(parameter),
            _ => parameter.ToString(),
        };
        if (await interned.FindParameter(session, name, cancel) is not { } number)
        {
            return null;
        }
        var within = inCompartment is { } compartment
            ? $" AND {row}.compartment = {sql.Bind(compartment)}"
            : "";
        var only = $"{row}.parameter = {number}{within}";
        switch (parameter.Type)
        {
            case SearchParamType.Token:
            case SearchParamType.Reference when clause.Modifier is SearchModifier.Identifier:
            {
                var (test, many) = await TokenCondition(clause, $"{row}.code");
                return Range("token", only, test, many);
            }
            case SearchParamType.Reference:
            case SearchParamType.Uri:
                return Range("reference", only, await ReferenceCondition(clause, row));
            case SearchParamType.Special when clause.AnyOf[0] is NearTest:
                return Range(
                    "composite",
                    only,
                    Or(clause.AnyOf.Cast<NearTest>().Select(test => NearCondition(test, row)))
                );
            case SearchParamType.Special:
            {
                var (test, many) = await TokenCondition(clause, $"{row}.code");
                return Range("token", only, test, many);
            }
            case SearchParamType.String:
                return Range(
                    "string",
                    only,
                    Or(
                        clause
                            .AnyOf.Cast<StringTest>()
                            .Select(test => StringCondition(test, clause.Modifier, row))
                    )
                );
            case SearchParamType.Date:
            {
                var bounds = clause.AnyOf.Cast<DateTest>().SelectMany(test => test.AnyOf).ToList();
                return await Ranges(
                    "date",
                    parameter,
                    number,
                    row,
                    within,
                    Or(
                        bounds.Select(bound =>
                            And(
                                Within(bound, $"{row}.low", $"{row}.high"),
                                NearLow(bound, $"{row}.low")
                            )
                        )
                    ),
                    Or(bounds.Select(bound => Within(bound, $"{row}.low", $"{row}.high")))
                );
            }
            case SearchParamType.Number:
            case SearchParamType.Quantity:
            {
                var narrow = new List<string>();
                var wide = new List<string>();
                foreach (var test in clause.AnyOf)
                {
                    foreach (var (unit, factor) in await Units(test, $"{row}.unit"))
                    {
                        var asked = test as NumberTest ?? ((QuantityTest)test).Number;
                        foreach (var bound in asked.AnyOf)
                        {
                            var scaled = Scaled(bound, asked, factor);
                            // Both ends are the same in a narrow row: every bound may use the indexed one.
                            narrow.Add(And(Within(scaled, $"{row}.low", $"{row}.low"), unit));
                            wide.Add(And(Within(scaled, $"{row}.low", $"{row}.high"), unit));
                        }
                    }
                }
                return await Ranges(
                    "quantity",
                    parameter,
                    number,
                    row,
                    within,
                    Or(narrow),
                    Or(wide)
                );
            }
            case SearchParamType.Composite:
            {
                var tests = new List<string>();
                foreach (var test in clause.AnyOf.Cast<CompositeTest>())
                {
                    tests.Add(await CompositeCondition(parameter, test, row));
                }
                return Range("composite", only, Or(tests));
            }
            default:
                throw Unsupported(clause);
        }
    }

    private static IndexRange? Range(string table, string only, string test, bool many = false) =>
        test == Never ? null : new IndexRange(table, [And(only, test)], many);

    /// <summary>Narrow values and wide ones stand under two parameters, each with its own condition.</summary>
    private async Task<IndexRange?> Ranges(
        string table,
        SearchParameterInfo parameter,
        int number,
        string row,
        string within,
        string narrow,
        string wide
    )
    {
        var arms = new List<string>();
        if (narrow != Never)
        {
            arms.Add($"{row}.parameter = {number}{within} AND {narrow}");
        }
        if (
            wide != Never
            && await interned.FindParameter(session, IndexRows.Wide(parameter), cancel) is { } other
        )
        {
            arms.Add($"{row}.parameter = {other}{within} AND {wide}");
        }
        return arms.Count == 0 ? null : new IndexRange(table, arms);
    }

    private string Within(Bounds<long> bounds, string low, string high)
    {
        return And(
            Bound(bounds.LowFrom, low, ">="),
            Bound(bounds.LowTo, low, "<="),
            Bound(bounds.HighFrom, high, ">="),
            Bound(bounds.HighTo, high, "<=")
        );

        string Bound(long? ticks, string column, string compare) =>
            ticks is { } value
                ? $"{column} {compare} {sql.Bind(IndexRows.Milliseconds(value))}"
                : Always;
    }

    private string Within(Bounds<double> bounds, string low, string high)
    {
        return And(
            Bound(bounds.LowFrom, low, ">="),
            Bound(bounds.LowTo, low, "<="),
            Bound(bounds.HighFrom, high, ">="),
            Bound(bounds.HighTo, high, "<=")
        );

        string Bound(double? value, string column, string compare) =>
            value is { } number ? $"{column} {compare} {sql.Bind(number)}" : Always;
    }

    /// <summary>What the other end says about the indexed one, when the two are never far apart.</summary>
    private string NearLow(Bounds<long> bounds, string low) =>
        And(
            bounds is { LowFrom: null, HighFrom: { } from }
                ? $"{low} >= {sql.Bind(IndexRows.Milliseconds(from) - IndexRows.WideMilliseconds)}"
                : Always,
            bounds is { LowTo: null, HighTo: { } to }
                ? $"{low} <= {sql.Bind(IndexRows.Milliseconds(to))}"
                : Always
        );

    private string StringCondition(StringTest test, SearchModifier modifier, string row)
    {
        switch (modifier)
        {
            case SearchModifier.Exact:
                return And(
                    $"{row}.normalised = {sql.Bind(Interned.Bounded(test.Normalised))}",
                    $"{row}.exact = {sql.Bind(IndexRows.ExactOf(test.Text))}"
                );
            case SearchModifier.Whole:
                return $"{row}.normalised = {sql.Bind(Interned.Bounded(test.Normalised))}";
            case SearchModifier.Contains:
            case SearchModifier.EndsWith:
            {
                var pattern = test
                    .Normalised.Replace(@"\", @"\\", StringComparison.Ordinal)
                    .Replace("%", @"\%", StringComparison.Ordinal)
                    .Replace("_", @"\_", StringComparison.Ordinal);
                var end = modifier is SearchModifier.Contains ? "%" : "";
                return $@"{row}.normalised LIKE {sql.Bind($"%{pattern}{end}")} ESCAPE '\'";
            }
            default:
                return StartsWith($"{row}.normalised", test.Normalised);
        }
    }

    /// <summary>A range over the bytes of the text; of a very long one only what the index holds is compared.</summary>
    private string StartsWith(string column, string beginning)
    {
        const int Compared = FhirDb.IndexedLength - 70;
        var from = beginning.Length > Compared ? beginning[..Compared] : beginning;
        return from.Length == 0
            ? Always
            : And($"{column} >= {sql.Bind(from)}", $"{column} < {sql.Bind(from + "\U0010FFFF")}");
    }

    private async Task<string> CompositeCondition(
        SearchParameterInfo parameter,
        CompositeTest composite,
        string row
    )
    {
        var tests = new List<string>();
        for (var at = 0; at < composite.Parts.Count; at++)
        {
            var number = at == 0 ? $"{row}.first" : $"{row}.second";
            var (low, high) =
                at < 2 ? ($"{row}.low", $"{row}.high") : ($"{row}.third_low", $"{row}.third_high");
            var part = new ValueClause(
                parameter.Parts[at].Parameter,
                SearchModifier.None,
                [composite.Parts[at]]
            );
            tests.Add(
                composite.Parts[at] switch
                {
                    TokenTest => (await TokenCondition(part, number)).Test,
                    NumberTest test => Or(test.AnyOf.Select(bound => Within(bound, low, high))),
                    QuantityTest test => Or(
                        (await Units(test, number)).Select(unit =>
                            And(
                                unit.Unit,
                                Or(
                                    test.Number.AnyOf.Select(bound =>
                                        Within(Scaled(bound, test.Number, unit.Factor), low, high)
                                    )
                                )
                            )
                        )
                    ),
                    // Dates lie in the same columns, in milliseconds, which a double holds exactly.
                    DateTest test => Or(test.AnyOf.Select(bound => Within(bound, low, high))),
                    StringTest test => StartsWith($"{row}.text", test.Normalised),
                    ReferenceTest { Id: { } id } test => await TargetKeys([
                        .. test.TargetTypes.Select(type => (type, id)),
                    ])
                        is { Count: > 0 } keys
                        ? $"{number} {sql.OneOf(keys)}"
                        : Never,
                    ReferenceTest { Url: { } url } => await UrlTest(
                        url,
                        SearchModifier.None,
                        number
                    ),
                    UriTest uri => await UrlTest(uri.Uri, SearchModifier.None, number),
                    _ => throw Unsupported(part),
                }
            );
        }
        return And(tests);
    }
}
