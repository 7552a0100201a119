using Education.LearningRecords.Schools;

namespace Education.LearningRecords.Assessment;

/// <summary>One subject of a primary class over the year: levels and tests at its four points.</summary>
public sealed record PrimarySubjectSheet(ClassSubject Subject, IReadOnlyList<AssessedMark> Marks)
{
    public SubjectLevel? Level(int term, bool midterm) =>
        Find(term, midterm ? ColumnKind.MidtermLevel : ColumnKind.FinalLevel)?.Level;

    public int? Test(int term, bool midterm) =>
        Find(term, midterm ? ColumnKind.Midterm : ColumnKind.Final) is { } value
            ? (int)value.Points
            : null;

    private MarkValue? Find(int term, ColumnKind kind) =>
        Marks.FirstOrDefault(mark => mark.Term == term && mark.Column == kind)?.Value;
}

/// <summary>One pupil's school year in primary school, with what Circular 27 makes of it. Pure.</summary>
public sealed class PrimarySheet
{
    private readonly IReadOnlyList<AssessedMark> traits;

    private PrimarySheet(
        int grade,
        IReadOnlyList<PrimarySubjectSheet> subjects,
        IReadOnlyList<AssessedMark> traits
    )
    {
        this.traits = traits;
        Grade = grade;
        Subjects = subjects;
        Year = YearOf();
    }

    public int Grade { get; }

    public IReadOnlyList<PrimarySubjectSheet> Subjects { get; }

    /// <summary>Null until every subject, its test and every quality and competency stand at the end of the year.</summary>
    public PrimaryDecision? Year { get; }

    public IEnumerable<Trait> Traits => Circular27.TraitsOf(Grade);

    /// <param name="marks">In any order, each place of the year at most once (<see cref="CarriedMarks"/>).</param>
    public static PrimarySheet Of(
        int grade,
        IEnumerable<ClassSubject> subjects,
        IEnumerable<AssessedMark> marks
    )
    {
        var bySubject = marks.ToLookup(mark => mark.Subject);
        return new(
            grade,
            [
                .. subjects
                    .Where(subject => subject.Kind is AssessmentKind.Level)
                    .InCatalogueOrder()
                    .Select(subject => new PrimarySubjectSheet(
                        subject,
                        [.. bySubject[subject.Subject]]
                    )),
            ],
            [.. bySubject[Circular27.TraitsCode]]
        );
    }

    public TraitLevel? Of(Trait trait, int term, bool midterm) =>
        traits
            .FirstOrDefault(mark =>
                mark.Term == term
                && mark.Number == trait.Number
                && mark.Column == (midterm ? ColumnKind.MidtermLevel : ColumnKind.FinalLevel)
            )
            ?.Value.Trait;

    private PrimaryDecision? YearOf()
    {
        var results = new List<PrimarySubject>();
        foreach (var subject in Subjects)
        {
            var code = subject.Subject.Subject;
            var test = subject.Test(2, midterm: false);
            if (
                subject.Level(2, midterm: false) is not { } level
                || (test is null && Circular27.HasTest(code, Grade, midterm: false))
            )
            {
                return null;
            }
            results.Add(new(code, level, test));
        }
        var shown = new List<(Trait, TraitLevel)>();
        foreach (var trait in Traits)
        {
            if (Of(trait, 2, midterm: false) is not { } level)
            {
                return null;
            }
            shown.Add((trait, level));
        }
        return results.Count == 0 ? null : Circular27.Year(results, shown);
    }
}
