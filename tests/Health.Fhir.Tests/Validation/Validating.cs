using System.Text;
using System.Text.Json.Nodes;
using Health.Fhir.Terminology;
using Health.Fhir.Validation;

namespace Health.Fhir.Tests.Validation;

/// <summary>Validation without a server, and sound resources to begin from.</summary>
internal static class Validating
{
    private static readonly TerminologyCache Cache = new();

    public static async Task<IReadOnlyList<Finding>> Validate(
        string json,
        ICanonicalSource? source = null,
        params string[] profiles
    ) =>
        await new Validator(new TerminologyService(Cache, source), source).Validate(
            Encoding.UTF8.GetBytes(json),
            profiles,
            TestContext.Current.CancellationToken
        );

    public static async Task<IReadOnlyList<Finding>> Errors(
        string json,
        ICanonicalSource? source = null,
        params string[] profiles
    ) =>
        [
            .. (await Validate(json, source, profiles)).Where(finding =>
                finding.Severity is FindingSeverity.Error
            ),
        ];

    /// <summary>The resource with the value at the path set, or taken away when it is null. <c>name[0].use</c>; what is missing is made.</summary>
    public static string With(string json, string path, string? value)
    {
        var root = JsonNode.Parse(json)!;
        var node = root;
        var parts = path.Replace("]", "", StringComparison.Ordinal).Split('.', '[');
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            if (int.TryParse(parts[i], out var index))
            {
                var array = node.AsArray();
                if (isLast)
                {
                    if (value is null)
                    {
                        array.RemoveAt(index);
                    }
                    else if (index < array.Count)
                    {
                        array[index] = JsonNode.Parse(value);
                    }
                    else
                    {
                        array.Add(JsonNode.Parse(value));
                    }
                    break;
                }
                while (array.Count <= index)
                {
                    array.Add(new JsonObject());
                }
                node = array[index]!;
                continue;
            }
            var owner = node.AsObject();
            if (isLast)
            {
                owner.Remove(parts[i]);
                if (value is not null)
                {
                    owner[parts[i]] = JsonNode.Parse(value);
                }
                break;
            }
            node = owner[parts[i]] ??= int.TryParse(parts[i + 1], out _)
                ? new JsonArray()
                : new JsonObject();
        }
        return root.ToJsonString();
    }

    private const string Narrative = """
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Nguyễn Văn An</div>"}
        """;

    public static IReadOnlyDictionary<string, string> Sound { get; } =
        new Dictionary<string, string>
        {
            ["Patient"] = $$$"""
                {"resourceType":"Patient","id":"p1",{{{Narrative}}},
                 "identifier":[{"system":"http://fhir.ehealth.gov.vn/core/sid/national_id","value":"001090012345"}],
                 "name":[{"use":"official","text":"Nguyễn Văn An","family":"Nguyễn","given":["Văn","An"]}],
                 "telecom":[{"system":"phone","value":"0912345678"}],
                 "gender":"male","birthDate":"1990-08-15","address":[{"text":"Xã Tân Lập","country":"VN"}],
                 "contact":[{"name":{"text":"Trần Thị Bình"},"relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"N"}]}]}],
                 "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]},
                 "managingOrganization":{"reference":"Organization/o1"}}
                """,
            ["Observation"] = $$$"""
                {"resourceType":"Observation","id":"o1",{{{Narrative}}},"status":"final",
                 "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],
                 "code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}],"text":"Huyết áp"},
                 "subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-11-23T08:00:00+07:00",
                 "referenceRange":[{"low":{"value":90,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}],
                 "component":[
                  {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
                  {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"} } ]}
                """,
            ["Condition"] = $$$"""
                {"resourceType":"Condition","id":"c1",{{{Narrative}}},
                 "clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},
                 "verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},
                 "code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"I10"}]},
                 "subject":{"reference":"Patient/p1"},"recordedDate":"2026-11-23"}
                """,
            ["Encounter"] = $$$"""
                {"resourceType":"Encounter","id":"e1",{{{Narrative}}},"status":"finished",
                 "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},
                 "subject":{"reference":"Patient/p1"},
                 "participant":[{"individual":{"reference":"Practitioner/d1"}}],
                 "period":{"start":"2026-11-23T08:00:00+07:00","end":"2026-11-23T08:20:00+07:00"},
                 "diagnosis":[{"condition":{"reference":"Condition/c1"}}],
                 "serviceProvider":{"reference":"Organization/o1"}}
                """,
            ["MedicationRequest"] = $$$"""
                {"resourceType":"MedicationRequest","id":"m1",{{{Narrative}}},"status":"active","intent":"order",
                 "groupIdentifier":{"system":"http://fhir.ehealth.gov.vn/core/sid/prescription_code","value":"01001a1b2c3d-c"},
                 "medicationCodeableConcept":{"text":"Amlodipin 5 mg"},"subject":{"reference":"Patient/p1"},
                 "authoredOn":"2026-11-23T08:15:00+07:00","requester":{"reference":"Practitioner/d1"},
                 "reasonReference":[{"reference":"Condition/c1"}],
                 "dosageInstruction":[{"text":"1 viên buổi sáng","timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d"} } }],
                 "dispenseRequest":{"quantity":{"value":30,"unit":"viên"},"expectedSupplyDuration":{"value":30,"unit":"d","system":"http://unitsofmeasure.org","code":"d"} } }
                """,
            ["Questionnaire"] = $$$"""
                {"resourceType":"Questionnaire","id":"q1",{{{Narrative}}},"status":"active","name":"Kham",
                 "item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"choice","answerOption":[{"valueString":"có"}]}]}]}
                """,
            ["Bundle"] = """
                {"resourceType":"Bundle","id":"b1","type":"collection","entry":[
                 {"fullUrl":"urn:uuid:5f0f6e3c-0ef1-4f0c-8a32-0f1e43b5d8a1","resource":{"resourceType":"Patient","id":"p9","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"},"active":true}}]}
                """,
        };
}
