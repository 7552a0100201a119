using CsCheck;
using Health.Emr.Fees;

namespace Health.Emr.Tests.Fees;

public sealed class InsuranceShareTests
{
    /// <summary>Worked in the annex itself: a drug of 10,000,000 đ, TYLE_TT_BH 50, support of 3,000,000 to the facility, MUC_HUONG 80.</summary>
    [Fact]
    public void The_laws_own_example()
    {
        var share = InsuranceShare.Of(
            new(1, 10_000_000, 10_000_000, InsuredRate: 50, FacilitySupport: 3_000_000),
            80
        );
        Assert.Equal(3_500_000, share.InScope);
        Assert.Equal(2_800_000, share.Insurance);
        Assert.Equal(700_000, share.CoPay);
        Assert.Equal(3_500_000, share.OwnPay);
        Assert.Equal(3_000_000, share.Others);
    }

    /// <summary>Support pays BNTT first, then BNCCT, then BHTT.</summary>
    [Theory]
    [InlineData(0, 20_000, 16_000, 64_000)]
    [InlineData(15_000, 5_000, 16_000, 64_000)]
    [InlineData(30_000, 0, 6_000, 64_000)]
    [InlineData(50_000, 0, 0, 50_000)]
    public void Support_pays_the_patients_parts_first(
        int support,
        int own,
        int coPay,
        int insurance
    )
    {
        var share = InsuranceShare.Of(new(1, 100_000, 80_000, Support: support), 80);
        Assert.Equal((own, coPay, insurance), (share.OwnPay, share.CoPay, share.Insurance));
        Assert.Equal(support, share.Others);
    }

    [Fact]
    public void Antiretroviral_drugs_leave_the_patient_no_co_payment()
    {
        var share = InsuranceShare.Of(new(30, 9_000, 9_000, CoPayIsOthers: true), 80);
        Assert.Equal((216_000, 0, 54_000), (share.Insurance, share.CoPay, share.Others));
    }

    [Fact]
    public void A_shared_bed_is_charged_at_half()
    {
        var share = InsuranceShare.Of(new(2, 200_000, 200_000, ServiceRate: 50), 80);
        Assert.Equal((200_000, 160_000), (share.Total, share.Insurance));
    }

    [Fact]
    public void Amounts_have_two_decimals_halves_away_from_zero() =>
        Assert.Equal(
            (33.34m, 26.67m, 6.67m),
            InsuranceShare.Of(new(1, 33.335m, 33.335m), 80) is var share
                ? (share.InScope, share.Insurance, share.CoPay)
                : default
        );

    /// <summary>XML1: T_BHTT = T_TONGCHI_BH − T_BNCCT, and everybody's parts make the whole.</summary>
    [Fact]
    public void Parts_make_the_whole() =>
        Gen.Select(
                Gen.Int[1, 5_000],
                Gen.Int[0, 5_000_000],
                Gen.Int[0, 100],
                Gen.Int[0, 100],
                Gen.Int[0, 400_000]
            )
            .Sample(
                (quantity, price, rate, level, support) =>
                {
                    var line = new InsuranceShare.Line(
                        quantity / 1000m,
                        price,
                        price * 0.8m,
                        InsuredRate: rate
                    );
                    var plain = InsuranceShare.Of(line, level);
                    Assert.Equal(plain.InScope - plain.CoPay, plain.Insurance);
                    var given = Math.Min(support, plain.Total);
                    var share = InsuranceShare.Of(line with { Support = given }, level);
                    Assert.Equal(
                        share.Total,
                        share.Insurance + share.CoPay + share.OwnPay + share.Others
                    );
                }
            );

    [Theory]
    // Below 15 % of 2,340,000 (351,000) all is paid.
    [InlineData(80, 350_999, false, false, 100, 100)]
    [InlineData(80, 351_000, false, false, 100, 80)]
    [InlineData(95, 900_000, false, false, 100, 95)]
    [InlineData(80, 900_000, true, false, 100, 100)]
    [InlineData(80, 900_000, false, true, 100, 100)]
    // Off-route: 80 % × 40 % = 32, and nothing raises it.
    [InlineData(80, 900_000, false, true, 40, 32)]
    [InlineData(80, 100_000, false, false, 40, 32)]
    public void The_level_of_a_visit(
        int card,
        int inScope,
        bool station,
        bool free,
        int offRoute,
        int expected
    ) =>
        Assert.Equal(
            expected,
            InsuranceRules.On(new(2026, 11, 28))!.Level(card, inScope, station, free, offRoute)
        );

    [Theory]
    [InlineData("GD4790123456789", 80)]
    [InlineData("TE1790123456789", 100)]
    [InlineData("HN3790123456789", 95)]
    [InlineData("040184900001", null)]
    [InlineData("0123456789", null)]
    [InlineData(null, null)]
    public void The_third_character_of_an_old_card_tells_its_level(string? card, int? level) =>
        Assert.Equal(level, (int?)InsuranceRules.On(new(2026, 11, 28))!.LevelOf(card));

    [Fact]
    public void Rules_are_picked_by_the_day_they_judge()
    {
        Assert.Equal(1_800_000, InsuranceRules.On(new(2024, 6, 30))!.BaseSalary);
        Assert.Equal(2_340_000, InsuranceRules.On(new(2024, 7, 1))!.BaseSalary);
        Assert.Null(InsuranceRules.On(new(2020, 1, 1)));
        Assert.True(InsuranceRules.On(new(2026, 1, 1))!.NeedsVerification);
    }
}
