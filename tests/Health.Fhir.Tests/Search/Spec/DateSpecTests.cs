namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#date, each with what it must and must not find.</summary>
public sealed class DateSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Observation?date=eq2013-01-14", "day instant ten")]
    [InlineData("Observation?date=2013-01-14", "day instant ten")]
    [InlineData("Observation?date=ne2013-01-14", "next open march")]
    [InlineData("Observation?date=lt2013-01-14T10:00", "day instant")]
    [InlineData("Observation?date=gt2013-01-14T10:00", "day next open march")]
    [InlineData("Observation?date=ge2013-03-14", "open march")]
    [InlineData("Observation?date=le2013-03-14", "day instant ten next open march")]
    [InlineData("Observation?date=sa2013-03-14", "")]
    [InlineData("Observation?date=eb2013-03-14", "day instant ten next")]
    [InlineData("Observation?date=ap2013-03-14", "day instant ten next open march")]
    [InlineData("Patient?birthdate=gt1969-12-31&birthdate=lt1971-01-01", "eve")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
