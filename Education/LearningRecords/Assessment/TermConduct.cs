using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

/// <summary>Kết quả rèn luyện of one pupil in one term with the sessions missed, as the homeroom teacher judged (Circular 22/2021, article 8).</summary>
public sealed class TermConduct
{
    public required CitizenId StudentId { get; init; }
    public required int Year { get; init; }
    public required int Term { get; init; }
    public required Guid ClassId { get; init; }
    public Level? Level { get; set; }

    /// <summary>Sessions missed, with and without leave, on the plan of one session a day.</summary>
    public int Absences { get; set; }
    public string? Comment { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
    public int Version { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}
