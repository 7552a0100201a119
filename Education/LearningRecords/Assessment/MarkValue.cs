using System.Globalization;

namespace Education.LearningRecords.Assessment;

/// <summary>
/// A mark 0–10 with at most one decimal, or a comment's Đạt / Chưa đạt. In tables it is one small number: tenths of a point, or
/// −1 for Chưa đạt and −2 for Đạt; exact, on every database.
/// </summary>
public readonly record struct MarkValue
{
    private const short NotPassedCode = -1;
    private const short PassedCode = -2;

    private MarkValue(short code) => Code = code;

    public static MarkValue Passed { get; } = new(PassedCode);
    public static MarkValue NotPassed { get; } = new(NotPassedCode);

    public short Code { get; }

    public AssessmentKind Kind => Code < 0 ? AssessmentKind.Comment : AssessmentKind.Scored;

    /// <summary>The points of a scored mark.</summary>
    public decimal Points =>
        Code >= 0
            ? new decimal(Code, 0, 0, false, 1)
            : throw new InvalidOperationException("A comment has no points.");

    public bool IsPassed => Code == PassedCode;

    public static MarkValue FromCode(short code) => new(code);

    public static MarkValue Of(decimal points) =>
        points is >= 0 and <= 10 && points * 10 == decimal.Truncate(points * 10)
            ? new((short)(points * 10))
            : throw new ArgumentOutOfRangeException(nameof(points));

    /// <summary>
    /// What a person writes: <c>8,5</c>, <c>8.5</c>, <c>10</c> for a scored subject; <c>Đ</c> or <c>CĐ</c> for a commented one.
    /// </summary>
    public static bool TryParse(string text, AssessmentKind kind, out MarkValue value)
    {
        text = text.Trim();
        value = default;
        if (kind is AssessmentKind.Comment)
        {
            value = text is "Đ" ? Passed : NotPassed;
            return text is "Đ" or "CĐ";
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
        )
        {
            return false;
        }
        value = Of(points);
        return true;
    }

    /// <summary><c>8</c>, <c>8.5</c>, <c>Đ</c>, <c>CĐ</c>: the form of the API.</summary>
    public override string ToString() =>
        Code switch
        {
            PassedCode => "Đ",
            NotPassedCode => "CĐ",
            _ => Points.ToString("0.#", CultureInfo.InvariantCulture),
        };
}
