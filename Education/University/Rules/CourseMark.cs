using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <param name="Weight">Percent of the course mark; all of a course are 100.</param>
public sealed record Component(string Name, int Weight);

/// <summary>The mark of a course out of its components (article 9.1–9.2).</summary>
/// <param name="Value">0–10 with one decimal; null while a component has no mark.</param>
public sealed record CourseMark(decimal? Value, Reason Reason)
{
    /// <summary>Rounded half up to one decimal.</summary>
    /// <param name="marks">In the order of the components, 0–10, null where there is none yet.</param>
    /// <exception cref="InvalidInput">A mark lies outside 0–10, or there are not as many as components.</exception>
    public static CourseMark Of(
        RuleSet rules,
        IReadOnlyList<Component> components,
        IReadOnlyList<decimal?> marks
    )
    {
        if (marks.Count != components.Count || marks.Any(mark => mark is < 0 or > 10))
        {
            throw new InvalidInput(
                "marks",
                T.Of("Mỗi điểm thành phần từ 0 đến 10.", "Every component has a mark of 0 to 10.")
            );
        }
        var missing = components
            .Where((_, i) => marks[i] is null)
            .Select(component => component.Name)
            .ToList();
        if (missing.Count > 0)
        {
            return new(
                null,
                rules.Because(
                    "9",
                    T.Of("Chưa có điểm: ", "No mark yet: ") + string.Join(", ", missing)
                )
            );
        }
        var value = Math.Round(
            components.Select((component, i) => component.Weight * marks[i]!.Value).Sum() / 100,
            1,
            MidpointRounding.AwayFromZero
        );
        var sum = string.Join(
            " + ",
            components.Select(
                (component, i) =>
                    $"{component.Weight} % × {marks[i]!.Value.Text()} ({component.Name})"
            )
        );
        return new(value, rules.Because("9", $"{sum} ≈ {value.Text("0.0")}"));
    }

    /// <exception cref="InvalidInput">Too few components for the credits, or their weights are not 100 %.</exception>
    public static void Check(RuleSet rules, int credits, IReadOnlyList<Component> components)
    {
        var least = credits < rules.OneComponentBelowCredits ? 1 : rules.LeastComponents;
        if (components.Count < least)
        {
            throw new InvalidInput(
                "components",
                T.Of(
                    $"Học phần {credits} tín chỉ cần ít nhất {least} điểm thành phần ({rules.Name}, Điều 9).",
                    $"A course of {credits} credits needs at least {least} components ({rules.Name}, article 9)."
                )
            );
        }
        if (
            components.Any(component => component.Weight <= 0)
            || components.Sum(component => component.Weight) != 100
        )
        {
            throw new InvalidInput(
                "components",
                T.Of("Trọng số cộng lại phải bằng 100 %.", "The weights add up to 100 %.")
            );
        }
    }
}
