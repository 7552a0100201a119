using System.Globalization;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using static Health.Fhir.Store.Reading.Sql;

namespace Health.Fhir.Store.Reading;

// Codes by their numbers.
internal sealed partial class ClauseCompiler
{
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
                ) when compartment is not null && clause.AnyOf.Count == 1 && dialect.HasLinks:
                    return (await InOneStatement(column, token.System, code), false);
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

    /// <summary>
    /// PostgreSQL, in one patient: the numbers of the code are looked up by the statement itself, which spares asking the
    /// database twice. Across patients the planner must know the number to see how many resources have it.
    /// </summary>
    private async Task<string> InOneStatement(string column, string? system, string code)
    {
        var only = "";
        if (system is not null)
        {
            if (await SystemNumber(system) is not { } number)
            {
                return Never;
            }
            only = string.Create(CultureInfo.InvariantCulture, $" AND system = {number}");
        }
        var spellings = interned.Spellings(code).Select(spelling => sql.Bind(spelling));
        return $"{column} = ANY (ARRAY(SELECT id FROM {Schema}code WHERE code IN ({string.Join(", ", spellings)}){only}))";
    }

    /// <summary>Those of a long list, such as the codes of a value set, that occur in the store: asked for at once.</summary>
    private async Task AddCodes(IReadOnlyList<SearchTest> tests, HashSet<int> found)
    {
        var inSystem = new Columns("code", ("code", ColumnKind.Text), ("system", ColumnKind.Int));
        var inAny = new Columns("code", ("code", ColumnKind.Text));
        foreach (
            var test in tests.Cast<TokenTest>().Where(test => test.Code is not null).Distinct()
        )
        {
            var system = test.System is null ? null : await SystemNumber(test.System);
            foreach (var code in interned.Spellings(test.Code!))
            {
                if (test.System is null)
                {
                    inAny.Add(0, code).EndRow();
                }
                else if (system is { } number)
                {
                    inSystem.Add(0, code).Add(1, (long)number).EndRow();
                }
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
        var spellings = interned.Spellings(code);
        await using var command = session.Command(
            $"SELECT id FROM {Schema}code WHERE code IN (@0, @1){only}",
            spellings[0],
            spellings[1]
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
}
