using SharedKernel.Contracts;

namespace Health.Fhir.Terminology.Codes;

/// <summary>A code system as a list of concepts, in its own order, found by code and by words of their names.</summary>
public sealed class ConceptTable : CodeSystem
{
    private readonly Dictionary<string, Concept> byCode;
    private readonly Lazy<string[]> texts;

    /// <param name="concepts">Each code once; parents before or after, as they come.</param>
    public ConceptTable(string url, bool caseSensitive, IReadOnlyList<Concept> concepts)
        : base(url)
    {
        CaseSensitive = caseSensitive;
        Concepts = concepts;
        byCode = new(
            concepts.Count,
            caseSensitive ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase
        );
        for (var i = 0; i < concepts.Count; i++)
        {
            concepts[i].Order = i;
            byCode.TryAdd(concepts[i].Code, concepts[i]);
        }
        texts = new(() => [.. concepts.Select(TextOf)]);
    }

    public IReadOnlyList<Concept> Concepts { get; }

    public override Concept? Find(string code) => byCode.GetValueOrDefault(code);

    /// <summary>Its descendants, children first, each once even where several ways lead to it.</summary>
    public static IEnumerable<Concept> Under(Concept above)
    {
        var seen = new HashSet<Concept>();
        var left = new Queue<Concept>(above.Children);
        while (left.TryDequeue(out var concept))
        {
            if (seen.Add(concept))
            {
                yield return concept;
                foreach (var child in concept.Children)
                {
                    left.Enqueue(child);
                }
            }
        }
    }

    /// <summary>Whether each of the words begins a word of its code or one of its names, whatever the accents and the case.</summary>
    internal bool Matches(Concept concept, string[] words)
    {
        var text = texts.Value[concept.Order];
        foreach (var word in words)
        {
            if (!text.Contains(word, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Of a concept that a value set names anew the text is made anew.</summary>
    internal string TextAt(Concept concept) =>
        Concepts[concept.Order] == concept ? texts.Value[concept.Order] : TextOf(concept);

    /// <summary>Words as <see cref="Matches"/> takes them: without accents, each with a space before it.</summary>
    public static string[] WordsOf(string typed) =>
        [
            .. Plain(typed)
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => $" {word}"),
        ];

    internal static string TextOf(Concept concept) =>
        Plain(
            string.Join(
                ' ',
                concept
                    .Designations.Select(designation => designation.Value)
                    .Prepend(concept.Display)
                    .Prepend(concept.Code)
            )
        );

    /// <summary>" j06.9 viem hong cap": letters, digits and the dot of codes; the rest is one space.</summary>
    private static string Plain(string text)
    {
        var plain = text.WithoutDiacritics();
        var kept = new System.Text.StringBuilder(plain.Length + 1).Append(' ');
        foreach (var letter in plain)
        {
            if (char.IsLetterOrDigit(letter) || letter is '.')
            {
                kept.Append(letter);
            }
            else if (kept[^1] != ' ')
            {
                kept.Append(' ');
            }
        }
        return kept.ToString();
    }
}
