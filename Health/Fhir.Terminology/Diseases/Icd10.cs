using System.Reflection;
using Health.Contracts;
using SharedKernel.Contracts;

namespace Health.Fhir.Terminology.Diseases;

/// <param name="Code">With its dot: <c>J06.9</c>.</param>
/// <param name="Chapter">Roman number of the chapter.</param>
/// <param name="OnlySex">The one sex it is for; null for both.</param>
/// <param name="AgeBands">Numbers of the annexes A3.1–A3.10 that list it; the EMR's rules judge by them.</param>
/// <param name="Daggers">An asterisk code's causes: one of them must stand beside it. Empty for any other code.</param>
public sealed record Icd10Code(
    string Code,
    string Vietnamese,
    string English,
    string Chapter,
    bool NotPrimary,
    Sex? OnlySex,
    IReadOnlyList<int> AgeBands,
    IReadOnlyList<string> Daggers
)
{
    public bool IsAsterisk => Daggers.Count > 0;
}

/// <summary>
/// One edition of the Vietnamese ICD-10 list. Which one judges a visit is decided by the day the visit ends
/// (Decision of 26/10/2020; TT 06/2026/TT-BYT from 01/07/2026).
/// </summary>
public sealed class Icd10 : IDiseaseGroups
{
    /// <summary>The list of 2020. TT 06/2026 has replaced it, but its file was not to be had.</summary>
    public static readonly Icd10 Of2020 = Load(
        "icd10-2020",
        new DateOnly(2020, 10, 26),
        new DateOnly(2026, 6, 30),
        "Danh mục ICD-10 ban hành ngày 26/10/2020, Bộ Y tế"
    );

    private readonly Dictionary<string, Icd10Code> byCode;
    private readonly Lazy<Icd10Search> search;

    private Icd10(
        IReadOnlyList<DiseaseChapter> chapters,
        IReadOnlyList<Icd10Code> codes,
        DateOnly validFrom,
        DateOnly validTo,
        string source
    )
    {
        (Chapters, Codes, ValidFrom, ValidTo, Source) = (
            chapters,
            codes,
            validFrom,
            validTo,
            source
        );
        byCode = codes.ToDictionary(code => Bare(code.Code), StringComparer.OrdinalIgnoreCase);
        search = new(() => new Icd10Search(codes));
    }

    public IReadOnlyList<DiseaseChapter> Chapters { get; }
    public IReadOnlyList<Icd10Code> Codes { get; }
    public DateOnly ValidFrom { get; }
    public DateOnly ValidTo { get; }
    public string Source { get; }

    /// <summary>The edition for a visit that ends on <paramref name="day"/>.</summary>
    public static Icd10 On(DateOnly day)
    {
        _ = day; // One edition is on hand; the next is one line here.
        return Of2020;
    }

    /// <summary>True when the law names a later edition for that day than the one on hand.</summary>
    public bool NeedsVerificationOn(DateOnly day) => day > ValidTo;

    /// <summary>With or without its dot, in any case; null when the list does not have it.</summary>
    public Icd10Code? Find(string? code) =>
        code is null ? null : byCode.GetValueOrDefault(Bare(code.Trim()));

    /// <summary>
    /// By code, Vietnamese (with or without diacritics) or English; beginnings of words in any order; best first.
    /// </summary>
    public IReadOnlyList<Icd10Code> Search(string text, int limit) =>
        search.Value.Find(text, limit);

    public DiseaseChapter? ChapterOf(string category) =>
        Chapters.FirstOrDefault(chapter => Spans(chapter, category));

    public string? NameOf(string category) => Find(category)?.Vietnamese;

    public string? CategoryOf(string? code) =>
        code is { Length: >= 3 }
        && char.IsAsciiLetter(code[0])
        && char.IsAsciiDigit(code[1])
        && char.IsAsciiLetterOrDigit(code[2])
            ? code[..3].ToUpperInvariant()
            : null;

    private static bool Spans(DiseaseChapter chapter, string category) =>
        string.CompareOrdinal(chapter.First, category) <= 0
        && string.CompareOrdinal(category, chapter.Last) <= 0;

    private static string Bare(string code) => code.Replace(".", "", StringComparison.Ordinal);

    private static Icd10 Load(string name, DateOnly from, DateOnly to, string source)
    {
        var daggers = Lines($"{name}-pairs.tsv").ToLookup(fields => fields[1], fields => fields[0]);
        var chapters = new List<DiseaseChapter>();
        var codes = new List<Icd10Code>();
        foreach (var fields in Lines($"{name}.tsv"))
        {
            if (fields[0].StartsWith('@'))
            {
                var range = fields[1].Split('-');
                chapters.Add(new(fields[0][1..], range[0], range[1], fields[2], fields[3]));
                continue;
            }
            var marks = fields[3].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var category = fields[0][..3];
            codes.Add(
                new(
                    fields[0],
                    fields[1],
                    fields[2],
                    chapters.First(chapter => Spans(chapter, category)).Number,
                    marks.Contains("P"),
                    marks.Contains("F") ? Sex.Female
                        : marks.Contains("M") ? Sex.Male
                        : null,
                    [.. marks.Where(mark => char.IsDigit(mark[0])).Select(int.Parse)],
                    [.. daggers[fields[0]]]
                )
            );
        }
        return new(chapters, codes, from, to, source);
    }

    internal static IEnumerable<string[]> Lines(string file)
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream($"Health.Fhir.Terminology.Diseases.Data.{file}")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split('\t');
        }
    }
}
