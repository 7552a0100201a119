using Health.Fhir.Store;
using Health.Fhir.Tests.Store;
using static Health.Fhir.Tests.Store.StoreFixture;

namespace Health.Fhir.Tests.Search.Spec;

/// <summary>What the examples of https://hl7.org/fhir/R4/search.html are about, with the near misses beside it.</summary>
public sealed class SpecWorld : IAsyncLifetime
{
    public StoreFixture Fixture { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await Fixture.InitializeAsync();
        await Fixture.Transact(Strings().Concat(Tokens()).Concat(Rest()).ToList());
    }

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    public async Task Finds(string query, string expected)
    {
        var split = query.IndexOf('?');
        Assert.Equal(
            expected
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Order(StringComparer.Ordinal),
            (await Fixture.Find(query[..split], query[(split + 1)..])).Order(StringComparer.Ordinal)
        );
    }

    private static Write Of(string type, string id, string fields) =>
        Updating(id, $$"""{"resourceType":"{{type}}",{{fields}}}""");

    private static IEnumerable<Write> Strings() =>
        [
            Of(
                "Patient",
                "eve",
                """ "name":[{"family":"Smith","given":["Eve"]}],"birthDate":"1970-01-01" """
            ),
            Of(
                "Patient",
                "evelyn",
                """ "name":[{"family":"Carreno Quinones","given":["Evelyn"]}] """
            ),
            Of(
                "Patient",
                "severine",
                """ "name":[{"family":"Carreño Quiñones","given":["Severine"]}],"gender":"male" """
            ),
            Of("Patient", "eve-lower", """ "name":[{"given":["eve"]}],"gender":"female" """),
        ];

    private static IEnumerable<Write> Tokens() =>
        [
            Of(
                "Patient",
                "mr",
                """ "identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"http://acme.org/patient","value":"2345"}] """
            ),
            Of(
                "Patient",
                "other",
                """ "identifier":[{"system":"http://else.org","value":"2345"},{"value":"446053"}] """
            ),
            Of(
                "Condition",
                "ache",
                """ "subject":{"reference":"Patient/eve"},"code":{"coding":[{"system":"http://acme.org/conditions/codes","code":"ha125","display":"Headache, unspecified"}],"text":"headache"} """
            ),
            Of(
                "Condition",
                "bare",
                """ "subject":{"reference":"Patient/eve"},"code":{"coding":[{"code":"ha125"}]} """
            ),
            Of(
                "Composition",
                "comp",
                """ "status":"final","type":{"text":"x"},"date":"2020-01-01","author":[{"display":"a"}],"title":"t","section":[{"code":{"coding":[{"system":"http://loinc.org","code":"48765-2"}]}}] """
            ),
        ];

    private static IEnumerable<Write> Rest() =>
        [
            Of(
                "Observation",
                "day",
                """ "status":"final","code":{"text":"x"},"effectiveDateTime":"2013-01-14" """
            ),
            Of(
                "Observation",
                "instant",
                """ "status":"final","code":{"text":"x"},"effectiveDateTime":"2013-01-14T00:00:00+07:00" """
            ),
            Of(
                "Observation",
                "ten",
                """ "status":"final","code":{"text":"x"},"effectiveDateTime":"2013-01-14T10:00:00+07:00" """
            ),
            Of(
                "Observation",
                "next",
                """ "status":"final","code":{"text":"x"},"effectiveDateTime":"2013-01-15T00:00:00+07:00" """
            ),
            Of(
                "Observation",
                "open",
                """ "status":"final","code":{"text":"x"},"effectivePeriod":{"start":"2013-01-21"} """
            ),
            Of(
                "Observation",
                "march",
                """ "status":"final","code":{"text":"x"},"effectiveDateTime":"2013-03-14" """
            ),
            Of(
                "RiskAssessment",
                "n100",
                """ "status":"final","subject":{"reference":"Patient/eve"},"prediction":[{"probabilityDecimal":100}] """
            ),
            Of(
                "RiskAssessment",
                "n99",
                """ "status":"final","subject":{"reference":"Patient/eve"},"prediction":[{"probabilityDecimal":99.6}] """
            ),
            Of(
                "RiskAssessment",
                "n96",
                """ "status":"final","subject":{"reference":"Patient/eve"},"prediction":[{"probabilityDecimal":96}] """
            ),
            Of(
                "RiskAssessment",
                "n08",
                """ "status":"final","subject":{"reference":"Patient/eve"},"prediction":[{"probabilityDecimal":0.8}] """
            ),
            Of(
                "Observation",
                "mg",
                """ "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"valueQuantity":{"value":5.4,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"} """
            ),
            Of(
                "Observation",
                "g",
                """ "status":"final","code":{"coding":[{"system":"http://loinc.org","code":"2823-3"}]},"valueQuantity":{"value":0.0054,"system":"http://unitsofmeasure.org","code":"g"} """
            ),
            Of(
                "Observation",
                "words",
                """ "status":"final","code":{"text":"x"},"valueQuantity":{"value":5.4,"unit":"mg"} """
            ),
            Of(
                "Observation",
                "other-unit",
                """ "status":"final","code":{"text":"x"},"valueQuantity":{"value":5.4,"system":"http://unitsofmeasure.org","code":"cm"} """
            ),
            Of(
                "ValueSet",
                "vs",
                """ "status":"active","url":"http://acme.org/fhir/ValueSet/123" """
            ),
            Of(
                "ValueSet",
                "vs-below",
                """ "status":"active","url":"http://acme.org/fhir/ValueSet/123/history/5" """
            ),
            Of("ValueSet", "vs-urn", """ "status":"active","url":"urn:oid:1.2.3.4.5" """),
            Of(
                "Location",
                "hanoi",
                """ "name":"Hoàn Kiếm","position":{"longitude":105.8522,"latitude":21.0285} """
            ),
            Of(
                "Location",
                "hanoi-room",
                """ "name":"Phòng 2","partOf":{"reference":"Location/hanoi"},"position":{"longitude":105.8342,"latitude":21.0278} """
            ),
            Of(
                "Location",
                "bed",
                """ "name":"Giường 3","partOf":{"reference":"Location/hanoi-room"} """
            ),
            Of(
                "Location",
                "saigon",
                """ "name":"Quận 1","position":{"longitude":106.7009,"latitude":10.7769} """
            ),
            Of(
                "Encounter",
                "in-bed",
                """ "status":"finished","class":{"code":"IMP"},"subject":{"reference":"Patient/eve"},"location":[{"location":{"reference":"Location/bed"}}] """
            ),
            Of(
                "Encounter",
                "in-town",
                """ "status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/mr"},"location":[{"location":{"reference":"Location/hanoi"}}] """
            ),
            Of(
                "DiagnosticReport",
                "dr",
                """ "status":"final","code":{"text":"x"},"subject":{"reference":"Patient/eve"},"result":[{"reference":"Observation/mg"}] """
            ),
            Of(
                "Provenance",
                "prov",
                """ "target":[{"reference":"DiagnosticReport/dr"}],"recorded":"2020-01-01T00:00:00Z","agent":[{"who":{"reference":"Practitioner/x"}}] """
            ),
            Of(
                "List",
                "42",
                """ "status":"current","mode":"working","entry":[{"item":{"reference":"Condition/ache"}},{"item":{"reference":"Patient/eve"}}] """
            ),
            Of(
                "Questionnaire",
                "form",
                """ "status":"active","url":"http://acme.org/Questionnaire/1","title":"Khám" """
            ),
            Of(
                "QuestionnaireResponse",
                "answer",
                """ "status":"completed","questionnaire":"http://acme.org/Questionnaire/1|2.0" """
            ),
            Of(
                "CarePlan",
                "told",
                """ "status":"active","intent":"plan","subject":{"reference":"Patient/eve"},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Ung thư phổi, <b>di căn</b> &amp; sốt</p></div>"} """
            ),
        ];
}
