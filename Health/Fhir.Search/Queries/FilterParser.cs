using Health.Fhir.Search.Definitions;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Queries;

/// <summary>
/// <c>_filter=given eq "An" and (birthdate ge 2014-10-10 or not (active eq false))</c>: each comparison becomes the clause that the
/// same parameter, modifier or prefix would make. https://hl7.org/fhir/R4/search_filter.html
/// </summary>
internal sealed class FilterParser(
    ClauseParser clauses,
    SearchLimits limits,
    IReadOnlyList<string> types,
    string text
)
{
    private int at;

    public SearchClause Parse()
    {
        var clause = Any(0);
        return Word() is { Length: 0 }
            ? clause
            : throw new WrongParameter($"What stands from position {at} on is not understood.");
    }

    private SearchClause Any(int depth)
    {
        if (depth > limits.FilterDepth)
        {
            throw new WrongParameter(
                $"Brackets may be nested {limits.FilterDepth} deep.",
                isLimit: true
            );
        }
        var any = new List<SearchClause> { All(depth) };
        while (Took("or"))
        {
            any.Add(All(depth));
        }
        return any is [var single] ? single : new OrClause(any);
    }

    private SearchClause All(int depth)
    {
        var all = new List<SearchClause> { One(depth) };
        while (Took("and"))
        {
            all.Add(One(depth));
        }
        return all is [var single] ? single : new AndClause(all);
    }

    private SearchClause One(int depth)
    {
        if (Took("not"))
        {
            return new NotClause(One(depth + 1));
        }
        if (Took("("))
        {
            var inner = Any(depth + 1);
            return Took(")") ? inner : throw new WrongParameter($"A ) is missing at {at}.");
        }
        return Comparison(types, depth);
    }

    /// <summary><c>paramPath SP compareOp SP compValue</c>, where a part of the path may have a filter of its own: <c>subject[active eq true].name co "an"</c>.</summary>
    private SearchClause Comparison(IReadOnlyList<string> of, int depth)
    {
        var path = Path();
        if (Rest is not ['[', ..])
        {
            var operation = Word();
            at += operation.Length;
            var value = Value();
            return path.Length > 0 && operation.Length > 0 && value.Length > 0
                ? Compare(of, path, operation, value)
                : throw new WrongParameter(
                    $"At {at} a comparison is expected, such as: birthdate ge 2014-10-10."
                );
        }
        // Both the filter in brackets and what follows hold for the same target, and are read again for each type it may be.
        var start = at;
        var end = start;
        var chain = clauses.Chain(
            of,
            path,
            "_filter",
            depth,
            target =>
            {
                at = start + 1;
                var inner = new FilterParser(clauses, limits, [target], text) { at = at };
                var condition = inner.Any(depth + 1);
                at = inner.at;
                if (Rest is not [']', '.', ..])
                {
                    throw new WrongParameter($"At {at} ]. and another parameter are expected.");
                }
                at += 2;
                var rest = Comparison([target], depth + 1);
                end = at;
                return new AndClause([condition, rest]);
            }
        );
        at = end;
        return chain;
    }

    private string Path()
    {
        var rest = Rest;
        var end = rest.AsSpan().IndexOfAny(" ()[]");
        var path = end < 0 ? rest : rest[..end];
        at += path.Length;
        return path;
    }

    private SearchClause Compare(
        IReadOnlyList<string> of,
        string path,
        string operation,
        string value
    ) =>
        operation switch
        {
            "eq" => Strings(clauses.Parse(of, path, value, 0), SearchModifier.Whole),
            "ne" => new NotClause(Compare(of, path, "eq", value)),
            "co" => clauses.Parse(of, path + ":contains", value, 0),
            "sw" => clauses.Parse(of, path, value, 0),
            "ew" => Strings(
                clauses.Parse(of, path + ":contains", value, 0),
                SearchModifier.EndsWith
            ),
            "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb" => clauses.Parse(
                of,
                path,
                operation + value,
                0
            ),
            "po" => Overlapping(clauses.Parse(of, path, value, 0)),
            "pr" when value is "true" or "false" => clauses.Parse(
                of,
                path + ":missing",
                value == "true" ? "false" : "true",
                0
            ),
            "pr" => throw new WrongParameter($"pr asks true or false, not '{value}'."),
            "in" => clauses.Parse(of, path + ":in", value, 0),
            "ni" => clauses.Parse(of, path + ":not-in", value, 0),
            "ss" => clauses.Parse(of, path + ":below", value, 0),
            "sb" => clauses.Parse(of, path + ":above", value, 0),
            "re" => clauses.Parse(of, path, value, 0),
            _ => throw new WrongParameter(
                $"'{operation}' is not one of eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re."
            ),
        };

    /// <summary>Strings compare as the operation says, other types as always.</summary>
    private static SearchClause Strings(SearchClause clause, SearchModifier modifier) =>
        Mapped(
            clause,
            value =>
                value.Parameter.Type == SearchParamType.String
                    ? value with
                    {
                        Modifier = modifier,
                    }
                    : value
        );

    /// <summary>A period of the set overlaps the given one.</summary>
    private static SearchClause Overlapping(SearchClause clause) =>
        Mapped(
            clause,
            value =>
                value.Parameter.Type == SearchParamType.Date
                    ? value with
                    {
                        AnyOf =
                        [
                            .. value
                                .AnyOf.Cast<DateTest>()
                                .Select(test =>
                                    test with
                                    {
                                        Prefix = "po",
                                        AnyOf = [new(null, test.Value.High, test.Value.Low, null)],
                                    }
                                ),
                        ],
                    }
                    : throw new WrongParameter(
                        $"po compares periods; {value.Parameter.Code} has none."
                    )
        );

    /// <summary>The same condition with its comparisons changed, at the end of whatever chain they stand.</summary>
    private static SearchClause Mapped(SearchClause clause, Func<ValueClause, ValueClause> map) =>
        clause switch
        {
            ValueClause value => map(value),
            ChainClause chain => chain with
            {
                AnyOf =
                [
                    .. chain.AnyOf.Select(target =>
                        target with
                        {
                            Clause = Mapped(target.Clause, map),
                        }
                    ),
                ],
            },
            HasClause has => has with { Clause = Mapped(has.Clause, map) },
            OrClause or => new OrClause([.. or.Any.Select(part => Mapped(part, map))]),
            AndClause and => new AndClause([.. and.All.Select(part => Mapped(part, map))]),
            _ => clause,
        };

    private bool Took(string word)
    {
        var next = word is "(" or ")" && Rest is [var sign, ..] && sign == word[0] ? word : Word();
        if (next != word)
        {
            return false;
        }
        at += word.Length;
        return true;
    }

    private string Rest
    {
        get
        {
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }
            return text[at..];
        }
    }

    private string Word()
    {
        var rest = Rest;
        var end = rest.AsSpan().IndexOfAny(" ()]");
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>Bare up to a space or bracket, or in quotes with \" for a quote.</summary>
    private string Value()
    {
        if (Rest is not ['"', ..])
        {
            var word = Word();
            at += word.Length;
            return word;
        }
        var end = at + 1;
        while (end < text.Length && text[end] != '"')
        {
            end += text[end] == '\\' ? 2 : 1;
        }
        if (end >= text.Length)
        {
            throw new WrongParameter("A text in quotes has no end.");
        }
        var value = Plain(text.AsSpan(at + 1, end - at - 1));
        at = end + 1;
        // Here a comma is part of the text, not another value.
        return value.Replace(",", "\\,", StringComparison.Ordinal);
    }

    /// <summary>Of a JSON string what can matter here: a quote and a backslash after a backslash.</summary>
    private static string Plain(ReadOnlySpan<char> quoted)
    {
        var plain = new System.Text.StringBuilder(quoted.Length);
        for (var index = 0; index < quoted.Length; index++)
        {
            var isEscape =
                quoted[index] == '\\'
                && index + 1 < quoted.Length
                && quoted[index + 1] is '"' or '\\';
            plain.Append(isEscape ? quoted[++index] : quoted[index]);
        }
        return plain.ToString();
    }
}
