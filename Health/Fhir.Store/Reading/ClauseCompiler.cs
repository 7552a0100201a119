using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using static Health.Fhir.Store.Reading.Sql;

namespace Health.Fhir.Store.Reading;

/// <summary>
/// From a clause to SQL, in two forms. <see cref="Test"/> asks of one resource row at hand; <see cref="Keys"/> lists the keys of
/// all that pass, from an index. A query lists by its narrowest clause and tests the others.
/// </summary>
/// <param name="compartment">The Patient that every match lies with, when the query names one: index ranges begin there.</param>
internal sealed partial class ClauseCompiler(
    Session session,
    Dialect dialect,
    Interned interned,
    KnownKeys known,
    FhirModel model,
    Sight sight,
    Sql sql,
    int? compartment,
    CancellationToken cancel
)
{
    private const int ManyCodes = 40;
    private string Schema => dialect.Schema;

    /// <summary>A condition on the resource row of this alias.</summary>
    public async Task<string> Test(SearchClause clause, string alias)
    {
        switch (clause)
        {
            case AndClause and:
                return And(await All(and.All, part => Test(part, alias)));
            case OrClause or:
                return Or(await All(Alternatives.Of(or), part => Test(part, alias)));
            case NotClause not:
                return Not(await Test(not.Clause, alias));
            case IdClause id:
                return $"{alias}.id {sql.OneOf([.. id.AnyOf.Select(Key.Encode)])}";
            case LastUpdatedClause updated:
                return Or(
                    updated.AnyOf.SelectMany(test =>
                        test.AnyOf.Select(bounds =>
                            Within(bounds, $"{alias}.updated", $"{alias}.updated")
                        )
                    )
                );
            case MissingClause missing:
                return await interned.FindParameter(session, missing.Parameter.ToString(), cancel)
                        is { } number
                        ? $"{alias}.shape {(missing.Missing ? "NOT IN" : "IN")} (SELECT id FROM {Schema}shape WHERE text LIKE '%,{number},%')"
                    : missing.Missing ? Always
                    : Never;
            case ListClause list:
                return $"{alias}.key IN ({await ListKeys(list)})";
            case CompartmentClause { CompartmentType: "Patient" } patient:
                return await InPatient(patient.Id, alias);
            case CompartmentClause other:
                return Or(
                    await ReferenceTo(other.ByAnyOf, [(other.CompartmentType, other.Id)], alias),
                    await Itself(other, $"{alias}.key")
                );
            case ChainClause chain:
                return await TestChain(chain, alias);
            case HasClause has:
                return await TestHas(has, alias);
            case ValueClause { Modifier: SearchModifier.NotIn } notIn:
                return Not(await Test(notIn with { Modifier = SearchModifier.In }, alias));
            case ValueClause value:
                var row = sql.Alias();
                return await Rows(value, row, inCompartment: null) is { } rows
                    ? Exists(rows, row, alias)
                    : Never;
            default:
                throw Unsupported(clause);
        }
    }

    /// <summary>A query of one column of keys; null when no index leads from this clause to its resources.</summary>
    /// <param name="type">The type whose resources the clause is about.</param>
    public async Task<string?> Keys(SearchClause clause, string? type)
    {
        switch (clause)
        {
            case ValueClause { Modifier: not SearchModifier.NotIn } value:
            {
                var row = sql.Alias();
                return await Rows(value, row, compartment) is { } rows
                    ? string.Join(
                        " UNION ALL ",
                        rows.Arms.Select(arm =>
                            $"SELECT {row}.key FROM {Schema}\"{rows.Table}\" {row} WHERE {arm}"
                        )
                    )
                    : Nothing;
            }
            case ListClause list:
                return await ListKeys(list);
            case IdClause id when type is not null:
                return $"SELECT r.key FROM {Schema}resource r WHERE r.type = {Key.NumberOf(type)} AND r.id {sql.OneOf([.. id.AnyOf.Select(Key.Encode)])}";
            case CompartmentClause { CompartmentType: not "Patient" } other:
            {
                var targets = await TargetKeys([(other.CompartmentType, other.Id)]);
                if (targets.Count == 0)
                {
                    return Nothing;
                }
                var parameters = await Numbers(other.ByAnyOf);
                var itself =
                    $"SELECT r.key FROM {Schema}resource r WHERE {await Itself(other, "r.key")}";
                return parameters.Count == 0
                    ? itself
                    : $"SELECT f.key FROM {Schema}reference f WHERE f.parameter IN ({List(parameters)}) AND f.target {sql.OneOf(targets)} UNION ALL {itself}";
            }
            case ChainClause chain:
                return await ChainKeys(chain);
            case HasClause has:
                return await HasKeys(has);
            case AndClause and:
                return await Narrowest(and.All, type);
            case OrClause or:
            {
                var arms = await All(Alternatives.Of(or), part => Keys(part, type));
                return arms.Any(arm => arm is null)
                    ? null
                    : string.Join(
                        " UNION ALL ",
                        arms.Where(arm => arm != Nothing).DefaultIfEmpty(Nothing)!
                    );
            }
            default:
                return null;
        }
    }

    /// <summary>
    /// The same keys with their compartments, when they are one contiguous range of an index, in which they lie in this order and
    /// each once: one code of one parameter. Then a page needs no sorting.
    /// </summary>
    public static string? InOrder(SearchClause clause, string keys)
    {
        const string Key = ".key FROM ";
        var at = keys.IndexOf(Key, StringComparison.Ordinal);
        return
            clause is ValueClause { Parameter.Type: SearchParamType.Token, AnyOf.Count: 1 }
            && !keys.Contains(" IN (", StringComparison.Ordinal)
            && !keys.Contains(" = ANY (", StringComparison.Ordinal)
            ? $"{keys[..at]}.key, {keys["SELECT ".Length..at]}.compartment FROM {keys[(at + Key.Length)..]}"
            : null;
    }

    public const string Nothing = "SELECT 0 WHERE 1 = 0";

    // Parameters of few values, each with very many resources.
    private static readonly HashSet<string> Broad =
    [
        "status",
        "category",
        "class",
        "gender",
        "active",
        "intent",
        "clinical-status",
        "verification-status",
        "_tag",
        "_security",
    ];

    /// <summary>How few resources a clause probably leaves; lower is better. Null: cannot be listed.</summary>
    /// <param name="inPatient">Among those of one Patient, whom a reference then hardly narrows.</param>
    public static int? Narrowness(SearchClause clause, bool inPatient = false) =>
        clause switch
        {
            IdClause => 0,
            ListClause => 1,
            CompartmentClause { CompartmentType: not "Patient" } => 2,
            ValueClause { Modifier: SearchModifier.NotIn } => null,
            ValueClause value => value.Parameter.Type switch
            {
                SearchParamType.Reference
                    when inPatient && value.Parameter.Code is "patient" or "subject" => 8,
                SearchParamType.Reference or SearchParamType.Uri => 3,
                SearchParamType.Composite => 4,
                // An identifier names one; a status thousands.
                SearchParamType.Token => value.Parameter.Code is "identifier" ? 1
                : Broad.Contains(value.Parameter.Code) ? 9
                : 7,
                SearchParamType.String => value.Modifier is SearchModifier.Contains ? 10 : 5,
                _ => 8,
            },
            ChainClause => 6,
            HasClause => 6,
            AndClause and => and.All.Min(part => Narrowness(part)),
            OrClause or => or.Any.Any(part => Narrowness(part) is null)
                ? null
                : or.Any.Max(part => Narrowness(part)),
            _ => null,
        };

    /// <summary>All keys that pass a conjunction: listed by its narrowest part, tested by the rest.</summary>
    private async Task<string?> Narrowest(IReadOnlyList<SearchClause> clauses, string? type)
    {
        var best = clauses
            .Where(clause => Narrowness(clause) is not null)
            .MinBy(clause => Narrowness(clause));
        if (best is null || await Keys(best, type) is not { } keys)
        {
            return null;
        }
        var alias = sql.Alias();
        var rest = And(
            await All([.. clauses.Where(clause => clause != best)], part => Test(part, alias))
        );
        return rest == Always
            ? keys
            : $"SELECT {alias}.key FROM {Schema}resource {alias} WHERE {alias}.key IN ({keys}) AND {rest}";
    }

    /// <summary>Keys of the resources of a type that pass, may be seen, and are there: the end of a chain.</summary>
    private async Task<string> Reachable(string type, SearchClause clause)
    {
        var inner = Elsewhere();
        var keys = await inner.Keys(clause, type);
        // An index row is of a resource that is there; what is only pointed to, or named, need not be.
        if (keys is not null && sight.IsAllOf(type) && (clause is ValueClause or ChainClause))
        {
            return keys;
        }
        var alias = sql.Alias();
        var test = keys is null ? await inner.Test(clause, alias) : $"{alias}.key IN ({keys})";
        return $"SELECT {alias}.key FROM {Schema}resource {alias} WHERE {OfType(type, alias)} AND {test}{sight.Of(alias, sql, type)}";
    }

    /// <summary>For the other end of a reference, which may lie with any Patient.</summary>
    private ClauseCompiler Elsewhere() =>
        compartment is null
            ? this
            : new ClauseCompiler(
                session,
                dialect,
                interned,
                known,
                model,
                sight,
                sql,
                null,
                cancel
            );

    /// <summary>Live resources of a type.</summary>
    public static string OfType(string type, string alias)
    {
        var (from, to) = Key.RangeOf(Key.NumberOf(type));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{alias}.key BETWEEN {from} AND {to} AND {alias}.stored_as IN (1, 2)"
        );
    }

    private async Task<string> ChainKeys(ChainClause chain)
    {
        if (await Number(chain.Reference) is not { } parameter)
        {
            return Nothing;
        }
        var arms = new List<string>();
        foreach (var target in chain.AnyOf)
        {
            var (from, to) = Key.RangeOf(Key.NumberOf(target.Type));
            var targets = await Reachable(target.Type, target.Clause);
            arms.Add(
                $"SELECT f.key FROM {Schema}reference f WHERE f.parameter = {parameter} AND f.target IN ({targets}) AND +f.target BETWEEN {from} AND {to}"
            );
        }
        return string.Join(" UNION ALL ", arms);
    }

    private async Task<string> TestChain(ChainClause chain, string alias)
    {
        if (await Number(chain.Reference) is not { } parameter)
        {
            return Never;
        }
        var (f, t) = (sql.Alias(), sql.Alias());
        var targets = await All(
            chain.AnyOf,
            async target => And(OfType(target.Type, t), await Elsewhere().Test(target.Clause, t))
        );
        return $"EXISTS (SELECT 1 FROM {Schema}link {f} CROSS JOIN {Schema}resource {t} WHERE {f}.key = {alias}.key AND {f}.parameter = {parameter} AND {t}.key = {f}.target AND {Or(targets)}{sight.Of(t, sql)})";
    }

    private async Task<string> HasKeys(HasClause has) =>
        await Number(has.Reference) is { } parameter
            ? $"SELECT f.target FROM {Schema}link f WHERE f.parameter = {parameter} AND f.key IN ({await Reachable(has.SourceType, has.Clause)})"
            : Nothing;

    private async Task<string> TestHas(HasClause has, string alias)
    {
        if (await Number(has.Reference) is not { } parameter)
        {
            return Never;
        }
        var (f, s) = (sql.Alias(), sql.Alias());
        return $"EXISTS (SELECT 1 FROM {Schema}reference {f} CROSS JOIN {Schema}resource {s} WHERE {f}.parameter = {parameter} AND {f}.target = {alias}.key AND {s}.key = {f}.key AND {await Elsewhere().Test(has.Clause, s)}{sight.Of(s, sql, has.SourceType)})";
    }

    private async Task<string> ListKeys(ListClause list)
    {
        var lists = await TargetKeys([.. list.AnyOf.Select(id => ("List", id))]);
        return
            lists.Count > 0
            && await interned.FindParameter(session, "List.item", cancel) is { } parameter
            ? $"SELECT f.target FROM {Schema}link f JOIN {Schema}resource l ON l.key = f.key WHERE f.key {sql.OneOf(lists)} AND f.parameter = {parameter}{sight.Of("l", sql, "List")}"
            : Nothing;
    }

    /// <summary>The resource that the compartment is named after is in it.</summary>
    private async Task<string> Itself(CompartmentClause clause, string key) =>
        await TargetKeys([(clause.CompartmentType, clause.Id)]) is { Count: > 0 } own
            ? $"{key} {sql.OneOf(own)}"
            : Never;

    private async Task<string> InPatient(string id, string alias)
    {
        var patients = await TargetKeys([("Patient", id)]);
        if (patients.Count == 0)
        {
            return Never;
        }
        var number = sql.Bind(Key.CompartmentOf(patients[0]));
        return $"({alias}.compartment = {number} OR EXISTS (SELECT 1 FROM {Schema}shared s WHERE s.compartment = {number} AND s.key = {alias}.key))";
    }

    private async Task<string> ReferenceTo(
        IReadOnlyList<SearchParameterInfo> parameters,
        IReadOnlyList<(string Type, string Id)> to,
        string alias
    )
    {
        var targets = await TargetKeys(to);
        var numbers = await Numbers(parameters);
        return targets.Count == 0 || numbers.Count == 0
            ? Never
            : $"EXISTS (SELECT 1 FROM {Schema}link f WHERE f.key = {alias}.key AND f.parameter IN ({List(numbers)}) AND f.target {sql.OneOf(targets)})";
    }

    /// <summary>Index rows that pass a value clause: one table, and one condition for each range of its index.</summary>
    private sealed record IndexRange(
        string Table,
        IReadOnlyList<string> Arms,
        bool ManyValues = false
    );

    /// <summary>There is an index row of this resource that passes.</summary>
    private string Exists(IndexRange range, string row, string alias) =>
        range.ManyValues
            ? Or(
                range.Arms.Select(arm =>
                    $"{alias}.key IN (SELECT {row}.key FROM {Schema}\"{range.Table}\" {row} WHERE {arm}{(compartment is { } number ? $" AND {row}.compartment = {number}" : "")})"
                )
            )
            : Or(
                range.Arms.Select(arm =>
                    $"EXISTS (SELECT 1 FROM {Schema}\"{range.Table}\" {row} WHERE {arm} AND {row}.compartment = {alias}.compartment AND {row}.key = {alias}.key)"
                )
            );

    private Task<List<long>> TargetKeys(IReadOnlyList<(string Type, string Id)> targets) =>
        known.KeysOf(
            session,
            targets
                .Where(target => model.IsResourceType(target.Type))
                .Select(target => (Key.NumberOf(target.Type), target.Id)),
            cancel
        );

    private Task<int?> Number(SearchParameterInfo parameter) =>
        interned.FindParameter(session, parameter.ToString(), cancel);

    private async Task<List<int>> Numbers(IEnumerable<SearchParameterInfo> parameters)
    {
        var numbers = new List<int>();
        foreach (var parameter in parameters)
        {
            if (await Number(parameter) is { } number)
            {
                numbers.Add(number);
            }
        }
        return numbers;
    }

    private static string List(IEnumerable<int> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    private static async Task<List<TResult>> All<TPart, TResult>(
        IReadOnlyList<TPart> parts,
        Func<TPart, Task<TResult>> compile
    )
    {
        var all = new List<TResult>(parts.Count);
        foreach (var part in parts)
        {
            all.Add(await compile(part));
        }
        return all;
    }

    private static InvalidInput Unsupported(SearchClause clause) =>
        clause switch
        {
            ValueClause value => new InvalidInput(
                value.Parameter.Code,
                $":{value.Modifier.ToString().ToLowerInvariant()} is not supported for this parameter."
            ),
            _ => new InvalidInput("_filter", "This condition is not supported."),
        };
}
