using Education.LearningRecords.Assessment;
using static Education.LearningRecords.Assessment.Level;

namespace Education.Tests;

/// <summary>The rules of Circular 22/2021/TT-BGDĐT against worked cases.</summary>
public sealed class Circular22Tests
{
    [Theory]
    [InlineData("8 9 7.5", "7.5", "8.0", "7.9")]
    [InlineData("8 8", "8", "8.5", "8.2")]
    [InlineData("6.5 6.4 6.5", "6.4", "6.5", "6.5")]
    public void Term_average(string regular, string midterm, string final, string expected) =>
        Assert.Equal(
            decimal.Parse(expected),
            Circular22.TermAverage(
                [.. regular.Split(' ').Select(decimal.Parse)],
                decimal.Parse(midterm),
                decimal.Parse(final)
            )
        );

    [Theory]
    [InlineData("7.9", "8.1", "8.0")]
    [InlineData("6.4", "6.5", "6.5")]
    [InlineData("8.0", "7.9", "7.9")]
    [InlineData("5.0", "4.9", "4.9")]
    public void Year_average(string term1, string term2, string expected) =>
        Assert.Equal(
            decimal.Parse(expected),
            Circular22.YearAverage(decimal.Parse(term1), decimal.Parse(term2))
        );

    /// <summary>Subjects as <c>6×9</c> or single averages; <c>Đ</c> and <c>CĐ</c> are commented subjects.</summary>
    [Theory]
    [InlineData("6×8.0 2×6.5 4×Đ", Good, Good)]
    [InlineData("6×9 8.0 4.9 4×Đ", Satisfactory, Fair)]
    [InlineData("6×9 8.0 3.4 4×Đ", Unsatisfactory, Satisfactory)]
    [InlineData("6×9 8.0 6.4 4×Đ", Fair, Fair)]
    [InlineData("8×8.0 3×Đ CĐ", Satisfactory, Fair)]
    [InlineData("6×7 6.0 3.4 4×Đ", Unsatisfactory, Satisfactory)]
    [InlineData("6×9 4.9 4.9 4×Đ", Satisfactory, Satisfactory)]
    [InlineData("5×8.0 3×7.0 4×Đ", Fair, Fair)]
    [InlineData("8×8.0 2×Đ 2×CĐ", Unsatisfactory, Unsatisfactory)]
    [InlineData("6×5.0 3.5 4.9 4×Đ", Satisfactory, Satisfactory)]
    public void Learning_level_before_and_after_article_9_3(
        string subjects,
        Level before,
        Level after
    )
    {
        var decision = Circular22.Learning(Subjects(subjects));
        Assert.Equal((before, after), (decision.Before, decision.Level));
        Assert.Equal(before != after, decision.RaisedFor is not null);
        Assert.Equal(before is Good, decision.Obstacles.Count == 0);
    }

    [Fact]
    public void Article_9_3_names_the_subject_and_what_it_lacked()
    {
        var decision = Circular22.Learning(Subjects("6×9 8.0 4.9 4×Đ"));
        Assert.Equal("M8", decision.RaisedFor);
        Assert.Contains(new TooLow("M8", 4.9m, 5.0m), decision.Obstacles);
    }

    [Theory]
    [InlineData(Good, Good, Good)]
    [InlineData(Fair, Good, Good)]
    [InlineData(Satisfactory, Good, Fair)]
    [InlineData(Unsatisfactory, Good, Fair)]
    [InlineData(Good, Fair, Fair)]
    [InlineData(Fair, Fair, Fair)]
    [InlineData(Satisfactory, Fair, Fair)]
    [InlineData(Unsatisfactory, Fair, Satisfactory)]
    [InlineData(Good, Satisfactory, Fair)]
    [InlineData(Fair, Satisfactory, Satisfactory)]
    [InlineData(Satisfactory, Satisfactory, Satisfactory)]
    [InlineData(Unsatisfactory, Satisfactory, Satisfactory)]
    [InlineData(Good, Unsatisfactory, Unsatisfactory)]
    [InlineData(Fair, Unsatisfactory, Unsatisfactory)]
    [InlineData(Satisfactory, Unsatisfactory, Unsatisfactory)]
    [InlineData(Unsatisfactory, Unsatisfactory, Unsatisfactory)]
    public void Conduct_of_the_year(Level term1, Level term2, Level year) =>
        Assert.Equal(year, Circular22.YearConduct(term1, term2));

    [Theory]
    [InlineData(6, "6×8.0 2×6.5 4×Đ", Good, 45, false, YearOutcome.Promoted)]
    [InlineData(9, "6×8.0 2×6.5 4×Đ", Good, 0, false, YearOutcome.CompletedProgramme)]
    [InlineData(12, "6×5.0 3.5 4.9 4×Đ", Satisfactory, 0, false, YearOutcome.CompletedProgramme)]
    [InlineData(6, "6×8.0 2×6.5 4×Đ", Good, 46, false, YearOutcome.Repeats)]
    [InlineData(6, "6×8.0 2×6.5 4×Đ", Unsatisfactory, 0, false, YearOutcome.SummerConduct)]
    [InlineData(6, "8×3.0 4×Đ", Unsatisfactory, 0, false, YearOutcome.SummerConduct)]
    [InlineData(6, "6×8.0 2×6.5 4×Đ", Unsatisfactory, 0, true, YearOutcome.Repeats)]
    [InlineData(7, "8×3.0 4×Đ", Satisfactory, 0, false, YearOutcome.Retest)]
    [InlineData(7, "8×3.0 4×Đ", Satisfactory, 0, true, YearOutcome.Repeats)]
    // Raised by article 9.3 from Chưa đạt to Đạt: promoted without a re-test.
    [InlineData(7, "6×9 8.0 3.4 4×Đ", Satisfactory, 0, false, YearOutcome.Promoted)]
    public void Outcome_of_the_year(
        int grade,
        string subjects,
        Level conduct,
        int absences,
        bool afterSummer,
        YearOutcome expected
    ) =>
        Assert.Equal(
            expected,
            Circular22.Decide(grade, Subjects(subjects), conduct, absences, afterSummer).Outcome
        );

    [Fact]
    public void A_retest_replaces_the_subjects_result_and_only_where_it_is_allowed()
    {
        var year = Subjects("5×6.0 3.0 3.2 6.0 3×Đ CĐ");
        var decision = Circular22.Decide(8, year, Good, 3);
        Assert.Equal(YearOutcome.Retest, decision.Outcome);
        Assert.Equal(["M6", "M7", "M12"], decision.RetestSubjects);

        var again = new Dictionary<string, MarkValue>
        {
            ["M6"] = MarkValue.Of(5.0m),
            ["M7"] = MarkValue.Of(3.5m),
            ["M1"] = MarkValue.Of(9m),
        };
        List<SubjectResult> after =
        [
            .. year.Select(result =>
                again.TryGetValue(result.Subject, out var value)
                    ? Circular22.Retested(result, value) ?? result
                    : result
            ),
        ];
        Assert.Equal(6.0m, ((ScoredResult)after[0]).Average);
        Assert.Equal(
            YearOutcome.Promoted,
            Circular22.Decide(8, after, Good, 3, afterSummer: true).Outcome
        );
    }

    [Theory]
    [InlineData("6×9.0 2×6.5 4×Đ", Good, Award.Excellent)]
    [InlineData("5×9.0 8.9 2×8.0 4×Đ", Good, Award.Good)]
    [InlineData("6×9.0 2×6.5 4×Đ", Fair, Award.None)]
    [InlineData("6×9 8.0 4.9 4×Đ", Good, Award.None)]
    public void Award_of_the_year(string subjects, Level conduct, Award expected) =>
        Assert.Equal(expected, Circular22.AwardFor(Subjects(subjects), conduct));

    [Theory]
    [InlineData(AssessmentKind.Scored, 35, 2)]
    [InlineData(AssessmentKind.Scored, 36, 3)]
    [InlineData(AssessmentKind.Scored, 70, 3)]
    [InlineData(AssessmentKind.Scored, 71, 4)]
    [InlineData(AssessmentKind.Comment, 105, 2)]
    public void Number_of_regular_assessments(AssessmentKind kind, int periods, int expected) =>
        Assert.Equal(expected, Circular22.RegularAssessments(kind, periods));

    [Theory]
    [InlineData(6, 2020, false)]
    [InlineData(6, 2021, true)]
    [InlineData(7, 2021, false)]
    [InlineData(10, 2022, true)]
    [InlineData(11, 2022, false)]
    [InlineData(8, 2023, true)]
    [InlineData(9, 2023, false)]
    [InlineData(12, 2024, true)]
    [InlineData(5, 2026, false)]
    public void In_force_grade_by_grade(int grade, int year, bool expected) =>
        Assert.Equal(expected, Circular22.AppliesTo(year, grade));

    [Fact]
    public void A_commented_subject_takes_the_result_of_term_2()
    {
        var passed = new CommentResult("GDTC", true);
        var failed = new CommentResult("GDTC", false);
        Assert.Equal(passed, Circular22.YearResult(failed, passed));
        Assert.Equal(failed, Circular22.YearResult(passed, failed));
        Assert.Null(Circular22.YearResult(passed, null));
    }

    [Theory]
    [InlineData("8,5", "8.5")]
    [InlineData("8.5", "8.5")]
    [InlineData(" 10 ", "10")]
    [InlineData("0", "0")]
    [InlineData("10,0", "10")]
    [InlineData("8,0", "8")]
    [InlineData("85", null)]
    [InlineData("10,5", null)]
    [InlineData("8,25", null)]
    [InlineData("-1", null)]
    [InlineData("1e1", null)]
    [InlineData("", null)]
    [InlineData("Đ", null)]
    [InlineData("8 5", null)]
    public void A_mark_as_written(string text, string? expected) =>
        Assert.Equal(
            expected,
            MarkValue.TryParse(text, AssessmentKind.Scored, out var value) ? value.ToString() : null
        );

    internal static List<SubjectResult> Subjects(string text)
    {
        var results = new List<SubjectResult>();
        foreach (var word in text.Split(' '))
        {
            var (times, value) = word.Split('×') is [var count, var each]
                ? (int.Parse(count), each)
                : (1, word);
            for (var i = 0; i < times; i++)
            {
                var name = $"M{results.Count + 1}";
                results.Add(
                    value is "Đ" or "CĐ"
                        ? new CommentResult(name, value is "Đ")
                        : new ScoredResult(name, decimal.Parse(value))
                );
            }
        }
        return results;
    }
}
