using System.Text.Json.Serialization;

namespace Education.LearningRecords.Assessment;

/// <summary>By which circular a class is assessed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RuleSet>))]
public enum RuleSet
{
    /// <summary>Grades 1–5.</summary>
    Circular27,

    /// <summary>Grades 6–12.</summary>
    Circular22,
}

/// <summary>
/// Which rules hold is a matter of grade and school year: the circulars came into force grade by grade. What was assessed before them
/// (Circular 58/2011, amended by 26/2020; 22/2016 in primary school) is read as it was written and never computed anew (<see cref="Students.OldYear"/>).
/// </summary>
public static class RuleSets
{
    public static RuleSet? Of(int schoolYear, int grade) =>
        Circular27.AppliesTo(schoolYear, grade) ? RuleSet.Circular27
        : Circular22.AppliesTo(schoolYear, grade) ? RuleSet.Circular22
        : null;

    public static string Title(this RuleSet rules) =>
        rules is RuleSet.Circular27 ? Circular27.Name : Circular22.Name;
}
