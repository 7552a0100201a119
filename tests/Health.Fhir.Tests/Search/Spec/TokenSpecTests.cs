namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#token, each with what it must and must not find.</summary>
public sealed class TokenSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Patient?identifier=http://acme.org/patient|2345", "mr")]
    [InlineData("Patient?identifier=2345", "mr other")]
    [InlineData("Patient?identifier=|446053", "other")]
    [InlineData("Patient?identifier=http://acme.org/patient|", "mr")]
    [InlineData(
        "Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|2345",
        "mr"
    )]
    [InlineData("Patient?gender=male", "severine")]
    [InlineData("Patient?gender:not=male", "eve evelyn eve-lower mr other")]
    [InlineData("Patient?gender:missing=false", "severine eve-lower")]
    [InlineData("Composition?section=48765-2", "comp")]
    [InlineData("Composition?section:not=48765-2", "")]
    [InlineData("Condition?code=http://acme.org/conditions/codes|ha125", "ache")]
    [InlineData("Condition?code=ha125", "ache bare")]
    [InlineData("Condition?code=|ha125", "bare")]
    [InlineData("Condition?code:text=headache", "ache")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
