using SharedKernel.Contracts;

namespace Education.Contracts;

/// <summary>The marks of one class in one subject and term are now visible to the pupils and their parents.</summary>
/// <param name="SchoolYear">Year in which the school year begins: 2026 for 2026–2027.</param>
/// <param name="Subject">Code of the subject in the curriculum, such as <c>TOAN</c>.</param>
/// <param name="Term">1 or 2.</param>
public sealed record GradePublished(
    Guid EventId,
    DateTimeOffset OccurredAt,
    string SchoolCode,
    int SchoolYear,
    Guid ClassId,
    string Subject,
    int Term,
    IReadOnlyList<CitizenId> Students
) : IEvent;
