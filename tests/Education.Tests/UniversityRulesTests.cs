using CsCheck;
using Education.University.Rules;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>Circular 08/2021/TT-BGDĐT by tables of cases and by laws that hold for all.</summary>
public sealed class UniversityRulesTests
{
    private static readonly RuleSet Rules = RuleSet.On(new DateOnly(2026, 11, 28));
    private static readonly GradeScale Scale = new(Rules, []);
    private static readonly Component[] Halves = [new("QT", 50), new("CK", 50)];

    private static readonly ScaleStep[] Finer =
    [
        new("A+", 9.0m, 4.0m),
        new("A", 8.5m, 3.7m),
        new("B+", 8.0m, 3.5m),
        new("B", 7.0m, 3.0m),
        new("C+", 6.5m, 2.5m),
        new("C", 5.5m, 2.0m),
        new("D+", 5.0m, 1.5m),
        new("D", 4.0m, 1.0m),
        new("F", 0m, 0m),
    ];

    private static readonly Gen<decimal> Mark = Gen.Int[0, 100].Select(tenths => tenths / 10m);

    /// <summary>Few courses and terms, so that many are taken again.</summary>
    private static readonly Gen<List<Attempt>> Attempts = (
        from course in Gen.Int[0, 5]
        from term in Gen.Int[1, 4]
        from mark in Mark
        from inProgramme in Gen.Int[0, 9]
        select new Attempt($"C{course}", course % 4 + 1, term, Scale.Of(mark), inProgramme > 0)
    )
        .List[0, 12]
        .Select(list => list.DistinctBy(one => (one.Course, one.Term)).ToList());

    [Theory]
    [InlineData("7.0", "8.0", "7.5")]
    [InlineData("7.0", "7.1", "7.1")] // 7.05 goes up
    [InlineData("8.4", "8.5", "8.5")] // 8.45
    [InlineData("3.9", "4.0", "4.0")] // 3.95: half a tenth decides about passing
    [InlineData("0", "10", "5.0")]
    public void Half_a_tenth_goes_up(string first, string second, string mark)
    {
        var computed = CourseMark.Of(Rules, Halves, [Number(first), Number(second)]);
        Assert.Equal(Number(mark), computed.Value);
        Assert.Equal("Thông tư 08/2021/TT-BGDĐT, Điều 9", computed.Reason.Article);
        Assert.Contains("QT", computed.Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_component_gives_no_mark_and_says_which()
    {
        var computed = CourseMark.Of(Rules, Halves, [7m, null]);
        Assert.Null(computed.Value);
        Assert.Contains("CK", computed.Reason.Text, StringComparison.Ordinal);
        Assert.Equal(new CourseGrade("X", null, false), Scale.Of(computed.Value));
        Assert.Throws<InvalidInput>(() => CourseMark.Of(Rules, Halves, [7m, 10.1m]));
        Assert.Throws<InvalidInput>(() => CourseMark.Of(Rules, Halves, [7m]));
    }

    [Fact]
    public void Components_are_two_but_for_one_credit_and_weigh_a_hundred()
    {
        CourseMark.Check(Rules, 1, [new("CK", 100)]);
        CourseMark.Check(Rules, 2, Halves);
        Assert.Throws<InvalidInput>(() => CourseMark.Check(Rules, 2, [new("CK", 100)]));
        Assert.Throws<InvalidInput>(() =>
            CourseMark.Check(Rules, 3, [new("QT", 40), new("CK", 50)])
        );
        Assert.Throws<InvalidInput>(() =>
            CourseMark.Check(Rules, 3, [new("QT", 120), new("CK", -20)])
        );
    }

    [Theory]
    [InlineData("10", "A", "4", true)]
    [InlineData("8.5", "A", "4", true)]
    [InlineData("8.4", "B", "3", true)]
    [InlineData("7.0", "B", "3", true)]
    [InlineData("6.9", "C", "2", true)]
    [InlineData("5.5", "C", "2", true)]
    [InlineData("5.4", "D", "1", true)]
    [InlineData("4.0", "D", "1", true)]
    [InlineData("3.9", "F", "0", false)]
    [InlineData("0", "F", "0", false)]
    public void The_circulars_letters(string mark, string letter, string points, bool passes) =>
        Assert.Equal(new CourseGrade(letter, Number(points), passes), Scale.Of(Number(mark)));

    [Theory]
    [InlineData("5.0", "P", true)]
    [InlineData("4.9", "F", false)]
    public void A_course_that_is_only_passed_counts_in_no_average(
        string mark,
        string letter,
        bool passes
    ) => Assert.Equal(new CourseGrade(letter, null, passes), Scale.Of(Number(mark), true));

    [Theory]
    [InlineData("8.9", "A", "3.7")]
    [InlineData("9.0", "A+", "4.0")]
    [InlineData("5.2", "D+", "1.5")]
    public void An_institution_has_finer_letters(string mark, string letter, string points)
    {
        var grade = new GradeScale(Rules, Finer).Of(Number(mark));
        Assert.Equal((letter, Number(points)), (grade.Letter, grade.Points));
    }

    public static TheoryData<string, ScaleStep[]> BadScales =>
        new()
        {
            { "doubled letter", [new("A", 4, 4), new("A", 0, 0)] },
            { "reserved letter", [new("P", 4, 4), new("F", 0, 0)] },
            { "points rise as marks fall", [new("A", 8, 3), new("B", 4, 4), new("F", 0, 0)] },
            { "no border at 4.0", [new("A", 5, 4), new("F", 0, 0)] },
            { "does not begin at 0", [new("A", 4, 4), new("F", 1, 0)] },
            { "failing with points", [new("A", 4, 4), new("F", 0, 1)] },
            { "beyond 4", [new("A", 4, 5), new("F", 0, 0)] },
        };

    [Theory]
    [MemberData(nameof(BadScales))]
    public void A_scale_that_cannot_be_is_refused(string why, ScaleStep[] steps)
    {
        Assert.NotEmpty(why);
        Assert.Throws<InvalidInput>(() => new GradeScale(Rules, steps));
    }

    [Fact]
    public void The_average_weighs_by_credits_and_names_its_courses()
    {
        Attempt[] attempts =
        [
            new("TOAN", 3, 1, Scale.Of(8.5m)),
            new("LY", 2, 1, Scale.Of(5.5m)),
            new("THE", 1, 1, Scale.Of(9m, passOnly: true)),
            new("NGOAI", 4, 1, Scale.Of(10m), InProgramme: false),
            new("CN", 3, 0, new(GradeScale.Recognised, null, true)),
        ];
        var average = GradeAverage.Of(Rules, AttemptRule.Best, attempts);
        Assert.Equal(3.2m, average.Value); // (4·3 + 2·2) : 5
        Assert.Equal(["LY", "TOAN"], average.Counted.Select(attempt => attempt.Course));
        Assert.Contains("4×3 (TOAN)", average.Reason.Text, StringComparison.Ordinal);
        Assert.Equal("Thông tư 08/2021/TT-BGDĐT, Điều 10", average.Reason.Article);
        Assert.Null(GradeAverage.Of(Rules, AttemptRule.Best, []).Value);
    }

    [Fact]
    public void The_best_or_the_last_attempt_counts()
    {
        Attempt[] attempts =
        [
            new("TOAN", 3, 1, Scale.Of(7.0m)),
            new("TOAN", 3, 2, Scale.Of(3.0m)),
            new("TOAN", 3, 3, Scale.Of(null)),
        ];
        Assert.Equal(3m, GradeAverage.Of(Rules, AttemptRule.Best, attempts).Value);
        Assert.Equal(0m, GradeAverage.Of(Rules, AttemptRule.Last, attempts).Value);
    }

    [Theory]
    [InlineData("4.0", Rank.Excellent)]
    [InlineData("3.6", Rank.Excellent)]
    [InlineData("3.59", Rank.VeryGood)]
    [InlineData("3.2", Rank.VeryGood)]
    [InlineData("3.19", Rank.Good)]
    [InlineData("2.5", Rank.Good)]
    [InlineData("2.49", Rank.Average)]
    [InlineData("2.0", Rank.Average)]
    [InlineData("1.99", Rank.Weak)]
    [InlineData("1.0", Rank.Weak)]
    [InlineData("0.99", Rank.Poor)]
    public void Ranks(string average, Rank rank) =>
        Assert.Equal(rank, Rules.RankOf(Number(average)));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(29, 1)]
    [InlineData(30, 2)]
    [InlineData(59, 2)]
    [InlineData(120, 5)]
    public void The_year_follows_from_the_credits(int earned, int year) =>
        Assert.Equal(year, RuleSet.StudentYear(earned, 30));

    // registered, failed, outstanding, term, cumulative, year, first, criteria → articles
    [Theory]
    [InlineData(20, 10, 10, "2.0", "2.0", 1, false, WarningCriteria.All, "")]
    [InlineData(20, 11, 11, "2.0", "2.0", 1, false, WarningCriteria.All, "11.1a")]
    [InlineData(20, 0, 24, "2.0", "2.0", 1, false, WarningCriteria.All, "")]
    [InlineData(20, 0, 25, "2.0", "2.0", 1, false, WarningCriteria.All, "11.1a")]
    [InlineData(20, 0, 0, "0.8", "1.2", 1, true, WarningCriteria.All, "")]
    [InlineData(20, 0, 0, "0.79", "1.2", 1, true, WarningCriteria.All, "11.1b")]
    [InlineData(20, 0, 0, "0.99", "1.2", 1, false, WarningCriteria.All, "11.1b")]
    [InlineData(20, 0, 0, "1.0", "1.19", 1, false, WarningCriteria.All, "11.1c")]
    [InlineData(20, 0, 0, "1.0", "1.39", 2, false, WarningCriteria.All, "11.1c")]
    [InlineData(20, 0, 0, "1.0", "1.59", 3, false, WarningCriteria.All, "11.1c")]
    [InlineData(20, 0, 0, "1.0", "1.79", 4, false, WarningCriteria.All, "11.1c")]
    [InlineData(20, 0, 0, "1.0", "1.79", 6, false, WarningCriteria.All, "11.1c")]
    [InlineData(20, 0, 0, "1.0", "1.8", 6, false, WarningCriteria.All, "")]
    [InlineData(20, 20, 30, "0", "0", 1, false, WarningCriteria.All, "11.1a 11.1a 11.1b 11.1c")]
    [InlineData(20, 20, 30, "0", "0", 1, false, WarningCriteria.TermAverage, "11.1b")]
    [InlineData(0, 0, 0, null, null, 1, true, WarningCriteria.All, "")]
    public void Warnings(
        int registered,
        int failed,
        int outstanding,
        string? term,
        string? cumulative,
        int year,
        bool first,
        WarningCriteria criteria,
        string articles
    )
    {
        var warning = AcademicWarning.Of(
            Rules,
            criteria,
            2,
            new(
                registered,
                failed,
                outstanding,
                term is null ? null : Number(term),
                cumulative is null ? null : Number(cumulative),
                year,
                first,
                0
            )
        );
        Assert.Equal(
            articles,
            string.Join(' ', warning.Reasons.Select(reason => reason.Article.Split("Điều ")[1]))
        );
        Assert.Equal(articles.Length > 0, warning.Warned);
        Assert.False(warning.Dismissed);
    }

    [Theory]
    [InlineData(1, 2, true)]
    [InlineData(1, 3, false)]
    [InlineData(2, 3, true)]
    [InlineData(0, 2, false)]
    public void Warnings_in_a_row_mean_dismissal(int before, int at, bool dismissed)
    {
        var bad = new TermStanding(20, 20, 20, 0, 0, 1, false, before);
        Assert.Equal(dismissed, AcademicWarning.Of(Rules, WarningCriteria.All, at, bad).Dismissed);
        var good = bad with { FailedCredits = 0, OutstandingCredits = 0 };
        var none = AcademicWarning.Of(
            Rules,
            WarningCriteria.All,
            at,
            good with
            {
                TermAverage = 3,
                CumulativeAverage = 3,
            }
        );
        Assert.Equal((0, false), (none.InARow, none.Dismissed));
    }

    [Theory]
    // average, retaken of 120, disciplined → class
    [InlineData("3.60", 0, false, Rank.Excellent)]
    [InlineData("3.60", 6, false, Rank.Excellent)] // 5 % exactly
    [InlineData("3.60", 7, false, Rank.VeryGood)]
    [InlineData("3.60", 0, true, Rank.VeryGood)]
    [InlineData("3.60", 7, true, Rank.VeryGood)] // one class, not two
    [InlineData("3.20", 7, false, Rank.Good)]
    [InlineData("2.50", 60, true, Rank.Good)] // only Xuất sắc and Giỏi are lowered
    [InlineData("2.00", 60, true, Rank.Average)]
    public void The_class_of_a_degree(string average, int retaken, bool disciplined, Rank rank)
    {
        var audit = GraduationAudit.Of(
            Rules,
            Case() with
            {
                Average = Number(average),
                RetakenCredits = retaken,
                Disciplined = disciplined,
            }
        );
        Assert.True(audit.MayGraduate);
        Assert.Equal(rank, audit.Class);
        Assert.Equal(audit.Class != audit.ClassBefore, audit.Lowered.Count > 0);
    }

    [Fact]
    public void Each_condition_of_graduation_is_asked()
    {
        GraduationCase[] lacking =
        [
            Case() with
            {
                RequiredCourses = ["A", "Z"],
            },
            Case() with
            {
                ProgrammeCredits = 121,
            },
            Case() with
            {
                Average = 1.99m,
            },
            Case() with
            {
                Average = null,
            },
            Case() with
            {
                OutcomesMet = null,
            },
            Case() with
            {
                OutcomesMet = false,
            },
            Case() with
            {
                Suspended = true,
            },
            Case() with
            {
                RecognisedCredits = 61,
            },
        ];
        Assert.All(
            lacking,
            one =>
            {
                var audit = GraduationAudit.Of(Rules, one);
                Assert.False(audit.MayGraduate);
                Assert.Single(audit.Conditions, condition => !condition.Met);
            }
        );
        Assert.Null(GraduationAudit.Of(Rules, lacking[2]).Class);
    }

    [Fact]
    public void Half_of_a_programme_may_be_recognised()
    {
        GraduationAudit.CheckRecognition(Rules, 120, 60);
        Assert.Throws<Conflict>(() => GraduationAudit.CheckRecognition(Rules, 120, 61));
    }

    [Fact]
    public void No_rules_are_made_up_for_days_before_the_first() =>
        Assert.Throws<InvalidInput>(() => RuleSet.On(new DateOnly(2021, 5, 2)));

    /// <summary>Against the same formula in whole numbers.</summary>
    [Fact]
    public void A_course_mark_rounds_half_up_whatever_the_weights() =>
        (
            from weight in Gen.Int[1, 99]
            from first in Gen.Int[0, 100]
            from second in Gen.Int[0, 100]
            select (weight, first, second)
        ).Sample(one =>
        {
            var expected =
                (one.weight * one.first + (100 - one.weight) * one.second + 50) / 100 / 10m;
            return CourseMark
                    .Of(
                        Rules,
                        [new("QT", one.weight), new("CK", 100 - one.weight)],
                        [one.first / 10m, one.second / 10m]
                    )
                    .Value == expected;
        });

    [Fact]
    public void A_better_mark_never_has_fewer_points() =>
        (
            from fine in Gen.Bool
            from mark in Mark
            from other in Mark
            select (fine, Math.Min(mark, other), Math.Max(mark, other))
        ).Sample(one =>
        {
            var scale = one.fine ? new GradeScale(Rules, Finer) : Scale;
            return scale.Of(one.Item2).Points <= scale.Of(one.Item3).Points;
        });

    [Fact]
    public void An_average_lies_between_0_and_4_and_no_order_changes_it() =>
        (
            from attempts in Attempts
            from shuffled in Gen.Shuffle(attempts.ToArray())
            from rule in Gen.Bool.Select(best => best ? AttemptRule.Best : AttemptRule.Last)
            select (attempts, shuffled, rule)
        ).Sample(one =>
        {
            var average = GradeAverage.Of(Rules, one.rule, one.attempts).Value;
            return average is null or (>= 0 and <= 4)
                && average == GradeAverage.Of(Rules, one.rule, one.shuffled).Value;
        });

    [Fact]
    public void One_attempt_a_course_counts_and_the_best_is_never_worse_than_the_last() =>
        Attempts.Sample(attempts =>
        {
            var best = GradeAverage.Of(Rules, AttemptRule.Best, attempts);
            var last = GradeAverage.Of(Rules, AttemptRule.Last, attempts);
            return best.Counted.DistinctBy(one => one.Course).Count() == best.Counted.Count
                && best.Counted.Count == last.Counted.Count
                && (best.Value is null || best.Value >= last.Value);
        });

    [Fact]
    public void Taking_a_course_again_never_lowers_an_average_of_best_attempts() =>
        (from attempts in Attempts from mark in Mark select (attempts, mark)).Sample(one =>
        {
            var again = one.attempts.Find(attempt => attempt.InProgramme);
            var more = again is null
                ? one.attempts
                : [.. one.attempts, again with { Term = 9, Grade = Scale.Of(one.mark) }];
            var before = GradeAverage.Of(Rules, AttemptRule.Best, one.attempts).Value;
            return before is null || GradeAverage.Of(Rules, AttemptRule.Best, more).Value >= before;
        });

    private static GraduationCase Case() =>
        new(
            120,
            ["A"],
            new Dictionary<string, int> { ["A"] = 60, ["B"] = 60 },
            60,
            0,
            3m,
            true,
            false,
            false
        );

    private static decimal Number(string text) =>
        decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
