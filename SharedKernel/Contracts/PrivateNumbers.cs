using System.Text.RegularExpressions;

namespace SharedKernel.Contracts;

/// <summary>
/// Numbers by which a person is found anywhere, wherever they stand in a text: personal ID (12 digits from 0), health insurance card
/// (two letters and 13 digits), telephone in Viet Nam (with or without +84, blanks, dots, percent-encoding).
/// </summary>
public static partial class PrivateNumbers
{
    /// <summary>Whether the whole text is such a number.</summary>
    public static bool Is(string text) =>
        text.Length is >= 9 and <= 40
        && Anywhere().Match(text) is { Success: true, Index: 0 } match
        && match.Length == text.Length;

    public static bool In(string text) => Anywhere().IsMatch(text);

    /// <summary>The text with each such number changed.</summary>
    public static string Replace(string text, Func<string, string> change) =>
        Anywhere().Replace(text, match => change(match.Value));

    // The last twelve of a UUID may all be digits. In a url an escape such as %7C may stand before one. A gap may stand between digits as people type it, or as a url carries it.
    [GeneratedRegex(
        """
            (?<=^|[^A-Za-z0-9]|%[0-9A-Fa-f]{2})(?:
              (?<![0-9A-Fa-f]{4}-) 0[0-9]{11}
            | [A-Za-z]{2}[1-5][0-9]{12}
            | (?: (?:\+|%2B)? 84 | 0 ) (?:(?:[ .\-+]|%20)?[0-9]){9}
            | 02(?:(?:[ .\-+]|%20)?[0-9]){9}
            )(?![A-Za-z0-9])
            """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant
    )]
    private static partial Regex Anywhere();
}
