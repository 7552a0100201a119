using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>The patient's page: the summary, visits newest first, problems that still hold, prescriptions.</summary>
public sealed class ReadPatientRecord(FhirSession fhir, ReadPatientSummary summary, PatientIds ids)
    : IFeature
{
    private const int Visits = 30;

    public sealed record Record(
        ReadPatientSummary.Summary Summary,
        IReadOnlyList<Encounter> Encounters,
        IReadOnlyList<Condition> Conditions,
        IReadOnlyList<DocumentReference> Prescriptions
    )
    {
        /// <summary>One line a code: what is active, newest first.</summary>
        public IEnumerable<Condition> ActiveProblems =>
            Conditions
                .Where(condition =>
                    condition.ClinicalStatus?.Coding.Exists(code => code.Code == "active") == true
                )
                .OrderByDescending(condition => condition.RecordedDate, StringComparer.Ordinal)
                .DistinctBy(condition =>
                    condition.Code?.Coding.FirstOrDefault()?.Code ?? condition.Code?.Text
                );

        public IEnumerable<Condition> DiagnosesOf(Encounter encounter) =>
            Conditions.Where(condition => VnCore.IdOf(condition.Encounter) == encounter.Id);
    }

    public async Task<Record> Run(string id, CancellationToken cancel = default)
    {
        var all = await ids.Run(id, cancel);
        return new(
            await summary.Run(id, cancel),
            await fhir.Search<Encounter>($"patient={all}&_sort=-date&_count={Visits}", cancel),
            await fhir.Search<Condition>($"patient={all}&_sort=-recorded-date&_count=200", cancel),
            await fhir.Search<DocumentReference>(
                $"patient={all}&type={VnCore.Loinc}|57833-6&_sort=-date&_count=20",
                cancel
            )
        );
    }
}
