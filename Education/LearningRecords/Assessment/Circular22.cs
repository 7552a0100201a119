namespace Education.LearningRecords.Assessment;

/// <summary>
/// The rules of Circular 22/2021/TT-BGDĐT for grades 6–12: averages, levels, promotion, re-tests, awards. Pure: the same marks
/// give the same result in any order. In force by grade from the school years in <see cref="AppliesTo"/>.
/// </summary>
public static class Circular22
{
    public const string Name = "Thông tư 22/2021/TT-BGDĐT";

    /// <summary>More sessions missed in a year, with or without leave, and the grade is repeated (article 12).</summary>
    public const int MostAbsences = 45;

    private const int SubjectsThatMustReach = 6;

    private static readonly Dictionary<int, int> FirstYearOfGrade = new()
    {
        [6] = 2021,
        [7] = 2022,
        [8] = 2023,
        [9] = 2024,
        [10] = 2022,
        [11] = 2023,
        [12] = 2024,
    };

    /// <summary>Whether a grade was assessed by this circular in the school year that began in <paramref name="schoolYear"/>.</summary>
    public static bool AppliesTo(int schoolYear, int grade) =>
        FirstYearOfGrade.TryGetValue(grade, out var first) && schoolYear >= first;

    /// <summary>How many ĐĐGtx a subject has in a term (article 6).</summary>
    public static int RegularAssessments(AssessmentKind kind, int annualPeriods) =>
        (kind, annualPeriods) switch
        {
            (AssessmentKind.Comment, _) or (_, <= 35) => 2,
            (_, <= 70) => 3,
            _ => 4,
        };

    /// <summary>ĐTBmhk = (ΣĐĐGtx + 2·ĐĐGgk + 3·ĐĐGck) : (number of ĐĐGtx + 5), article 9.1b.</summary>
    public static decimal TermAverage(
        IReadOnlyCollection<decimal> regular,
        decimal midterm,
        decimal final
    ) => Round((regular.Sum() + 2 * midterm + 3 * final) / (regular.Count + 5));

    /// <summary>ĐTBmcn = (ĐTBmhkI + 2·ĐTBmhkII) : 3 of the rounded term averages, article 9.1b.</summary>
    public static decimal YearAverage(decimal term1, decimal term2) =>
        Round((term1 + 2 * term2) / 3);

    /// <summary>A subject's result in one term, or null while an assessment is missing.</summary>
    public static SubjectResult? TermResult(
        string subject,
        AssessmentKind kind,
        int annualPeriods,
        IReadOnlyCollection<(ColumnKind Column, MarkValue Value)> marks
    )
    {
        var regular = marks.Where(mark => mark.Column is ColumnKind.Regular).ToList();
        var midterm = marks.Where(mark => mark.Column is ColumnKind.Midterm).ToList();
        var final = marks.Where(mark => mark.Column is ColumnKind.Final).ToList();
        if (
            regular.Count < RegularAssessments(kind, annualPeriods)
            || midterm.Count == 0
            || final.Count == 0
        )
        {
            return null;
        }
        return kind is AssessmentKind.Comment
            ? new CommentResult(subject, marks.All(mark => mark.Value.IsPassed))
            : new ScoredResult(
                subject,
                TermAverage(
                    [.. regular.Select(mark => mark.Value.Points)],
                    midterm[0].Value.Points,
                    final[0].Value.Points
                )
            );
    }

    /// <summary>A subject's result in the year: ĐTBmcn, or for a commented subject what term II says.</summary>
    public static SubjectResult? YearResult(SubjectResult? term1, SubjectResult? term2) =>
        (term1, term2) switch
        {
            (ScoredResult first, ScoredResult second) => second with
            {
                Average = YearAverage(first.Average, second.Average),
            },
            (CommentResult, CommentResult second) => second,
            _ => null,
        };

    /// <summary>
    /// Học tập level of a term or a year, article 9.2 with the adjustment of 9.3. Whether 9.3 covers a commented subject is not
    /// beyond doubt in the text ("duy nhất một môn học"); it is read here as any subject.
    /// </summary>
    public static LevelDecision Learning(IReadOnlyList<SubjectResult> subjects)
    {
        var before = LevelOf(subjects);
        var obstacles = before is Level.Good ? [] : Obstacles(subjects, before + 1);
        if (before < Level.Fair)
        {
            foreach (var subject in subjects)
            {
                var without = LevelOf([.. subjects.Where(other => other != subject)]);
                if (without - before >= 2)
                {
                    return new(before + 1, before, subject.Subject, obstacles);
                }
            }
        }
        return new(before, before, null, obstacles);
    }

    /// <summary>Rèn luyện of the year from the two terms, article 8.2b.</summary>
    public static Level YearConduct(Level term1, Level term2) =>
        (term2, term1) switch
        {
            (Level.Good, >= Level.Fair) => Level.Good,
            (Level.Good, _) => Level.Fair,
            (Level.Fair, >= Level.Satisfactory) => Level.Fair,
            (Level.Fair, _) => Level.Satisfactory,
            (Level.Satisfactory, Level.Good) => Level.Fair,
            (Level.Satisfactory, _) => Level.Satisfactory,
            _ => Level.Unsatisfactory,
        };

    /// <summary>Promotion, re-test, summer training or repeating, articles 12–14.</summary>
    /// <param name="year">Results of the year; re-tests already in them (<see cref="Retested"/>).</param>
    /// <param name="afterSummer">Whether summer training and re-tests are over.</param>
    public static YearDecision Decide(
        int grade,
        IReadOnlyList<SubjectResult> year,
        Level conduct,
        int absences,
        bool afterSummer = false
    )
    {
        if (absences > MostAbsences)
        {
            return new(YearOutcome.Repeats, "12.1c", []);
        }
        if (conduct is Level.Unsatisfactory)
        {
            return afterSummer
                ? new(YearOutcome.Repeats, "12.2", [])
                : new(YearOutcome.SummerConduct, "13", []);
        }
        if (Learning(year).Level is Level.Unsatisfactory)
        {
            return afterSummer
                ? new(YearOutcome.Repeats, "12.2", [])
                : new(
                    YearOutcome.Retest,
                    "14",
                    [.. year.Where(MayRetest).Select(result => result.Subject)]
                );
        }
        return grade is 9 or 12
            ? new(YearOutcome.CompletedProgramme, "12.1", [])
            : new(YearOutcome.Promoted, "12.1", []);
    }

    /// <summary>A subject with ĐTBmcn below 5.0 or Chưa đạt, article 14.</summary>
    public static bool MayRetest(SubjectResult year) =>
        year is ScoredResult { Average: < 5.0m } or CommentResult { Passed: false };

    /// <summary>The result of assessing again, which takes the place of the subject's result in the year; null where there is nothing to assess again, article 14.</summary>
    public static SubjectResult? Retested(SubjectResult year, MarkValue again) =>
        !MayRetest(year) ? null
        : again.Kind is AssessmentKind.Comment ? new CommentResult(year.Subject, again.IsPassed)
        : new ScoredResult(year.Subject, again.Points);

    /// <summary>Học sinh Xuất sắc and Học sinh Giỏi, at the end of the year only, article 15.</summary>
    public static Award AwardFor(IReadOnlyList<SubjectResult> year, Level conduct)
    {
        if (conduct is not Level.Good || Learning(year).Level is not Level.Good)
        {
            return Award.None;
        }
        return AtLeast(year, 9.0m) >= SubjectsThatMustReach ? Award.Excellent : Award.Good;
    }

    /// <summary>Half up to one decimal, as schools round; marks are never negative.</summary>
    private static decimal Round(decimal value) =>
        Math.Round(value, 1, MidpointRounding.AwayFromZero);

    private static Level LevelOf(IReadOnlyList<SubjectResult> subjects)
    {
        var level = Level.Good;
        while (level > Level.Unsatisfactory && Obstacles(subjects, level).Count > 0)
        {
            level--;
        }
        return level;
    }

    /// <summary>What keeps these results from a level, article 9.2.</summary>
    private static List<Obstacle> Obstacles(IReadOnlyList<SubjectResult> subjects, Level level)
    {
        var (every, six) = level switch
        {
            Level.Good => (6.5m, 8.0m),
            Level.Fair => (5.0m, 6.5m),
            _ => (3.5m, 5.0m),
        };
        var obstacles = new List<Obstacle>();
        foreach (var subject in subjects)
        {
            if (subject is ScoredResult scored && scored.Average < every)
            {
                obstacles.Add(new TooLow(scored.Subject, scored.Average, every));
            }
        }
        var reaching = AtLeast(subjects, six);
        if (reaching < SubjectsThatMustReach)
        {
            obstacles.Add(new TooFew(reaching, six));
        }
        var notPassed = subjects.OfType<CommentResult>().Where(comment => !comment.Passed).ToList();
        // Đạt bears one commented subject that is Chưa đạt.
        if (notPassed.Count > (level is Level.Satisfactory ? 1 : 0))
        {
            obstacles.AddRange(notPassed.Select(comment => new NotPassed(comment.Subject)));
        }
        return obstacles;
    }

    private static int AtLeast(IReadOnlyList<SubjectResult> subjects, decimal threshold) =>
        subjects.Count(subject => subject is ScoredResult scored && scored.Average >= threshold);
}
