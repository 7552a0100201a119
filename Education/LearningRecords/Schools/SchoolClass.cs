using Education.LearningRecords.Assessment;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Schools;

/// <summary>A homeroom class (lớp) of one school year.</summary>
public sealed class SchoolClass
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }

    /// <summary>As the school calls it: <c>6A</c>.</summary>
    public required string Name { get; set; }
    public required int Grade { get; init; }
    public Guid? HomeroomTeacherId { get; set; }

    /// <summary>Where it is taught, for a school of several campuses.</summary>
    public string? CampusCode { get; set; }

    /// <summary>The passage into this year that opened it; null when a person did.</summary>
    public Guid? RollOverId { get; init; }
    public List<ClassSubject> Subjects { get; } = [];
}

/// <summary>
/// A subject as one class is taught it. Periods and kind are copied from the curriculum when the class opens: what the
/// class was assessed by does not change when the curriculum does.
/// </summary>
public sealed class ClassSubject
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid ClassId { get; init; }
    public required string Subject { get; init; }
    public required string Name { get; init; }
    public required int AnnualPeriods { get; init; }
    public required AssessmentKind Kind { get; init; }
    public List<Assignment> Assignments { get; } = [];
}

/// <summary>Who teaches a class its subject; natural science and history–geography are often shared by several teachers.</summary>
public sealed class Assignment
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid ClassSubjectId { get; init; }
    public required Guid TeacherId { get; init; }
    public required DateOnly From { get; init; }
    public DateOnly? Until { get; set; }
}

/// <summary>A teacher of one school, and the account that the teacher signs in with.</summary>
public sealed class Teacher
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }
    public required string FullName { get; set; }

    /// <summary><see cref="Caller.Id"/> of the teacher's account; null until the teacher has one.</summary>
    public string? AccountId { get; set; }
}
