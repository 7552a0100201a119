using CsCheck;
using Education.LearningRecords.Assessment;
using static Education.LearningRecords.Assessment.PrimaryLevel;

namespace Education.Tests;

/// <summary>The rules of Circular 27/2020/TT-BGDĐT against worked cases, and what must hold for all.</summary>
public sealed class Circular27Tests
{
    /// <summary>Subjects as <c>T9</c>, <c>H</c>, <c>C4</c> (level, test); qualities and competencies as <c>T</c>, <c>Đ</c>, <c>C</c>.</summary>
    [Theory]
    [InlineData("T10 T9 T", "T T T", Excellent)]
    [InlineData("T10 T8 T", "T T T", CompletedWell)]
    [InlineData("T7 T7 T", "T T T", CompletedWell)]
    [InlineData("T10 T6 T", "T T T", Completed)]
    [InlineData("T10 H9 T", "T T T", Completed)]
    [InlineData("T10 T9 H", "T T T", Completed)]
    [InlineData("T10 T9 T", "T T Đ", Completed)]
    [InlineData("H5 H5 H", "Đ Đ Đ", Completed)]
    [InlineData("H5 H4 H", "Đ Đ Đ", NotCompleted)]
    [InlineData("T10 T9 C", "T T T", NotCompleted)]
    [InlineData("T10 T9 T", "T T C", NotCompleted)]
    public void The_result_of_the_year(string subjects, string traits, PrimaryLevel expected)
    {
        var decision = Circular27.Year(Subjects(subjects), Traits(traits));
        Assert.Equal(expected, decision.Level);
        Assert.Equal(expected is Excellent, decision.Obstacles.Count == 0);
    }

    [Fact]
    public void A_result_says_what_the_next_higher_one_lacks()
    {
        var decision = Circular27.Year(Subjects("T10 T6 H"), Traits("T Đ T"));
        Assert.Equal(
            [
                new LowSubject("S2", SubjectLevel.Completed, SubjectLevel.CompletedWell),
                new LowTest("S1", 6, 7),
                new LowTrait(Circular27.Traits[1], TraitLevel.Achieved, TraitLevel.Good),
            ],
            decision.Obstacles
        );
    }

    [Theory]
    [InlineData(1, Completed, null, YearOutcome.Promoted, "11.1")]
    [InlineData(5, Excellent, null, YearOutcome.CompletedProgramme, "11.1")]
    [InlineData(3, NotCompleted, null, YearOutcome.AwaitsDecision, "11.2")]
    [InlineData(3, NotCompleted, true, YearOutcome.Promoted, "11.2")]
    [InlineData(3, NotCompleted, false, YearOutcome.Repeats, "11.2")]
    [InlineData(5, NotCompleted, true, YearOutcome.CompletedProgramme, "11.2")]
    [InlineData(3, Completed, false, YearOutcome.Promoted, "11.1")]
    public void Completion_is_the_principals_where_the_grade_is_not_completed(
        int grade,
        PrimaryLevel level,
        bool? promoted,
        YearOutcome expected,
        string article
    )
    {
        var decision = Circular27.Decide(grade, level, promoted, "Đã đánh giá bổ sung");
        Assert.Equal(
            (expected, article, Circular27.Name),
            (decision.Outcome, decision.Article, decision.RuleSet)
        );
        Assert.Equal(
            promoted is not null && level is NotCompleted,
            decision.DecidedBecause is not null
        );
    }

    [Theory]
    [InlineData(Excellent, false, Award.Excellent)]
    [InlineData(CompletedWell, true, Award.Outstanding)]
    [InlineData(CompletedWell, false, Award.None)]
    [InlineData(Completed, true, Award.None)]
    public void Awards(PrimaryLevel level, bool recognised, Award expected) =>
        Assert.Equal(expected, Circular27.AwardFor(level, recognised));

    [Theory]
    [InlineData(1, "TIENGVIET TOAN", "")]
    [InlineData(3, "TIENGVIET TOAN NN1 THCN", "")]
    [InlineData(5, "TIENGVIET TOAN NN1 LSDL KHOAHOC THCN", "TIENGVIET TOAN")]
    public void Periodic_tests_by_grade(int grade, string final, string midterm)
    {
        string[] Tested(bool middle) =>
            [
                .. SubjectCatalogue
                    .OfGrade(grade)
                    .Select(subject => subject.Code)
                    .Where(code => Circular27.HasTest(code, grade, middle))
                    .Order(),
            ];

        Assert.Equal(final.Split(' ').Order(), Tested(false));
        Assert.Equal(
            midterm.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            Tested(true)
        );
    }

    [Theory]
    [InlineData(2019, 1, null)]
    [InlineData(2020, 1, RuleSet.Circular27)]
    [InlineData(2023, 5, null)]
    [InlineData(2024, 5, RuleSet.Circular27)]
    [InlineData(2020, 6, null)]
    [InlineData(2021, 6, RuleSet.Circular22)]
    [InlineData(2023, 12, null)]
    [InlineData(2026, 12, RuleSet.Circular22)]
    [InlineData(2026, 13, null)]
    public void The_rules_hold_by_grade_and_school_year(int year, int grade, RuleSet? expected) =>
        Assert.Equal(expected, RuleSets.Of(year, grade));

    [Theory]
    [InlineData("T", ValueKind.Level, "T")]
    [InlineData("H", ValueKind.Level, "H")]
    [InlineData("Đ", ValueKind.Level, null)]
    [InlineData("Đ", ValueKind.Trait, "Đ")]
    [InlineData("H", ValueKind.Trait, null)]
    [InlineData("9", ValueKind.WholePoints, "9")]
    [InlineData("9,0", ValueKind.WholePoints, "9")]
    [InlineData("8,5", ValueKind.WholePoints, null)]
    [InlineData("11", ValueKind.WholePoints, null)]
    [InlineData("8,5", ValueKind.Points, "8.5")]
    [InlineData("T", ValueKind.Points, null)]
    public void A_cell_takes_what_its_column_is_for(string typed, ValueKind kind, string? expected)
    {
        var fine = MarkValue.TryParse(typed, kind, out var value);
        Assert.Equal(expected, fine ? value.ToString() : null);
        if (fine)
        {
            Assert.Equal(value, MarkValue.FromCode(value.Code));
        }
    }

    private static readonly Gen<(
        List<PrimarySubject> Subjects,
        List<(Trait, TraitLevel)> Traits
    )> Year =
        from subjects in (
            from level in Gen.Int[0, 2]
            from test in Gen.Int[-3, 10]
            select ((SubjectLevel)level, test < 0 ? (int?)null : test)
        ).List[1, 10]
        from traits in Gen.Int[0, 2].List[15]
        select (
            subjects.Select((s, i) => new PrimarySubject($"S{i}", s.Item1, s.Item2)).ToList(),
            traits.Select((level, i) => (Circular27.Traits[i], (TraitLevel)level)).ToList()
        );

    [Fact]
    public void The_order_of_subjects_and_traits_is_irrelevant() =>
        Year.SelectMany(year =>
                Gen.Shuffle(year.Subjects.ToArray())
                    .Select(
                        Gen.Shuffle(year.Traits.ToArray()),
                        (subjects, traits) => (year, subjects, traits)
                    )
            )
            .Sample(both =>
                Circular27.Year(both.year.Subjects, both.year.Traits).Level
                == Circular27.Year(both.subjects, both.traits).Level
            );

    [Fact]
    public void Raising_anything_never_lowers_the_result() =>
        (from year in Year from at in Gen.Int[0, 24] select (year, at)).Sample(change =>
        {
            var subjects = change.year.Subjects.ToList();
            var traits = change.year.Traits.ToList();
            if (change.at < subjects.Count)
            {
                var subject = subjects[change.at];
                subjects[change.at] = subject with
                {
                    Level = SubjectLevel.CompletedWell,
                    Test = subject.Test is null ? null : 10,
                };
            }
            else
            {
                var (trait, _) = traits[change.at % 15];
                traits[change.at % 15] = (trait, TraitLevel.Good);
            }
            return Circular27.Year(subjects, traits).Level
                >= Circular27.Year(change.year.Subjects, change.year.Traits).Level;
        });

    private static List<PrimarySubject> Subjects(string text) =>
        [
            .. text.Split(' ')
                .Select(
                    (word, i) =>
                        new PrimarySubject(
                            $"S{i}",
                            word[0] switch
                            {
                                'T' => SubjectLevel.CompletedWell,
                                'H' => SubjectLevel.Completed,
                                _ => SubjectLevel.NotCompleted,
                            },
                            word.Length > 1 ? int.Parse(word[1..]) : null
                        )
                ),
        ];

    private static List<(Trait, TraitLevel)> Traits(string text) =>
        [
            .. text.Split(' ')
                .Select(
                    (word, i) =>
                        (
                            Circular27.Traits[i],
                            word switch
                            {
                                "T" => TraitLevel.Good,
                                "Đ" => TraitLevel.Achieved,
                                _ => TraitLevel.NeedsEffort,
                            }
                        )
                ),
        ];
}
