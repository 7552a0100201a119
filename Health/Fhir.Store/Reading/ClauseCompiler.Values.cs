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
    private const int MostInHierarchy = 10_000;

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
                        foreach (
                            var bound in (test as NumberTest ?? ((QuantityTest)test).Number).AnyOf
                        )
                        {
                            var scaled = Scaled(bound, factor);
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

    private async Task<(string Test, bool Many)> TokenCondition(ValueClause clause, string column)
    {
        var codes = new HashSet<int>();
        var queries = new List<string>();
        var isLong = clause is { Modifier: SearchModifier.None, AnyOf.Count: > ManyCodes };
        if (isLong)
        {
            await AddCodes(clause.AnyOf, codes);
        }
        foreach (var test in clause.AnyOf)
        {
            switch (clause.Modifier, test)
            {
                case (SearchModifier.OfType, IdentifierTypeTest typed):
                    codes.UnionWith(
                        await Codes(
                            typed.TypeSystem,
                            IndexRows.TypedValue(typed.TypeCode, typed.Value)
                        )
                    );
                    break;
                case (SearchModifier.Text, TokenTest { Code: { } text }):
                    queries.Add(StartsWith("text", text));
                    break;
                case (
                    SearchModifier.None
                        or SearchModifier.Identifier,
                    TokenTest { Code: not null }
                ) when isLong:
                    break;
                case (
                    SearchModifier.None
                        or SearchModifier.Identifier,
                    TokenTest { Code: { } code } token
                ):
                    codes.UnionWith(await Codes(token.System, code));
                    break;
                case (
                    SearchModifier.None
                        or SearchModifier.Identifier,
                    TokenTest { System: { } system }
                ):
                    if (await SystemNumber(system) is { } number)
                    {
                        queries.Add($"system = {number}");
                    }
                    break;
                default:
                    throw Unsupported(clause);
            }
        }
        var listed =
            codes.Count == 0 ? Never
            : codes.Count > ManyCodes
                ? dialect.IsAnyOf(
                    column,
                    sql.Bind(dialect.KeyList([.. codes.Select(code => (long)code)]))
                )
            : $"{column} {sql.OneOf(codes)}";
        return queries.Count == 0
            ? (listed, codes.Count > ManyCodes)
            : (
                Or(
                    queries
                        .Select(query => $"{column} IN (SELECT id FROM {Schema}code WHERE {query})")
                        .Append(listed)
                ),
                true
            );
    }

    /// <summary>Those of a long list, such as the codes of a value set, that occur in the store: asked for at once.</summary>
    private async Task AddCodes(IReadOnlyList<SearchTest> tests, HashSet<int> found)
    {
        var inSystem = new Columns("code", ("code", ColumnKind.Text), ("system", ColumnKind.Int));
        var inAny = new Columns("code", ("code", ColumnKind.Text));
        foreach (var test in tests.Cast<TokenTest>().Where(test => test.Code is not null).Distinct())
        {
            var code = Interned.Bounded(test.Code!);
            if (test.System is null)
            {
                inAny.Add(0, code).EndRow();
            }
            else if (await SystemNumber(test.System) is { } system)
            {
                inSystem.Add(0, code).Add(1, (long)system).EndRow();
            }
        }
        foreach (var keys in new[] { inSystem, inAny })
        {
            await session.Lookup(
                keys,
                "id",
                (_, row, at) => found.Add(row.GetInt32(at)),
                lockRows: false,
                cancel
            );
        }
    }

    /// <param name="system">Null: any. Empty: none.</param>
    private async Task<List<int>> Codes(string? system, string code)
    {
        var only = "";
        if (system is not null)
        {
            if (await SystemNumber(system) is not { } number)
            {
                return [];
            }
            only = string.Create(CultureInfo.InvariantCulture, $" AND system = {number}");
        }
        await using var command = session.Command(
            $"SELECT id FROM {Schema}code WHERE code = @0{only}",
            Interned.Bounded(code)
        );
        await using var found = await command.ExecuteReaderAsync(cancel);
        var ids = new List<int>();
        while (await found.ReadAsync(cancel))
        {
            ids.Add(found.GetInt32(0));
        }
        return ids;
    }

    private async Task<int?> SystemNumber(string system) =>
        system.Length == 0 ? 0 : await interned.FindSystem(session, system, cancel);

    /// <summary>
    /// The units that a quantity may stand in, each with what the asked number is multiplied by: the unit itself and, in UCUM, all
    /// that measure the same and occur in the store. Rows keep the unit they were written with.
    /// </summary>
    private async Task<List<(string Unit, double Factor)>> Units(SearchTest test, string column)
    {
        if (test is not QuantityTest quantity)
        {
            return [(Always, 1)];
        }
        var units = new List<(string, double)> { (await UnitTest(quantity, column), 1) };
        if (
            quantity is not { System: UnitFactors.Ucum, Code: { } asked }
            || await interned.FindSystem(session, UnitFactors.Ucum, cancel) is not { } ucum
        )
        {
            return units;
        }
        var others = new Dictionary<double, List<int>>();
        await using var command = session.Command(
            $"SELECT id, code FROM {Schema}code WHERE system = @0",
            ucum
        );
        await using var found = await command.ExecuteReaderAsync(cancel);
        while (await found.ReadAsync(cancel))
        {
            var code = found.GetString(1);
            if (code != asked && code.Length > 0 && UnitFactors.Between(asked, code) is { } factor)
            {
                (others.TryGetValue(factor, out var same) ? same : others[factor] = []).Add(
                    found.GetInt32(0)
                );
            }
        }
        units.AddRange(others.Select(other => ($"{column} {sql.OneOf(other.Value)}", other.Key)));
        return units;
    }

    /// <summary>A little wider than exact, since 5.4 mg is 0.0054 g only up to the last binary digit.</summary>
    private static Bounds<double> Scaled(Bounds<double> bounds, double factor)
    {
        const double Rounding = 1e-12;
        return factor == 1
            ? bounds
            : new(
                Times(bounds.LowFrom, -1),
                Times(bounds.LowTo, 1),
                Times(bounds.HighFrom, -1),
                Times(bounds.HighTo, 1)
            );

        double? Times(double? bound, int outward) =>
            bound is { } number
                ? (number * factor) + (outward * Math.Abs(number * factor) * Rounding)
                : null;
    }

    /// <summary>The straight distance in the unit sphere, squared.</summary>
    private string NearCondition(NearTest test, string row)
    {
        var (x, y, z) = (sql.Bind(test.Point.X), sql.Bind(test.Point.Y), sql.Bind(test.Point.Z));
        return $"({row}.low - {x}) * ({row}.low - {x}) + ({row}.high - {y}) * ({row}.high - {y}) + ({row}.third_low - {z}) * ({row}.third_low - {z}) <= {sql.Bind(test.Chord * test.Chord)}";
    }

    private async Task<string> UnitTest(QuantityTest test, string column)
    {
        if (test.Code is not { } code)
        {
            return test.System is not { } only ? Always
                : await SystemNumber(only) is { } system
                    ? $"{column} IN (SELECT id FROM {Schema}code WHERE system = {system})"
                : Never;
        }
        var codes = await Codes(test.System, code);
        if (test.System is null)
        {
            await using var command = session.Command(
                $"SELECT id FROM {Schema}code WHERE text = @0",
                Interned.Bounded(SearchText.Normalise(code))
            );
            await using var found = await command.ExecuteReaderAsync(cancel);
            while (await found.ReadAsync(cancel))
            {
                codes.Add(found.GetInt32(0));
            }
        }
        return codes.Count == 0 ? Never : $"{column} {sql.OneOf(codes)}";
    }

    private async Task<string> ReferenceCondition(ValueClause clause, string row)
    {
        var tests = new List<string>();
        foreach (var test in clause.AnyOf)
        {
            tests.Add(
                test switch
                {
                    ReferenceTest { Id: { } id } local => await LocalTest(
                        local,
                        id,
                        clause.Modifier,
                        row
                    ),
                    ReferenceTest { Url: { } url } elsewhere => And(
                        await UrlTest(url, clause.Modifier, $"{row}.target"),
                        VersionTest(elsewhere.Version, row)
                    ),
                    UriTest uri => await UrlTest(uri.Uri, clause.Modifier, $"{row}.target"),
                    _ => throw Unsupported(clause),
                }
            );
        }
        return Or(tests);
    }

    private async Task<string> LocalTest(
        ReferenceTest test,
        string id,
        SearchModifier modifier,
        string row
    )
    {
        var targets = await TargetKeys([.. test.TargetTypes.Select(type => (type, id))]);
        if (modifier is SearchModifier.Above or SearchModifier.Below)
        {
            targets = await Hierarchy(targets, modifier is SearchModifier.Below);
        }
        return targets.Count == 0
            ? Never
            : And($"{row}.target {sql.OneOf(targets)}", VersionTest(test.Version, row));
    }

    /// <summary>
    /// These resources and all below (or above) them by the references that make their type a tree: https://hl7.org/fhir/R4/search.html#recursive.
    /// </summary>
    private async Task<List<long>> Hierarchy(List<long> from, bool below)
    {
        var all = new HashSet<long>(from);
        foreach (var type in from.Select(Key.TypeOf).Distinct())
        {
            if (
                model
                    .ParametersOf(Key.NameOf(type))
                    .FirstOrDefault(parameter =>
                        parameter.Code is "partof" or "part-of"
                        && parameter.Targets.Contains(Key.NameOf(type))
                    )
                    is not { } tree
                || await Number(tree) is not { } number
            )
            {
                continue;
            }
            var (table, near, far) = below
                ? ("reference", "f.target", "f.key")
                : ("link", "f.key", "f.target");
            for (
                var round = from.FindAll(key => Key.TypeOf(key) == type);
                round.Count > 0 && all.Count <= MostInHierarchy;

            )
            {
                await using var command = session.Command(
                    $"SELECT {far} FROM {Schema}{table} f WHERE f.parameter = {number} AND {dialect.IsAnyOf(near, "@0")}",
                    dialect.KeyList(round)
                );
                var next = new List<long>();
                await using var found = await command.ExecuteReaderAsync(cancel);
                while (await found.ReadAsync(cancel))
                {
                    // A tree may be written so that it bites its own tail.
                    if (all.Add(found.GetInt64(0)))
                    {
                        next.Add(found.GetInt64(0));
                    }
                }
                round = next;
            }
        }
        return all.Count <= MostInHierarchy
            ? [.. all]
            : throw new SharedKernel.Contracts.InvalidInput(
                below ? ":below" : ":above",
                $"More than {MostInHierarchy} resources lie there."
            );
    }

    private string VersionTest(string? version, string row) =>
        version is null ? Always : $"{row}.version = {sql.Bind(IndexRows.VersionNumber(version))}";

    private async Task<string> UrlTest(string url, SearchModifier modifier, string column)
    {
        switch (modifier)
        {
            case SearchModifier.Below:
                // Below http://a/b are http://a/b itself, all that goes on after a slash, and its versions.
                return $"{column} IN (SELECT id FROM {Schema}url WHERE text = {sql.Bind(url)} OR ({StartsWith("text", url.TrimEnd('/') + "/")}) OR ({StartsWith("text", url + "|")}))";
            case SearchModifier.Above:
            {
                var above = new List<string> { url };
                if (url.IndexOf('|') is > 0 and var bar)
                {
                    above.Add(url[..bar]);
                }
                for (var at = url.LastIndexOf('/'); at > 0; at = url.LastIndexOf('/', at - 1))
                {
                    above.Add(url[..at]);
                    above.Add(url[..(at + 1)]);
                }
                return $"{column} IN (SELECT id FROM {Schema}url WHERE text {sql.OneOf(above)})";
            }
            default:
                return await interned.FindUrl(session, url, cancel) is { } number
                    ? $"{column} = {sql.Bind((long)number)}"
                    : Never;
        }
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
                                        Within(Scaled(bound, unit.Factor), low, high)
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
