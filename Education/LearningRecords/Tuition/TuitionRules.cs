using System.Globalization;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

/// <param name="Until">Last day; null while it holds.</param>
public readonly record struct Days(DateOnly From, DateOnly? Until)
{
    public bool Contains(DateOnly day) => From <= day && (Until is null || day <= Until);
}

/// <summary>A policy that the school has approved for a pupil.</summary>
public sealed record GrantedPolicy(FeePolicy Policy, Days Days);

/// <summary>All that a pupil's fees of a month depend on, beside the fee itself.</summary>
/// <param name="ByDay">A part of a month costs its days; else whoever was there for a day pays the month.</param>
/// <param name="ProvincialSupport">Of the provincial People's Council for pupils of private schools, in đồng a month.</param>
/// <param name="Enrolled">When the pupil was at the school.</param>
public sealed record FeeFacts(
    bool IsPrivate,
    bool ByDay,
    long ProvincialSupport,
    IReadOnlyList<Days> Enrolled,
    IReadOnlyList<GrantedPolicy> Granted
);

/// <param name="Amount">What the month costs, in đồng.</param>
/// <param name="Covered">What of it the State pays instead of the family; never more than <paramref name="Amount"/>.</param>
/// <param name="Because">Vietnamese, as it is printed.</param>
public sealed record MonthFee(long Amount, long Covered, string Because)
{
    public long Due => Amount - Covered;
}

public sealed record FamilySupport(DateOnly Month, FeePolicy Policy, long Amount);

/// <summary>
/// Tuition of one pupil and month by Decree 238/2025/NĐ-CP. Of several exemptions and reductions the best for the family applies; support
/// adds to it, together never above the fee (Resolution 217/2025/QH15). Pure: months are named by their first day.
/// </summary>
public static class TuitionRules
{
    public static MonthFee Tuition(DateOnly month, long fee, FeeFacts facts)
    {
        decimal amount = 0;
        decimal covered = 0;
        var reasons = new List<string>();
        var days = EnrolledDays(month, facts);
        var all = DateTime.DaysInMonth(month.Year, month.Month);
        if (days.Count == 0)
        {
            return new(0, 0, "Không học tại trường trong tháng.");
        }
        if (facts.ByDay && days.Count < all)
        {
            reasons.Add($"Học {days.Count}/{all} ngày của tháng");
        }
        foreach (var (policies, share, part) in Parts(days, all, facts))
        {
            var best = policies
                .Where(policy => policy.Kind is not FeePolicyKind.Support)
                .MaxBy(policy => policy.Percent);
            var support = policies
                .Where(policy => policy is { Kind: FeePolicyKind.Support, ToFamily: false })
                .ToList();
            amount += fee * share;
            covered +=
                Math.Min(
                    fee,
                    fee * (best?.Percent ?? 0) / 100m
                        + support.Sum(policy => policy.MonthlyAmount ?? facts.ProvincialSupport)
                ) * share;
            if (best is not null)
            {
                reasons.Add(
                    (best.Kind is FeePolicyKind.Exempt ? "Miễn" : "Giảm")
                        + $" {best.Percent}%{part}: {best.Vietnamese} ({best.LegalRef})"
                );
            }
            reasons.AddRange(
                support
                    .Select(policy =>
                        (policy, Amount: policy.MonthlyAmount ?? facts.ProvincialSupport)
                    )
                    .Where(one => one.Amount > 0)
                    .Select(one =>
                        $"Hỗ trợ {one.Amount.Dong()}{part}, không quá mức học phí: {one.policy.Vietnamese} ({one.policy.LegalRef})"
                    )
            );
        }
        var charged = Whole(amount);
        return new(charged, Math.Min(charged, Whole(covered)), Sentence(reasons));
    }

    /// <summary>What a service costs, which no policy of the decree makes cheaper.</summary>
    public static MonthFee Service(DateOnly month, long fee, FeeFacts facts)
    {
        var days = EnrolledDays(month, facts).Count;
        var all = DateTime.DaysInMonth(month.Year, month.Month);
        return days == 0 ? new(0, 0, "Không học tại trường trong tháng.")
            : !facts.ByDay || days == all ? new(fee, 0, "")
            : new(Whole((decimal)fee * days / all), 0, $"Học {days}/{all} ngày của tháng.");
    }

    /// <summary>What is paid out to the family, month by month, up to the months a year that each policy allows.</summary>
    /// <param name="months">Of the school year, in order.</param>
    public static IReadOnlyList<FamilySupport> ToFamily(
        IEnumerable<DateOnly> months,
        FeeFacts facts
    )
    {
        var given = new Dictionary<string, int>();
        var found = new List<FamilySupport>();
        foreach (var month in months)
        {
            var days = EnrolledDays(month, facts);
            foreach (
                var policy in days.SelectMany(day => Holding(day, facts))
                    .Distinct()
                    .Where(policy => policy is { ToFamily: true, MonthlyAmount: not null })
            )
            {
                var before = given.GetValueOrDefault(policy.Code);
                if (before < (policy.MaxMonths ?? int.MaxValue))
                {
                    given[policy.Code] = before + 1;
                    found.Add(new(month, policy, policy.MonthlyAmount!.Value));
                }
            }
        }
        return found;
    }

    public static bool WasThere(DateOnly month, FeeFacts facts) =>
        EnrolledDays(month, facts).Count > 0;

    /// <summary>Parts of the month in which the same policies hold, each with its share of the month.</summary>
    private static IEnumerable<(
        IReadOnlyList<FeePolicy> Policies,
        decimal Share,
        string Text
    )> Parts(IReadOnlyList<DateOnly> days, int all, FeeFacts facts)
    {
        if (!facts.ByDay)
        {
            // A month is one thing here, so a policy that held on any of its days holds for it.
            yield return ([.. days.SelectMany(day => Holding(day, facts)).Distinct()], 1, "");
            yield break;
        }
        var parts = days.Select(day => (Day: day, Policies: Holding(day, facts).ToList()))
            .GroupBy(one => string.Join(' ', one.Policies.Select(policy => policy.Code)))
            .ToList();
        foreach (var part in parts)
        {
            var count = part.Count();
            yield return (
                part.First().Policies,
                (decimal)count / all,
                parts.Count == 1
                    ? ""
                    : string.Create(CultureInfo.InvariantCulture, $" cho {count}/{all} ngày")
            );
        }
    }

    private static IEnumerable<FeePolicy> Holding(DateOnly day, FeeFacts facts) =>
        FeePolicies
            .All.Where(policy =>
                policy.Automatic
                && policy.Levels.Contains(FeeLevel.General)
                && policy.IsFor(facts.IsPrivate)
            )
            .Concat(
                facts
                    .Granted.Where(granted =>
                        granted.Days.Contains(day) && granted.Policy.IsFor(facts.IsPrivate)
                    )
                    .Select(granted => granted.Policy)
            )
            .Where(policy => policy.Holds(day))
            .Distinct()
            .OrderBy(policy => policy.Code, StringComparer.Ordinal);

    private static List<DateOnly> EnrolledDays(DateOnly month, FeeFacts facts) =>
        [
            .. Enumerable
                .Range(0, DateTime.DaysInMonth(month.Year, month.Month))
                .Select(month.AddDays)
                .Where(day => facts.Enrolled.Any(days => days.Contains(day))),
        ];

    private static long Whole(decimal amount) =>
        (long)Math.Round(amount, MidpointRounding.AwayFromZero);

    private static string Sentence(List<string> reasons) =>
        reasons.Count == 0 ? "" : string.Join("; ", reasons.Distinct()) + ".";
}
