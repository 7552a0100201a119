using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>What is asked of a student who wants to graduate.</summary>
/// <param name="ProgrammeCredits">Of the whole programme.</param>
/// <param name="RequiredCourses">Codes of the courses that nobody may leave out.</param>
/// <param name="PassedCourses">Codes of courses of the programme that were passed or recognised, each with its credits.</param>
/// <param name="RetakenCredits">Credits of every time that a course was taken again.</param>
/// <param name="OutcomesMet">Foreign language, defence and physical education, and what else the programme asks; null while nobody has confirmed it.</param>
/// <param name="Disciplined">At the level of a warning (cảnh cáo) or above.</param>
/// <param name="Suspended">Suspended from study, or under prosecution.</param>
public sealed record GraduationCase(
    int ProgrammeCredits,
    IReadOnlyList<string> RequiredCourses,
    IReadOnlyDictionary<string, int> PassedCourses,
    int RecognisedCredits,
    int RetakenCredits,
    decimal? Average,
    bool? OutcomesMet,
    bool Disciplined,
    bool Suspended
);

public sealed record GraduationCondition(bool Met, Reason Reason);

/// <summary>Whether a student may graduate, and with which class (article 14).</summary>
/// <param name="ClassBefore">By the average alone; null below the least average.</param>
/// <param name="Class">After it was lowered for retaken credits or discipline.</param>
/// <param name="Lowered">Why the class is lower than the average says; empty when it is not.</param>
public sealed record GraduationAudit(
    IReadOnlyList<GraduationCondition> Conditions,
    Rank? ClassBefore,
    Rank? Class,
    IReadOnlyList<Reason> Lowered
)
{
    public bool MayGraduate => Conditions.All(condition => condition.Met);

    public static GraduationAudit Of(RuleSet rules, GraduationCase asked)
    {
        var missing = asked
            .RequiredCourses.Where(course => !asked.PassedCourses.ContainsKey(course))
            .ToList();
        var earned = asked.PassedCourses.Values.Sum();
        var least = rules.Graduation.LeastAverage;
        var conditions = new List<GraduationCondition>
        {
            new(
                missing.Count == 0,
                rules.Because(
                    "14.1a",
                    missing.Count == 0
                        ? T.Of("Đã đạt mọi học phần bắt buộc.", "All required courses are passed.")
                        : T.Of("Còn thiếu học phần bắt buộc: ", "Required courses are missing: ")
                            + string.Join(", ", missing)
                )
            ),
            new(
                earned >= asked.ProgrammeCredits,
                rules.Because(
                    "14.1a",
                    T.Of(
                        $"Tích lũy {earned} trên {asked.ProgrammeCredits} tín chỉ.",
                        $"{earned} of {asked.ProgrammeCredits} credits are earned."
                    )
                )
            ),
            new(
                asked.Average >= least,
                rules.Because(
                    "14.1b",
                    T.Of(
                        $"Điểm trung bình tích lũy {asked.Average?.Text("0.00") ?? "–"}, cần từ {least.Text("0.0")}.",
                        $"The cumulative average is {asked.Average?.Text("0.00") ?? "–"}; {least.Text("0.0")} is needed."
                    )
                )
            ),
            new(
                asked.OutcomesMet is true,
                rules.Because(
                    "14.1a",
                    asked.OutcomesMet is true
                        ? T.Of("Đạt chuẩn đầu ra.", "The programme's outcomes are met.")
                        : T.Of(
                            "Chuẩn đầu ra chưa được xác nhận.",
                            "The programme's outcomes are not confirmed."
                        )
                )
            ),
            new(
                !asked.Suspended,
                rules.Because(
                    "14.1c",
                    asked.Suspended
                        ? T.Of("Đang bị đình chỉ học tập.", "Suspended from study.")
                        : T.Of("Không bị đình chỉ học tập.", "Not suspended from study.")
                )
            ),
            new(
                asked.RecognisedCredits <= rules.MostRecognisedShare * asked.ProgrammeCredits,
                RecognisedReason(rules, asked.ProgrammeCredits, asked.RecognisedCredits)
            ),
        };
        if (asked.Average is not { } average || average < least)
        {
            return new(conditions, null, null, []);
        }
        var before = rules.RankOf(average);
        var lowered = rules.Graduation.Lowered.Contains(before) ? Lowerings(rules, asked) : [];
        return new(conditions, before, lowered.Count > 0 ? before + 1 : before, lowered);
    }

    /// <summary>Article 13: what is recognised is at most half of the programme.</summary>
    /// <param name="recognised">All credits recognised, with the ones asked for now.</param>
    /// <exception cref="Conflict">It is more than half.</exception>
    public static void CheckRecognition(RuleSet rules, int programmeCredits, int recognised)
    {
        if (recognised > rules.MostRecognisedShare * programmeCredits)
        {
            var reason = RecognisedReason(rules, programmeCredits, recognised);
            throw new Conflict($"{reason.Text} ({reason.Article})");
        }
    }

    private static Reason RecognisedReason(RuleSet rules, int programme, int recognised) =>
        rules.Because(
            "13",
            T.Of(
                $"Công nhận {recognised} tín chỉ; nhiều nhất {rules.MostRecognisedShare:P0} của {programme} tín chỉ.",
                $"{recognised} credits are recognised; at most {rules.MostRecognisedShare:P0} of {programme}."
            )
        );

    private static List<Reason> Lowerings(RuleSet rules, GraduationCase asked)
    {
        var lowered = new List<Reason>();
        var most = rules.Graduation.MostRetakenShare;
        if (asked.RetakenCredits > most * asked.ProgrammeCredits)
        {
            lowered.Add(
                rules.Because(
                    "14.4a",
                    T.Of(
                        $"Học lại {asked.RetakenCredits} tín chỉ, quá {most:P0} của {asked.ProgrammeCredits}: hạ một mức.",
                        $"{asked.RetakenCredits} credits were retaken, more than {most:P0} of {asked.ProgrammeCredits}: one class lower."
                    )
                )
            );
        }
        if (asked.Disciplined)
        {
            lowered.Add(
                rules.Because(
                    "14.4b",
                    T.Of(
                        "Bị kỷ luật từ mức cảnh cáo trở lên: hạ một mức.",
                        "Disciplined with a warning or more: one class lower."
                    )
                )
            );
        }
        return lowered;
    }
}
