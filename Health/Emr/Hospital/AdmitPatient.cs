using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Hospital;

/// <summary>
/// Admits a patient from an outpatient or emergency visit into a bed: that visit ends, and a stay (an Encounter of class IMP) begins with its diagnoses.
/// The bed's version is part of the transaction, so one bed is never given twice.
/// </summary>
public sealed class AdmitPatient(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    private const string Sources = "http://terminology.hl7.org/CodeSystem/admit-source";

    /// <param name="Bed">Id of a free bed.</param>
    /// <param name="Emergency">Admitted through the emergency department.</param>
    public sealed record Input(string? Bed, bool Emergency = false, string? Reason = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/admit",
                async (AdmitPatient feature, string id, Input input, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Run(id, input, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);

    /// <param name="visitId">The open visit from which the patient is admitted.</param>
    /// <returns>Id of the stay.</returns>
    /// <exception cref="InvalidInput">The visit has no main diagnosis, or no bed was chosen.</exception>
    /// <exception cref="Conflict">The visit is over, the patient lies in hospital already, or the bed is not free.</exception>
    public async Task<string> Run(string visitId, Input input, CancellationToken cancel = default)
    {
        var visit = await fhir.OpenOne(visitId, cancel);
        if (visit.IsStay())
        {
            throw new Conflict(
                T.Of("Người bệnh đang nằm viện.", "The patient is in hospital already.")
            );
        }
        if (visit.Diagnosis.Count == 0)
        {
            throw new InvalidInput(
                "diagnosis",
                T.Of("Chưa có chẩn đoán vào viện.", "The diagnosis at admission is missing.")
            );
        }
        var here = await fhir.Search<Encounter>(
            $"patient={VnCore.IdOf(visit.Subject)}&class={Stay.Class}&status=in-progress&_count=1",
            cancel
        );
        if (here.Count > 0)
        {
            throw new Conflict(
                T.Of("Người bệnh đang nằm viện.", "The patient is in hospital already.")
            );
        }
        var bed = await fhir.FreeBed(input.Bed, cancel);
        var ward =
            await fhir.Read<Location>(VnCore.IdOf(bed.PartOf)!, cancel)
            ?? throw new NotFound("Ward");
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = new FhirDateTime(clock.GetUtcNow().InVietnam());
        var stay = new Encounter
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = Encounter.EncounterStatus.InProgress,
            Class = new Coding(
                "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                Stay.Class,
                "inpatient encounter"
            ),
            Subject = visit.Subject,
            Participant = [OpenEncounter.Seeing(post)],
            Period = new Period { StartElement = now },
            ServiceProvider = post.Organisation,
            ReasonCode = string.IsNullOrWhiteSpace(input.Reason)
                ? visit.ReasonCode
                : [new CodeableConcept { Text = input.Reason.Trim() }],
            Location = [.. Stay.Places(ward, bed, now)],
            Hospitalization = new Encounter.HospitalizationComponent
            {
                PreAdmissionIdentifier = new Identifier { Value = visit.Id },
                AdmitSource = input.Emergency
                    ? new CodeableConcept(
                        Sources,
                        "emd",
                        "From accident/emergency department",
                        null
                    )
                    : new CodeableConcept(Sources, "outp", "From outpatient department", null),
            },
        };
        await CarryDiagnoses(visit, stay, changes, cancel);
        changes.Update(stay);
        bed.Turn(Hospital.Ward.Occupied, changes);
        visit.Status = Encounter.EncounterStatus.Finished;
        visit.Period!.EndElement = now;
        changes.Update(visit, visit.Meta?.VersionId);
        if (await fhir.Read<Composition>(visitId, cancel) is { } note)
        {
            note.Status = CompositionStatus.Final;
            changes.Update(note, note.Meta?.VersionId);
        }
        await fhir.Commit(changes, cancel);
        return stay.Id;
    }

    /// <summary>The stay gets diagnoses of its own: they may change until discharge, and those of the visit stay as they were.</summary>
    private async Task CarryDiagnoses(
        Encounter visit,
        Encounter stay,
        FhirChanges changes,
        CancellationToken cancel
    )
    {
        var conditions = AddDiagnosis.Current(
            visit,
            await fhir.Search<Condition>($"encounter=Encounter/{visit.Id}&_count=100", cancel)
        );
        foreach (var condition in conditions)
        {
            var carried = (Condition)condition.DeepCopy();
            carried.Id = Guid.CreateVersion7().ToString();
            carried.Meta = null;
            carried.Encounter = VnCore.Reference(stay);
            changes.Update(carried);
            stay.Diagnosis.Add(
                new Encounter.DiagnosisComponent
                {
                    Condition = VnCore.Reference(carried, carried.Text()),
                    Use = new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/diagnosis-role",
                        stay.Diagnosis.Count == 0 ? "DD" : "CM"
                    ),
                    Rank = stay.Diagnosis.Count + 1,
                }
            );
        }
    }
}
