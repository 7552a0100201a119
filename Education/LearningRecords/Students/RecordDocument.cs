using Education.LearningRecords.Assessment;

namespace Education.LearningRecords.Students;

/// <summary>A learning record as JSON says it: flat, in the words of the trade, each result with its reasons.</summary>
public sealed record RecordDocument(
    Guid Student,
    string Code,
    string Name,
    string? BirthDate,
    bool PublishedOnly,
    IReadOnlyList<RecordDocument.YearPart> Years
)
{
    public sealed record YearPart(
        int Year,
        int Grade,
        string Class,
        string School,
        string RuleSet,
        IReadOnlyList<SubjectPart> Subjects,
        LevelPart? Term1,
        LevelPart? Term2,
        LevelPart? Learning,
        string? Conduct,
        string? Outcome,
        string? Award,
        PrimaryPart? Primary = null
    );

    /// <summary>A year in primary school: levels and tests at its four points, and the result with its reasons.</summary>
    public sealed record PrimaryPart(
        IReadOnlyList<PrimarySubjectPart> Subjects,
        IReadOnlyList<TraitPart> Traits,
        LevelPart? Result
    );

    public sealed record PrimarySubjectPart(
        string Subject,
        string Name,
        IReadOnlyList<PointPart> Points
    );

    /// <param name="Level">T, H or C.</param>
    public sealed record PointPart(int Term, bool Midterm, string? Level, int? Test);

    /// <param name="Points">T, Đ or C in the middle and at the end of term 1, then of term 2.</param>
    public sealed record TraitPart(string Name, IReadOnlyList<string?> Points);

    public sealed record SubjectPart(
        string Subject,
        string Name,
        TermPart Term1,
        TermPart Term2,
        string? Year
    );

    public sealed record TermPart(IReadOnlyList<MarkPart> Marks, string? Result);

    public sealed record MarkPart(string Column, string Value);

    public sealed record LevelPart(string Level, IReadOnlyList<Reason> Why);

    public static RecordDocument Of(LearningRecord record) =>
        new(
            record.Student.Value,
            record.Code,
            record.Name,
            record.BirthDate?.ToString(),
            record.PublishedOnly,
            [.. record.Years.Select(YearOf)]
        );

    private static YearPart YearOf(RecordYear year)
    {
        var names = year.Sheet.Subjects.ToDictionary(
            sheet => sheet.Subject.Subject,
            sheet => sheet.Subject.Name
        );
        return new(
            year.Year,
            year.Grade,
            year.Class,
            year.School,
            year.Rules.Title(),
            [
                .. year.Sheet.Subjects.Select(sheet => new SubjectPart(
                    sheet.Subject.Subject,
                    sheet.Subject.Name,
                    TermOf(sheet, 1),
                    TermOf(sheet, 2),
                    Result(sheet.Year)
                )),
            ],
            Level(year.Sheet.Term1),
            Level(year.Sheet.Term2),
            Level(year.Sheet.AfterRetests),
            year.Conduct?.Official(),
            year.Decision?.Outcome.ToString(),
            year.Award is Award.None ? null : year.Award.ToString(),
            year.Primary is { } primary ? PrimaryOf(primary) : null
        );

        LevelPart? Level(LevelDecision? decision) =>
            decision is null
                ? null
                : new(
                    decision.Level.Official(),
                    Explanations.Learning(decision, subject => names[subject])
                );
    }

    private static readonly (int Term, bool Midterm)[] PointsOfYear =
    [
        (1, true),
        (1, false),
        (2, true),
        (2, false),
    ];

    private static PrimaryPart PrimaryOf(PrimarySheet sheet)
    {
        var names = sheet.Subjects.ToDictionary(
            subject => subject.Subject.Subject,
            subject => subject.Subject.Name
        );
        return new(
            [
                .. sheet.Subjects.Select(subject => new PrimarySubjectPart(
                    subject.Subject.Subject,
                    subject.Subject.Name,
                    [
                        .. PointsOfYear.Select(point => new PointPart(
                            point.Term,
                            point.Midterm,
                            subject.Level(point.Term, point.Midterm)?.Letter(),
                            subject.Test(point.Term, point.Midterm)
                        )),
                    ]
                )),
            ],
            [
                .. sheet.Traits.Select(trait => new TraitPart(
                    trait.Name,
                    [
                        .. PointsOfYear.Select(point =>
                            sheet.Of(trait, point.Term, point.Midterm)?.Letter()
                        ),
                    ]
                )),
            ],
            sheet.Year is { } decision
                ? new(
                    decision.Level.Official(),
                    Explanations.Primary(decision, subject => names[subject])
                )
                : null
        );
    }

    private static TermPart TermOf(SubjectSheet sheet, int term) =>
        new(
            [
                .. sheet
                    .MarksOf(term)
                    .OrderBy(mark => mark.Column)
                    .ThenBy(mark => mark.Number)
                    .Select(mark => new MarkPart(
                        OpenGradebook.Label(mark.Column, mark.Number),
                        mark.Value.ToString()
                    )),
            ],
            Result(sheet.Term(term))
        );

    /// <summary><c>8.0</c>, <c>Đ</c>, <c>CĐ</c>; null while it is not there.</summary>
    internal static string? Result(SubjectResult? result) =>
        result switch
        {
            ScoredResult scored => scored.Average.ToString(
                "0.0",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            CommentResult comment => comment.Passed ? "Đ" : "CĐ",
            _ => null,
        };
}
