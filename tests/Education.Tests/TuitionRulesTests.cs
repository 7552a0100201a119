using Education.LearningRecords.Tuition;

namespace Education.Tests;

/// <summary>Tuition of a month by table: Decree 238/2025/NĐ-CP and Resolution 217/2025/QH15.</summary>
public sealed class TuitionRulesTests
{
    private const long Fee = 900_000;
    private static readonly DateOnly September = new(2026, 9, 1);
    private static readonly DateOnly SchoolStarts = new(2026, 9, 1);

    /// <summary>In a month of 30 days; fee 900,000 đ.</summary>
    [Theory]
    // A public school takes no tuition, whatever else holds.
    [InlineData(false, "", 0, 1, 900_000, 900_000)]
    [InlineData(false, "GIAM50-TNLD", 0, 1, 900_000, 900_000)]
    [InlineData(true, "", 0, 1, 900_000, 0)]
    [InlineData(true, "MP-NGUOICOCONG", 0, 1, 900_000, 900_000)]
    [InlineData(true, "GIAM70-DTTS", 0, 1, 900_000, 630_000)]
    [InlineData(true, "GIAM50-TNLD", 0, 1, 900_000, 450_000)]
    // The best applies, not the sum.
    [InlineData(true, "GIAM50-TNLD GIAM70-DTTS", 0, 1, 900_000, 630_000)]
    [InlineData(true, "GIAM50-TNLD MP-NGUOICOCONG GIAM70-DTTS", 0, 1, 900_000, 900_000)]
    // Support adds, and never goes above the fee.
    [InlineData(true, "", 200_000, 1, 900_000, 200_000)]
    [InlineData(true, "GIAM50-TNLD", 200_000, 1, 900_000, 650_000)]
    [InlineData(true, "GIAM70-DTTS", 500_000, 1, 900_000, 900_000)]
    [InlineData(true, "", 1_500_000, 1, 900_000, 900_000)]
    // What is paid out to the family takes nothing off.
    [InlineData(true, "HTCP-HOCTAP", 0, 1, 900_000, 0)]
    // From the 16th: 15 of 30 days.
    [InlineData(true, "", 0, 16, 450_000, 0)]
    [InlineData(true, "GIAM70-DTTS", 0, 16, 450_000, 315_000)]
    [InlineData(true, "GIAM70-DTTS", 100_000, 16, 450_000, 365_000)]
    // A day costs 30,000 đ.
    [InlineData(true, "", 0, 30, 30_000, 0)]
    public void A_month_costs(
        bool isPrivate,
        string policies,
        long support,
        int fromDay,
        long amount,
        long covered
    )
    {
        var fee = TuitionRules.Tuition(
            September,
            Fee,
            new(
                isPrivate,
                ByDay: true,
                support,
                [new(new(2026, 9, fromDay), null)],
                [
                    .. policies
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                        .Select(code => Granted(code, SchoolStarts)),
                ]
            )
        );
        Assert.Equal((amount, covered), (fee.Amount, fee.Covered));
    }

    [Theory]
    // A policy from the 21st on: 10 of 30 days at 70 %.
    [InlineData(true, 900_000, 210_000)]
    // Whole months: it held on one of the days, so it holds for the month.
    [InlineData(false, 900_000, 630_000)]
    public void A_policy_valid_for_part_of_a_month(bool byDay, long amount, long covered)
    {
        var fee = TuitionRules.Tuition(
            September,
            Fee,
            new(
                IsPrivate: true,
                byDay,
                0,
                [new(SchoolStarts, null)],
                [Granted("GIAM70-DTTS", new(2026, 9, 21))]
            )
        );
        Assert.Equal((amount, covered), (fee.Amount, fee.Covered));
        Assert.Contains("Giảm 70%", fee.Because);
        Assert.Contains("Nghị định 238/2025/NĐ-CP", fee.Because);
        Assert.Equal(byDay, fee.Because.Contains("10/30 ngày"));
    }

    [Theory]
    // Left on the 10th of September; the school counts whole months, or days.
    [InlineData(false, 9, 900_000)]
    [InlineData(true, 9, 300_000)]
    [InlineData(true, 10, 0)]
    public void Who_leaves_pays_until_then(bool byDay, int month, long amount)
    {
        var facts = new FeeFacts(true, byDay, 0, [new(SchoolStarts, new(2026, 9, 10))], []);
        var first = new DateOnly(2026, month, 1);
        Assert.Equal(amount, TuitionRules.Tuition(first, Fee, facts).Amount);
        Assert.Equal(amount, TuitionRules.Service(first, Fee, facts).Amount);
    }

    [Fact]
    public void The_law_holds_from_its_day()
    {
        var facts = new FeeFacts(
            false,
            true,
            0,
            [new(new(2020, 9, 1), null)],
            [Granted("MP-NGUOICOCONG", new(2020, 9, 1))]
        );
        Assert.Equal(0, TuitionRules.Tuition(new(2025, 8, 1), Fee, facts).Covered);
        Assert.Equal(Fee, TuitionRules.Tuition(new(2025, 10, 1), Fee, facts).Covered);
    }

    [Theory]
    [InlineData("2026-09-01", 9, "2026-09-01", "2027-05-01")]
    [InlineData("2027-03-20", 4, "2027-03-01", "2027-06-01")]
    public void Support_of_learning_costs_goes_to_the_family_for_nine_months_at_most(
        string from,
        int months,
        string first,
        string last
    )
    {
        var given = TuitionRules.ToFamily(
            Enumerable.Range(0, 10).Select(i => September.AddMonths(i)),
            new(
                false,
                true,
                0,
                [new(SchoolStarts, null)],
                [
                    Granted(
                        "HTCP-HOCTAP",
                        DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture)
                    ),
                ]
            )
        );
        Assert.Equal(months, given.Count);
        Assert.All(given, month => Assert.Equal(150_000, month.Amount));
        Assert.Equal(
            (first, last),
            (given[0].Month.ToString("yyyy-MM-dd"), given[^1].Month.ToString("yyyy-MM-dd"))
        );
    }

    [Fact]
    public void Every_policy_names_its_law_its_days_and_what_it_gives()
    {
        Assert.Equal(
            FeePolicies.All.Count,
            FeePolicies.All.Select(policy => policy.Code).Distinct().Count()
        );
        Assert.All(
            FeePolicies.All,
            policy =>
            {
                Assert.NotEmpty(policy.LegalRef);
                Assert.True(policy.ValidFrom >= new DateOnly(2025, 9, 1));
                Assert.True(
                    policy.Kind is FeePolicyKind.Support
                        ? policy.Percent == 0
                        : policy.Percent is > 0 and <= 100
                );
                Assert.True(policy.Automatic || policy.Evidence.Count > 0);
            }
        );
    }

    private static GrantedPolicy Granted(string code, DateOnly from) =>
        new(FeePolicies.Find(code)!, new(from, null));
}
