using Education.LearningRecords.Schools;

namespace Education.LearningRecords.Assessment;

/// <summary>A mark with its place in the year.</summary>
public sealed record AssessedMark(
    string Subject,
    int Term,
    ColumnKind Column,
    int Number,
    MarkValue Value
);

/// <summary>One subject over the year: marks of both terms and what follows from them, as far as they are there.</summary>
public sealed record SubjectSheet(
    ClassSubject Subject,
    IReadOnlyList<AssessedMark> Marks,
    SubjectResult? Term1,
    SubjectResult? Term2,
    SubjectResult? Year
)
{
    public IEnumerable<AssessedMark> MarksOf(int term) => Marks.Where(mark => mark.Term == term);

    public SubjectResult? Term(int term) => term == 1 ? Term1 : Term2;
}

/// <summary>
/// One pupil's marks of one school year with all that Circular 22 makes of them. Pure; a level is there only when every subject of
/// the class has its result.
/// </summary>
public sealed class YearSheet
{
    private YearSheet(IReadOnlyList<SubjectSheet> subjects)
    {
        Subjects = subjects;
        Term1 = LevelOf(subjects.Select(subject => subject.Term1));
        Term2 = LevelOf(subjects.Select(subject => subject.Term2));
        Year = LevelOf(YearResults);
    }

    public IReadOnlyList<SubjectSheet> Subjects { get; }
    public LevelDecision? Term1 { get; }
    public LevelDecision? Term2 { get; }
    public LevelDecision? Year { get; }

    private IEnumerable<SubjectResult?> YearResults => Subjects.Select(subject => subject.Year);

    /// <param name="marks">In any order; of a pupil who changed class, those of both classes.</param>
    public static YearSheet Of(IEnumerable<ClassSubject> subjects, IEnumerable<AssessedMark> marks)
    {
        var bySubject = marks.ToLookup(mark => mark.Subject);
        return new([
            .. subjects
                .InCatalogueOrder()
                .Select(subject => SheetOf(subject, [.. bySubject[subject.Subject]])),
        ]);
    }

    /// <summary>What follows from the year, once every subject and the conduct of both terms are there.</summary>
    public YearDecision? Decide(int grade, Level? conduct, int absences) =>
        Year is not null && conduct is { } level
            ? Circular22.Decide(grade, [.. YearResults.OfType<SubjectResult>()], level, absences)
            : null;

    public Award AwardFor(Level? conduct) =>
        Year is not null && conduct is { } level
            ? Circular22.AwardFor([.. YearResults.OfType<SubjectResult>()], level)
            : Award.None;

    private static SubjectSheet SheetOf(ClassSubject subject, List<AssessedMark> marks)
    {
        var term1 = TermOf(1);
        var term2 = TermOf(2);
        return new(subject, marks, term1, term2, Circular22.YearResult(term1, term2));

        SubjectResult? TermOf(int term) =>
            Circular22.TermResult(
                subject.Subject,
                subject.Kind,
                subject.AnnualPeriods,
                [
                    .. marks
                        .Where(mark => mark.Term == term)
                        .Select(mark => (mark.Column, mark.Value)),
                ]
            );
    }

    private static LevelDecision? LevelOf(IEnumerable<SubjectResult?> results)
    {
        var all = results.ToList();
        return all.Count == 0 || all.Contains(null)
            ? null
            : Circular22.Learning([.. all.OfType<SubjectResult>()]);
    }
}
