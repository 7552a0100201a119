using System.Globalization;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Article">Where it is written: <c>Thông tư 22/2021/TT-BGDĐT, Điều 9.2</c>.</param>
public sealed record Reason(string Article, string Text);

/// <summary>Says why a result is what it is, in the words of a học bạ: which marks, which article.</summary>
public static class Explanations
{
    /// <summary>The sum behind ĐTBmhk: <c>(8 + 9 + 7,5 + 2×7,5 + 3×8) : (3 + 5) = 7,9</c>.</summary>
    public static Reason? TermAverage(SubjectSheet sheet, int term)
    {
        if (sheet.Term(term) is not ScoredResult result)
        {
            return null;
        }
        var marks = sheet.MarksOf(term).OrderBy(mark => mark.Column).ThenBy(mark => mark.Number);
        var regular = marks.Where(mark => mark.Column is ColumnKind.Regular).ToList();
        var sum = string.Join(" + ", regular.Select(mark => Points(mark.Value.Points)));
        var midterm = marks.First(mark => mark.Column is ColumnKind.Midterm).Value.Points;
        var final = marks.First(mark => mark.Column is ColumnKind.Final).Value.Points;
        return new(
            Article("9.1b"),
            $"({sum} + 2×{Points(midterm)} + 3×{Points(final)}) : ({regular.Count} + 5) ≈ {Average(result.Average)}"
        );
    }

    /// <summary>The sum behind ĐTBmcn: <c>(7,9 + 2×8,1) : 3 = 8,0</c>.</summary>
    public static Reason? YearAverage(SubjectSheet sheet) =>
        sheet is { Term1: ScoredResult first, Term2: ScoredResult second, Year: ScoredResult year }
            ? new(
                Article("9.1b"),
                $"({Average(first.Average)} + 2×{Average(second.Average)}) : 3 ≈ {Average(year.Average)}"
            )
            : null;

    /// <param name="subjectName">Name of a subject by its code.</param>
    public static IReadOnlyList<Reason> Learning(
        LevelDecision decision,
        Func<string, string> subjectName
    )
    {
        var reasons = new List<Reason> { new(Article("9.2"), Conditions(decision.Before)) };
        if (decision.Before is not Level.Good)
        {
            var obstacles = string.Join(
                "; ",
                decision.Obstacles.Select(obstacle => Text(obstacle, subjectName))
            );
            var next = (decision.Before + 1).Text();
            reasons.Add(
                new(
                    Article("9.2"),
                    T.Of(
                        $"Chưa được mức {next} vì: {obstacles}.",
                        $"Not {next} because: {obstacles}."
                    )
                )
            );
        }
        if (decision.RaisedFor is { } raised)
        {
            var (before, after) = (decision.Before.Text(), decision.Level.Text());
            reasons.Add(
                new(
                    Article("9.3"),
                    T.Of(
                        $"Bị thấp xuống từ hai mức trở lên chỉ do môn {subjectName(raised)}, nên được điều chỉnh từ {before} lên {after}.",
                        $"Lower by two levels or more for {subjectName(raised)} alone, so raised from {before} to {after}."
                    )
                )
            );
        }
        return reasons;
    }

    /// <summary>The result of a year in primary school: what it rests on and what the next higher one would need.</summary>
    public static IReadOnlyList<Reason> Primary(
        PrimaryDecision decision,
        Func<string, string> subjectName
    )
    {
        const string article = $"{Circular27.Name}, Điều 9.2";
        var reasons = new List<Reason> { new(article, Conditions(decision.Level)) };
        if (decision.Level is not PrimaryLevel.Excellent)
        {
            var next = (decision.Level + 1).Text();
            var obstacles = string.Join(
                "; ",
                decision.Obstacles.Select(obstacle => Text(obstacle, subjectName))
            );
            reasons.Add(
                new(
                    article,
                    T.Of(
                        $"Chưa được mức {next} vì: {obstacles}.",
                        $"Not {next} because: {obstacles}."
                    )
                )
            );
        }
        return reasons;
    }

    /// <summary>Everything that led to the outcome of a year, in the order in which it was decided.</summary>
    public static IReadOnlyList<Reason> Year(PupilYear year)
    {
        var names = year.Sheet.Subjects.ToDictionary(
            sheet => sheet.Subject.Subject,
            sheet => sheet.Subject.Name
        );
        foreach (var subject in year.Primary?.Subjects ?? [])
        {
            names[subject.Subject.Subject] = subject.Subject.Name;
        }
        var reasons = new List<Reason>();
        if (year.Primary?.Year is { } primary)
        {
            reasons.AddRange(Primary(primary, code => names[code]));
        }
        reasons.AddRange(Retests(year.Sheet));
        if (year.Sheet.AfterRetests is { } learning)
        {
            reasons.AddRange(Learning(learning, code => names[code]));
        }
        if (year.SummerConduct is { } conduct)
        {
            reasons.Add(
                new(
                    Article("13"),
                    T.Of(
                        $"Rèn luyện sau kì nghỉ hè: {conduct.Text()}.",
                        $"Conduct after the summer: {conduct.Text()}."
                    )
                )
            );
        }
        if (year.Decision is { } decision)
        {
            reasons.Add(Decision(decision, code => names[code]));
        }
        return reasons;
    }

    /// <summary>What was assessed again, and that it counts instead.</summary>
    public static IEnumerable<Reason> Retests(YearSheet sheet) =>
        sheet
            .Subjects.Where(subject => subject.Retest is not null)
            .Select(subject => new Reason(
                Article("14"),
                T.Of(
                    $"{subject.Subject.Name}: kiểm tra lại {Text(subject.Retest)} thay cho {Text(subject.Year)}.",
                    $"{subject.Subject.Name}: {Text(subject.Retest)} when assessed again, in place of {Text(subject.Year)}."
                )
            ));

    public static Reason Decision(YearDecision decision, Func<string, string> subjectName) =>
        new(
            $"{decision.RuleSet}, Điều {decision.Article}",
            decision.RuleSet == Circular27.Name
                ? PrimaryDecision(decision)
                : decision.Outcome switch
                {
                    YearOutcome.Repeats when decision.Article == "12.1c" => T.Of(
                        $"Nghỉ học quá {Circular22.MostAbsences} buổi trong năm học.",
                        $"More than {Circular22.MostAbsences} sessions missed in the year."
                    ),
                    YearOutcome.Retest => T.Of(
                        "Kết quả học tập chưa đạt; được kiểm tra lại: ",
                        "Learning unsatisfactory; may be tested again: "
                    ) + string.Join(", ", decision.RetestSubjects.Select(subjectName)),
                    YearOutcome.SummerConduct => T.Of(
                        "Kết quả rèn luyện cả năm chưa đạt.",
                        "Conduct of the year unsatisfactory."
                    ),
                    YearOutcome.Repeats => T.Of(
                        "Chưa đủ điều kiện sau kì nghỉ hè.",
                        "The conditions are not met after the summer."
                    ),
                    _ => T.Of(
                        $"Học tập và rèn luyện cả năm từ mức Đạt trở lên, nghỉ không quá {Circular22.MostAbsences} buổi.",
                        $"Learning and conduct satisfactory or better, no more than {Circular22.MostAbsences} sessions missed."
                    ),
                }
        );

    private static string PrimaryDecision(YearDecision decision) =>
        decision switch
        {
            { Outcome: YearOutcome.AwaitsDecision } => T.Of(
                "Được hướng dẫn, giúp đỡ và đánh giá bổ sung; sau đó hiệu trưởng quyết định lên lớp hoặc ở lại lớp.",
                "Is helped and assessed again; then the principal decides whether the pupil goes up or repeats."
            ),
            { DecidedBecause: { } reason } => T.Of(
                $"Hiệu trưởng quyết định: {reason}",
                $"The principal's decision: {reason}"
            ),
            _ => T.Of(
                "Kết quả giáo dục từ mức Hoàn thành trở lên.",
                "The result of the year is completed or better."
            ),
        };

    /// <summary>A mark as people write it: <c>8,5</c>.</summary>
    public static string Points(decimal points) => points.ToString("0.#", Culture);

    /// <summary>An average always shows its decimal: <c>8,0</c>.</summary>
    public static string Average(decimal average) => average.ToString("0.0", Culture);

    public static string Text(SubjectResult? result) =>
        result switch
        {
            ScoredResult scored => Average(scored.Average),
            CommentResult comment => comment.Passed ? "Đ" : "CĐ",
            _ => "",
        };

    private static CultureInfo Culture => T.IsEnglish ? T.English : T.Vietnamese;

    private static string Article(string article) => $"{Circular22.Name}, Điều {article}";

    private static string Conditions(Level level) =>
        level switch
        {
            Level.Good => T.Of(
                "Các môn nhận xét đều Đạt; mọi môn từ 6,5 trở lên, ít nhất 6 môn từ 8,0 trở lên.",
                "All commented subjects passed; every subject 6.5 or more, at least 6 subjects 8.0 or more."
            ),
            Level.Fair => T.Of(
                "Các môn nhận xét đều Đạt; mọi môn từ 5,0 trở lên, ít nhất 6 môn từ 6,5 trở lên.",
                "All commented subjects passed; every subject 5.0 or more, at least 6 subjects 6.5 or more."
            ),
            Level.Satisfactory => T.Of(
                "Nhiều nhất 1 môn nhận xét Chưa đạt; ít nhất 6 môn từ 5,0 trở lên, không môn nào dưới 3,5.",
                "At most 1 commented subject not passed; at least 6 subjects 5.0 or more, none below 3.5."
            ),
            _ => T.Of("Các trường hợp còn lại.", "All other cases."),
        };

    private static string Conditions(PrimaryLevel level) =>
        level switch
        {
            PrimaryLevel.Excellent => T.Of(
                "Mọi môn học, hoạt động đạt T; mọi phẩm chất, năng lực đạt Tốt; bài kiểm tra cuối năm các môn từ 9 điểm.",
                "Every subject and activity T; every quality and competency good; every year-end test 9 or more."
            ),
            PrimaryLevel.CompletedWell => T.Of(
                "Mọi môn học, hoạt động đạt T; mọi phẩm chất, năng lực đạt Tốt; bài kiểm tra cuối năm các môn từ 7 điểm.",
                "Every subject and activity T; every quality and competency good; every year-end test 7 or more."
            ),
            PrimaryLevel.Completed => T.Of(
                "Mọi môn học, hoạt động đạt T hoặc H; mọi phẩm chất, năng lực đạt Tốt hoặc Đạt; bài kiểm tra cuối năm các môn từ 5 điểm.",
                "Every subject and activity T or H; every quality and competency good or achieved; every year-end test 5 or more."
            ),
            _ => T.Of("Các trường hợp còn lại.", "All other cases."),
        };

    private static string Text(PrimaryObstacle obstacle, Func<string, string> subjectName) =>
        obstacle switch
        {
            LowSubject low => T.Of(
                $"{subjectName(low.Subject)} {low.Level.Letter()} (cần {low.Needed.Letter()})",
                $"{subjectName(low.Subject)} {low.Level.Letter()} (needs {low.Needed.Letter()})"
            ),
            LowTest low => T.Of(
                $"{subjectName(low.Subject)} kiểm tra {low.Points} (cần {low.Needed})",
                $"{subjectName(low.Subject)} test {low.Points} (needs {low.Needed})"
            ),
            LowTrait low => T.Of(
                $"{low.Trait.Text()} {low.Level.Letter()} (cần {low.Needed.Letter()})",
                $"{low.Trait.Text()} {low.Level.Letter()} (needs {low.Needed.Letter()})"
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
        };

    private static string Text(Obstacle obstacle, Func<string, string> subjectName) =>
        obstacle switch
        {
            TooLow low => T.Of(
                $"{subjectName(low.Subject)} {Average(low.Average)} (cần {Average(low.Needed)})",
                $"{subjectName(low.Subject)} {Average(low.Average)} (needs {Average(low.Needed)})"
            ),
            TooFew few => T.Of(
                $"{few.Have} môn từ {Average(few.Threshold)} trở lên (cần 6)",
                $"{few.Have} subjects at {Average(few.Threshold)} or more (needs 6)"
            ),
            NotPassed comment => T.Of(
                $"{subjectName(comment.Subject)} Chưa đạt",
                $"{subjectName(comment.Subject)} not passed"
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
        };
}
