using System.Reflection;
using Health.Emr.Encounters;
using Hl7.Fhir.Model;

namespace Health.Emr.Patients;

/// <summary>
/// A line of the problem list: a Condition of category <c>problem-list-item</c>, one a disease, apart from the diagnoses of single visits
/// (https://hl7.org/fhir/R4/condition.html). So the list stays short however often the disease is treated. It names no encounter: what
/// gathers a visit's diagnoses does not meet it.
/// </summary>
public static class Problem
{
    public const string Category = "problem-list-item";
    private const string ClinicalCodes = "http://terminology.hl7.org/CodeSystem/condition-clinical";

    private static readonly Lazy<IReadOnlyList<(string First, string Last)>> LongLasting = new(() =>
    {
        using var stream = Assembly
            .GetExecutingAssembly()
            .GetManifestResourceStream("Health.Emr.Patients.Data.long-lasting.tsv")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader
                .ReadToEnd()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('\t'))
                .Select(fields => (fields[0], fields[1])),
        ];
    });

    /// <summary>Whether a diagnosis of this ICD-10 code goes on the list by itself.</summary>
    public static bool IsLongLasting(string code) =>
        code.Length >= 3
        && LongLasting.Value.Any(range =>
            string.CompareOrdinal(range.First, 0, code, 0, 3) <= 0
            && string.CompareOrdinal(code, 0, range.Last, 0, 3) <= 0
        );

    public static bool IsActive(this Condition condition) =>
        condition.ClinicalStatus?.Coding.Exists(code =>
            code.Code is "active" or "recurrence" or "relapse"
        ) == true;

    internal static Condition New(
        ResourceReference subject,
        CodeableConcept code,
        FhirDateTime at,
        ResourceReference recorder
    ) =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            ClinicalStatus = new CodeableConcept(ClinicalCodes, "active"),
            VerificationStatus = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                "confirmed"
            ),
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/condition-category",
                    Category
                ),
            ],
            Code = code,
            Subject = subject,
            RecordedDateElement = at,
            Recorder = recorder,
        };

    internal static void Resolve(this Condition problem, FhirDateTime at)
    {
        problem.ClinicalStatus = new CodeableConcept(ClinicalCodes, "resolved");
        problem.Abatement = at;
    }

    internal static void Reopen(this Condition problem)
    {
        problem.ClinicalStatus = new CodeableConcept(ClinicalCodes, "active");
        problem.Abatement = null;
    }

    internal static string SearchFor(string patients, string? code = null) =>
        $"patient={patients}&category={Category}"
        + (code is null ? "" : $"&code={VnCore.Icd10}|{code}")
        + "&verification-status:not=entered-in-error&_count=100";

    /// <summary>As the list shows it, such as <c>I10 Tăng huyết áp vô căn</c>.</summary>
    public static string Line(Condition problem) =>
        problem.IcdCode() is { } code ? $"{code} {problem.Text()}" : problem.Text();
}
