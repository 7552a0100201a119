using Health.Emr.Patients;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Station.Chronic;

/// <summary>
/// The station's register of a chronic disease, filled from the records: whoever has the diagnosis is in it, and every measurement counts,
/// wherever it was made (book A12 of TT 23/2025/TT-BYT without a keystroke).
/// </summary>
public sealed class ReadRegister(StationPeople people, TimeProvider clock) : IFeature
{
    /// <param name="Patients">Those alive: uncontrolled first, then lost, then controlled.</param>
    /// <param name="Year">A year of control rates, oldest first.</param>
    public sealed record Register(
        ChronicDisease Disease,
        DateOnly Today,
        ControlRate Now,
        IReadOnlyList<ChronicPatient> Patients,
        IReadOnlyList<ControlRate> Year
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/station/registers/{disease}",
                (string disease, ReadRegister feature, CancellationToken cancel) =>
                    feature.Run(disease, cancel)
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="NotFound">No register of that name is kept.</exception>
    /// <exception cref="InvalidInput">The account belongs to no facility.</exception>
    public async Task<Register> Run(string code, CancellationToken cancel = default)
    {
        var disease =
            ChronicDisease.All.FirstOrDefault(one => one.Code == code)
            ?? throw new NotFound($"Register {code}");
        var today = clock.Today();
        var ids = await people.Ids(cancel);
        var diagnoses = await people.Of<Condition>(
            ids,
            $"code={string.Join(',', disease.Codes.Select(icd => $"{VnCore.Icd10}|{icd}"))}",
            condition => condition.Subject,
            cancel
        );
        var since = diagnoses
            .Select(same =>
                (
                    Id: same.Key,
                    Since: same.Where(Holds).Select(Day).OfType<DateOnly>().DefaultIfEmpty().Min(),
                    Any: same.Any(Holds)
                )
            )
            .Where(one => one.Any)
            .ToDictionary(one => one.Id, one => one.Since, StringComparer.Ordinal);
        var patients = await people.Patients(since.Keys, "", cancel);
        var measured = await people.Of<Observation>(
            since.Keys,
            $"code={string.Join(',', disease.Measures.Select(measure => $"{VnCore.Loinc}|{measure.Loinc}"))}"
                + $"&date=ge{today.AddMonths(-13 - disease.WindowMonths):yyyy-MM-dd}&status=final,amended,corrected",
            observation => observation.Subject,
            cancel
        );
        List<ChronicPatient> members =
        [
            .. patients.Select(patient => new ChronicPatient(
                patient.Id!,
                patient.FullName(),
                patient.Birth(),
                patient.Sex(),
                patient.Phone(),
                since[patient.Id!],
                [
                    .. measured[patient.Id!]
                        .Select(observation => Reading(disease, observation))
                        .OfType<Reading>()
                        .OrderBy(reading => reading.On),
                ],
                Died(patient)
            )),
        ];
        return new(
            disease,
            today,
            ControlRate.Of(members, today, disease.WindowMonths),
            [
                .. members
                    .Where(member => member.Died is null)
                    .OrderBy(member =>
                        member.StateOn(today, disease.WindowMonths) switch
                        {
                            ChronicState.Uncontrolled => 0,
                            ChronicState.Lost => 1,
                            _ => 2,
                        }
                    )
                    .ThenBy(member => member.LastOn(today)?.On ?? default),
            ],
            ControlRate.OfAYear(members, today, disease.WindowMonths)
        );
    }

    internal static Reading? Reading(ChronicDisease disease, Observation observation)
    {
        var measure = disease.Measures.FirstOrDefault(one =>
            observation.Code.Coding.Exists(code =>
                code.System == VnCore.Loinc && code.Code == one.Loinc
            )
        );
        if (
            measure is null
            || observation.Effective is not FhirDateTime time
            || !PartialDate.TryParse(time.Value?.Split('T')[0], null, out var day)
        )
        {
            return null;
        }
        if (measure.BelowSecond is null)
        {
            return observation.Value is Quantity { Value: { } value }
                ? measure.Read(day.First, value, null)
                : null;
        }
        return BloodPressure.Read(observation) is var (systolic, diastolic)
            ? measure.Read(day.First, systolic, diastolic)
            : null;
    }

    private static bool Holds(Condition condition) =>
        condition.VerificationStatus?.Coding.Exists(code =>
            code.Code is "entered-in-error" or "refuted"
        ) != true
        && condition.ClinicalStatus?.Coding.Exists(code => code.Code is "resolved") != true;

    private static DateOnly? Day(Condition condition) =>
        PartialDate.TryParse(
            (
                (condition.Onset as FhirDateTime)?.Value ?? condition.RecordedDateElement?.Value
            )?.Split('T')[0],
            null,
            out var date
        )
            ? date.First
            : null;

    private static DateOnly? Died(Patient patient) =>
        patient.Deceased switch
        {
            FhirDateTime time
                when PartialDate.TryParse(time.Value?.Split('T')[0], null, out var day) =>
                day.First,
            FhirBoolean { Value: true } => DateOnly.MinValue,
            _ => null,
        };
}
