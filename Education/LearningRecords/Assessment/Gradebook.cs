using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

/// <summary>
/// How a subject is assessed: by marks 0–10 or by comment Đạt / Chưa đạt alone (Circular 22/2021, article 5), or in primary school
/// by levels (Circular 27/2020, articles 6 and 7).
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<AssessmentKind>))]
public enum AssessmentKind
{
    Scored,
    Comment,

    /// <summary>Grades 1–5: T, H or C at four points of the year, with a whole-numbered test where the grade has one.</summary>
    Level,

    /// <summary>Grades 1–5: the qualities and competencies, T, Đ or C at four points of the year.</summary>
    Trait,
}

/// <summary>
/// ĐĐGtx, ĐĐGgk, ĐĐGck: regular, mid-term and final assessment; weights 1, 2, 3. In primary school the mid-term and the final one have
/// a level each, and their test, if there is one, is the mid-term or final mark.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ColumnKind>))]
public enum ColumnKind
{
    Regular,
    Midterm,
    Final,
    MidtermLevel,
    FinalLevel,
}

public static class ColumnKinds
{
    /// <summary>The order of the year: regular marks, then what belongs to the middle of the term, then to its end.</summary>
    public static int Place(this ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Regular => 0,
            ColumnKind.MidtermLevel => 1,
            ColumnKind.Midterm => 2,
            ColumnKind.FinalLevel => 3,
            _ => 4,
        };

    public static bool IsMidterm(this ColumnKind kind) =>
        kind is ColumnKind.Midterm or ColumnKind.MidtermLevel;

    /// <summary>What a cell of this column takes in a subject that is assessed so.</summary>
    public static ValueKind Takes(this ColumnKind column, AssessmentKind subject) =>
        subject switch
        {
            AssessmentKind.Scored => ValueKind.Points,
            AssessmentKind.Comment => ValueKind.Passed,
            AssessmentKind.Trait => ValueKind.Trait,
            _ => column is ColumnKind.MidtermLevel or ColumnKind.FinalLevel
                ? ValueKind.Level
                : ValueKind.WholePoints,
        };
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
