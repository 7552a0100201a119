namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#string, each with what it must and must not find.</summary>
public sealed class StringSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Patient?given=eve", "eve evelyn eve-lower")]
    [InlineData("Patient?given:contains=eve", "eve evelyn severine eve-lower")]
    [InlineData("Patient?given:exact=Eve", "eve")]
    [InlineData("Patient?family=carreno quinones", "evelyn severine")]
    [InlineData("Patient?family:exact=Carreño Quiñones", "severine")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
