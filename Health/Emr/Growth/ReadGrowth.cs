using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Growth;

/// <summary>
/// A child's measurements by day, each with its z-scores by the WHO's standards, from the weights, heights and head circumferences
/// in the record; to the nineteenth birthday.
/// </summary>
public sealed class ReadGrowth(
    FhirSession fhir,
    PatientIds ids,
    ReadPatientSummary summary,
    TimeProvider clock
) : IFeature
{
    /// <summary>The reference of 2007 ends with 19 years.</summary>
    public const int LastMonth = 228;
    private const int Most = 500;

    /// <param name="Z">Standard deviations from the median, two decimals, as the WHO publishes them.</param>
    public sealed record Score(Indicator Indicator, double Z, string Text, bool Out);

    /// <param name="Day">Completed days of life.</param>
    public sealed record Visit(
        DateOnly On,
        int Day,
        double? Weight,
        double? Height,
        Posture? Posture,
        double? Head,
        IReadOnlyList<Score> Scores
    )
    {
        /// <summary>The height as the standard for the age has it.</summary>
        public double? StandardHeight =>
            Height is { } height ? GrowthStandard.Height(Day, height, Posture) : null;

        public double? Bmi =>
            Weight is { } weight && StandardHeight is { } height
                ? GrowthStandard.Bmi(weight, height)
                : null;
    }

    /// <param name="Birth">Null when the day of birth is not known: then there are no scores.</param>
    /// <param name="Visits">Oldest first.</param>
    public sealed record Result(
        ReadPatientSummary.Summary Summary,
        Sex Sex,
        DateOnly? Birth,
        IReadOnlyList<Visit> Visits
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/patients/{id}/growth",
                async (ReadGrowth feature, string id, CancellationToken cancel) =>
                {
                    var growth = await feature.Run(id, cancel);
                    return Results.Ok(
                        new
                        {
                            growth.Sex,
                            growth.Birth,
                            growth.Visits,
                        }
                    );
                }
            )
            .Requires(Permission.ReadHealthRecords);

    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<Result> Run(string id, CancellationToken cancel = default)
    {
        var read = await summary.Run(id, cancel);
        var sex = read.Patient.Sex();
        var birth =
            read.Patient.Birth() is { Day: not null } known
            && known.MonthsOn(clock.Today()) <= LastMonth * 2
                ? known.First
                : (DateOnly?)null;
        if (birth is not { } born)
        {
            return new(read, sex, null, []);
        }
        var codes = string.Join(
            ',',
            new[] { VitalSigns.Weight, VitalSigns.Height, VitalSigns.HeadCircumference }.Select(
                sign => $"{VnCore.Loinc}|{sign.Loinc}"
            )
        );
        var measured = await fhir.Search<Observation>(
            $"patient={await ids.Run(id, cancel)}&code={codes}&status=final,amended,corrected&_sort=-date&_count={Most}",
            cancel
        );
        return new(
            read,
            sex,
            born,
            [
                .. measured
                    .GroupBy(one => ReadPatientSummary.When(one.Effective).VietnamDay())
                    .Where(day => day.Key >= born)
                    .OrderBy(day => day.Key)
                    .Select(day => Of(sex, born, day.Key, [.. day]))
                    .Where(visit => visit.Day <= (LastMonth + 1) * GrowthStandard.DaysInMonth),
            ]
        );
    }

    private static Visit Of(
        Sex sex,
        DateOnly born,
        DateOnly on,
        IReadOnlyList<Observation> observations
    )
    {
        var weight = Newest(VitalSigns.Weight.Loinc);
        var height = Newest(VitalSigns.Height.Loinc);
        var posture =
            height?.Code?.Coding.Exists(code => code.Code == VitalSigns.LyingLoinc) == true
                ? Posture.Lying
            : height?.Code?.Coding.Exists(code => code.Code == VitalSigns.StandingLoinc) == true
                ? Posture.Standing
            : (Posture?)null;
        return Assess(
            sex,
            on,
            on.DayNumber - born.DayNumber,
            Number(weight),
            Number(height),
            posture,
            Number(Newest(VitalSigns.HeadCircumference.Loinc))
        );

        // The search gave the newest first.
        Observation? Newest(string loinc) =>
            observations.FirstOrDefault(one =>
                one.Code?.Coding.Exists(code => code.Code == loinc) == true
            );
    }

    /// <summary>All scores that these measurements allow.</summary>
    public static Visit Assess(
        Sex sex,
        DateOnly on,
        int day,
        double? weight,
        double? height,
        Posture? posture,
        double? head
    )
    {
        (Indicator, double?)[] scores =
        [
            (
                Indicator.WeightForAge,
                weight is { } kg ? GrowthStandard.WeightForAge(sex, day, kg) : null
            ),
            (
                Indicator.HeightForAge,
                height is { } cm ? GrowthStandard.HeightForAge(sex, day, cm, posture) : null
            ),
            (
                Indicator.WeightForHeight,
                weight is { } heavy && height is { } tall
                    ? GrowthStandard.WeightForHeight(sex, day, heavy, tall, posture)
                    : null
            ),
            (
                Indicator.BmiForAge,
                weight is { } mass && height is { } high
                    ? GrowthStandard.BmiForAge(sex, day, mass, high, posture)
                    : null
            ),
            (
                Indicator.HeadForAge,
                head is { } round ? GrowthStandard.HeadForAge(sex, day, round) : null
            ),
        ];
        return new(
            on,
            day,
            weight,
            height,
            posture,
            head,
            [
                .. scores
                    .Where(score => score.Item2 is not null)
                    .Select(score =>
                    {
                        var z = Math.Round(score.Item2!.Value, 2, MidpointRounding.AwayFromZero);
                        var (text, isOut) = GrowthWords.Of(score.Item1, z, day);
                        return new Score(score.Item1, z, text, isOut);
                    }),
            ]
        );
    }

    private static double? Number(Observation? observation) =>
        (double?)(observation?.Value as Quantity)?.Value;
}
