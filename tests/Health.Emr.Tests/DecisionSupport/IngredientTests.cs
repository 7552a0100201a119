using Health.Emr.DecisionSupport;
using Health.Emr.Prescriptions;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>Every way an ingredient is written leads to one INN.</summary>
public sealed class IngredientTests
{
    [Theory]
    [InlineData("Cefuroxim", "cefuroxime")]
    [InlineData("cefuroxime axetil", "cefuroxime")]
    [InlineData("Losartan kali", "losartan")]
    [InlineData("Clorpheniramin maleat", "chlorphenamine")]
    [InlineData("Chlorpheniramine", "chlorphenamine")]
    [InlineData("ASPIRIN", "acetylsalicylic acid")]
    [InlineData("Acid acetylsalicylic", "acetylsalicylic acid")]
    [InlineData("Kẽm (dưới dạng kẽm gluconat)", "zinc")]
    [InlineData("Amoxicilin", "amoxicillin")]
    [InlineData("Penicilin V", "phenoxymethylpenicillin")]
    [InlineData("Hải sản", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_name_is_its_INN(string? name, string? inn) =>
        Assert.Equal(inn, Ingredients.Find(name));

    [Fact]
    public void Every_INN_of_the_tables_is_found_by_itself_so_no_two_fold_alike() =>
        Assert.All(Ingredients.All, inn => Assert.Equal(inn, Ingredients.Find(inn)));

    [Fact]
    public void Every_ingredient_of_the_drug_list_is_known() =>
        Assert.All(
            DrugCatalogue.All.SelectMany(drug => drug.Ingredients.Split(" + ")),
            name => Assert.True(Ingredients.Find(name) is not null, name)
        );

    [Fact]
    public void Every_strength_by_mouth_is_read_where_one_ingredient_has_one() =>
        Assert.All(
            DrugCatalogue.All.Where(drug => drug.Route == "Uống" && !drug.HasSeveralIngredients),
            drug =>
                Assert.True(
                    DrugUses.Of(drug, "0").Components[0].Milligrams > 0,
                    drug.NameWithStrength
                )
        );

    [Theory]
    [InlineData("500 mg", "viên", 1, "500")]
    [InlineData("7,5 mg", "viên", 1, "7.5")]
    [InlineData("0,4 mg + 5 mg", "viên", 2, "0.4 5")]
    [InlineData("120 mg/5 ml", "ml", 1, "24")]
    [InlineData("120 mg/5 ml", "gói", 1, "")]
    [InlineData("50 microgam", "viên", 1, "0.05")]
    [InlineData("100 microgam/liều", "nhát xịt", 1, "0.1")]
    [InlineData("3 g", "gói", 1, "3000")]
    [InlineData("0,9 %", "ml", 1, "9")]
    [InlineData("4,1 g/gói", "gói", 4, "")]
    public void A_strength_in_milligrams(
        string strength,
        string unit,
        int count,
        string expected
    ) =>
        Assert.Equal(
            expected,
            string.Join(
                ' ',
                DrugUses
                    .MilligramsOf(strength, unit, count)
                    .OfType<decimal>()
                    .Select(one =>
                        one.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture)
                    )
            )
        );

    [Theory]
    [InlineData("Penicillin, Aspirin", "acetylsalicylic acid")]
    [InlineData("amoxicillin (Augmentin) và cefalexin", "amoxicillin cefalexin")]
    [InlineData("thuốc giảm đau Paracetamol", "paracetamol")]
    [InlineData("acid acetylsalicylic", "acetylsalicylic acid")]
    [InlineData("tôm, cua", "")]
    public void A_text_names_ingredients(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Ingredients.In(text).Order()));
}
