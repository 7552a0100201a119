namespace Health.Fhir.Tests.Search.Spec;

/// <summary>The examples of https://hl7.org/fhir/R4/search.html#reference, each with what it must and must not find.</summary>
public sealed class ReferenceSpecTests(SpecWorld world) : IClassFixture<SpecWorld>
{
    [Theory]
    [InlineData("Condition?subject=eve", "ache bare")]
    [InlineData("Condition?subject=Patient/eve", "ache bare")]
    [InlineData("Condition?subject:Patient=eve", "ache bare")]
    [InlineData("Condition?subject.name=smith", "ache bare")]
    [InlineData("Condition?subject:Patient.name=smith", "ache bare")]
    [InlineData("Encounter?location:below=hanoi", "in-bed in-town")]
    [InlineData("Encounter?location:below=Location/hanoi-room", "in-bed")]
    [InlineData("Encounter?location:above=Location/bed", "in-bed in-town")]
    [InlineData("Encounter?location=hanoi", "in-town")]
    [InlineData("QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1", "answer")]
    [InlineData(
        "QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1|2.0",
        "answer"
    )]
    [InlineData("QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1|1.0", "")]
    public Task Finds(string query, string expected) => world.Finds(query, expected);
}
