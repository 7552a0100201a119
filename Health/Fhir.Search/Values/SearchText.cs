using System.Text;
using SharedKernel.Contracts;

namespace Health.Fhir.Search.Values;

/// <summary>How strings are made equal for searching.</summary>
public static class SearchText
{
    /// <summary>Lower case, no diacritics, đ as d, runs of white space as one space: <c>"Nguyễn  Văn Đức" → "nguyen van duc"</c>. https://hl7.org/fhir/R4/search.html#string</summary>
    public static string Normalise(string text)
    {
        var plain = Ascii.IsValid(text) ? text.ToLowerInvariant() : text.WithoutDiacritics();
        return HasLooseSpace(plain) ? OneSpaced(plain) : plain;
    }

    /// <summary>The words of a text, normalised: runs of letters and digits, of at most 64 signs each.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var plain = Normalise(text);
        for (var at = 0; at < plain.Length; at++)
        {
            var start = at;
            while (at < plain.Length && char.IsLetterOrDigit(plain[at]))
            {
                at++;
            }
            if (at > start)
            {
                yield return plain[start..Math.Min(at, start + LongestWord)];
            }
        }
    }

    private const int LongestWord = 64;

    private static bool HasLooseSpace(string text)
    {
        var before = ' ';
        foreach (var letter in text)
        {
            if (char.IsWhiteSpace(letter) && (before == ' ' || letter != ' '))
            {
                return true;
            }
            before = letter;
        }
        return text.Length > 0 && before == ' ';
    }

    private static string OneSpaced(string text)
    {
        var spaced = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            if (!char.IsWhiteSpace(letter))
            {
                spaced.Append(letter);
            }
            else if (spaced.Length > 0 && spaced[^1] != ' ')
            {
                spaced.Append(' ');
            }
        }
        return spaced.ToString().TrimEnd();
    }
}
