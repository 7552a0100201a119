using Health.Emr.Patients;
using Health.Emr.Terminology;
using Health.Fhir.Store;
using Health.Fhir.Terminology.Diseases;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>
/// Adds an ICD-10 diagnosis to a visit: a Condition, and its rank in Encounter.diagnosis (1 is the main one). The coding rules of
/// the ministry's list decide, and say why they refuse.
/// </summary>
public sealed class AddDiagnosis(
    FhirSession fhir,
    Workplace workplace,
    KeepProblemList problems,
    TimeProvider clock
) : IFeature
{
    /// <param name="Note">The doctor's own words beside the code.</param>
    public sealed record Input(string? Code, bool Primary, string? Note = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/diagnoses",
                async (AddDiagnosis feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">No such code, or the rules refuse it here.</exception>
    public async Task Run(string encounterId, Input input, CancellationToken cancel = default)
    {
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var today = clock.Today();
        var code =
            Icd10.On(today).Find(input.Code)
            ?? throw new InvalidInput(
                "code",
                string.IsNullOrWhiteSpace(input.Code)
                    ? T.Of(
                        "Chọn một mã ICD-10 trong danh sách.",
                        "Choose an ICD-10 code from the list."
                    )
                    : T.Of(
                        $"Không có mã ICD-10 “{input.Code}”.",
                        $"There is no ICD-10 code “{input.Code}”."
                    )
            );
        var conditions = await fhir.Search<Condition>(
            $"encounter=Encounter/{encounterId}&_count=100",
            cancel
        );
        var beside = Current(encounter, conditions)
            .Select(condition => condition.IcdCode())
            .OfType<string>()
            .ToList();
        if (beside.Contains(code.Code))
        {
            throw new InvalidInput(
                "code",
                T.Of($"{code.Code} đã có trong lượt khám này.", $"{code.Code} is already there.")
            );
        }
        var patient =
            await fhir.Read<Patient>(VnCore.IdOf(encounter.Subject)!, cancel)
            ?? throw new NotFound("Patient");
        var refused = Icd10Rules.Check(
            code,
            input.Primary,
            patient.Sex(),
            patient.Birth(),
            today,
            beside
        );
        if (refused.Count > 0)
        {
            throw new InvalidInput([.. refused.Select(why => new FieldError("code", why))]);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var condition = new Condition
        {
            Id = Guid.CreateVersion7().ToString(),
            ClinicalStatus = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/condition-clinical",
                "active"
            ),
            VerificationStatus = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                "confirmed"
            ),
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/condition-category",
                    "encounter-diagnosis"
                ),
            ],
            Code = new CodeableConcept(
                VnCore.Icd10,
                code.Code,
                code.Vietnamese,
                string.IsNullOrWhiteSpace(input.Note) ? code.Vietnamese : input.Note.Trim()
            ),
            Subject = encounter.Subject!,
            Encounter = VnCore.Reference(encounter),
            RecordedDateElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            Recorder = post.Practitioner,
        };
        changes.Update(condition);
        if (Problem.IsLongLasting(code.Code))
        {
            await problems.Follow(
                changes,
                encounter.Subject!,
                (CodeableConcept)condition.Code.DeepCopy(),
                condition.RecordedDateElement,
                post,
                cancel
            );
        }
        var added = new Encounter.DiagnosisComponent
        {
            Condition = VnCore.Reference(condition, code.Vietnamese),
            Use = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/diagnosis-role",
                input.Primary ? "DD" : "CM"
            ),
        };
        encounter.Diagnosis.Insert(input.Primary ? 0 : encounter.Diagnosis.Count, added);
        Rank(encounter);
        changes.Update(encounter, encounter.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    /// <summary>Those that the visit still names, main one first.</summary>
    public static IReadOnlyList<Condition> Current(
        Encounter encounter,
        IReadOnlyList<Condition> conditions
    ) =>
        [
            .. encounter
                .Diagnosis.OrderBy(diagnosis => diagnosis.Rank ?? int.MaxValue)
                .Select(diagnosis =>
                    conditions.FirstOrDefault(condition =>
                        condition.Id == VnCore.IdOf(diagnosis.Condition)
                    )
                )
                .OfType<Condition>(),
        ];

    public static bool IsPrimary(Encounter encounter, Condition condition) =>
        encounter.Diagnosis.Exists(diagnosis =>
            diagnosis.Rank == 1
            && VnCore.IdOf(diagnosis.Condition) == condition.Id
            && diagnosis.Use?.Coding.Exists(code => code.Code == "DD") == true
        );

    /// <summary>One main diagnosis: a new one moves the old one down.</summary>
    internal static void Rank(Encounter encounter)
    {
        for (var i = 0; i < encounter.Diagnosis.Count; i++)
        {
            encounter.Diagnosis[i].Rank = i + 1;
            if (i > 0 && encounter.Diagnosis[i].Use is { } use)
            {
                use.Coding[0].Code = "CM";
            }
        }
    }
}
