using Education.LearningRecords.Enrolments;

namespace Education.LearningRecords.Tuition;

/// <summary>What one pupil has to pay in any month of a school year, from all that the school has recorded by now.</summary>
/// <param name="Plans">Newest version first.</param>
/// <param name="Rows">Of the pupil at this school in this year, those in which the pupil was present, by day.</param>
internal sealed record PupilFees(
    IReadOnlyList<FeePlan> Plans,
    IReadOnlyList<Enrolment> Rows,
    IReadOnlyDictionary<Guid, int> Grades,
    IReadOnlyList<FeeGrant> Grants,
    IReadOnlyList<FeeChoice> Choices
)
{
    public FeePlan? PlanOf(DateOnly month) =>
        month < Plans[0].FirstMonth || month > Plans[0].LastMonth
            ? null
            : Plans
                .Where(plan => plan.ValidFrom <= month)
                .MaxBy(plan => (plan.ValidFrom, plan.Number));

    public IEnumerable<FeeBillLine> Of(DateOnly month)
    {
        var end = month.AddMonths(1).AddDays(-1);
        var row = Rows.LastOrDefault(known =>
            known.From <= end && (known.Until is null || known.Until >= month)
        );
        if (PlanOf(month) is not { } plan || row is null)
        {
            yield break;
        }
        var facts = Facts(plan);
        foreach (var item in plan.Items)
        {
            if (
                (item.Grade is { } grade && grade != Grades[row.ClassId])
                || (item.ClassId is { } only && only != row.ClassId)
                || (item.Chosen && !HasChosen(item, month))
                || (item.OnceIn is { } once && OnceOf(plan, once, facts) != month)
            )
            {
                continue;
            }
            var fee =
                item.IsTuition ? TuitionRules.Tuition(month, item.Amount, facts)
                : item.OnceIn is null ? TuitionRules.Service(month, item.Amount, facts)
                : new MonthFee(item.Amount, 0, "");
            yield return BillClass.Line(
                month,
                item.Code,
                item.Name,
                fee.Amount,
                fee.Covered,
                fee.Because
            );
        }
    }

    public FeeFacts Facts(FeePlan plan) =>
        new(
            plan.IsPrivate,
            plan.ByDay,
            plan.ProvincialSupport,
            [.. Rows.Select(row => new Days(row.From, row.Until))],
            [
                .. Grants.Select(grant => new GrantedPolicy(
                    FeePolicies.Find(grant.Policy)!,
                    new(grant.From, grant.Until)
                )),
            ]
        );

    private bool HasChosen(FeeItem item, DateOnly month) =>
        Choices.Any(choice =>
            choice.Item == item.Code
            && choice.From <= month
            && (choice.Until is null || choice.Until >= month)
        );

    /// <summary>Whoever comes later pays what is paid once in the first month at the school.</summary>
    private static DateOnly OnceOf(FeePlan plan, DateOnly once, FeeFacts facts) =>
        plan.Months()
            .Where(month => month >= once && TuitionRules.WasThere(month, facts))
            .DefaultIfEmpty(once)
            .First();
}
