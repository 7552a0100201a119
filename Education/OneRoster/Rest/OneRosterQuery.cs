using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Education.OneRoster.Rest;

/// <param name="Operator">One of <c>= != &gt; &gt;= &lt; &lt;= ~</c>; the last is "contains".</param>
public sealed record Condition(string Field, string Operator, string Value);

/// <summary>
/// What a request for a collection asks: a page of it (limit, offset), its order (sort, orderBy), which of it (filter) and which parts
/// of each (fields). OneRoster 1.2, section 3.4; https://www.imsglobal.org/spec/oneroster/v1p2.
/// </summary>
/// <param name="IsOr">Whether one of the conditions is enough; at most two can be joined.</param>
/// <param name="Fields">Null for all.</param>
public sealed partial record OneRosterQuery(
    int Limit,
    int Offset,
    string? Sort,
    bool Descending,
    IReadOnlyList<Condition> Conditions,
    bool IsOr,
    IReadOnlyList<string>? Fields
)
{
    private const int DefaultLimit = 100;

    /// <summary>A larger limit is cut to this, and the Link header leads on.</summary>
    public const int MostRows = 1000;

    private static readonly string[] Known =
    [
        "limit",
        "offset",
        "sort",
        "orderBy",
        "filter",
        "fields",
    ];

    /// <summary>What was changed after a moment.</summary>
    public static OneRosterQuery Changed(string since) =>
        new(MostRows, 0, null, false, [new("dateLastModified", ">", since)], false, null);

    /// <exception cref="OneRosterProblem">A parameter is unknown, is there twice or is not of its form.</exception>
    public static OneRosterQuery Of(IQueryCollection query)
    {
        foreach (var (name, values) in query)
        {
            if (!Known.Contains(name))
            {
                throw OneRosterProblem.Invalid(
                    $"There is no parameter '{name}'; use {string.Join(", ", Known)}."
                );
            }
            if (values.Count > 1)
            {
                throw OneRosterProblem.Invalid($"The parameter '{name}' may be given once.");
            }
        }
        var (conditions, isOr) = Filter(query["filter"]);
        return new(
            Math.Min(Number(query, "limit", DefaultLimit, least: 1), MostRows),
            Number(query, "offset", 0, least: 0),
            query["sort"].FirstOrDefault() is { Length: > 0 } sort ? sort : null,
            query["orderBy"].FirstOrDefault() switch
            {
                null or "" or "asc" => false,
                "desc" => true,
                var other => throw OneRosterProblem.Invalid(
                    $"orderBy is asc or desc, not '{other}'."
                ),
            },
            conditions,
            isOr,
            query["fields"].FirstOrDefault() is { Length: > 0 } fields ? fields.Split(',') : null
        );
    }

    private static int Number(IQueryCollection query, string name, int otherwise, int least)
    {
        var text = query[name].FirstOrDefault();
        return text is null ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least
                ? number
            : throw OneRosterProblem.Invalid(
                $"{name} is a whole number from {least}, not '{text}'."
            );
    }

    private static (IReadOnlyList<Condition> Conditions, bool IsOr) Filter(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return ([], false);
        }
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            throw OneRosterProblem.Filter(
                "A filter is field, operator (= != > >= < <= ~) and a value in single quotes, without blanks; two may be joined by ' AND ' or ' OR '."
            );
        }
        Condition Of(int i) =>
            new(
                match.Groups["field"].Captures[i].Value,
                match.Groups["operator"].Captures[i].Value,
                match.Groups["value"].Captures[i].Value.Replace("''", "'")
            );
        return match.Groups["join"].Success
            ? ([Of(0), Of(1)], match.Groups["join"].Value == "OR")
            : ([Of(0)], false);
    }

    [GeneratedRegex(
        """
            ^(?<field>[A-Za-z0-9_.]+)(?<operator>!=|>=|<=|=|>|<|~)'(?<value>(?:[^']|'')*)'
            (?:[ ](?<join>AND|OR)[ ](?<field>[A-Za-z0-9_.]+)(?<operator>!=|>=|<=|=|>|<|~)'(?<value>(?:[^']|'')*)')?$
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant
    )]
    private static partial Regex Grammar();
}
