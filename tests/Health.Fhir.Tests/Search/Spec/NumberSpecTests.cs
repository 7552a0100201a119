namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#number, each with what it must and must not find.</summary>
public sealed class NumberSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("RiskAssessment?probability=100", "n100 n99")]
    [InlineData("RiskAssessment?probability=100.00", "n100")]
    [InlineData("RiskAssessment?probability=1e2", "n100 n99 n96")]
    [InlineData("RiskAssessment?probability=lt100", "n99 n96 n08")]
    [InlineData("RiskAssessment?probability=le100", "n100 n99 n96 n08")]
    [InlineData("RiskAssessment?probability=gt99", "n100 n99")]
    [InlineData("RiskAssessment?probability=ge100", "n100")]
    [InlineData("RiskAssessment?probability=ne100", "n96 n08")]
    [InlineData("RiskAssessment?probability=gt0.8", "n100 n99 n96")]
    [InlineData("RiskAssessment?probability=ap100", "n100 n99 n96")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
