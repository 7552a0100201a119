using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>C, H, T: what a pupil of primary school reaches in a subject or activity, in rising order.</summary>
public enum SubjectLevel
{
    NotCompleted,
    Completed,
    CompletedWell,
}

/// <summary>C, Đ, T: what a pupil of primary school shows of a quality or competency, in rising order.</summary>
public enum TraitLevel
{
    NeedsEffort,
    Achieved,
    Good,
}

/// <summary>The result of a school year in primary school (article 9.2), in rising order.</summary>
public enum PrimaryLevel
{
    NotCompleted,
    Completed,
    CompletedWell,
    Excellent,
}

/// <param name="Quality">One of the five phẩm chất; otherwise a năng lực, general or particular.</param>
public sealed record Trait(int Number, string Name, string English, bool Quality);

/// <summary>A subject or activity at the end of the year.</summary>
/// <param name="Test">Points of the year-end test; null where the grade has none.</param>
public sealed record PrimarySubject(string Subject, SubjectLevel Level, int? Test);

/// <summary>What keeps a pupil from the next higher result of the year.</summary>
public abstract record PrimaryObstacle;

public sealed record LowSubject(string Subject, SubjectLevel Level, SubjectLevel Needed)
    : PrimaryObstacle;

public sealed record LowTest(string Subject, int Points, int Needed) : PrimaryObstacle;

public sealed record LowTrait(Trait Trait, TraitLevel Level, TraitLevel Needed) : PrimaryObstacle;

/// <param name="Obstacles">What stands between <paramref name="Level"/> and the next higher one; empty at Hoàn thành xuất sắc.</param>
public sealed record PrimaryDecision(PrimaryLevel Level, IReadOnlyList<PrimaryObstacle> Obstacles);

/// <summary>
/// The rules of Circular 27/2020/TT-BGDĐT for grades 1–5: no marks but in the periodic tests, levels at four points of the year, the result
/// of the year, awards, completion. Pure. In force by grade from the school years in <see cref="AppliesTo"/>.
/// </summary>
public static class Circular27
{
    public const string Name = "Thông tư 27/2020/TT-BGDĐT";

    /// <summary>The code under which a class's qualities and competencies lie as if they were a subject.</summary>
    public const string TraitsCode = "PCNL";

    public const int LastGrade = 5;

    private static readonly Dictionary<int, int> FirstYearOfGrade = new()
    {
        [1] = 2020,
        [2] = 2021,
        [3] = 2022,
        [4] = 2023,
        [5] = 2024,
    };

    /// <summary>Where every grade that is taught the subject has a test at the end of each term (article 7.1b); to be verified against the gazette.</summary>
    private static readonly HashSet<string> Tested =
    [
        "TIENGVIET",
        "TOAN",
        "NN1",
        "LSDL",
        "KHOAHOC",
        "THCN",
    ];

    /// <summary>The 2018 programme's five qualities, three general and seven particular competencies.</summary>
    public static IReadOnlyList<Trait> Traits { get; } =
    [
        new(1, "Yêu nước", "Patriotism", true),
        new(2, "Nhân ái", "Kindness", true),
        new(3, "Chăm chỉ", "Diligence", true),
        new(4, "Trung thực", "Honesty", true),
        new(5, "Trách nhiệm", "Responsibility", true),
        new(6, "Tự chủ và tự học", "Autonomy and self-study", false),
        new(7, "Giao tiếp và hợp tác", "Communication and co-operation", false),
        new(8, "Giải quyết vấn đề và sáng tạo", "Problem solving and creativity", false),
        new(9, "Ngôn ngữ", "Language", false),
        new(10, "Tính toán", "Calculation", false),
        new(11, "Khoa học", "Science", false),
        new(12, "Công nghệ", "Technology", false),
        new(13, "Tin học", "Informatics", false),
        new(14, "Thẩm mĩ", "Aesthetics", false),
        new(15, "Thể chất", "Physical ability", false),
    ];

    /// <summary>Qualities and competencies stand beside the subjects of a primary class as if they were one more, without periods.</summary>
    public static Subject TraitsSubject { get; } =
        new(
            TraitsCode,
            "Phẩm chất, năng lực",
            "Qualities and competencies",
            AssessmentKind.Trait,
            Enumerable.Range(1, LastGrade).ToDictionary(grade => grade, _ => 0)
        );

    /// <summary>Whether a grade was assessed by this circular in the school year that began in <paramref name="schoolYear"/>.</summary>
    public static bool AppliesTo(int schoolYear, int grade) =>
        FirstYearOfGrade.TryGetValue(grade, out var first) && schoolYear >= first;

    /// <summary>Technology and informatics are taught from grade 3 on, and so are judged from there.</summary>
    public static IEnumerable<Trait> TraitsOf(int grade) =>
        Traits.Where(trait => grade >= 3 || trait.Number is not (12 or 13));

    /// <summary>Tests at the end of both terms; Vietnamese and mathematics of grades 4 and 5 in the middle of them too (article 7.1b).</summary>
    public static bool HasTest(string subject, int grade, bool midterm) =>
        midterm ? grade >= 4 && (subject is "TIENGVIET" or "TOAN") : Tested.Contains(subject);

    /// <summary>The result of the year from what stands at its end, article 9.2.</summary>
    public static PrimaryDecision Year(
        IReadOnlyList<PrimarySubject> subjects,
        IReadOnlyList<(Trait Trait, TraitLevel Level)> traits
    )
    {
        var level = PrimaryLevel.Excellent;
        IReadOnlyList<PrimaryObstacle> before = [];
        while (level > PrimaryLevel.NotCompleted)
        {
            var obstacles = Obstacles(level, subjects, traits);
            if (obstacles.Count == 0)
            {
                break;
            }
            before = obstacles;
            level--;
        }
        return new(level, before);
    }

    /// <summary>
    /// Completion of the grade, article 11. A pupil who has not completed it is helped and assessed again; then the principal decides, with
    /// a reason, and that decision stands.
    /// </summary>
    public static YearDecision Decide(int grade, PrimaryLevel level, bool? promoted, string? reason)
    {
        var completed = grade == LastGrade ? YearOutcome.CompletedProgramme : YearOutcome.Promoted;
        return (level, promoted) switch
        {
            (> PrimaryLevel.NotCompleted, _) => new(completed, "11.1", []) { RuleSet = Name },
            (_, null) => new(YearOutcome.AwaitsDecision, "11.2", []) { RuleSet = Name },
            (_, true) => new(completed, "11.2", []) { RuleSet = Name, DecidedBecause = reason },
            _ => new(YearOutcome.Repeats, "11.2", []) { RuleSet = Name, DecidedBecause = reason },
        };
    }

    /// <summary>Article 13.1. The second award needs that the class has recognised the pupil, which people state.</summary>
    public static Award AwardFor(PrimaryLevel level, bool recognised) =>
        level switch
        {
            PrimaryLevel.Excellent => Award.Excellent,
            PrimaryLevel.CompletedWell when recognised => Award.Outstanding,
            _ => Award.None,
        };

    private static List<PrimaryObstacle> Obstacles(
        PrimaryLevel level,
        IReadOnlyList<PrimarySubject> subjects,
        IReadOnlyList<(Trait Trait, TraitLevel Level)> traits
    )
    {
        var (subject, trait, test) = level switch
        {
            PrimaryLevel.Excellent => (SubjectLevel.CompletedWell, TraitLevel.Good, 9),
            PrimaryLevel.CompletedWell => (SubjectLevel.CompletedWell, TraitLevel.Good, 7),
            _ => (SubjectLevel.Completed, TraitLevel.Achieved, 5),
        };
        return
        [
            .. subjects
                .Where(result => result.Level < subject)
                .Select(result => new LowSubject(result.Subject, result.Level, subject)),
            .. subjects
                .Where(result => result.Test < test)
                .Select(result => new LowTest(result.Subject, result.Test!.Value, test)),
            .. traits
                .Where(result => result.Level < trait)
                .Select(result => new LowTrait(result.Trait, result.Level, trait)),
        ];
    }
}

public static class PrimaryWords
{
    public static string Letter(this SubjectLevel level) =>
        level switch
        {
            SubjectLevel.CompletedWell => "T",
            SubjectLevel.Completed => "H",
            _ => "C",
        };

    public static string Letter(this TraitLevel level) =>
        level switch
        {
            TraitLevel.Good => "T",
            TraitLevel.Achieved => "Đ",
            _ => "C",
        };

    public static string Text(this Trait trait) => T.Of(trait.Name, trait.English);

    /// <summary>The word of the circular, which stands in every document whatever the page's language.</summary>
    public static string Official(this PrimaryLevel level) =>
        level switch
        {
            PrimaryLevel.Excellent => "Hoàn thành xuất sắc",
            PrimaryLevel.CompletedWell => "Hoàn thành tốt",
            PrimaryLevel.Completed => "Hoàn thành",
            _ => "Chưa hoàn thành",
        };

    public static string Text(this PrimaryLevel level) =>
        T.Of(
            level.Official(),
            level switch
            {
                PrimaryLevel.Excellent => "Completed with excellence",
                PrimaryLevel.CompletedWell => "Completed well",
                PrimaryLevel.Completed => "Completed",
                _ => "Not completed",
            }
        );
}
