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
        var path = Word();
        at += path.Length;
        var operation = Word();
        at += operation.Length;
        var value = Value();
        return path.Length > 0 && operation.Length > 0 && value.Length > 0
            ? Compare(path, operation, value)
            : throw new WrongParameter(
                $"At {at} a comparison is expected, such as: birthdate ge 2014-10-10."
            );
    }

    private SearchClause Compare(string path, string operation, string value) =>
        operation switch
        {
            "eq" when !IsString(path) => clauses.Parse(types, path, value, 0),
            "eq" => clauses.Parse(types, path + ":exact", value, 0),
            "ne" => new NotClause(Compare(path, "eq", value)),
            "co" => clauses.Parse(types, path + ":contains", value, 0),
            "sw" => clauses.Parse(types, path, value, 0),
            "gt" or "lt" or "ge" or "le" or "ap" or "sa" or "eb" => clauses.Parse(
                types,
                path,
                operation + value,
                0
            ),
            "pr" => clauses.Parse(types, path + ":missing", value == "true" ? "false" : "true", 0),
            "in" => clauses.Parse(types, path + ":in", value, 0),
            "ni" => clauses.Parse(types, path + ":not-in", value, 0),
            "ss" => clauses.Parse(types, path + ":below", value, 0),
            "sb" => clauses.Parse(types, path + ":above", value, 0),
            "re" => clauses.Parse(types, path, value, 0),
            _ => throw new WrongParameter(
                $"'{operation}' is not one of eq ne co sw gt lt ge le ap sa eb pr in ni ss sb re."
            ),
        };

    private bool IsString(string path) =>
        !path.Contains('.') && clauses.Find(types, path).Type == SearchParamType.String;

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
        var end = rest.AsSpan().IndexOfAny(" ()");
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
        var value = text[(at + 1)..end].Replace("\\\"", "\"", StringComparison.Ordinal);
        at = end + 1;
        // Here a comma is part of the text, not another value.
        return value.Replace(",", "\\,", StringComparison.Ordinal);
    }
}
