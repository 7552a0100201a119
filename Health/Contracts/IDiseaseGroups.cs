namespace Health.Contracts;

/// <param name="Number">Roman number, such as <c>IX</c>.</param>
/// <param name="First">First category of the chapter, such as <c>A00</c>; <paramref name="Last"/> its last, such as <c>B99</c>.</param>
public sealed record DiseaseChapter(
    string Number,
    string First,
    string Last,
    string Vietnamese,
    string English
);

/// <summary>
/// Chapters and three-character categories of the national ICD-10 list, for statistics of other modules.
/// </summary>
public interface IDiseaseGroups
{
    IReadOnlyList<DiseaseChapter> Chapters { get; }

    /// <summary>Null when no chapter spans the category.</summary>
    DiseaseChapter? ChapterOf(string category);

    /// <summary>Vietnamese name of a category such as <c>J18</c>, or null when the list does not have it.</summary>
    string? NameOf(string category);

    /// <summary><c>J18.9</c>, <c>j189</c> or <c>J17*</c> to its category <c>J18</c>; null when it is no ICD-10 code.</summary>
    string? CategoryOf(string? code);
}
