using System.Reflection;

namespace Interop.Registries.Icd10;

/// <param name="First">First category of the chapter, such as <c>A00</c>; <paramref name="Last"/> its last, such as <c>B99</c>.</param>
public sealed record Icd10Chapter(
    string Number,
    string First,
    string Last,
    string Vietnamese,
    string English
);

/// <summary>Chapters and three-character categories of ICD-10 as data; source and validity stand in the files.</summary>
public sealed class Icd10Groups
{
    private Icd10Groups()
    {
        Chapters =
        [
            .. Lines("chapters.csv")
                .Select(cells => new Icd10Chapter(
                    cells[0],
                    cells[1],
                    cells[2],
                    cells[3],
                    cells[4]
                )),
        ];
        names = Lines("categories.csv").ToDictionary(cells => cells[0], cells => cells[1]);
    }

    private readonly Dictionary<string, string> names;

    public static Icd10Groups Of2020 { get; } = new();

    public IReadOnlyList<Icd10Chapter> Chapters { get; }

    /// <summary>Vietnamese name of a category, or null when the list does not have it.</summary>
    public string? NameOf(string category) => names.GetValueOrDefault(category);

    /// <summary><c>J18.9</c>, <c>j189</c> or <c>J17*</c> to its category <c>J18</c>; null when it is no ICD-10 code.</summary>
    public static string? CategoryOf(string? code) =>
        code is { Length: >= 3 }
        && char.IsAsciiLetter(code[0])
        && char.IsAsciiDigit(code[1])
        && char.IsAsciiLetterOrDigit(code[2])
            ? code[..3].ToUpperInvariant()
            : null;

    public Icd10Chapter? ChapterOf(string category) =>
        Chapters.FirstOrDefault(chapter =>
            string.CompareOrdinal(chapter.First, category) <= 0
            && string.CompareOrdinal(category, chapter.Last) <= 0
        );

    private static IEnumerable<string[]> Lines(string resource)
    {
        using var reader = new StreamReader(
            Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!
        );
        while (reader.ReadLine() is { } line)
        {
            if (line is not ['#', ..])
            {
                yield return line.Split('|');
            }
        }
    }
}
