using Health.Emr.Patients;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.DecisionSupport;

/// <summary>Gathers from the record what the rules ask: age, sex, weight, allergies, pregnancy, kidney function, and drugs taken today.</summary>
public sealed class ReadPatientFacts(FhirSession fhir, PatientIds ids, TimeProvider clock)
    : IFeature
{
    private const int MostDaysOfADrug = 90;

    /// <param name="Taking">By earlier prescriptions that still last, none of them new.</param>
    public sealed record Result(PatientFacts Facts, IReadOnlyList<DrugUse> Taking);

    /// <param name="weightKg">As measured for this prescription; the last on record when null.</param>
    /// <param name="diagnoses">ICD-10 codes of the visit.</param>
    /// <param name="replaces">Code of a prescription whose drugs no longer count.</param>
    public async Task<Result> Run(
        ReadPatientSummary.Summary about,
        decimal? weightKg,
        IReadOnlyList<string> diagnoses,
        string? replaces = null,
        CancellationToken cancel = default
    )
    {
        var patient = about.Patient;
        var today = clock.Today();
        var all = await ids.Run(patient.Id!, cancel);
        var months = patient.Birth()?.MonthsOn(today);
        var results = await fhir.Search<Observation>(
            $"patient={all}&code={ClinicalCodes.ResultSearch}&status=final,amended,corrected&date=ge{today.AddDays(-400):yyyy-MM-dd}&_sort=-date&_count=20",
            cancel
        );
        var orders = await fhir.Search<MedicationRequest>(
            $"patient={all}&status=active&authoredon=ge{today.AddDays(-MostDaysOfADrug):yyyy-MM-dd}&_count=100",
            cancel
        );
        return new Result(
            new PatientFacts(
                patient.Sex(),
                months,
                weightKg ?? about.LastWeight?.Kilograms,
                patient.Sex() is Sex.Male
                    ? null
                    : ClinicalCodes.PregnancyOf(results, diagnoses, today),
                ClinicalCodes.KidneyOf(results, patient.Sex(), months / 12),
                [.. about.Allergies.Select(AllergyText).OfType<string>()],
                today
            ),
            [
                .. orders
                    .Where(order => order.GroupIdentifier?.Value != replaces || replaces is null)
                    .Where(order => LastDay(order) >= today)
                    .Select(order => OrderUses.Of(order, isNew: false)),
            ]
        );
    }

    internal static string? AllergyText(AllergyIntolerance allergy) =>
        allergy.Code?.Text ?? allergy.Code?.Coding.FirstOrDefault()?.Display;

    /// <summary>On which the drug is taken for the last time; today's when the order does not say for how long.</summary>
    private DateOnly LastDay(MedicationRequest order)
    {
        var from = ReadPatientSummary.When(order.AuthoredOnElement).InVietnam().VietnamDay();
        return order.DispenseRequest?.ExpectedSupplyDuration?.Value is { } days
            ? from.AddDays((int)days - 1)
            : clock.Today();
    }
}
