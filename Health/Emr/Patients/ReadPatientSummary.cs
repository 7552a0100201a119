using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>
/// What the head of every page about a patient shows: who it is, allergies, problems, pregnancy, last weight. It is read with each of them, so
/// each part is one short search.
/// </summary>
public sealed class ReadPatientSummary(FhirSession fhir, PatientIds ids, TimeProvider clock)
    : IFeature
{
    /// <param name="LastWeight">Kilograms and when they were measured; null when never.</param>
    public sealed record Summary(
        Patient Patient,
        IReadOnlyList<AllergyIntolerance> Allergies,
        (decimal Kilograms, DateTimeOffset At)? LastWeight
    )
    {
        /// <summary>Active lines of the problem list.</summary>
        public IReadOnlyList<Condition> Problems { get; init; } = [];

        public Pregnancy? Pregnancy { get; init; }
    }

    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<Summary> Run(string id, CancellationToken cancel = default)
    {
        var patient = await fhir.Read<Patient>(id, cancel) ?? throw new NotFound($"Patient {id}");
        var all = await ids.Run(id, cancel);
        var allergies = await fhir.Search<AllergyIntolerance>($"patient={all}", cancel);
        var weights = await fhir.Search<Observation>(
            $"patient={all}&code={VnCore.Loinc}|29463-7&status=final,amended,corrected&_sort=-date&_count=1",
            cancel
        );
        var problems = await fhir.Search<Condition>(
            $"{Problem.SearchFor(all)}&clinical-status=active",
            cancel
        );
        var pregnancies = RecordPregnancy.IsPossible(patient, clock.Today())
            ? await fhir.Search<Observation>(
                $"patient={all}&code={VnCore.Loinc}|{RecordPregnancy.StatusLoinc}&status=final,amended,corrected&_sort=-date&_count=1",
                cancel
            )
            : [];
        return new Summary(
            patient,
            [.. allergies.Where(IsActive)],
            weights is [{ Value: Quantity { Value: { } kilograms } } weight, ..]
                ? (kilograms, When(weight.Effective))
                : null
        )
        {
            Problems =
            [
                .. problems.OrderByDescending(
                    problem => problem.RecordedDate,
                    StringComparer.Ordinal
                ),
            ],
            Pregnancy = RecordPregnancy.Of(pregnancies.FirstOrDefault(), clock.Today()),
        };
    }

    internal static DateTimeOffset When(DataType? time) =>
        time is FhirDateTime moment ? moment.ToDateTimeOffset(VietnamTime.Offset) : default;

    internal static bool IsActive(AllergyIntolerance allergy) =>
        allergy.ClinicalStatus?.Coding.Exists(code => code.Code is "inactive" or "resolved") != true
        && allergy.VerificationStatus?.Coding.Exists(code =>
            code.Code is "entered-in-error" or "refuted"
        ) != true;
}
