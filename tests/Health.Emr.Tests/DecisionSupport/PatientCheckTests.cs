using Health.Emr.DecisionSupport;
using static Health.Emr.Tests.DecisionSupport.Judging;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>Allergy, duplicate, dose, age, pregnancy and kidney, each at both sides of its border.</summary>
public sealed class PatientCheckTests
{
    [Theory]
    [InlineData("Amoxicillin", "Amoxicillin", AlertLevel.Stop)]
    [InlineData("Penicillin", "Amoxicillin", AlertLevel.Stop)] // one core
    [InlineData("Amoxicillin", "Phenoxymethylpenicillin", AlertLevel.Stop)]
    [InlineData("Amoxicillin", "Cefalexin", AlertLevel.Stop)] // one side chain across the classes
    [InlineData("Ampicillin", "Cefaclor", AlertLevel.Stop)]
    [InlineData("Penicillin", "Cefuroxim", AlertLevel.Inform)] // not by class
    [InlineData("Amoxicillin", "Ceftriaxon", AlertLevel.Inform)]
    [InlineData("Penicillin", "Meropenem", AlertLevel.Inform)]
    [InlineData("Cefalexin", "Ceftriaxon", AlertLevel.Inform)]
    [InlineData("Ceftriaxon", "Cefotaxim", AlertLevel.Stop)]
    [InlineData("Ceftriaxon", "Cefepim", AlertLevel.Stop)]
    [InlineData("Ceftazidim", "Aztreonam", AlertLevel.Stop)]
    [InlineData("Ceftriaxon", "Aztreonam", AlertLevel.Inform)]
    [InlineData("Cefixim", "Cefazolin", AlertLevel.Inform)]
    [InlineData("nhóm cephalosporin", "Cefazolin", AlertLevel.Stop)] // agent unknown
    [InlineData("Aspirin", "Ibuprofen", AlertLevel.Stop)]
    [InlineData("Aspirin", "Celecoxib", null)]
    [InlineData("Aspirin", "Paracetamol", null)]
    [InlineData("Sulfamethoxazol", "Furosemid", null)] // no antibiotic
    [InlineData("Sulfamid", "Sulfamethoxazol", AlertLevel.Stop)]
    [InlineData("Tôm, cua", "Paracetamol", null)]
    [InlineData("Thuốc nam không rõ tên", "Paracetamol", AlertLevel.NotRun)]
    public void Allergy(string recorded, string drug, AlertLevel? expected) =>
        Assert.Equal(
            expected,
            Check(Adult with { Allergies = [recorded] }, Use(drug)).Level(AlertRule.Allergy)
        );

    [Theory]
    [InlineData("amox500", "amoxclav1000", AlertLevel.Stop)]
    [InlineData("morphin10", "morphin30", AlertLevel.Inform)] // one lasts, one is for breakthrough pain
    [InlineData("salbu4", "salbuhit", AlertLevel.Inform)] // two routes
    [InlineData("amox500", "para500", null)]
    public void The_same_ingredient_twice(string one, string other, AlertLevel? expected) =>
        Assert.Equal(
            expected,
            Check(Adult, Drug(one, 1, 1), Drug(other, 1, 1)).Level(AlertRule.Duplicate)
        );

    [Fact]
    public void What_is_taken_already_is_told()
    {
        var taken = Drug("amlo5", 1, 1) with { Ref = "old", IsNew = false };
        Assert.Equal(
            AlertLevel.Inform,
            Check(Adult, Drug("amlo5", 1, 1), taken).Level(AlertRule.Duplicate)
        );
    }

    [Theory]
    [InlineData("para500", 2, 4, null)]
    [InlineData("para500", 2.5, 1, AlertLevel.Stop)] // 1,250 mg
    [InlineData("para500", 2, 5, AlertLevel.Stop)] // 5 g a day
    [InlineData("amlo5", 2, 1, null)]
    [InlineData("amlo5", 3, 1, AlertLevel.Stop)]
    [InlineData("levothy50", 6, 1, null)]
    [InlineData("levothy50", 7, 1, AlertLevel.Stop)]
    [InlineData("ibu400", 2, 5, AlertLevel.Stop)]
    public void Dose_of_a_grown_up(string drug, double dose, int times, AlertLevel? expected) =>
        Assert.Equal(
            expected,
            Check(Adult, Drug(drug, (decimal)dose, times)).Level(AlertRule.Dose)
        );

    [Theory]
    [InlineData("para120s", 36, 14, 10, 4, null)] // 240 mg of 280
    [InlineData("para120s", 36, 14, 12, 4, AlertLevel.Stop)] // 288 mg
    [InlineData("para250g", 36, 14, 1, 5, AlertLevel.Stop)] // 1,250 mg a day of 1,050
    [InlineData("amox250g", 24, 12, 2, 2, null)] // 83 mg/kg a day
    [InlineData("amox250g", 24, 12, 2, 3, AlertLevel.Stop)] // 125 mg/kg
    public void Dose_by_weight(
        string drug,
        int months,
        double weight,
        double dose,
        int times,
        AlertLevel? expected
    ) =>
        Assert.Equal(
            expected,
            Check(Child(months, (decimal)weight), Drug(drug, (decimal)dose, times))
                .Level(AlertRule.Dose)
        );

    [Fact]
    public void Without_a_weight_the_check_says_that_it_did_not_run() =>
        Assert.Equal(
            AlertLevel.NotRun,
            Check(Child(36, null), Drug("para250g", 1, 3)).Level(AlertRule.Dose)
        );

    [Fact]
    public void Two_drugs_with_one_ingredient_add_up() =>
        Assert.Equal(
            AlertLevel.Stop,
            Check(Adult, Drug("para500", 2, 4), Drug("para250g", 1, 3)).Level(AlertRule.Dose)
        );

    [Theory]
    [InlineData("doxy100", 95, AlertLevel.Stop)]
    [InlineData("doxy100", 96, null)]
    [InlineData("asp81", 191, AlertLevel.Stop)]
    [InlineData("asp81", 192, null)]
    [InlineData("lopera2", 23, AlertLevel.Stop)]
    [InlineData("lopera2", 24, AlertLevel.Inform)]
    [InlineData("lopera2", 72, null)]
    public void Age(string drug, int months, AlertLevel? expected) =>
        Assert.Equal(expected, Check(Child(months, 20), Drug(drug, 1, 1)).Level(AlertRule.Age));

    [Theory]
    [InlineData("ibu400", 19, null)]
    [InlineData("ibu400", 20, AlertLevel.Inform)]
    [InlineData("ibu400", 28, AlertLevel.Stop)]
    [InlineData("enala5", 12, AlertLevel.Inform)]
    [InlineData("enala5", 13, AlertLevel.Stop)]
    [InlineData("ator20", 1, AlertLevel.Stop)]
    [InlineData("asp81", 30, null)] // low dose
    [InlineData("albend400", 12, AlertLevel.Stop)]
    [InlineData("albend400", 13, null)]
    [InlineData("para500", 30, null)]
    [InlineData("ibu400", null, AlertLevel.Stop)] // week unknown
    public void Pregnancy(string drug, int? week, AlertLevel? expected) =>
        Assert.Equal(
            expected,
            Check(Woman with { Pregnancy = new(week) }, Drug(drug, 1, 1)).Level(AlertRule.Pregnancy)
        );

    [Fact]
    public void Not_known_whether_pregnant_is_said_for_what_is_never_given()
    {
        Assert.Equal(
            AlertLevel.NotRun,
            Check(Woman, Drug("ator20", 1, 1)).Level(AlertRule.Pregnancy)
        );
        Assert.Null(Check(Woman, Drug("amox500", 1, 3)).Level(AlertRule.Pregnancy));
        Assert.Null(Check(Adult, Drug("ator20", 1, 1)).Level(AlertRule.Pregnancy));
    }

    [Theory]
    [InlineData("metf850", 45, null)]
    [InlineData("metf850", 44, AlertLevel.Inform)]
    [InlineData("metf850", 29.9, AlertLevel.Stop)]
    [InlineData("melo75", 29, AlertLevel.Stop)]
    [InlineData("gaba300", 59, AlertLevel.Inform)]
    [InlineData("amlo5", 10, null)]
    public void Kidney(string drug, double egfr, AlertLevel? expected) =>
        Assert.Equal(
            expected,
            Check(Adult with { Kidney = new((decimal)egfr) }, Drug(drug, 1, 1))
                .Level(AlertRule.Kidney)
        );

    [Theory]
    [InlineData(365, AlertLevel.Stop)]
    [InlineData(366, AlertLevel.NotRun)]
    public void An_old_result_of_the_kidneys_does_not_count(int daysAgo, AlertLevel expected) =>
        Assert.Equal(
            expected,
            Check(
                    Adult with
                    {
                        Kidney = new(20, Adult.On.AddDays(-daysAgo)),
                    },
                    Drug("metf850", 1, 2)
                )
                .Level(AlertRule.Kidney)
        );

    [Theory]
    [InlineData(88.42, false, 50, null, 91.0)] // 1 mg/dL; published calculators give 92 for 50 years less rounding
    [InlineData(88.42, true, 50, null, 68.0)]
    [InlineData(176.84, false, 70, null, 35.0)]
    [InlineData(44.21, false, 10, 140.0, 115.6)] // Schwartz
    [InlineData(44.21, false, 10, null, null)]
    public void Filtration_from_creatinine(
        double micromoles,
        bool isFemale,
        int years,
        double? height,
        double? expected
    )
    {
        var egfr = Kidneys.Egfr((decimal)micromoles, isFemale, years, (decimal?)height);
        if (expected is { } near)
        {
            Assert.InRange((double)egfr!.Value, near - 1.5, near + 1.5);
        }
        else
        {
            Assert.Null(egfr);
        }
    }

    [Fact]
    public void An_ingredient_that_is_not_known_is_not_passed_over_in_silence() =>
        Assert.Equal(
            AlertLevel.NotRun,
            Check(Adult, Use("Hoạt chất lạ")).Level(AlertRule.Ingredient)
        );

    [Fact]
    public void Every_alert_says_why_and_names_its_source() =>
        Assert.All(
            Check(
                Woman with
                {
                    Allergies = ["Penicillin"],
                    Pregnancy = new(30),
                    Kidney = new(20),
                },
                Drug("amox500", 20, 4),
                Drug("ibu400", 1, 3),
                Drug("ator20", 1, 1),
                Drug("metf850", 1, 2)
            ),
            alert =>
            {
                Assert.NotEmpty(alert.Message);
                Assert.NotEmpty(alert.Source);
                Assert.Contains(':', alert.Key);
            }
        );
}
