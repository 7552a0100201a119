namespace Education.University.Marks;

/// <summary>A component's mark of a student in a section.</summary>
public sealed class SectionMark
{
    public required Guid SectionId { get; init; }
    public required Guid StudentId { get; init; }

    /// <summary>Number of the course's component.</summary>
    public required int Component { get; init; }

    /// <summary>0–100.</summary>
    public required int Tenths { get; set; }

    /// <summary>Counts up with every change.</summary>
    public int Version { get; set; }
}

/// <summary>Who changed which mark, when and why; never changed itself.</summary>
public sealed class SectionMarkChange
{
    public required Guid Id { get; init; }
    public required Guid SectionId { get; init; }
    public required Guid StudentId { get; init; }
    public required int Component { get; init; }
    public int? From { get; init; }
    public int? To { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public string? Why { get; init; }
}

/// <summary>Credits of elsewhere that count here (article 13), letter R.</summary>
public sealed class RecognisedCourse
{
    public required Guid StudentId { get; init; }
    public required Guid CourseId { get; init; }

    /// <summary>Where it was passed, and the decision's number.</summary>
    public required string Evidence { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
}
