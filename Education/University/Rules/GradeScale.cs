using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>What a course ended with.</summary>
/// <param name="Letter">A letter of the institution's scale, or P, I, X, R of article 9.3.</param>
/// <param name="Points">0–4; null where the letter counts in no average.</param>
public sealed record CourseGrade(string Letter, decimal? Points, bool Passes);

/// <summary>
/// An institution's table of letters and 4-point figures (articles 9.3 and 10.1). The circular gives A, B, C, D, F; an institution may have finer
/// letters. What counts in no average is the same everywhere.
/// </summary>
public sealed class GradeScale
{
    /// <summary>Passed a course that is only passed or not.</summary>
    public const string Passed = "P";

    /// <summary>Deferred.</summary>
    public const string Incomplete = "I";

    /// <summary>Marks are missing.</summary>
    public const string Missing = "X";

    /// <summary>Recognised or exempted.</summary>
    public const string Recognised = "R";

    private static readonly string[] Reserved = [Passed, Incomplete, Missing, Recognised];

    private readonly RuleSet rules;

    /// <summary>From the best letter down.</summary>
    public IReadOnlyList<ScaleStep> Steps { get; }

    /// <param name="steps">In any order; empty for the circular's own table.</param>
    /// <exception cref="InvalidInput">Letters are doubled, points do not fall with the marks, or 4.0 does not divide passing from failing.</exception>
    public GradeScale(RuleSet rules, IReadOnlyCollection<ScaleStep> steps)
    {
        this.rules = rules;
        Steps = [.. (steps.Count == 0 ? rules.Scale : steps).OrderByDescending(step => step.From)];
        if (Fault() is { } fault)
        {
            throw new InvalidInput("scale", fault);
        }
    }

    /// <param name="mark">0–10 with one decimal; null while marks are missing.</param>
    /// <param name="passOnly">The course is passed or not, and counts in no average.</param>
    public CourseGrade Of(decimal? mark, bool passOnly = false)
    {
        if (mark is not { } known)
        {
            return new(Missing, null, false);
        }
        if (passOnly)
        {
            return known >= rules.PassOnlyFrom
                ? new(Passed, null, true)
                : new(Steps[^1].Letter, null, false);
        }
        var step = Steps.First(step => known >= step.From);
        return new(step.Letter, step.Points, known >= rules.PassFrom);
    }

    private string? Fault()
    {
        if (
            Steps.Select(step => step.Letter).Concat(Reserved).Distinct().Count()
            != Steps.Count + 4
        )
        {
            return T.Of(
                "Mỗi điểm chữ có một lần, và P, I, X, R đã có nghĩa khác.",
                "Each letter stands once, and P, I, X, R have a meaning of their own."
            );
        }
        if (Steps.Any(step => step is not { From: >= 0 and <= 10, Points: >= 0 and <= 4 }))
        {
            return T.Of(
                "Thang 10 từ 0 đến 10, thang 4 từ 0 đến 4.",
                "Marks lie between 0 and 10, points between 0 and 4."
            );
        }
        if (Steps.Zip(Steps.Skip(1)).Any(two => two.First.From == two.Second.From))
        {
            return T.Of("Hai điểm chữ có cùng mức điểm.", "Two letters begin at the same mark.");
        }
        if (Steps.Zip(Steps.Skip(1)).Any(two => two.First.Points < two.Second.Points))
        {
            return T.Of(
                "Điểm chữ cao hơn không thể có điểm thang 4 thấp hơn.",
                "A better letter cannot have fewer points."
            );
        }
        if (Steps[^1].From != 0 || !Steps.Any(step => step.From == rules.PassFrom))
        {
            return T.Of(
                $"Thang điểm phải bắt đầu từ 0 và có ranh giới đạt {rules.PassFrom.Text()}.",
                $"The scale begins at 0 and has a letter from {rules.PassFrom.Text()}, where passing begins."
            );
        }
        return Steps.Any(step => step.From < rules.PassFrom && step.Points != 0)
            ? T.Of("Điểm không đạt có 0 điểm thang 4.", "A failing letter has 0 points.")
            : null;
    }
}
