using Education.University.Rules;
using SharedKernel.Contracts;

namespace Education.University.Programmes;

/// <summary>What leads to a degree: so many credits, some courses required, the rest chosen.</summary>
public sealed class Programme
{
    public required Guid Id { get; init; }
    public required string InstitutionCode { get; init; }
    public required string Code { get; init; }
    public required string Name { get; set; }
    public required int Credits { get; set; }

    /// <summary>N of article 10: planned credits of a year.</summary>
    public required int CreditsPerYear { get; set; }

    /// <summary>Longest time of study; at most twice the planned one (article 2).</summary>
    public required int MostYears { get; set; }
    public List<ProgrammeCourse> Courses { get; } = [];
}

public sealed class ProgrammeCourse
{
    public required Guid ProgrammeId { get; init; }
    public required Guid CourseId { get; init; }
    public bool Required { get; set; }

    /// <summary>Term of the plan, from 1.</summary>
    public int Semester { get; set; }
}

public sealed class Course
{
    public required Guid Id { get; init; }
    public required string InstitutionCode { get; init; }
    public required string Code { get; init; }
    public required string Name { get; set; }
    public required int Credits { get; set; }

    /// <summary>Passed or not; counts in no average.</summary>
    public bool PassOnly { get; set; }
    public List<Prerequisite> Prerequisites { get; } = [];
    public List<CourseComponent> Components { get; } = [];

    public IReadOnlyList<Component> ComponentList =>
        [
            .. Components
                .OrderBy(component => component.Number)
                .Select(component => new Component(component.Name, component.Weight)),
        ];
}

/// <summary>A course that must be passed before another is taken.</summary>
public sealed class Prerequisite
{
    public required Guid CourseId { get; init; }
    public required Guid RequiredId { get; init; }
}

public sealed class CourseComponent
{
    public required Guid CourseId { get; init; }

    /// <summary>From 1.</summary>
    public required int Number { get; init; }
    public required string Name { get; set; }

    /// <summary>Percent.</summary>
    public required int Weight { get; set; }
}

/// <summary>A student of a programme; who the person is, the kernel knows.</summary>
public sealed class Student
{
    public required Guid Id { get; init; }
    public required CitizenId CitizenId { get; init; }
    public required Guid ProgrammeId { get; init; }
    public required string InstitutionCode { get; init; }

    /// <summary>Mã sinh viên.</summary>
    public required string Code { get; init; }
    public required string FullName { get; set; }
    public required DateOnly Since { get; init; }

    /// <summary>Disciplined with a warning (cảnh cáo) or more.</summary>
    public bool Disciplined { get; set; }
    public bool Suspended { get; set; }

    /// <summary>Foreign language, defence, physical education; null until somebody has confirmed it.</summary>
    public bool? OutcomesMet { get; set; }
}
