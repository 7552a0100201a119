using Microsoft.EntityFrameworkCore;

namespace Education.LearningRecords.Enrolments;

/// <summary>
/// The passage of a whole school from one year into the next. Its classes and enrolments carry its id, so that it can be undone as a whole
/// until the new year begins.
/// </summary>
public sealed class RollOver
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }

    /// <summary>The year that ends; the next one is filled.</summary>
    public required int Year { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public required int Pupils { get; set; }
    public DateTimeOffset? UndoneAt { get; set; }
    public string? UndoneBy { get; set; }
}

public static class RollOvers
{
    /// <summary>The passage out of a year that was run and not undone; null when there is none.</summary>
    public static Task<RollOver?> RollOverOf(
        this LearningRecordsDb db,
        string school,
        int year,
        CancellationToken cancel = default
    ) =>
        db.RollOvers.FirstOrDefaultAsync(
            known => known.SchoolCode == school && known.Year == year && known.UndoneAt == null,
            cancel
        );
}
