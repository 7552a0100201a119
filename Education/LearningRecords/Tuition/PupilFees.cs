using System.Globalization;
using Education.LearningRecords.Enrolments;
using SharedKernel.Contracts;

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
            yield return Line(month, item.Code, item.Name, fee.Amount, fee.Covered, fee.Because);
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

    /// <summary>
    /// The bill of a month: what the month costs, and what has changed since for months that were billed before. What the family gets back is taken
    /// off as far as it goes.
    /// </summary>
    /// <param name="bills">Of the pupil in this year.</param>
    /// <param name="cancelled">Invoices that were cancelled: what they asked for is asked for again.</param>
    public PupilBill Bill(
        CitizenId student,
        string name,
        DateOnly month,
        IReadOnlyList<FeeBill> bills,
        HashSet<Guid?> cancelled
    )
    {
        if (bills.FirstOrDefault(bill => bill.Month == month) is { } known)
        {
            return new(student.Value, name, BillState.Billed, known.Lines, 0, known.InvoiceId);
        }
        var lines = Of(month).Where(line => line.Amount != 0).ToList();
        var billed = bills
            .Where(bill => bill.InvoiceId is null || !cancelled.Contains(bill.InvoiceId))
            .SelectMany(bill => bill.Lines)
            .ToLookup(line => (line.Month, line.Code));
        var changes = new List<FeeBillLine>();
        foreach (var earlier in bills.Select(bill => bill.Month).Where(m => m < month).Order())
        {
            var wanted = Of(earlier).ToDictionary(line => line.Code);
            var codes = wanted
                .Keys.Concat(
                    billed.Where(line => line.Key.Month == earlier).Select(line => line.Key.Code)
                )
                .Distinct();
            foreach (var code in codes)
            {
                var was = billed[(earlier, code)].ToList();
                var now = wanted.GetValueOrDefault(code);
                var (amount, covered) = (
                    (now?.Amount ?? 0) - was.Sum(line => line.Amount),
                    (now?.Covered ?? 0) - was.Sum(line => line.Covered)
                );
                if (amount != 0 || covered != 0)
                {
                    changes.Add(
                        Line(
                            earlier,
                            code,
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"Điều chỉnh tháng {earlier:MM/yyyy}: {now?.Name ?? NameOf(code)}"
                            ),
                            amount,
                            covered,
                            now?.Because is { Length: > 0 } because
                                ? because
                                : "Thay đổi sau khi đã lập phiếu thu."
                        )
                    );
                }
            }
        }
        lines.AddRange(changes.Where(line => line.Due >= 0));
        // What the family gets back is taken off this bill as far as it goes; the rest is found again with the next.
        var room = lines.Sum(line => line.Due);
        long credit = 0;
        foreach (var back in changes.Where(line => line.Due < 0))
        {
            var used = Math.Min(room, -back.Due);
            credit += -back.Due - used;
            room -= used;
            if (used > 0)
            {
                lines.Add(used == -back.Due ? back : Part(back, used));
            }
        }
        return new(
            student.Value,
            name,
            lines.Count > 0 ? BillState.New : BillState.NothingToPay,
            [.. lines.Select((line, index) => Line(line, index + 1))],
            credit,
            null
        );
    }

    /// <summary>So much of a line that gives money back; what is charged less first, then what the State pays more.</summary>
    private static FeeBillLine Part(FeeBillLine line, long used)
    {
        var amount = Math.Max(line.Amount, -used);
        return Line(line.Month, line.Code, line.Name, amount, amount + used, line.Because);
    }

    private static FeeBillLine Line(
        DateOnly month,
        string code,
        string name,
        long amount,
        long covered,
        string because
    ) =>
        new()
        {
            Position = 0,
            Month = month,
            Code = code,
            Name = name,
            Amount = amount,
            Covered = covered,
            Because = because,
        };

    private static FeeBillLine Line(FeeBillLine line, int position) =>
        new()
        {
            Position = position,
            Month = line.Month,
            Code = line.Code,
            Name = line.Name,
            Amount = line.Amount,
            Covered = line.Covered,
            Because = line.Because,
        };

    /// <summary>As the newest plan that has the item writes it; one that was billed stands in one of them.</summary>
    private string NameOf(string code) =>
        Plans.SelectMany(plan => plan.Items).First(item => item.Code == code).Name;

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
