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
    /// <summary>What the pupil reached when assessed again, where article 14 allows it; null when not.</summary>
    public SubjectResult? Retest { get; init; }

    /// <summary>The year's result, the re-test in its place.</summary>
    public SubjectResult? AfterRetest => Retest ?? Year;

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
        Year = LevelOf(subjects.Select(subject => subject.Year));
        AfterRetests = subjects.Any(subject => subject.Retest is not null)
            ? LevelOf(subjects.Select(subject => subject.AfterRetest))
            : Year;
    }

    public IReadOnlyList<SubjectSheet> Subjects { get; }
    public LevelDecision? Term1 { get; }
    public LevelDecision? Term2 { get; }
    public LevelDecision? Year { get; }

    /// <summary>The year's level once re-tests have taken the place of what they were taken for; the year's own when there are none.</summary>
    public LevelDecision? AfterRetests { get; }

    /// <param name="marks">In any order, each place of the year at most once (<see cref="CarriedMarks"/>).</param>
    /// <param name="retests">By subject.</param>
    public static YearSheet Of(
        IEnumerable<ClassSubject> subjects,
        IEnumerable<AssessedMark> marks,
        IReadOnlyDictionary<string, MarkValue>? retests = null
    )
    {
        var bySubject = marks.ToLookup(mark => mark.Subject);
        return new([
            .. subjects
                .InCatalogueOrder()
                .Select(subject => SheetOf(subject, [.. bySubject[subject.Subject]], retests)),
        ]);
    }

    /// <summary>What follows from the year, once every subject and the conduct of both terms are there.</summary>
    public YearDecision? Decide(
        int grade,
        Level? conduct,
        int absences,
        bool afterSummer = false
    ) =>
        Year is not null && conduct is { } level
            ? Circular22.Decide(
                grade,
                [.. Subjects.Select(subject => subject.AfterRetest!)],
                level,
                absences,
                afterSummer
            )
            : null;

    /// <summary>By what stood at the end of the year: a re-test in the summer earns no award.</summary>
    public Award AwardFor(Level? conduct) =>
        Year is not null && conduct is { } level
            ? Circular22.AwardFor([.. Subjects.Select(subject => subject.Year!)], level)
            : Award.None;

    private static SubjectSheet SheetOf(
        ClassSubject subject,
        List<AssessedMark> marks,
        IReadOnlyDictionary<string, MarkValue>? retests
    )
    {
        var term1 = TermOf(1);
        var term2 = TermOf(2);
        var year = Circular22.YearResult(term1, term2);
        return new(subject, marks, term1, term2, year)
        {
            Retest =
                year is not null && retests?.TryGetValue(subject.Subject, out var again) == true
                    ? Circular22.Retested(year, again)
                    : null,
        };

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
