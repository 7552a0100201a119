using System.Collections.Frozen;
using System.Xml.Linq;

namespace Health.Fhir.Terminology.Codes;

/// <summary>
/// Units by the grammar of UCUM, case-sensitive form (https://ucum.org/ucum, section 2.2). The atoms and prefixes are those of the
/// ucum-essence that comes with Fhir.Metrics.
/// </summary>
public sealed class Ucum : GrammarSystem
{
    public const string System = "http://unitsofmeasure.org";

    public static readonly Ucum Instance = new();

    private readonly Lazy<(FrozenDictionary<string, Atom> Atoms, FrozenSet<string> Prefixes)> data =
        new(Load);

    private sealed record Atom(string Name, bool IsMetric);

    private Ucum()
        : base(System)
    {
        Name = "UCUM";
        Title = "Unified Code for Units of Measure";
        Language = "en";
    }

    public override Concept? Find(string code)
    {
        if (code.Length is 0 or > 200)
        {
            return null;
        }
        var at = 0;
        var wellFormed =
            code[0] == '/' ? Skip(code, ref at) && Term(code, ref at, 0) : Term(code, ref at, 0);
        return wellFormed && at == code.Length
            ? new Concept(code, data.Value.Atoms.TryGetValue(code, out var atom) ? atom.Name : code)
            : null;
    }

    private static bool Skip(string text, ref int at)
    {
        at++;
        return at < text.Length;
    }

    /// <summary>term = component { ("." | "/") component }</summary>
    private bool Term(string text, ref int at, int depth)
    {
        while (true)
        {
            if (depth > 20 || !Component(text, ref at, depth))
            {
                return false;
            }
            if (at >= text.Length || text[at] is not ('.' or '/'))
            {
                return true;
            }
            at++;
        }
    }

    /// <summary>component = annotatable [annotation] | annotation | factor | "(" term ")"</summary>
    private bool Component(string text, ref int at, int depth)
    {
        if (at >= text.Length)
        {
            return false;
        }
        if (text[at] == '(')
        {
            at++;
            if (!Term(text, ref at, depth + 1) || at >= text.Length || text[at] != ')')
            {
                return false;
            }
            at++;
            return true;
        }
        if (text[at] == '{')
        {
            return Annotation(text, ref at);
        }
        var end = at;
        var brackets = 0;
        while (
            end < text.Length
            && (brackets > 0 || text[end] is not ('.' or '/' or '(' or ')' or '{'))
        )
        {
            brackets += text[end] switch
            {
                '[' => 1,
                ']' => -1,
                _ => 0,
            };
            end++;
        }
        var symbol = text[at..end];
        at = end;
        return Unit(symbol) && (at >= text.Length || text[at] != '{' || Annotation(text, ref at));
    }

    /// <summary>Printable ASCII in braces.</summary>
    private static bool Annotation(string text, ref int at)
    {
        var close = text.IndexOf('}', at);
        if (close < 0)
        {
            return false;
        }
        for (var i = at + 1; i < close; i++)
        {
            if (text[i] is < '!' or > '~' or '{')
            {
                return false;
            }
        }
        at = close + 1;
        return true;
    }

    /// <summary>A number; an atom; or a prefix and a metric atom; the last two with an exponent.</summary>
    private bool Unit(string symbol)
    {
        if (symbol.Length == 0)
        {
            return false;
        }
        if (symbol.All(char.IsAsciiDigit) || IsAtom(symbol))
        {
            return true;
        }
        var end = symbol.Length;
        while (end > 0 && char.IsAsciiDigit(symbol[end - 1]))
        {
            end--;
        }
        if (end == symbol.Length || end == 0)
        {
            return false;
        }
        if (symbol[end - 1] is '+' or '-')
        {
            end--;
        }
        return end > 0 && IsAtom(symbol[..end]);
    }

    private bool IsAtom(string symbol)
    {
        var (atoms, prefixes) = data.Value;
        if (atoms.ContainsKey(symbol))
        {
            return true;
        }
        // da is the one prefix of two letters besides those of bytes (Ki, Mi, …).
        for (var length = 1; length <= 2 && length < symbol.Length; length++)
        {
            if (
                prefixes.Contains(symbol[..length])
                && atoms.TryGetValue(symbol[length..], out var atom)
                && atom.IsMetric
            )
            {
                return true;
            }
        }
        return false;
    }

    private static (FrozenDictionary<string, Atom>, FrozenSet<string>) Load()
    {
        using var essence = typeof(global::Fhir.Metrics.UCUM).Assembly.GetManifestResourceStream(
            "Fhir.Metrics.Data.ucum-essence.xml"
        )!;
        var root = XDocument.Load(essence).Root!;
        var atoms = new Dictionary<string, Atom>();
        foreach (var unit in root.Elements("base-unit").Concat(root.Elements("unit")))
        {
            atoms[(string)unit.Attribute("Code")!] = new(
                unit.Element("name")?.Value.Trim() ?? "",
                unit.Name.LocalName == "base-unit" || (string?)unit.Attribute("isMetric") == "yes"
            );
        }
        return (
            atoms.ToFrozenDictionary(),
            root.Elements("prefix")
                .Select(prefix => (string)prefix.Attribute("Code")!)
                .ToFrozenSet()
        );
    }
}
