using System.Text.RegularExpressions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Reading;

/// <summary><see cref="TypeScopes"/> as SQL: written once for a request, and bound anew in each statement that it goes into.</summary>
internal sealed partial class TypeSight
{
    private const string Self = "self__";

    private readonly TypeScopes scopes;
    private readonly Dictionary<string, string> tests;
    private readonly IReadOnlyList<object> values;

    private TypeSight(
        TypeScopes scopes,
        Dictionary<string, string> tests,
        IReadOnlyList<object> values
    ) => (this.scopes, this.tests, this.values) = (scopes, tests, values);

    /// <param name="parse">Type and query → clauses, of which all must hold; null when it is not understood: then nothing passes.</param>
    public static async Task<TypeSight> Of(
        TypeScopes scopes,
        Sql sql,
        ClauseCompiler compiler,
        Func<string, string, IReadOnlyList<SearchClause>?> parse
    )
    {
        var tests = new Dictionary<string, string>();
        foreach (var (type, queries) in scopes.Conditions)
        {
            var any = new List<string>();
            foreach (var query in queries)
            {
                if (parse(type, query) is { } clauses)
                {
                    any.Add(await compiler.Test(new AndClause(clauses), Self));
                }
            }
            // What was deleted has no values any more by which it could be told.
            tests[type] = Sql.And($"{Self}.stored_as IN (1, 2)", Sql.Or(any));
        }
        return new TypeSight(scopes, tests, sql.Values);
    }

    public bool IsWhole(string? type) => type is not null && scopes.Whole.Contains(type);

    /// <summary>The condition on a resource row; of the one type when it is known.</summary>
    public string Test(string alias, Sql sql, string? type) =>
        type is null
            ? Sql.Or(
                tests
                    .Select(one =>
                        Sql.And(
                            $"{alias}.type = {Key.NumberOf(one.Key)}",
                            Bound(one.Value, alias, sql)
                        )
                    )
                    .Prepend(Whole(alias))
            )
        : scopes.Whole.Contains(type) ? Sql.Always
        : tests.TryGetValue(type, out var test) ? Bound(test, alias, sql)
        : Sql.Never;

    /// <summary>
    /// On a resource row: its type is seen without a condition. What an old version would have matched is not indexed, so of a type with a
    /// condition the current version alone is shown.
    /// </summary>
    public string Whole(string alias) =>
        scopes.Whole.Count == 0
            ? Sql.Never
            : $"{alias}.type IN ({string.Join(", ", scopes.Whole.Select(Key.NumberOf).Order())})";

    private string Bound(string test, string alias, Sql sql)
    {
        var names = new Dictionary<string, string>();
        return Placeholder()
            .Replace(
                test.Replace(Self + ".", alias + ".", StringComparison.Ordinal),
                at =>
                    names.TryGetValue(at.Value, out var name)
                        ? name
                        : names[at.Value] = sql.Bind(
                            values[
                                int.Parse(
                                    at.ValueSpan[1..],
                                    System.Globalization.CultureInfo.InvariantCulture
                                )
                            ]
                        )
            );
    }

    [GeneratedRegex("@[0-9]+")]
    private static partial Regex Placeholder();
}
