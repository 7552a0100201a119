using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;

namespace Education.LearningRecords.Assessment;

/// <summary>All that one pupil's school year comes to, by the rules that held for the grade. Pure: computed from what was written, never stored.</summary>
/// <param name="Sheet">Empty in primary school.</param>
/// <param name="Primary">Null in grades 6–12.</param>
/// <param name="ConductOfYear">Rèn luyện from the two terms; null until both are judged, and in primary school.</param>
/// <param name="SummerConduct">What took its place after the summer.</param>
/// <param name="Decision">What follows; null while something is missing.</param>
public sealed record PupilYear(
    RuleSet Rules,
    YearSheet Sheet,
    PrimarySheet? Primary,
    IReadOnlyList<ConductOfTerm> Terms,
    Level? ConductOfYear,
    Level? SummerConduct,
    YearDecision? Decision,
    Award Award
)
{
    public int Absences => Terms.Sum(term => term.Absences);

    /// <summary>Of the year, or after the summer where it was judged again.</summary>
    public Level? Conduct => SummerConduct ?? ConductOfYear;

    /// <param name="subjects">Those of the class.</param>
    /// <param name="marks">Each place of the year at most once (<see cref="CarriedMarks"/>).</param>
    /// <param name="conducts">At most one a term.</param>
    /// <param name="afterSummer">Whether the summer, and with it what the rules leave for it, is over.</param>
    public static PupilYear Of(
        SchoolClass schoolClass,
        IReadOnlyCollection<ClassSubject> subjects,
        IEnumerable<AssessedMark> marks,
        IEnumerable<TermConduct> conducts,
        IEnumerable<Retest> retests,
        YearReview? review,
        bool afterSummer
    )
    {
        var terms = conducts
            .OrderBy(conduct => conduct.Term)
            .Select(conduct => new ConductOfTerm(
                conduct.Term,
                conduct.Level,
                conduct.Absences,
                conduct.Comment
            ))
            .ToList();
        if (Circular27.AppliesTo(schoolClass.Year, schoolClass.Grade))
        {
            var primary = PrimarySheet.Of(schoolClass.Grade, subjects, marks);
            return new(
                RuleSet.Circular27,
                YearSheet.Of([], []),
                primary,
                terms,
                null,
                null,
                primary.Year is { } year
                    ? Circular27.Decide(
                        schoolClass.Grade,
                        year.Level,
                        review?.Promoted,
                        review?.Reason
                    )
                    : null,
                primary.Year is { } reached
                    ? Circular27.AwardFor(reached.Level, review?.RecognisedFor is not null)
                    : Award.None
            );
        }
        var sheet = YearSheet.Of(
            subjects,
            marks,
            retests.ToDictionary(retest => retest.Subject, retest => retest.Value)
        );
        Level? conductOfYear =
            Of(1) is { } first && Of(2) is { } second
                ? Circular22.YearConduct(first, second)
                : null;
        // Article 13 is for those whose year was not enough; a judgement left over after a correction counts for nothing.
        var summer = conductOfYear is Level.Unsatisfactory ? review?.SummerConduct : null;
        return new(
            RuleSet.Circular22,
            sheet,
            null,
            terms,
            conductOfYear,
            summer,
            sheet.Decide(
                schoolClass.Grade,
                summer ?? conductOfYear,
                terms.Sum(term => term.Absences),
                afterSummer || summer is Level.Unsatisfactory
            ),
            sheet.AwardFor(conductOfYear)
        );

        Level? Of(int term) => terms.Find(conduct => conduct.Term == term)?.Level;
    }
}
