using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

/// <summary>How a subject is assessed (Circular 22/2021, article 5): by marks 0–10, or by comment Đạt / Chưa đạt alone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssessmentKind>))]
public enum AssessmentKind
{
    Scored,
    Comment,
}

/// <summary>ĐĐGtx, ĐĐGgk, ĐĐGck: regular, mid-term and final assessment; weights 1, 2, 3.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnKind>))]
public enum ColumnKind
{
    Regular,
    Midterm,
    Final,
}

/// <summary>
/// One class's marks in one subject and term (a page of the sổ điểm). Published means that pupils and parents see it; marks stay
/// editable, with a reason. Locked means that nobody writes: a mark changes by a request that someone else approves
/// (<see cref="MarkRequest"/>). The two are independent of each other.
/// </summary>
public sealed class Gradebook
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid ClassSubjectId { get; init; }

    /// <summary>1 or 2.</summary>
    public required int Term { get; init; }
    public DateTimeOffset? PublishedAt { get; set; }
    public string? PublishedBy { get; set; }
    public DateTimeOffset? LockedAt { get; set; }
    public string? LockedBy { get; set; }
    public List<MarkColumn> Columns { get; } = [];
}

/// <summary>One assessment that the whole class took.</summary>
public sealed class MarkColumn
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid GradebookId { get; init; }
    public required ColumnKind Kind { get; init; }

    /// <summary>1, 2, … within its kind.</summary>
    public required int Number { get; init; }
    public string? Title { get; set; }
}

/// <summary>
/// A pupil's mark in a column. Rows lie by pupil, then column: the record of one pupil is one range, a class is read through the
/// index by column.
/// </summary>
public sealed class Mark
{
    public required CitizenId StudentId { get; init; }
    public required Guid ColumnId { get; init; }
    public MarkValue? Value { get; set; }

    /// <summary>Counts the changes; the one who changes a mark says which version was seen.</summary>
    public required int Version { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}

/// <summary>Every change of a mark since the first, never altered: who, when, old, new and why.</summary>
public sealed class MarkChange
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required CitizenId StudentId { get; init; }
    public required Guid ColumnId { get; init; }
    public MarkValue? Old { get; init; }
    public MarkValue? New { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Account id and name of who did it, as they were then.</summary>
    public required string By { get; init; }
    public required string ByName { get; init; }
    public string? Why { get; init; }
}
