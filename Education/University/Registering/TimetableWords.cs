using SharedKernel.Ui;

namespace Education.University.Registering;

/// <summary>How a section's hours and a term are written for people.</summary>
public static class TimetableWords
{
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    /// <summary><c>Thứ 2, tiết 1–3</c>.</summary>
    public static string Text(this SectionSlot slot) =>
        T.Of(
            $"{(slot.Day == 8 ? "Chủ nhật" : $"Thứ {slot.Day}")}, tiết {slot.First}–{slot.Last}",
            $"{Days[slot.Day - 2]}, periods {slot.First}–{slot.Last}"
        );

    public static string Text(this IEnumerable<SectionSlot> slots) =>
        string.Join("; ", slots.Select(slot => slot.Text()));

    /// <summary><c>Học kỳ 1, 2026–2027</c>.</summary>
    public static string Term(int year, int number) =>
        number == 3
            ? T.Of($"Học kỳ hè, {year}–{year + 1}", $"Summer term, {year}–{year + 1}")
            : T.Of($"Học kỳ {number}, {year}–{year + 1}", $"Term {number}, {year}–{year + 1}");
}
