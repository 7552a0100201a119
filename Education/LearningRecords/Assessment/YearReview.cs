using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

/// <summary>What people decide about a pupil after the year is over, where the rules leave it to them.</summary>
public sealed class YearReview
{
    public required CitizenId StudentId { get; init; }
    public required int Year { get; init; }
    public required Guid ClassId { get; init; }

    /// <summary>Rèn luyện after the training of the summer, which takes the place of the year's (Circular 22/2021, article 13).</summary>
    public Level? SummerConduct { get; set; }

    /// <summary>Primary school, not completed: the principal lets the pupil go up, or not (Circular 27/2020, article 11.2).</summary>
    public bool? Promoted { get; set; }

    /// <summary>Why the principal decided so.</summary>
    public string? Reason { get; set; }

    /// <summary>For what the class has recognised the pupil (Circular 27/2020, article 13.1b); null when it has not.</summary>
    public string? RecognisedFor { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
    public int Version { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}

/// <summary>The result of assessing a pupil again in a subject; it takes the place of the subject's result of the year (Circular 22/2021, article 14).</summary>
public sealed class Retest
{
    public required CitizenId StudentId { get; init; }
    public required int Year { get; init; }
    public required string Subject { get; init; }
    public required Guid ClassId { get; init; }
    public required MarkValue Value { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
    public int Version { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}
