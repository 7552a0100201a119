using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

[JsonConverter(typeof(JsonStringEnumConverter<MarkRequestState>))]
public enum MarkRequestState
{
    Pending,
    Approved,
    Refused,

    /// <summary>Taken back by who asked, or followed by another wish for the same cell.</summary>
    Withdrawn,
}

/// <summary>A wish to change a mark of a locked gradebook: who, what, why; and who decided.</summary>
public sealed class MarkRequest
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid GradebookId { get; init; }
    public required CitizenId StudentId { get; init; }
    public required Guid ColumnId { get; init; }
    public MarkValue? Old { get; init; }
    public MarkValue? New { get; init; }

    /// <summary>Of the mark that was seen; approval is refused when it has changed since.</summary>
    public required int Version { get; init; }
    public required string Why { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Account id and name.</summary>
    public required string By { get; init; }
    public required string ByName { get; init; }

    /// <summary>Two people who decide at once: the second is told.</summary>
    public MarkRequestState State { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecidedBy { get; set; }
    public string? Note { get; set; }
}
