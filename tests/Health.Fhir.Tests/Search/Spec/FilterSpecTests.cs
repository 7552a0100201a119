namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search_filter.html, each with what it must and must not find.</summary>
public sealed class FilterSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Patient?_filter=name co \"smi\"", "eve")]
    [InlineData("Patient?_filter=given eq \"eve\" and birthdate ge 1960-10-10", "eve")]
    [InlineData("Patient?_filter=given eq \"eve\" or gender eq male", "eve eve-lower severine")]
    [InlineData("Patient?_filter=given ew \"lyn\"", "evelyn")]
    [InlineData("Patient?_filter=not (gender pr true) and name sw \"s\"", "eve")]
    [InlineData("Condition?_filter=code eq http://acme.org/conditions/codes|ha125", "ache")]
    [InlineData("Condition?_filter=subject.name co \"smi\"", "ache bare")]
    [InlineData("Condition?_filter=subject re Patient/eve and code pr true", "ache bare")]
    [InlineData("Condition?_filter=subject[birthdate lt 1971-01-01].name co \"smi\"", "ache bare")]
    [InlineData("Condition?_filter=subject[birthdate gt 1971-01-01].name co \"smi\"", "")]
    [InlineData("Observation?_filter=date po 2013-01", "day instant ten next open")]
    [InlineData(
        "Patient?_filter=(given eq \"eve\" and birthdate ge 1960-10-10) or (given eq \"severine\")",
        "eve severine"
    )]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
