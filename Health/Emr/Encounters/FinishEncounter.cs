using Health.Emr.Hospital;
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
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Encounters;

/// <summary>
/// Ends a visit: it needs a main diagnosis that may be one, its asterisk codes need their daggers, and its note becomes final.
/// </summary>
public sealed class FinishEncounter(FhirSession fhir, TimeProvider clock) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/finish",
                async (FinishEncounter feature, string id, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    public async Task Run(string encounterId, CancellationToken cancel = default)
    {
        var encounter = await fhir.OpenOne(encounterId, cancel);
        if (encounter.IsStay())
        {
            throw new Conflict(
                T.Of(
                    "Người bệnh đang nằm viện; cho ra viện ở trang điều trị.",
                    "This is a hospital stay; discharge the patient on its page."
                )
            );
        }
        var now = clock.GetUtcNow().InVietnam();
        var conditions = await fhir.Search<Condition>(
            $"encounter=Encounter/{encounterId}&_count=100",
            cancel
        );
        Check(encounter, AddDiagnosis.Current(encounter, conditions), now.VietnamDay());
        encounter.Status = Encounter.EncounterStatus.Finished;
        foreach (var room in encounter.Location)
        {
            room.Status = Encounter.EncounterLocationStatus.Completed;
        }
        encounter.Period!.EndElement = new FhirDateTime(now);
        var changes = new FhirChanges();
        changes.Update(encounter, encounter.Meta?.VersionId);
        if (await fhir.Read<Composition>(encounterId, cancel) is { } note)
        {
            note.Status = CompositionStatus.Final;
            changes.Update(note, note.Meta?.VersionId);
        }
        await fhir.Commit(changes, cancel);
    }

    private static void Check(
        Encounter encounter,
        IReadOnlyList<Condition> diagnoses,
        DateOnly today
    )
    {
        if (diagnoses.Count == 0 || !AddDiagnosis.IsPrimary(encounter, diagnoses[0]))
        {
            throw new InvalidInput(
                "diagnosis",
                T.Of("Chưa có chẩn đoán chính.", "The main diagnosis is missing.")
            );
        }
        var codes = diagnoses.Select(diagnosis => diagnosis.IcdCode()).OfType<string>().ToList();
        foreach (var code in codes.Select(Icd10.On(today).Find).OfType<Icd10Code>())
        {
            // Sex and age were judged when it was added; a dagger may have been taken away since.
            var refused = Icd10Rules.Check(
                code,
                primary: code.Code == codes[0],
                Sex.Unknown,
                birth: null,
                today,
                codes
            );
            if (refused.Count > 0)
            {
                throw new InvalidInput("diagnosis", refused[0]);
            }
        }
    }
}
