using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>Which attempt at a course is the official one (article 10.2); the institution's choice.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptRule>))]
public enum AttemptRule
{
    Best,
    Last,
}

/// <summary>One time that a student took a course.</summary>
/// <param name="Term">Order of terms in time: a later one has the greater number.</param>
/// <param name="InProgramme">Courses outside the programme count in no average.</param>
public sealed record Attempt(
    string Course,
    int Credits,
    int Term,
    CourseGrade Grade,
    bool InProgramme = true
);

/// <summary>Average of a term or of everything so far on the 4-point scale (article 10).</summary>
/// <param name="Value">0–4, rounded; null when nothing counts.</param>
/// <param name="Counted">The official attempts behind it.</param>
public sealed record GradeAverage(decimal? Value, IReadOnlyList<Attempt> Counted, Reason Reason)
{
    public static GradeAverage Of(RuleSet rules, AttemptRule rule, IEnumerable<Attempt> attempts)
    {
        var counted = Official(rule, attempts.Where(attempt => attempt.InProgramme))
            .Where(attempt => attempt.Grade.Points is not null)
            .OrderBy(attempt => attempt.Course, StringComparer.Ordinal)
            .ToList();
        var credits = counted.Sum(attempt => attempt.Credits);
        if (credits == 0)
        {
            return new(
                null,
                counted,
                rules.Because(
                    "10",
                    T.Of("Chưa có học phần nào được tính.", "No course counts yet.")
                )
            );
        }
        var value = Math.Round(
            counted.Sum(attempt => attempt.Grade.Points!.Value * attempt.Credits) / credits,
            rules.AverageDecimals,
            MidpointRounding.AwayFromZero
        );
        var sum = string.Join(
            " + ",
            counted.Select(attempt =>
                $"{attempt.Grade.Points!.Value.Text()}×{attempt.Credits} ({attempt.Course})"
            )
        );
        return new(
            value,
            counted,
            rules.Because("10", $"({sum}) : {credits} ≈ {value.Text("0.00")}")
        );
    }

    /// <summary>One attempt a course: the best or the last that has a result. A passed or recognised course stays passed without points.</summary>
    public static IEnumerable<Attempt> Official(AttemptRule rule, IEnumerable<Attempt> attempts) =>
        attempts
            .Where(attempt =>
                attempt.Grade.Letter is not (GradeScale.Incomplete or GradeScale.Missing)
            )
            .GroupBy(attempt => attempt.Course)
            .Select(course =>
                rule is AttemptRule.Last
                    ? course.MaxBy(attempt => attempt.Term)!
                    : course
                        .OrderByDescending(attempt => attempt.Grade.Passes)
                        .ThenByDescending(attempt => attempt.Grade.Points ?? -1)
                        .ThenBy(attempt => attempt.Term)
                        .First()
            );
}
