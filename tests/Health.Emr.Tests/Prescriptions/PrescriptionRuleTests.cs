using CsCheck;
using Health.Emr.Prescriptions;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Prescriptions;

/// <summary>The limits of TT 26/2025/TT-BYT, each at both sides of its border.</summary>
public sealed class PrescriptionRuleTests
{
    private const string Common = "para500";
    private const string Psychotropic = "diaz5";
    private const string Narcotic = "morphin10";
    private static readonly DateOnly Day = new(2026, 11, 23);

    private static readonly PrescriptionContext Adult = new(
        "Nguyễn Văn Hùng",
        "040084912345",
        Sex.Male,
        PartialDate.Parse("1984-03-12"),
        "Xóm 3, xã An Hòa",
        ["J06.9"],
        FacilityHasBeds: true,
        Day
    );

    [Theory]
    [InlineData(Common, Course.Acute, 30, true)]
    [InlineData(Common, Course.Acute, 31, false)]
    [InlineData(Common, Course.Chronic, 30, true)]
    [InlineData(Common, Course.Chronic, 31, false)] // annex VII is not on hand
    [InlineData(Psychotropic, Course.Acute, 10, true)]
    [InlineData(Psychotropic, Course.Acute, 11, false)]
    [InlineData(Psychotropic, Course.Chronic, 30, true)]
    [InlineData(Psychotropic, Course.Chronic, 31, false)]
    [InlineData(Narcotic, Course.Acute, 7, true)]
    [InlineData(Narcotic, Course.Acute, 8, false)]
    [InlineData(Narcotic, Course.Chronic, 7, true)]
    [InlineData(Narcotic, Course.Chronic, 8, false)]
    [InlineData(Narcotic, Course.CancerPain, 30, true)]
    [InlineData(Narcotic, Course.CancerPain, 31, false)]
    public void Days_by_class_and_course(string drug, Course course, int days, bool allowed)
    {
        var review = Review(new([new(drug, 1, 1, days)], course));
        Assert.Equal(allowed, !Has(review, "days", Severity.Stop));
        Assert.Equal(allowed, review.CanBeSigned);
    }

    [Theory]
    [InlineData("E11.9", 90, true)]
    [InlineData("E11.9", 91, false)]
    [InlineData("J06.9", 31, false)]
    public void Ninety_days_for_a_disease_of_annex_VII(string diagnosis, int days, bool allowed)
    {
        var rules = new PrescriptionRules(
            new PrescriptionLimits([
                ["E11", "2025-07-01", "", "test"],
            ])
        );
        var review = rules.Review(
            new([new("metf850", 1, 2, days)], Course.Chronic),
            Adult with
            {
                Diagnoses = [diagnosis],
            }
        );
        Assert.Equal(allowed, review.CanBeSigned);
    }

    [Fact]
    public void The_day_of_prescribing_picks_the_law()
    {
        var before = new PrescriptionRules(new()).Review(
            new([new(Common, 1, 3, 5)]),
            Adult with
            {
                On = new(2025, 6, 30),
            }
        );
        Assert.True(Has(before, "days", Severity.Stop));
        Assert.True(
            new PrescriptionRules(new())
                .Review(new([new(Common, 1, 3, 5)]), Adult with { On = new(2025, 7, 1) })
                .CanBeSigned
        );
    }

    [Theory]
    [InlineData(30, "1-10 11-20 21-30")]
    [InlineData(25, "1-10 11-20 21-25")]
    [InlineData(10, "1-10")]
    public void Cancer_pain_is_split_in_batches_of_ten_days(int days, string batches)
    {
        var review = Review(new([new("morphin30", 1, 2, days)], Course.CancerPain));
        Assert.Equal(
            batches,
            string.Join(' ', review.Lines[0].Batches.Select(batch => $"{batch.From}-{batch.To}"))
        );
        Assert.Equal(days > 10, Has(review, "batches", Severity.Inform));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(15, true)]
    [InlineData(14, false)]
    [InlineData(16, false)]
    public void Quantity_is_dose_by_times_by_days(int? written, bool allowed) =>
        Assert.Equal(allowed, Review(new([new(Common, 1, 3, 5, Quantity: written)])).CanBeSigned);

    [Theory]
    [InlineData("para500", 0.5, 3, 5, 8)] // half tablets, rounded up
    [InlineData("para120s", 5, 3, 3, 1)] // 45 ml of a 60 ml bottle
    [InlineData("para120s", 5, 4, 4, 2)] // 80 ml
    [InlineData("salbuhit", 2, 3, 30, 1)] // 180 of 200 puffs
    public void Quantity_in_whole_units(string drug, double dose, int times, int days, int units) =>
        Assert.Equal(units, DrugCatalogue.Find(drug)!.QuantityFor((decimal)dose, times, days));

    [Fact]
    public void Quantity_is_the_fewest_units_that_last()
    {
        var drug = Gen.Int[0, DrugCatalogue.All.Count - 1].Select(i => DrugCatalogue.All[i]);
        Gen.Select(drug, Gen.Int[1, 40], Gen.Int[1, 6], Gen.Int[1, 90])
            .Sample(
                (drug, quarters, times, days) =>
                {
                    var dose = quarters / 4m;
                    var units = drug.QuantityFor(dose, times, days);
                    var needed = dose * times * days;
                    return units * drug.DosesPerUnit >= needed
                        && (units - 1) * drug.DosesPerUnit < needed
                        && units <= drug.QuantityFor(dose, times, days + 1);
                }
            );
    }

    [Theory]
    [InlineData("2020-11-24", null, null, "child-weight child-accompanying")] // 71 months
    [InlineData("2020-11-24", 18.5, null, "child-accompanying")]
    [InlineData("2020-11-24", 18.5, "Trần Thị Mai", "")]
    [InlineData("2020-11-23", null, null, "")] // 72 months
    public void Under_72_months_needs_weight_and_who_came_along(
        string birth,
        double? weight,
        string? accompanying,
        string stops
    )
    {
        var review = new PrescriptionRules(new()).Review(
            new([new("para250g", 1, 3, 3)], WeightKg: (decimal?)weight, Accompanying: accompanying),
            Adult with
            {
                Birth = PartialDate.Parse(birth),
            }
        );
        Assert.Equal(
            stops,
            string.Join(
                ' ',
                review
                    .Findings.Where(finding => finding.Severity is Severity.Stop)
                    .Select(finding => finding.Rule)
            )
        );
    }

    [Fact]
    public void Without_a_personal_ID_sex_birth_and_residence_are_needed()
    {
        var nobody = Adult with { PersonalId = null, Address = null };
        Assert.True(Has(Review(Simple, nobody), "identity", Severity.Stop));
        Assert.True(Review(Simple, nobody with { Address = "Xã An Hòa" }).CanBeSigned);
        Assert.True(Review(Simple, Adult with { Address = null }).CanBeSigned);
    }

    [Fact]
    public void A_diagnosis_is_needed() =>
        Assert.True(Has(Review(Simple, Adult with { Diagnoses = [] }), "diagnosis", Severity.Stop));

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(null, true)]
    public void Narcotics_only_where_there_are_beds(bool? beds, bool allowed) =>
        Assert.Equal(
            allowed,
            Review(new([new(Narcotic, 1, 4, 3)]), Adult with { FacilityHasBeds = beds }).CanBeSigned
        );

    [Fact]
    public void Classes_are_never_mixed_in_one_prescription()
    {
        var review = Review(
            new([new(Common, 1, 3, 5), new(Narcotic, 1, 4, 3), new(Psychotropic, 1, 1, 7)])
        );
        Assert.Equal(
            [ControlClass.Narcotic, ControlClass.Psychotropic, ControlClass.Common],
            review.ByClass.Select(kind => kind.Key)
        );
        Assert.All(
            review.ByClass,
            kind => Assert.All(kind, line => Assert.Equal(kind.Key, line.Drug.Class))
        );
        Assert.True(Has(review, "classes", Severity.Inform));
    }

    [Theory]
    [InlineData("khong-co", 1, 1, 1, "unknown-drug")]
    [InlineData(Common, 0, 3, 5, "dose")]
    [InlineData(Common, 1, 0, 5, "times")]
    [InlineData(Common, 1, 25, 5, "times")]
    [InlineData(Common, 1, 3, 0, "days")]
    [InlineData(Common, -1, 3, 5, "dose")]
    public void An_incomplete_line_stops(
        string drug,
        double dose,
        int times,
        int days,
        string rule
    ) =>
        Assert.True(Has(Review(new([new(drug, (decimal)dose, times, days)])), rule, Severity.Stop));

    [Fact]
    public void An_empty_prescription_stops() =>
        Assert.True(Has(Review(PrescriptionDraft.Empty), "empty", Severity.Stop));

    private static readonly PrescriptionDraft Simple = new([new(Common, 1, 3, 5)]);

    private static PrescriptionReview Review(
        PrescriptionDraft draft,
        PrescriptionContext? context = null
    ) => new PrescriptionRules(new()).Review(draft, context ?? Adult);

    private static bool Has(PrescriptionReview review, string rule, Severity severity) =>
        review.Findings.Any(finding => finding.Rule == rule && finding.Severity == severity);
}
