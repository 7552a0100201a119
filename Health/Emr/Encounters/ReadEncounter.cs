using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Encounters;

/// <summary>A visit with all that was written in it.</summary>
public sealed class ReadEncounter(FhirSession fhir, ReadPatientSummary summary) : IFeature
{
    /// <param name="Diagnoses">Main one first.</param>
    /// <param name="VitalSigns">Newest first.</param>
    public sealed record Visit(
        Encounter Encounter,
        ReadPatientSummary.Summary Summary,
        SaveNote.Note Note,
        IReadOnlyList<Condition> Diagnoses,
        IReadOnlyList<Observation> VitalSigns,
        IReadOnlyList<DocumentReference> Prescriptions
    );

    /// <exception cref="NotFound">There is no such visit.</exception>
    public async Task<Visit> Run(string id, CancellationToken cancel = default)
    {
        var encounter =
            await fhir.Read<Encounter>(id, cancel) ?? throw new NotFound($"Encounter {id}");
        var note = await fhir.Read<Composition>(id, cancel);
        var conditions = await fhir.Search<Condition>(
            $"encounter=Encounter/{id}&_count=100",
            cancel
        );
        var signs = await fhir.Search<Observation>(
            $"encounter=Encounter/{id}&category=vital-signs&_sort=-date&_count=100",
            cancel
        );
        var prescriptions = await fhir.Search<DocumentReference>(
            $"encounter=Encounter/{id}&type={VnCore.Loinc}|57833-6&_sort=-date&_count=20",
            cancel
        );
        return new Visit(
            encounter,
            await summary.Run(VnCore.IdOf(encounter.Subject)!, cancel),
            SaveNote.Read(encounter, note),
            AddDiagnosis.Current(encounter, conditions),
            [.. signs.Where(sign => sign.Status is not ObservationStatus.EnteredInError)],
            prescriptions
        );
    }
}
