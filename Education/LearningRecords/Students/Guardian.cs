using SharedKernel.Contracts;

namespace Education.LearningRecords.Students;

/// <summary>A parent or other guardian, who sees the child's published record. The link is the school's statement, not the guardian's.</summary>
public sealed class Guardian
{
    public required CitizenId StudentId { get; init; }
    public required CitizenId CitizenId { get; init; }
    public required DateOnly From { get; init; }
    public DateOnly? Until { get; set; }
}
