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
        string? Award
    );

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
            Circular22.Name,
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
            Level(year.Sheet.Year),
            year.Conduct?.Official(),
            year.Decision?.Outcome.ToString(),
            year.Award is Award.None ? null : year.Award.ToString()
        );

        LevelPart? Level(LevelDecision? decision) =>
            decision is null
                ? null
                : new(
                    decision.Level.Official(),
                    Explanations.Learning(decision, subject => names[subject])
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

    private static string? Result(SubjectResult? result) =>
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
