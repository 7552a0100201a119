using System.Text.RegularExpressions;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// One name for each active ingredient, the WHO's INN in lower case, whichever way it is written: <c>Cefuroxim</c>,
/// <c>cefuroxime</c>, <c>Losartan kali</c>. Vietnamese spelling drops letters by rule, so names are compared folded; what no rule
/// reaches stands as a synonym in Data/ingredients.tsv.
/// </summary>
public static partial class Ingredients
{
    private const int MostWords = 7;

    private static readonly Dictionary<string, string> Vietnamese = [];
    private static readonly Dictionary<string, string> ByFold = Load();

    public static IReadOnlyCollection<string> All => Vietnamese.Keys;

    /// <summary>The INN, or null when the name is not known. A salt at the end and what stands in brackets do not matter.</summary>
    public static string? Find(string? name)
    {
        var words = Fold(Brackets().Replace(name ?? "", " "));
        for (var length = words.Length; length > 0; length--)
        {
            if (ByFold.TryGetValue(string.Join(' ', words[..length]), out var inn))
            {
                return inn;
            }
        }
        return null;
    }

    /// <summary>Every ingredient that a free text names, such as <c>Amoxicillin (Augmentin), aspirin</c>.</summary>
    public static IReadOnlyList<string> In(string text)
    {
        var found = new List<string>();
        var words = Fold(text);
        for (var at = 0; at < words.Length; )
        {
            var taken = 1;
            for (var length = Math.Min(MostWords, words.Length - at); length > 0; length--)
            {
                if (ByFold.TryGetValue(string.Join(' ', words[at..(at + length)]), out var inn))
                {
                    found.Add(inn);
                    taken = length;
                    break;
                }
            }
            at += taken;
        }
        return [.. found.Distinct()];
    }

    /// <summary>As the reader writes it.</summary>
    public static string NameOf(string inn) =>
        T.Of(
            Vietnamese.GetValueOrDefault(inn) is { Length: > 0 } name ? name : Capital(inn),
            Capital(inn)
        );

    private static Dictionary<string, string> Load()
    {
        var names = new Dictionary<string, string>();
        foreach (var row in DecisionTable.Rows("ingredients.tsv"))
        {
            Vietnamese[row[0]] = row[1];
            foreach (var name in (string[])[row[0], row[1], .. row[2].Split('|')])
            {
                if (name.Length > 0)
                {
                    names[string.Join(' ', Fold(name))] = row[0];
                }
            }
        }
        return names;
    }

    /// <summary><c>Chlorpheniramine</c> and <c>Clorpheniramin</c> fold to the same.</summary>
    private static string[] Fold(string text)
    {
        var plain = text.WithoutDiacritics()
            .Replace("ph", "f", StringComparison.Ordinal)
            .Replace("th", "t", StringComparison.Ordinal)
            .Replace("ch", "c", StringComparison.Ordinal)
            .Replace('y', 'i');
        return
        [
            .. NoWord()
                .Split(Doubled().Replace(plain, "$1"))
                .Where(word => word.Length > 0)
                .Select(word => word.EndsWith('e') ? word[..^1] : word),
        ];
    }

    private static string Capital(string inn) => char.ToUpperInvariant(inn[0]) + inn[1..];

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex Brackets();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoWord();

    [GeneratedRegex(@"(.)\1")]
    private static partial Regex Doubled();
}
