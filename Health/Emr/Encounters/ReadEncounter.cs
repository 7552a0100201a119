using Health.Emr.Papers;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Encounters;

/// <summary>A visit with all that was written in it.</summary>
public sealed class ReadEncounter(FhirSession fhir, ReadPatientSummary summary, PatientIds ids)
    : IFeature
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
    )
    {
        /// <summary>Tests that were ordered, oldest first.</summary>
        public IReadOnlyList<ServiceRequest> Orders { get; init; } = [];

        /// <summary>Referral, appointment, sick leave, discharge; newest first.</summary>
        public IReadOnlyList<DocumentReference> Papers { get; init; } = [];

        /// <summary>The note under its headings, with what was carried over marked.</summary>
        public IReadOnlyList<(
            string Title,
            IReadOnlyList<SaveNote.Line> Lines
        )> Headings { get; init; } = [];

        /// <summary>The visit before, whose note may be carried over; null when there is none or this visit is over.</summary>
        public (Encounter Encounter, SaveNote.Note Note)? Before { get; init; }
    }

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
        )
        {
            Orders = await fhir.Search<ServiceRequest>(
                $"encounter=Encounter/{id}&status=active,completed&_sort=authored&_count=60",
                cancel
            ),
            Papers = await fhir.Search<DocumentReference>(
                $"encounter=Encounter/{id}&type={string.Join(',', PaperForm.All.Select(form => $"{VnCore.PaperKinds}|{form.Kind}"))}&_sort=-date&_count=20",
                cancel
            ),
            Headings = [.. SaveNote.Headings(note)],
            Before = encounter.IsOpen() ? await Before(encounter, cancel) : null,
        };
    }

    private async Task<(Encounter, SaveNote.Note)?> Before(
        Encounter encounter,
        CancellationToken cancel
    )
    {
        var all = await ids.Run(VnCore.IdOf(encounter.Subject)!, cancel);
        var earlier = await fhir.Search<Encounter>(
            $"patient={all}&status=finished&class=AMB&_sort=-date&_count=1",
            cancel
        );
        return
            earlier is [var last]
            && last.Id != encounter.Id
            && await fhir.Read<Composition>(last.Id!, cancel) is { } note
            ? (last, SaveNote.Read(last, note))
            : null;
    }
}
