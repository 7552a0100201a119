using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>One level of triage: who is seen first, and how long that person may wait at most.</summary>
/// <param name="Minutes">Longest wait before a doctor is there.</param>
/// <param name="Badge">Class of its badge.</param>
public sealed record TriageLevel(
    int Level,
    string Vietnamese,
    string English,
    int Minutes,
    string Badge
)
{
    public string Name => T.Of(Vietnamese, English);
}

/// <summary>
/// Five levels with the longest waits of the Australasian Triage Scale (ACEM P06: 0, 10, 30, 60, 120 minutes), in the words of Vietnamese
/// emergency departments. A facility's own limits are another list here. In Encounter.priority.
/// </summary>
public static class Triage
{
    public static readonly IReadOnlyList<TriageLevel> Levels =
    [
        new(1, "Nguy kịch", "Resuscitation", 0, "bad"),
        new(2, "Cấp cứu", "Emergency", 10, "bad"),
        new(3, "Khẩn", "Urgent", 30, "warn"),
        new(4, "Bán khẩn", "Semi-urgent", 60, "info"),
        new(5, "Không khẩn", "Non-urgent", 120, "good"),
    ];

    /// <exception cref="InvalidInput">There is no such level.</exception>
    public static CodeableConcept Coded(int level) =>
        Levels.FirstOrDefault(one => one.Level == level) is { } known
            ? new(VnCore.TriageLevels, $"{known.Level}", known.English, known.Vietnamese)
            : throw new InvalidInput(
                "level",
                T.Of("Mức phân loại từ 1 đến 5.", "The level of triage is from 1 to 5.")
            );

    /// <summary>Null when nobody has judged it yet.</summary>
    public static TriageLevel? Of(Encounter encounter) =>
        encounter.Priority?.Coding.Find(code => code.System == VnCore.TriageLevels)?.Code
            is { } code
            ? Levels.FirstOrDefault(level => $"{level.Level}" == code)
            : null;
}
