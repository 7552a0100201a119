using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>The patient's page: the summary, visits newest first, the problem list, prescriptions.</summary>
public sealed class ReadPatientRecord(
    FhirSession fhir,
    ReadPatientSummary summary,
    PatientIds ids,
    KeepProblemList problems
) : IFeature
{
    /// <summary>Newest ones; the timeline goes on from there.</summary>
    private const int Visits = 15;

    public sealed record Record(
        ReadPatientSummary.Summary Summary,
        IReadOnlyList<Encounter> Encounters,
        IReadOnlyList<Condition> Conditions,
        IReadOnlyList<DocumentReference> Prescriptions
    )
    {
        /// <summary>The problem list, active ones first.</summary>
        public IReadOnlyList<Condition> Problems { get; init; } = [];

        public IEnumerable<Condition> DiagnosesOf(Encounter encounter) =>
            Conditions.Where(condition => VnCore.IdOf(condition.Encounter) == encounter.Id);
    }

    public async Task<Record> Run(string id, CancellationToken cancel = default)
    {
        var all = await ids.Run(id, cancel);
        return new(
            await summary.Run(id, cancel),
            await fhir.Search<Encounter>($"patient={all}&_sort=-date&_count={Visits}", cancel),
            await fhir.Search<Condition>(
                $"patient={all}&category:not={Problem.Category}&_sort=-recorded-date&_count=100",
                cancel
            ),
            await fhir.Search<DocumentReference>(
                $"patient={all}&type={VnCore.Loinc}|57833-6&_sort=-date&_count=20",
                cancel
            )
        )
        {
            Problems = await problems.List(id, cancel),
        };
    }
}
