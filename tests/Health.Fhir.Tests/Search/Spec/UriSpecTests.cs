namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#uri, each with what it must and must not find.</summary>
public sealed class UriSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("ValueSet?url=http://acme.org/fhir/ValueSet/123", "vs")]
    [InlineData("ValueSet?url:below=http://acme.org/fhir/", "vs vs-below")]
    [InlineData("ValueSet?url:above=http://acme.org/fhir/ValueSet/123/history/5", "vs vs-below")]
    [InlineData("ValueSet?url=urn:oid:1.2.3.4.5", "vs-urn")]
    [InlineData("ValueSet?url:below=urn:oid:1.2.3", "")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
