namespace Health.Fhir.Api.Operations.Summary;

/// <summary>
/// One section of an International Patient Summary (https://hl7.org/fhir/uv/ips/STU1.1/), as data.
/// </summary>
/// <param name="Loinc">Code of the section.</param>
/// <param name="Type">Type of its resources.</param>
/// <param name="Query">Which of the patient's, besides the patient.</param>
/// <param name="Unknown">
/// Code of <c>absent-unknown-uv-ips</c> and its words, when the record holds nothing; null where the section is then left out. The record
/// cannot know that there is nothing, so it never says "no known …".
/// </param>
internal sealed record SummarySection(
    string Loinc,
    string Title,
    string Vietnamese,
    string Type,
    string Query,
    (string Code, string Text)? Unknown = null
)
{
    public static IReadOnlyList<SummarySection> All { get; } =
    [
        new(
            "48765-2",
            "Allergies and intolerances",
            "Dị ứng",
            "AllergyIntolerance",
            "clinical-status:not=resolved",
            ("no-allergy-info", "No information about allergies")
        ),
        new(
            "10160-0",
            "Medication summary",
            "Thuốc",
            "MedicationRequest",
            "status=active,on-hold",
            ("no-medication-info", "No information about medications")
        ),
        new(
            "11450-4",
            "Problems",
            "Vấn đề sức khỏe",
            "Condition",
            "clinical-status=active,recurrence,relapse",
            ("no-problem-info", "No information about problems")
        ),
        new("11369-6", "Immunizations", "Tiêm chủng", "Immunization", "status=completed"),
        new("47519-4", "Procedures", "Thủ thuật, phẫu thuật", "Procedure", "status=completed"),
        new("30954-2", "Results", "Kết quả xét nghiệm", "Observation", "category=laboratory"),
        new("8716-3", "Vital signs", "Dấu hiệu sinh tồn", "Observation", "category=vital-signs"),
    ];
}
