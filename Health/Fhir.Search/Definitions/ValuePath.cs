using System.Diagnostics.CodeAnalysis;

namespace Health.Fhir.Search.Definitions;

/// <summary>
/// The FHIRPath of a search parameter as steps from its root: <c>Patient.telecom.where(system='phone')</c>,
/// <c>(Observation.value as Quantity)</c>, <c>Account.subject.where(resolve() is Patient)</c>. What is not of this form does not
/// compile and is left to Firely's engine.
/// </summary>
internal sealed record ValuePath(bool FromResource, PathStep[] Steps)
{
    /// <summary>Slot of the first step in the root's type; -1 when it does not begin at the root.</summary>
    public int RootSlot { get; init; } = -1;

    private const string ResolveIs = "where(resolve() is ";

    /// <summary>One arm of a union. <paramref name="root"/> is the resource type an absolute path begins with.</summary>
    public static bool TryCompile(
        string expression,
        string root,
        [NotNullWhen(true)] out ValuePath? path
    )
    {
        path = null;
        var text = WithoutOuterBrackets(expression.Trim());
        // The one boolean expression of R4 (Patient.deceased), worth having here because every patient has it.
        const string ExistsAnd = ".exists() and ";
        if (text.IndexOf(ExistsAnd, StringComparison.Ordinal) is > 0 and var split)
        {
            var subject = text[..split];
            return text[(split + ExistsAnd.Length)..] == subject + " != false"
                && TryCompile(subject, root, out var inner)
                && (
                    path = inner with
                    {
                        Steps = [.. inner.Steps, new PathStep(StepKind.Exists, "")],
                    }
                )
                    is not null;
        }
        string? cast = null;
        if (text.IndexOf(" as ", StringComparison.Ordinal) is > 0 and var at)
        {
            cast = text[(at + 4)..].Trim();
            text = WithoutOuterBrackets(text[..at].Trim());
            // (x as T).rest: the bracket closes before the end.
            if (expression.Trim() is ['(', ..] && cast.IndexOf(')') is >= 0 and var close)
            {
                var rest = cast[(close + 1)..];
                cast = cast[..close];
                return rest is ['.', ..]
                    && TryCompile($"{text.TrimStart('(')}.as({cast}){rest}", root, out path);
            }
        }
        var steps = new List<PathStep>();
        var parts = Parts(text);
        var fromResource = false;
        for (var index = 0; index < parts.Count; index++)
        {
            var part = parts[index];
            if (index == 0 && (part == root || part == "%resource"))
            {
                fromResource = true;
            }
            else if (part.StartsWith(ResolveIs, StringComparison.Ordinal) && part[^1] == ')')
            {
                steps.Add(new PathStep(StepKind.ResolveIs, part[ResolveIs.Length..^1].Trim()));
            }
            else if (Argument(part, "as") is { } type)
            {
                steps.Add(new PathStep(StepKind.Cast, TypeName(type)));
            }
            else if (Argument(part, "ofType") is { } ofType)
            {
                steps.Add(new PathStep(StepKind.Cast, TypeName(ofType)));
            }
            else if (Argument(part, "extension") is { } url)
            {
                steps.Add(new PathStep(StepKind.Child, "extension"));
                steps.Add(new PathStep(StepKind.Where, "url", url.Trim('\'')));
            }
            else if (Argument(part, "where") is { } condition)
            {
                var sides = condition.Split('=');
                if (
                    sides is not [var name, var literal]
                    || !IsName(name.Trim())
                    || literal.Trim() is not ['\'', .., '\''] quoted
                )
                {
                    return false;
                }
                steps.Add(new PathStep(StepKind.Where, name.Trim(), quoted[1..^1]));
            }
            else if (part is [.. var before, ']'] && before.IndexOf('[') is > 0 and var open)
            {
                if (!int.TryParse(before[(open + 1)..], out var number) || !IsName(before[..open]))
                {
                    return false;
                }
                steps.Add(new PathStep(StepKind.Child, before[..open]));
                steps.Add(new PathStep(StepKind.Index, "", Number: number));
            }
            else if (IsName(part))
            {
                steps.Add(new PathStep(StepKind.Child, part));
            }
            else
            {
                return false;
            }
        }
        if (cast is not null)
        {
            steps.Add(new PathStep(StepKind.Cast, TypeName(cast)));
        }
        path = new ValuePath(fromResource, [.. steps]);
        return true;
    }

    /// <summary>Splits at a sign outside of brackets and quotes.</summary>
    public static List<string> Split(string expression, char sign)
    {
        var parts = new List<string>();
        var (depth, quoted, start) = (0, false, 0);
        for (var index = 0; index < expression.Length; index++)
        {
            var letter = expression[index];
            quoted ^= letter == '\'';
            if (quoted)
            {
                continue;
            }
            depth +=
                letter is '(' ? 1
                : letter is ')' ? -1
                : 0;
            if (depth == 0 && letter == sign)
            {
                parts.Add(expression[start..index].Trim());
                start = index + 1;
            }
        }
        parts.Add(expression[start..].Trim());
        return parts;
    }

    private static List<string> Parts(string text) => Split(text, '.');

    private static string WithoutOuterBrackets(string text)
    {
        while (text is ['(', .., ')'])
        {
            var depth = 0;
            for (var index = 0; index < text.Length - 1; index++)
            {
                depth +=
                    text[index] is '(' ? 1
                    : text[index] is ')' ? -1
                    : 0;
                if (depth == 0)
                {
                    return text;
                }
            }
            text = text[1..^1].Trim();
        }
        return text;
    }

    private static string? Argument(string part, string function) =>
        part.Length > function.Length + 2
        && part.StartsWith(function, StringComparison.Ordinal)
        && part[function.Length] == '('
        && part[^1] == ')'
            ? part[(function.Length + 1)..^1].Trim()
            : null;

    // Observation's code-value-date says as(DateTime).
    private static string TypeName(string type) => type == "DateTime" ? "dateTime" : type;

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(char.IsAsciiLetterOrDigit);
}

internal enum StepKind : byte
{
    Child,

    /// <summary>Keeps what is of the type.</summary>
    Cast,

    /// <summary>Keeps what has the child with the text.</summary>
    Where,

    /// <summary>Keeps references to the type.</summary>
    ResolveIs,

    /// <summary>Only the item with the number, of the child before.</summary>
    Index,

    /// <summary>One boolean in place of what was found: there, and not false.</summary>
    Exists,
}

/// <param name="Name">Of a child or a type.</param>
/// <param name="Value">The text that a Where compares.</param>
internal readonly record struct PathStep(
    StepKind Kind,
    string Name,
    string Value = "",
    int Number = -1
);
