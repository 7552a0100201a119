using Health.Fhir.Validation;

namespace Health.Fhir.Tests.Validation;

/// <summary>
/// Sound resources with one thing made wrong, by the rule that it breaks (https://hl7.org/fhir/R4/validation.html).
/// </summary>
public sealed class StructureTests
{
    public static TheoryData<string> Types => [.. Validating.Sound.Keys];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Finds_nothing_wrong_with_what_is_sound(string type) =>
        Assert.Empty(await Validating.Errors(Validating.Sound[type]));

    // Resource, place, value (null: taken away), code of the finding, its expression.
    public static TheoryData<string, string, string?, string, string> Wrong =>
        new()
        {
            // Elements that are not there in R4: https://hl7.org/fhir/R4/json.html
            { "Patient", "zzz", "1", "structure", "Patient.zzz" },
            { "Patient", "name[0].zzz", "\"x\"", "structure", "Patient.name[0].zzz" },
            { "Patient", "contact[0].zzz", "{}", "structure", "Patient.contact[0].zzz" },
            {
                "Observation",
                "component[1].zzz",
                "{}",
                "structure",
                "Observation.component[1].zzz"
            },
            { "Observation", "valueResource", "{}", "structure", "Observation.valueResource" },
            { "Bundle", "entry[0].resource.zzz", "1", "structure", "Bundle.entry[0].resource.zzz" },
            {
                "Bundle",
                "entry[0].resource.resourceType",
                "\"Zzz\"",
                "structure",
                "Bundle.entry[0].resource"
            },
            // Cardinality: https://hl7.org/fhir/R4/conformance-rules.html#cardinality
            { "Observation", "status", null, "required", "Observation" },
            { "Observation", "code", null, "required", "Observation" },
            { "Observation", "component[0].code", null, "required", "Observation.component[0]" },
            { "Condition", "subject", null, "required", "Condition" },
            { "Encounter", "class", null, "required", "Encounter" },
            { "Encounter", "diagnosis[0].condition", null, "required", "Encounter.diagnosis[0]" },
            {
                "MedicationRequest",
                "medicationCodeableConcept",
                null,
                "required",
                "MedicationRequest"
            },
            {
                "Questionnaire",
                "item[0].item[0].linkId",
                null,
                "required",
                "Questionnaire.item[0].item[0]"
            },
            { "Bundle", "type", null, "required", "Bundle" },
            { "Patient", "text.status", null, "required", "Patient.text" },
            {
                "MedicationRequest",
                "medicationReference",
                "{\"reference\":\"Medication/1\"}",
                "structure",
                "MedicationRequest"
            },
            { "Patient", "name", "{\"text\":\"x\"}", "structure", "Patient.name" },
            { "Patient", "gender", "[\"male\"]", "structure", "Patient.gender[0]" },
            { "Patient", "identifier", "[]", "structure", "Patient" },
            // Types: https://hl7.org/fhir/R4/datatypes.html
            { "Patient", "birthDate", "\"15/08/1990\"", "value", "Patient.birthDate" },
            { "Patient", "birthDate", "1990", "structure", "Patient.birthDate" },
            { "Patient", "birthDate", "\"1990-02-30\"", "value", "Patient.birthDate" },
            { "Patient", "active", "\"true\"", "structure", "Patient.active" },
            { "Patient", "name[0].family", "{}", "structure", "Patient.name[0].family" },
            { "Patient", "name[0]", "\"An\"", "structure", "Patient.name[0]" },
            { "Patient", "id", "\"a b\"", "value", "Patient.id" },
            { "Patient", "multipleBirthInteger", "1.5", "value", "Patient.multipleBirth" },
            {
                "Observation",
                "effectiveDateTime",
                "\"2026-11-23T08:00\"",
                "value",
                "Observation.effective"
            },
            {
                "Observation",
                "component[0].valueQuantity.value",
                "\"120\"",
                "structure",
                "Observation.component[0].value.value"
            },
            { "Patient", "photo[0].data", "\"%%\"", "value", "Patient.photo[0].data" },
            { "Patient", "name[0].text", "\"\"", "value", "Patient.name[0].text" },
            {
                "Patient",
                "meta.lastUpdated",
                "\"2026-11-23\"",
                "value",
                "Patient.meta.lastUpdated"
            },
            { "Patient", "text.div", "\"<p>x</p>\"", "value", "Patient.text.div" },
            { "Patient", "birthDate", "null", "structure", "Patient.birthDate" },
            // Bindings: https://hl7.org/fhir/R4/terminologies.html#required
            { "Patient", "gender", "\"man\"", "code-invalid", "Patient.gender" },
            { "Patient", "name[0].use", "\"main\"", "code-invalid", "Patient.name[0].use" },
            {
                "Patient",
                "telecom[0].system",
                "\"mobile\"",
                "code-invalid",
                "Patient.telecom[0].system"
            },
            { "Observation", "status", "\"done\"", "code-invalid", "Observation.status" },
            {
                "Observation",
                "component[0].valueQuantity.comparator",
                "\"=\"",
                "code-invalid",
                "Observation.component[0].value.comparator"
            },
            {
                "Condition",
                "clinicalStatus.coding[0].code",
                "\"ill\"",
                "code-invalid",
                "Condition.clinicalStatus"
            },
            {
                "Condition",
                "clinicalStatus",
                "{\"text\":\"ill\"}",
                "code-invalid",
                "Condition.clinicalStatus"
            },
            {
                "Condition",
                "code.coding[0].code",
                "\"I1O\"",
                "code-invalid",
                "Condition.code.coding[0]"
            },
            {
                "Observation",
                "component[0].valueQuantity.code",
                "\"mmHg!\"",
                "code-invalid",
                "Observation.component[0].value"
            },
            { "Encounter", "class.code", "\"ZZZ\"", "code-invalid", "Encounter.class" },
            {
                "Patient",
                "maritalStatus.coding[0].code",
                "\"?\"",
                "code-invalid",
                "Patient.maritalStatus.coding[0]"
            },
            {
                "MedicationRequest",
                "dosageInstruction[0].timing.repeat.periodUnit",
                "\"day\"",
                "code-invalid",
                "MedicationRequest.dosageInstruction[0].timing.repeat.periodUnit"
            },
            {
                "Questionnaire",
                "item[0].type",
                "\"list\"",
                "code-invalid",
                "Questionnaire.item[0].type"
            },
            { "Patient", "language", "\"xx_yy\"", "", "" }, // preferred
            // Invariants: https://hl7.org/fhir/R4/conformance-rules.html#constraints
            {
                "Patient",
                "contact[0]",
                "{\"gender\":\"male\"}",
                "invariant",
                "Patient.contact[0]"
            }, // pat-1
            { "Patient", "telecom[0].system", null, "invariant", "Patient.telecom[0]" }, // cpt-2
            {
                "Patient",
                "contained[0]",
                "{\"resourceType\":\"Organization\",\"id\":\"x\",\"name\":\"y\"}",
                "invariant",
                "Patient"
            }, // dom-3
            {
                "Patient",
                "extension[0]",
                "{\"url\":\"urn:x\"}",
                "invariant",
                "Patient.extension[0]"
            }, // ext-1
            {
                "Patient",
                "name[0].period",
                "{\"start\":\"2026-01-02\",\"end\":\"2026-01-01\"}",
                "invariant",
                "Patient.name[0].period"
            }, // per-1
            { "Patient", "address[0]", "{}", "invariant", "Patient.address[0]" }, // ele-1
            { "Condition", "abatementString", "\"x\"", "invariant", "Condition" }, // con-4
            { "Observation", "dataAbsentReason", "{\"text\":\"x\"}", "", "" }, // obs-6 holds: it has no value
            {
                "Observation",
                "referenceRange[0]",
                "{\"type\":{\"text\":\"x\"}}",
                "invariant",
                "Observation.referenceRange[0]"
            }, // obs-3
            {
                "Observation",
                "component[0].valueQuantity.system",
                null,
                "invariant",
                "Observation.component[0].value"
            }, // qty-3
            {
                "Questionnaire",
                "item[0].item[0].type",
                "\"display\"",
                "invariant",
                "Questionnaire.item[0].item[0]"
            }, // que-5
            { "Questionnaire", "item[0].item[0].linkId", "\"1\"", "invariant", "Questionnaire" }, // que-2
            {
                "MedicationRequest",
                "dosageInstruction[0].timing.repeat.periodUnit",
                null,
                "invariant",
                "MedicationRequest.dosageInstruction[0].timing.repeat"
            }, // tim-2
            { "Bundle", "total", "3", "invariant", "Bundle" }, // bdl-1
            {
                "Bundle",
                "entry[0].resource.text.div",
                "\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"></div>\"",
                "invariant",
                "Bundle.entry[0].resource.text.div"
            }, // txt-2
            // References: https://hl7.org/fhir/R4/references.html
            {
                "Patient",
                "managingOrganization.reference",
                "\"Patient/1\"",
                "value",
                "Patient.managingOrganization"
            },
            {
                "Observation",
                "subject.reference",
                "\"http://x.vn/fhir/Practitioner/1\"",
                "value",
                "Observation.subject"
            },
            { "Condition", "subject.reference", "\"#none\"", "invariant", "Condition.subject" },
            {
                "Encounter",
                "diagnosis[0].condition.reference",
                "\"Observation/1/_history/2\"",
                "value",
                "Encounter.diagnosis[0].condition"
            },
            { "Condition", "subject.type", "\"Zzz\"", "", "" },
            // Extensions: https://hl7.org/fhir/R4/extensibility.html
            {
                "Patient",
                "extension[0]",
                "{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueString\":\"Huế\"}",
                "structure",
                "Patient.extension[0].value"
            },
            {
                "Condition",
                "extension[0]",
                "{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthPlace\",\"valueAddress\":{\"text\":\"Huế\"}}",
                "extension",
                "Condition.extension[0]"
            },
            {
                "Patient",
                "extension[0]",
                "{\"valueString\":\"x\"}",
                "required",
                "Patient.extension[0]"
            },
            {
                "Patient",
                "_birthDate",
                "{\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/patient-birthTime\",\"valueDateTime\":\"x\"}]}",
                "value",
                "Patient.birthDate.extension[0].value"
            },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Finds_what_is_wrong_and_where(
        string type,
        string place,
        string? value,
        string code,
        string expression
    )
    {
        var errors = await Validating.Errors(Validating.With(Validating.Sound[type], place, value));
        if (code == "")
        {
            Assert.Empty(errors);
        }
        else
        {
            Assert.Contains(errors, error => error.Code == code && error.Expression == expression);
        }
    }

    [Fact]
    public async Task Tells_line_and_column()
    {
        var finding = Assert.Single(
            await Validating.Errors(
                "{\n  \"resourceType\": \"Patient\",\n  \"birthDate\": \"x\"\n}"
            )
        );
        Assert.Equal((3, 16), (finding.Line, finding.Column));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"resourceType":"Zzz"}""")]
    [InlineData("""{"resourceType":"DomainResource"}""")]
    [InlineData("""{"resourceType":"Patient","name":[[]]}""")]
    [InlineData("""{"resourceType":"Patient","_name":"x","name":null,"_active":[1]}""")]
    [InlineData("""{"resourceType":"Patient","active":true,"active":true}""")]
    [InlineData("""{"resourceType":"Patient","contained":["x"],"extension":[{"extension":1}]}""")]
    [InlineData("""{"resourceType":"Bundle","type":"batch","entry":[{"resource":[]}]}""")]
    public async Task Finds_fault_with_what_is_no_resource(string json) =>
        Assert.NotEmpty(await Validating.Errors(json));

    [Fact]
    public async Task Warns_of_a_missing_narrative_and_unknown_extensions()
    {
        var findings = await Validating.Validate(
            """{"resourceType":"Patient","active":true,"extension":[{"url":"urn:x","valueString":"y"}],"meta":{"profile":["urn:nowhere"]}}"""
        );
        Assert.Contains(
            findings,
            finding => finding is { Severity: FindingSeverity.Warning, Code: "invariant" }
        );
        Assert.Contains(
            findings,
            finding => finding is { Severity: FindingSeverity.Information, Code: "not-found" }
        );
        Assert.Contains(
            findings,
            finding =>
                finding
                    is {
                        Severity: FindingSeverity.Warning,
                        Code: "not-found",
                        Expression: "Patient.meta.profile[0]"
                    }
        );
        Assert.DoesNotContain(findings, finding => finding.Severity is FindingSeverity.Error);
    }
}
