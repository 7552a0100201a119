using System.Text.Json;
using Health.Fhir.Terminology;
using Health.Fhir.Validation;

namespace Health.Fhir.Tests.Validation;

/// <summary>https://hl7.org/fhir/R4/profiling.html: our profiles for Viet Nam, those of the specification, and slices of every kind.</summary>
public sealed class ProfileTests
{
    private const string Ours = "https://records.example/fhir/StructureDefinition/";

    [Theory]
    [InlineData("Patient", "vn-patient")]
    [InlineData("Encounter", "vn-commune-encounter")]
    [InlineData("MedicationRequest", "vn-prescription")]
    [InlineData("Condition", "vn-condition")]
    public async Task What_is_sound_conforms(string type, string profile) =>
        Assert.Empty(await Validating.Errors(Validating.Sound[type], null, Ours + profile));

    [Theory]
    [InlineData("Patient", "vn-patient", "identifier[0].value", "\"00109001234\"", "vn-id-1")]
    [InlineData("Patient", "vn-patient", "identifier[0].value", null, "'value' is missing")]
    [InlineData(
        "Patient",
        "vn-patient",
        "identifier[1]",
        "{\"system\":\"http://fhir.ehealth.gov.vn/core/sid/insurance_number\",\"value\":\"DN40101234567890\"}",
        "vn-ins-1"
    )]
    [InlineData("Patient", "vn-patient", "name", null, "'name' is missing")]
    [InlineData("Patient", "vn-patient", "name[0].text", null, "'text' is missing")]
    [InlineData("Patient", "vn-patient", "gender", null, "'gender' is missing")]
    [InlineData("Patient", "vn-patient", "birthDate", null, "'birthDate' is missing")]
    [InlineData(
        "Patient",
        "vn-patient",
        "address[0].extension[0]",
        "{\"url\":\"http://fhir.ehealth.gov.vn/core/StructureDefinition/extension-administrative-address\",\"valueCoding\":{\"system\":\"http://fhir.ehealth.gov.vn/core/CodeSystem/commune\",\"code\":\"123\"}}",
        "vn-com-1"
    )]
    [InlineData(
        "Patient",
        "vn-patient",
        "extension[0]",
        "{\"url\":\"http://fhir.ehealth.gov.vn/core/StructureDefinition/extension-race\",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://fhir.ehealth.gov.vn/core/CodeSystem/vn-core-race\",\"code\":\"77\"}]}}",
        "vn-race-1"
    )]
    [InlineData(
        "Patient",
        "vn-patient",
        "extension[0]",
        "{\"url\":\"http://fhir.ehealth.gov.vn/core/StructureDefinition/extension-race\",\"valueString\":\"Kinh\"}",
        "must be CodeableConcept"
    )]
    [InlineData("Encounter", "vn-commune-encounter", "class.code", "\"IMP\"", "vn-enc-1")]
    [InlineData("Encounter", "vn-commune-encounter", "diagnosis", null, "vn-enc-2")]
    [InlineData("Encounter", "vn-commune-encounter", "period.end", null, "vn-enc-2")]
    [InlineData(
        "Encounter",
        "vn-commune-encounter",
        "subject.reference",
        "\"Group/1\"",
        "must refer to Patient"
    )]
    [InlineData(
        "Encounter",
        "vn-commune-encounter",
        "serviceProvider",
        null,
        "'serviceProvider' is missing"
    )]
    [InlineData(
        "MedicationRequest",
        "vn-prescription",
        "groupIdentifier",
        null,
        "'groupIdentifier' is missing"
    )]
    [InlineData(
        "MedicationRequest",
        "vn-prescription",
        "groupIdentifier.value",
        "\"01001A1B2C3D-c\"",
        "vn-rx-3"
    )]
    [InlineData(
        "MedicationRequest",
        "vn-prescription",
        "groupIdentifier.system",
        "\"urn:own\"",
        "It must be \"http"
    )]
    [InlineData(
        "MedicationRequest",
        "vn-prescription",
        "intent",
        "\"plan\"",
        "It must be \"order\""
    )]
    [InlineData("MedicationRequest", "vn-prescription", "reasonReference", null, "vn-rx-1")]
    [InlineData(
        "MedicationRequest",
        "vn-prescription",
        "dispenseRequest.expectedSupplyDuration.value",
        "91",
        "vn-rx-2"
    )]
    [InlineData("Condition", "vn-condition", "code.coding[0].code", "\"IX\"", "vn-icd-1")]
    [InlineData(
        "Condition",
        "vn-condition",
        "code.coding[0].system",
        "\"http://snomed.info/sct\"",
        "coding:icd10"
    )]
    [InlineData(
        "Condition",
        "vn-condition",
        "verificationStatus",
        null,
        "'verificationStatus' is missing"
    )]
    public async Task What_is_wrong_is_told_by_its_rule(
        string type,
        string profile,
        string place,
        string? value,
        string told
    ) =>
        Assert.Contains(
            await Validating.Errors(
                Validating.With(Validating.Sound[type], place, value),
                null,
                Ours + profile
            ),
            error => error.Text.Contains(told, StringComparison.Ordinal)
        );

    [Fact]
    public async Task A_claimed_profile_is_held_against_the_resource()
    {
        var claimed = Validating.With(
            Validating.With(Validating.Sound["Patient"], "meta.profile", $"[\"{Ours}vn-patient\"]"),
            "birthDate",
            null
        );
        Assert.Contains(await Validating.Errors(claimed), error => error.Expression == "Patient");
    }

    [Fact]
    public async Task What_a_personal_id_says_otherwise_is_a_warning()
    {
        var findings = await Validating.Validate(
            Validating.With(Validating.Sound["Patient"], "gender", "\"female\""),
            null,
            Ours + "vn-patient"
        );
        Assert.Contains(
            findings,
            finding =>
                finding.Severity is FindingSeverity.Warning
                && finding.Text.StartsWith("vn-pat-1", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(findings, finding => finding.Severity is FindingSeverity.Error);
    }

    /// <summary>https://hl7.org/fhir/R4/bp.html slices component by two values below code, and fixes units.</summary>
    [Theory]
    [InlineData("component[1]", null, "component:DiastolicBP")]
    [InlineData("component[0].valueQuantity.code", "\"kPa\"", "It must be \"mm[Hg]\"")]
    [InlineData("category", null, "'category' is missing")]
    [InlineData("effectiveDateTime", null, "'effective' is missing")]
    public async Task Blood_pressure_of_the_specification(string place, string? value, string told)
    {
        const string Bp = "http://hl7.org/fhir/StructureDefinition/bp";
        Assert.Empty(await Validating.Errors(Validating.Sound["Observation"], null, Bp));
        Assert.Contains(
            await Validating.Errors(
                Validating.With(Validating.Sound["Observation"], place, value),
                null,
                Bp
            ),
            error => error.Text.Contains(told, StringComparison.Ordinal)
        );
    }

    /// <summary>A profile of Observation that slices component in one way; two of the three slices have to be there.</summary>
    [Theory]
    // value
    [InlineData(
        "open",
        """{"type":"value","path":"code.text"}""",
        """{"id":"Observation.component:a.code.text","path":"Observation.component.code.text","fixedString":"a"}""",
        """{"code":{"text":"a"}}""",
        """{"code":{"text":"b"}}""",
        true
    )]
    [InlineData(
        "closed",
        """{"type":"value","path":"code.text"}""",
        """{"id":"Observation.component:a.code.text","path":"Observation.component.code.text","fixedString":"a"}""",
        """{"code":{"text":"a"}}""",
        """{"code":{"text":"b"}}""",
        false
    )]
    // pattern above the path
    [InlineData(
        "open",
        """{"type":"pattern","path":"code"}""",
        """{"id":"Observation.component:a.code","path":"Observation.component.code","patternCodeableConcept":{"coding":[{"system":"urn:x","code":"1"}]}}""",
        """{"code":{"coding":[{"system":"urn:y","code":"2"},{"system":"urn:x","code":"1"}]}}""",
        """{"code":{"text":"b"}}""",
        true
    )]
    // exists
    [InlineData(
        "open",
        """{"type":"exists","path":"interpretation"}""",
        """{"id":"Observation.component:a.interpretation","path":"Observation.component.interpretation","min":1}""",
        """{"code":{"text":"a"},"interpretation":[{"text":"x"}]}""",
        """{"code":{"text":"b"}}""",
        true
    )]
    // type
    [InlineData(
        "open",
        """{"type":"type","path":"value"}""",
        """{"id":"Observation.component:a.value[x]","path":"Observation.component.value[x]","type":[{"code":"Quantity"}]}""",
        """{"code":{"text":"a"},"valueQuantity":{"value":1}}""",
        """{"code":{"text":"b"},"valueString":"x"}""",
        true
    )]
    public async Task Slices(
        string rules,
        string discriminator,
        string rule,
        string one,
        string other,
        bool othersAllowed
    )
    {
        var source = new Given(
            $$$"""
            {"resourceType":"StructureDefinition","url":"urn:sliced","status":"active","kind":"resource","abstract":false,"type":"Observation",
             "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","derivation":"constraint","differential":{"element":[
              {"id":"Observation.component","path":"Observation.component","slicing":{"discriminator":[{{{discriminator}}}],"rules":"{{{rules}}}"}},
              {"id":"Observation.component:a","path":"Observation.component","sliceName":"a","min":1,"max":"1"},
              {{{rule}}} ]}}
            """
        );
        async Task<int> Errors(params string[] components) =>
            (
                await Validating.Errors(
                    Validating.With(
                        Validating.Sound["Observation"],
                        "component",
                        $"[{string.Join(',', components)}]"
                    ),
                    source,
                    "urn:sliced"
                )
            ).Count;
        Assert.Equal(0, await Errors(one));
        Assert.Equal(othersAllowed ? 0 : 1, await Errors(one, other));
        Assert.NotEqual(0, await Errors(other));
        Assert.NotEqual(0, await Errors(one, one));
    }

    [Fact]
    public async Task A_profile_on_a_profile_holds_both()
    {
        var source = new Given(
            $$"""
            {"resourceType":"StructureDefinition","url":"urn:narrower","status":"active","kind":"resource","abstract":false,"type":"Patient",
             "baseDefinition":"{{Ours}}vn-patient","derivation":"constraint","differential":{"element":[
              {"id":"Patient.telecom","path":"Patient.telecom","max":"0"},{"id":"Patient.name.family","path":"Patient.name.family","maxLength":3,"patternString":"Lê"}]} }
            """
        );
        var errors = await Validating.Errors(
            Validating.With(Validating.Sound["Patient"], "birthDate", null),
            source,
            "urn:narrower"
        );
        Assert.Equal(4, errors.Count);
    }

    private sealed class Given(string profile) : ICanonicalSource
    {
        public ValueTask<CanonicalResource?> Find(
            string type,
            string url,
            string? version,
            CancellationToken cancel
        )
        {
            var json = JsonDocument.Parse(profile).RootElement;
            return new(
                type == "StructureDefinition" && json.GetProperty("url").ValueEquals(url)
                    ? new CanonicalResource(profile, json)
                    : null
            );
        }

        public ValueTask<IReadOnlyList<CanonicalResource>> MapsOf(
            string system,
            bool reverse,
            CancellationToken cancel
        ) => new([]);
    }
}
