using Health.Emr.Terminology;
using Health.Fhir.Terminology.Diseases;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Terminology;

/// <summary>One row a rule of the annexes A1–A4, at both sides of its border.</summary>
public sealed class Icd10RuleTests
{
    private static readonly DateOnly Visit = new(2026, 11, 23);

    [Theory]
    [InlineData("C61", Sex.Female, "1960-01-01", "A4")] // prostate
    [InlineData("C61", Sex.Male, "1960-01-01", null)]
    [InlineData("C61", Sex.Unknown, "1960-01-01", null)]
    [InlineData("O80", Sex.Male, "1990-01-01", "A4")] // delivery
    [InlineData("O80", Sex.Female, "1990-01-01", null)]
    [InlineData("P00.0", Sex.Male, "2025-11-23", null)] // A3.1: 365 days old
    [InlineData("P00.0", Sex.Male, "2025-11-22", "A3.1")]
    [InlineData("A50.0", Sex.Male, "2023-11-24", null)] // A3.2: still 2
    [InlineData("A50.0", Sex.Male, "2023-11-23", "A3.2")]
    [InlineData("E30.1", Sex.Male, "2015-11-24", null)] // A3.3: still 10
    [InlineData("E30.1", Sex.Male, "2015-11-23", "A3.3")]
    [InlineData("G93.7", Sex.Male, "2006-11-24", null)] // A3.4: still 19
    [InlineData("G93.7", Sex.Male, "2006-11-23", "A3.4")]
    [InlineData("B94.0", Sex.Male, "2026-10-26", null)] // A3.5: 28 days
    [InlineData("B94.0", Sex.Male, "2026-10-27", "A3.5")]
    [InlineData("A50.3", Sex.Male, "2025-11-23", null)] // A3.6: 1 year
    [InlineData("A50.3", Sex.Male, "2025-11-24", "A3.6")]
    [InlineData("E30.9", Sex.Male, "2018-11-23", null)] // A3.7: 8 to 19
    [InlineData("E30.9", Sex.Male, "2018-11-24", "A3.7")]
    [InlineData("A52.0", Sex.Male, "2011-11-23", null)] // A3.9: over 15
    [InlineData("A52.0", Sex.Male, "2011-11-24", "A3.9")]
    [InlineData("G30.1", Sex.Male, "1996-11-23", null)] // A3.10: over 30
    [InlineData("G30.1", Sex.Male, "1996-11-24", "A3.10")]
    [InlineData("G30.1", Sex.Male, "1996", null)] // the year alone may fit
    [InlineData("G30.1", Sex.Male, "1997", "A3.10")]
    [InlineData("G30.1", Sex.Male, null, null)]
    public void Sex_and_age(string code, Sex sex, string? birth, string? annex) =>
        Expect(
            Icd10Rules.Check(
                Icd10.Of2020.Find(code)!,
                primary: false,
                sex,
                birth is null ? null : PartialDate.Parse(birth),
                Visit,
                []
            ),
            annex
        );

    [Theory]
    [InlineData("B95.0", true, "A2")]
    [InlineData("B95.0", false, null)]
    [InlineData("J06.9", true, null)]
    public void Not_as_primary(string code, bool primary, string? annex) =>
        Expect(
            Icd10Rules.Check(Icd10.Of2020.Find(code)!, primary, Sex.Unknown, null, Visit, []),
            annex
        );

    [Theory]
    [InlineData("G01", "", "A1")]
    [InlineData("G01", "J06.9", "A1")]
    [InlineData("G01", "A01.0", null)] // typhoid meningitis
    public void An_asterisk_needs_its_dagger(string code, string beside, string? annex) =>
        Expect(
            Icd10Rules.Check(
                Icd10.Of2020.Find(code)!,
                primary: false,
                Sex.Unknown,
                null,
                Visit,
                beside.Split(',', StringSplitOptions.RemoveEmptyEntries)
            ),
            annex
        );

    private static void Expect(IReadOnlyList<string> refused, string? annex)
    {
        if (annex is null)
        {
            Assert.Empty(refused);
        }
        else
        {
            Assert.Contains($"{annex})", Assert.Single(refused));
        }
    }
}
