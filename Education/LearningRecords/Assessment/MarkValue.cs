using System.Globalization;
using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>What may stand in a cell.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ValueKind>))]
public enum ValueKind
{
    /// <summary>0 to 10 with at most one decimal.</summary>
    Points,

    /// <summary>0 to 10 without decimals: the tests of primary school (Circular 27/2020, article 7).</summary>
    WholePoints,

    /// <summary>Đ (đạt) or CĐ (chưa đạt).</summary>
    Passed,

    /// <summary>T (hoàn thành tốt), H (hoàn thành) or C (chưa hoàn thành).</summary>
    Level,

    /// <summary>T (tốt), Đ (đạt) or C (cần cố gắng).</summary>
    Trait,
}

/// <summary>
/// A mark 0–10 with at most one decimal, a comment's Đạt / Chưa đạt, or a level of primary school. In tables it is one small number:
/// tenths of a point, −1 for Chưa đạt and −2 for Đạt, −3 to −5 for C, H, T of a subject, −6 to −8 for C, Đ, T of a quality or competency;
/// exact, on every database.
/// </summary>
public readonly record struct MarkValue
{
    private const short NotPassedCode = -1;
    private const short PassedCode = -2;
    private const short FirstLevelCode = -3;
    private const short FirstTraitCode = -6;

    private MarkValue(short code) => Code = code;

    public static MarkValue Passed { get; } = new(PassedCode);
    public static MarkValue NotPassed { get; } = new(NotPassedCode);

    public short Code { get; }

    public AssessmentKind Kind =>
        Code switch
        {
            >= 0 => AssessmentKind.Scored,
            >= PassedCode => AssessmentKind.Comment,
            > FirstTraitCode => AssessmentKind.Level,
            _ => AssessmentKind.Trait,
        };

    /// <summary>The level of a subject in primary school.</summary>
    public SubjectLevel Level =>
        Kind is AssessmentKind.Level
            ? (SubjectLevel)(FirstLevelCode - Code)
            : throw new InvalidOperationException("Not the level of a subject.");

    /// <summary>The level of a quality or competency in primary school.</summary>
    public TraitLevel Trait =>
        Kind is AssessmentKind.Trait
            ? (TraitLevel)(FirstTraitCode - Code)
            : throw new InvalidOperationException("Not the level of a quality or competency.");

    /// <summary>The points of a scored mark.</summary>
    public decimal Points =>
        Code >= 0
            ? new decimal(Code, 0, 0, false, 1)
            : throw new InvalidOperationException("A comment has no points.");

    public bool IsPassed => Code == PassedCode;

    public static MarkValue FromCode(short code) => new(code);

    public static MarkValue Of(SubjectLevel level) => new((short)(FirstLevelCode - (int)level));

    public static MarkValue Of(TraitLevel level) => new((short)(FirstTraitCode - (int)level));

    public static MarkValue Of(decimal points) =>
        points is >= 0 and <= 10 && points * 10 == decimal.Truncate(points * 10)
            ? new((short)(points * 10))
            : throw new ArgumentOutOfRangeException(nameof(points));

    /// <summary>The marks and comments of grades 6–12; of primary school, the levels.</summary>
    public static bool TryParse(string text, AssessmentKind kind, out MarkValue value) =>
        TryParse(text, ColumnKind.FinalLevel.Takes(kind), out value);

    /// <summary>
    /// What a person writes: <c>8,5</c>, <c>8.5</c>, <c>10</c> for points; <c>Đ</c> or <c>CĐ</c> for a comment; <c>T</c>, <c>H</c>, <c>C</c> for
    /// the level of a subject; <c>T</c>, <c>Đ</c>, <c>C</c> for a quality or competency.
    /// </summary>
    public static bool TryParse(string text, ValueKind kind, out MarkValue value)
    {
        text = text.Trim();
        MarkValue? word = (kind, text) switch
        {
            (ValueKind.Passed, "Đ") => Passed,
            (ValueKind.Passed, "CĐ") => NotPassed,
            (ValueKind.Level, "T") => Of(SubjectLevel.CompletedWell),
            (ValueKind.Level, "H") => Of(SubjectLevel.Completed),
            (ValueKind.Level, "C") => Of(SubjectLevel.NotCompleted),
            (ValueKind.Trait, "T") => Of(TraitLevel.Good),
            (ValueKind.Trait, "Đ") => Of(TraitLevel.Achieved),
            (ValueKind.Trait, "C") => Of(TraitLevel.NeedsEffort),
            _ => null,
        };
        value = word ?? default;
        if (kind is not (ValueKind.Points or ValueKind.WholePoints))
        {
            return word is not null;
        }
        if (
            text.Length > 4
            || !decimal.TryParse(
                text.Replace(',', '.'),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var points
            )
            || points > 10
            || points * 10 != decimal.Truncate(points * 10)
            || (kind is ValueKind.WholePoints && points != decimal.Truncate(points))
        )
        {
            return false;
        }
        value = Of(points);
        return true;
    }

    /// <summary><c>8</c>, <c>8.5</c>, <c>Đ</c>, <c>CĐ</c>, <c>T</c>, <c>H</c>, <c>C</c>: the form of the API.</summary>
    public override string ToString() =>
        Kind switch
        {
            AssessmentKind.Scored => Points.ToString("0.#", CultureInfo.InvariantCulture),
            AssessmentKind.Comment => IsPassed ? "Đ" : "CĐ",
            AssessmentKind.Level => Level.Letter(),
            _ => Trait.Letter(),
        };
}

public static class ValueKinds
{
    /// <summary>What is said where something else was typed.</summary>
    public static string Expected(this ValueKind kind) =>
        kind switch
        {
            ValueKind.Points => T.Of(
                "Điểm từ 0 đến 10, nhiều nhất một chữ số thập phân.",
                "A mark is 0 to 10 with at most one decimal."
            ),
            ValueKind.WholePoints => T.Of(
                "Điểm kiểm tra của tiểu học là số nguyên từ 0 đến 10 (Thông tư 27/2020, Điều 7).",
                "A test in primary school has a whole number from 0 to 10 (Circular 27/2020, article 7)."
            ),
            ValueKind.Passed => T.Of(
                "Môn đánh giá bằng nhận xét chỉ nhận Đ hoặc CĐ.",
                "A subject assessed by comment takes Đ or CĐ."
            ),
            ValueKind.Level => T.Of(
                "Mức đạt được là T (hoàn thành tốt), H (hoàn thành) hoặc C (chưa hoàn thành).",
                "The level is T (completed well), H (completed) or C (not completed)."
            ),
            _ => T.Of(
                "Phẩm chất, năng lực là T (tốt), Đ (đạt) hoặc C (cần cố gắng).",
                "A quality or competency is T (good), Đ (achieved) or C (needs effort)."
            ),
        };
}
