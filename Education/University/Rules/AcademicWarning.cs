using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>The conditions of article 11.1 from which an institution selects.</summary>
[Flags]
[JsonConverter(typeof(JsonStringEnumConverter<WarningCriteria>))]
public enum WarningCriteria
{
    None = 0,

    /// <summary>11.1a: failed credits of the term, or credits outstanding from the beginning of the course of study.</summary>
    Credits = 1,

    /// <summary>11.1b: the term's average.</summary>
    TermAverage = 2,

    /// <summary>11.1c: the cumulative average by the student's year.</summary>
    CumulativeAverage = 4,

    All = Credits | TermAverage | CumulativeAverage,
}

/// <summary>Where a student stands at the end of a term.</summary>
/// <param name="OutstandingCredits">Failed since the beginning and not passed since.</param>
/// <param name="Year">By credits earned, from 1.</param>
/// <param name="WarningsBefore">In a row, up to the term before.</param>
/// <param name="PastLongestStudy">The longest time of study is over.</param>
public sealed record TermStanding(
    int RegisteredCredits,
    int FailedCredits,
    int OutstandingCredits,
    decimal? TermAverage,
    decimal? CumulativeAverage,
    int Year,
    bool IsFirstTerm,
    int WarningsBefore,
    bool PastLongestStudy = false
);

/// <summary>Whether a student is warned at the end of a term, or has to leave (article 11).</summary>
/// <param name="InARow">Warnings up to and with this term; 0 when there is none.</param>
/// <param name="Dismissed">The rules' answer; the decision is the institution's.</param>
public sealed record AcademicWarning(int InARow, bool Dismissed, IReadOnlyList<Reason> Reasons)
{
    public bool Warned => InARow > 0;

    /// <param name="dismissedAt">The warning in a row that means dismissal: 2, or 3 where the institution tolerates two.</param>
    public static AcademicWarning Of(
        RuleSet rules,
        WarningCriteria criteria,
        int dismissedAt,
        TermStanding standing
    )
    {
        var reasons = new List<Reason>();
        var borders = rules.Warning;
        if (criteria.HasFlag(WarningCriteria.Credits))
        {
            var most = borders.MostFailedShare * standing.RegisteredCredits;
            if (standing.FailedCredits > most)
            {
                reasons.Add(
                    rules.Because(
                        "11.1a",
                        T.Of(
                            $"Không đạt {standing.FailedCredits} trong {standing.RegisteredCredits} tín chỉ đăng ký, quá {borders.MostFailedShare:P0}.",
                            $"Failed {standing.FailedCredits} of {standing.RegisteredCredits} registered credits, more than {borders.MostFailedShare:P0}."
                        )
                    )
                );
            }
            if (standing.OutstandingCredits > borders.MostOutstandingCredits)
            {
                reasons.Add(
                    rules.Because(
                        "11.1a",
                        T.Of(
                            $"Nợ đọng {standing.OutstandingCredits} tín chỉ, quá {borders.MostOutstandingCredits}.",
                            $"{standing.OutstandingCredits} credits are outstanding, more than {borders.MostOutstandingCredits}."
                        )
                    )
                );
            }
        }
        var leastTerm = standing.IsFirstTerm
            ? borders.LeastFirstTermAverage
            : borders.LeastTermAverage;
        if (criteria.HasFlag(WarningCriteria.TermAverage) && standing.TermAverage < leastTerm)
        {
            reasons.Add(
                rules.Because(
                    "11.1b",
                    T.Of(
                        $"Điểm trung bình học kỳ {standing.TermAverage.Value.Text("0.00")}, dưới {leastTerm.Text("0.0")}.",
                        $"The term's average is {standing.TermAverage.Value.Text("0.00")}, below {leastTerm.Text("0.0")}."
                    )
                )
            );
        }
        var byYear = borders.LeastAverageByYear;
        var least = byYear[Math.Min(standing.Year, byYear.Count) - 1];
        if (
            criteria.HasFlag(WarningCriteria.CumulativeAverage)
            && standing.CumulativeAverage < least
        )
        {
            reasons.Add(
                rules.Because(
                    "11.1c",
                    T.Of(
                        $"Điểm trung bình tích lũy {standing.CumulativeAverage.Value.Text("0.00")} ở năm thứ {standing.Year}, dưới {least.Text("0.0")}.",
                        $"The cumulative average is {standing.CumulativeAverage.Value.Text("0.00")} in year {standing.Year}, below {least.Text("0.0")}."
                    )
                )
            );
        }
        var inARow = reasons.Count > 0 ? standing.WarningsBefore + 1 : 0;
        if (inARow >= dismissedAt)
        {
            reasons.Add(
                rules.Because(
                    "11.2",
                    T.Of(
                        $"Cảnh báo học tập {inARow} lần liên tiếp: buộc thôi học.",
                        $"Warned {inARow} times in a row: dismissal."
                    )
                )
            );
        }
        if (standing.PastLongestStudy)
        {
            reasons.Add(
                rules.Because(
                    "11.2",
                    T.Of(
                        "Quá thời gian học tập tối đa: buộc thôi học.",
                        "The longest time of study is over: dismissal."
                    )
                )
            );
        }
        return new(inARow, inARow >= dismissedAt || standing.PastLongestStudy, reasons);
    }
}
