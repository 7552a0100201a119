using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Encounters;

/// <summary>Takes a diagnosis off an open visit; the Condition stays in the record as entered in error.</summary>
public sealed class RemoveDiagnosis(FhirSession fhir, KeepProblemList problems) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete(
                "/health/encounters/{id}/diagnoses/{condition}",
                async (
                    RemoveDiagnosis feature,
                    string id,
                    string condition,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, condition, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    public async Task Run(
        string encounterId,
        string conditionId,
        CancellationToken cancel = default
    )
    {
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var condition = await fhir.Read<Condition>(conditionId, cancel);
        if (
            condition is null
            || encounter.Diagnosis.RemoveAll(diagnosis =>
                VnCore.IdOf(diagnosis.Condition) == conditionId
            ) == 0
        )
        {
            throw new NotFound($"Diagnosis {conditionId}");
        }
        AddDiagnosis.Rank(encounter);
        var changes = new FhirChanges();
        Retract(condition, changes);
        // What this very diagnosis had put on the problem list leaves it too.
        var listed = await problems.List(VnCore.IdOf(encounter.Subject)!, cancel);
        foreach (
            var problem in listed.Where(problem =>
                problem.IcdCode() == condition.IcdCode()
                && problem.RecordedDate == condition.RecordedDate
            )
        )
        {
            Retract(problem, changes);
        }
        changes.Update(encounter, encounter.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    private static void Retract(Condition condition, FhirChanges changes)
    {
        // FHIR wants no clinical status beside "entered in error" (con-5).
        condition.ClinicalStatus = null;
        condition.VerificationStatus = new CodeableConcept(
            "http://terminology.hl7.org/CodeSystem/condition-ver-status",
            "entered-in-error"
        );
        changes.Update(condition, condition.Meta?.VersionId);
    }
}
