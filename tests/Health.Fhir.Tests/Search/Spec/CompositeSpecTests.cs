namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#composite, each with what it must and must not find.</summary>
public sealed class CompositeSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData(
        "Observation?code-value-quantity=http://loinc.org|2823-3$gt5|http://unitsofmeasure.org|mg",
        "mg g"
    )]
    [InlineData(
        "Observation?code-value-quantity=http://loinc.org|2823-3$gt5.4|http://unitsofmeasure.org|mg",
        ""
    )]
    [InlineData(
        "DiagnosticReport?result.code-value-quantity=http://loinc.org|2823-3$gt5|http://unitsofmeasure.org|mg",
        "dr"
    )]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
