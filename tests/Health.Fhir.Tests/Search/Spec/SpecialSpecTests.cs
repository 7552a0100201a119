namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#all, each with what it must and must not find.</summary>
public sealed class SpecialSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Location?near=21.03|105.85|1|km", "hanoi")]
    [InlineData("Location?near=21.03|105.85|5|km", "hanoi hanoi-room")]
    [InlineData("Location?near=21.03|105.85", "hanoi hanoi-room")]
    [InlineData("Location?near=10.7769|106.7009|100|m", "saigon")]
    [InlineData("Location?near=21.03|105.85|1000|[mi_us]", "hanoi hanoi-room saigon")]
    [InlineData("Condition?_list=42", "ache")]
    [InlineData("Patient?_list=42", "eve")]
    [InlineData("Patient?_has:Condition:patient:code=ha125", "eve")]
    [InlineData(
        "Patient?_has:DiagnosticReport:subject:_has:Provenance:target:recorded=2020",
        "eve"
    )]
    [InlineData("Patient?_has:DiagnosticReport:subject:result.code=2823-3", "eve")]
    [InlineData("CarePlan?_text=ung thu", "told")]
    [InlineData("CarePlan?_text=di căn phổi", "told")]
    [InlineData("CarePlan?_text=ung gan", "")]
    [InlineData("CarePlan?_text=gan,phoi", "told")]
    [InlineData("Patient?_id=eve,mr", "eve mr")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
