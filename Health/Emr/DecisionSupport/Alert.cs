using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

[JsonConverter(typeof(JsonStringEnumConverter<AlertLevel>))]
public enum AlertLevel
{
    /// <summary>Told, nothing more.</summary>
    Inform,

    /// <summary>The check did not run, and why.</summary>
    NotRun,

    /// <summary>Allowed under the condition that is shown; does not interrupt.</summary>
    Caution,

    /// <summary>Interrupts: cannot be signed without a coded reason.</summary>
    Stop,
}

/// <summary>Which check speaks. The order is part of what feedback is told by: append only.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertRule>))]
public enum AlertRule
{
    Allergy,
    Duplicate,
    Interaction,
    Dose,
    Age,
    Pregnancy,
    Kidney,
    Ingredient,
}

/// <param name="Key">Same situation, same key: <c>interaction:clarithromycin+simvastatin</c>.</param>
/// <param name="Refs">Of the drugs it is about (<see cref="DrugUse.Ref"/>).</param>
/// <param name="Message">What and why, in one or two sentences.</param>
/// <param name="Detail">The condition, or what to do instead; may have several lines.</param>
public sealed record Alert(
    AlertLevel Level,
    AlertRule Rule,
    string Key,
    IReadOnlyList<string> Refs,
    string Message,
    string? Detail,
    string Source
);

public static class AlertRuleNames
{
    public static string Text(this AlertRule rule) =>
        rule switch
        {
            AlertRule.Allergy => T.Of("Dị ứng", "Allergy"),
            AlertRule.Duplicate => T.Of("Trùng hoạt chất", "Duplicate ingredient"),
            AlertRule.Interaction => T.Of("Tương tác thuốc", "Interaction"),
            AlertRule.Dose => T.Of("Quá liều tối đa", "Above the highest dose"),
            AlertRule.Age => T.Of("Tuổi", "Age"),
            AlertRule.Pregnancy => T.Of("Thai kỳ", "Pregnancy"),
            AlertRule.Kidney => T.Of("Chức năng thận", "Kidney function"),
            _ => T.Of("Hoạt chất", "Ingredient"),
        };
}
