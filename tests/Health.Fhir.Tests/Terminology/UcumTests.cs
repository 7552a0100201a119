using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Tests.Terminology;

/// <summary>https://ucum.org/ucum, section 2 (grammar) and the tables of units and prefixes.</summary>
public sealed class UcumTests
{
    [Theory]
    [InlineData("mg")]
    [InlineData("mm[Hg]")]
    [InlineData("mmol/L")]
    [InlineData("10*9/L")]
    [InlineData("10*-6")]
    [InlineData("kg/m2")]
    [InlineData("mL/min/{1.73_m2}")]
    [InlineData("{score}")]
    [InlineData("/min")]
    [InlineData("1")]
    [InlineData("%")]
    [InlineData("Cel")]
    [InlineData("[degF]")]
    [InlineData("m.s-2")]
    [InlineData("ug/(24.h)")]
    [InlineData("dar")]
    [InlineData("[iU]/L")]
    [InlineData("a")]
    [InlineData("mo")]
    public void Takes_what_the_grammar_makes(string unit) =>
        Assert.NotNull(Ucum.Instance.Find(unit));

    [Theory]
    [InlineData("")]
    [InlineData("MMHG")] // the other form of UCUM
    [InlineData("mg/")]
    [InlineData("mg//L")]
    [InlineData("(mg")]
    [InlineData("{open")]
    [InlineData("k[in_i]")] // an inch takes no prefix
    [InlineData("mg per L")]
    [InlineData("viên")]
    [InlineData("unknown")]
    [InlineData("((((((((((((((((((((((((((1))))))))))))))))))))))))))")]
    public void Refuses_the_rest(string unit) => Assert.Null(Ucum.Instance.Find(unit));
}
