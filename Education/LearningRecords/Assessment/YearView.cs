namespace Education.LearningRecords.Assessment;

/// <summary>A subject that may be assessed again, with its year's result and what came of it.</summary>
public sealed record RetestView(
    string Subject,
    string Name,
    string Result,
    string? Retest,
    ValueKind Takes
);

/// <param name="Learning">Học tập, or the result of the year in primary school; null while something is missing.</param>
/// <param name="Conduct">Rèn luyện of the year, before the summer.</param>
public sealed record YearRow(
    Guid Student,
    string Code,
    string Name,
    string? Learning,
    Level? Conduct,
    Level? SummerConduct,
    int Absences,
    YearOutcome? Outcome,
    IReadOnlyList<Reason> Why,
    Award Award,
    IReadOnlyList<RetestView> Retests,
    bool? Promoted,
    string? Reason,
    string? RecognisedFor,
    int Version
);

public sealed record YearView(
    Guid ClassId,
    string ClassName,
    int Grade,
    int Year,
    RuleSet Rules,
    bool SummerIsOver,
    bool MayWrite,
    bool MayDecide,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<YearRow> Rows
);
