namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#quantity, each with what it must and must not find.</summary>
public sealed class QuantitySpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Observation?value-quantity=5.4|http://unitsofmeasure.org|mg", "mg g")]
    [InlineData("Observation?value-quantity=5.40e-3|http://unitsofmeasure.org|g", "mg g")]
    [InlineData("Observation?value-quantity=5.4||mg", "mg words")]
    [InlineData("Observation?value-quantity=5.4", "mg words other-unit")]
    [InlineData("Observation?value-quantity=le5.4|http://unitsofmeasure.org|mg", "mg g")]
    [InlineData("Observation?value-quantity=lt5|http://unitsofmeasure.org|mg", "")]
    [InlineData("Observation?value-quantity=ap5.4|http://unitsofmeasure.org|mg", "mg g")]
    [InlineData("Observation?value-quantity=gt1|http://unitsofmeasure.org|ug", "mg g")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
