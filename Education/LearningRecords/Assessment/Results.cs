namespace Education.LearningRecords.Assessment;

/// <summary>What a pupil reached in one subject in a term or a year.</summary>
/// <param name="Subject">Code of the subject.</param>
public abstract record SubjectResult(string Subject);

/// <param name="Average">ĐTBmhk or ĐTBmcn, rounded to one decimal.</param>
public sealed record ScoredResult(string Subject, decimal Average) : SubjectResult(Subject);

public sealed record CommentResult(string Subject, bool Passed) : SubjectResult(Subject);

/// <summary>Why a level is not the next higher one.</summary>
public abstract record Obstacle;

/// <param name="Average">What the subject has, below <paramref name="Needed"/>.</param>
public sealed record TooLow(string Subject, decimal Average, decimal Needed) : Obstacle;

/// <param name="Have">How many subjects reach <paramref name="Threshold"/>; six must.</param>
public sealed record TooFew(int Have, decimal Threshold) : Obstacle;

public sealed record NotPassed(string Subject) : Obstacle;

/// <summary>The học tập level of a term or a year, and what it rests on.</summary>
/// <param name="Before">By article 9.2 alone.</param>
/// <param name="RaisedFor">The one subject for which article 9.3 raised it; null when it did not.</param>
/// <param name="Obstacles">What stands between <paramref name="Before"/> and the next higher level; empty at Tốt.</param>
public sealed record LevelDecision(
    Level Level,
    Level Before,
    string? RaisedFor,
    IReadOnlyList<Obstacle> Obstacles
);

/// <param name="Article">Article of the rule set that decides.</param>
/// <param name="RetestSubjects">Subjects that may be tested again, when the outcome is a re-test.</param>
public sealed record YearDecision(
    YearOutcome Outcome,
    string Article,
    IReadOnlyList<string> RetestSubjects
)
{
    public string RuleSet { get; init; } = Circular22.Name;

    /// <summary>Why people decided so, where the rules leave it to them.</summary>
    public string? DecidedBecause { get; init; }
}
