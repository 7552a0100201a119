namespace Education.LearningRecords.Assessment;

/// <summary>A mark with the class in whose gradebook it was written.</summary>
/// <param name="FromPresent">It is of the class (and, where a person was a pupil under two ids, of the id) that holds now.</param>
public sealed record PlacedMark(AssessedMark Mark, bool FromPresent, DateTimeOffset ChangedAt);

/// <summary>
/// A pupil who changes class or school brings the marks along: they stay where they were written, and count where the present class has
/// none. Nothing is copied, so undoing a transfer undoes this too.
/// </summary>
public static class CarriedMarks
{
    /// <summary>Each place of the year once: the present class's mark before an earlier one, of earlier ones the latest.</summary>
    public static IEnumerable<AssessedMark> Settle(IEnumerable<PlacedMark> marks) =>
        marks
            .GroupBy(placed =>
                (placed.Mark.Subject, placed.Mark.Term, placed.Mark.Column, placed.Mark.Number)
            )
            .Select(place =>
                place
                    .OrderByDescending(placed => placed.FromPresent)
                    .ThenByDescending(placed => placed.ChangedAt)
                    .ThenBy(placed => placed.Mark.Value.Code)
                    .First()
                    .Mark
            );
}
