using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// A person's vaccinations with what each counts for, and what comes next by the schedule in force today.
/// </summary>
public sealed class ReadVaccinations(
    FhirSession fhir,
    ReadPatientSummary summary,
    PatientIds ids,
    TimeProvider clock
) : IFeature
{
    /// <summary>One vaccine to give, for all the series in which it is next.</summary>
    public sealed record Offer(
        Vaccine Vaccine,
        ForecastStatus Status,
        IReadOnlyList<Forecast> For,
        DateOnly? Earliest,
        DateOnly? Recommended,
        DateOnly? PastDue
    )
    {
        /// <summary><c>mũi 2</c>, or several where its diseases stand at different doses.</summary>
        public string Doses =>
            string.Join("/", For.Select(forecast => forecast.Dose).Distinct().Order());
    }

    /// <param name="Results">Null when the day of birth is not known to the day.</param>
    /// <param name="Doses">Newest first, those not given too.</param>
    public sealed record View(
        ReadPatientSummary.Summary Summary,
        IReadOnlyList<FhirImmunization> Doses,
        IReadOnlyList<SeriesResult>? Results
    )
    {
        public IReadOnlyList<Offer> Offers { get; } = Results is null ? [] : OffersOf(Results);

        /// <summary>How each series judged one dose.</summary>
        public IEnumerable<(Series Series, EvaluatedDose Dose)> JudgementsOf(string id) =>
            (Results ?? []).SelectMany(result =>
                result
                    .Doses.Where(dose => dose.Given.Id == id)
                    .Select(dose => (result.Series, dose))
            );
    }

    public sealed record Answer(
        IReadOnlyList<AnsweredDose> Doses,
        IReadOnlyList<AnsweredForecast> Forecast
    );

    public sealed record AnsweredDose(
        string Id,
        string Vaccine,
        DateOnly On,
        string Series,
        int Dose,
        string Status,
        string Reason
    );

    public sealed record AnsweredForecast(
        string Series,
        string Status,
        int Dose,
        string? Vaccine,
        DateOnly? Earliest,
        DateOnly? Recommended,
        DateOnly? PastDue,
        string? Why
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/patients/{id}/vaccinations",
                async (ReadVaccinations feature, string id, CancellationToken cancel) =>
                    Tell(await feature.Run(id, cancel))
            )
            .Requires(Permission.ReadHealthRecords);

    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<View> Run(string id, CancellationToken cancel = default)
    {
        var head = await summary.Run(id, cancel);
        var doses = await fhir.Search<FhirImmunization>(
            $"patient={await ids.Run(id, cancel)}&_sort=-date&_count=300",
            cancel
        );
        IReadOnlyList<FhirImmunization> right =
        [
            .. doses.Where(dose =>
                dose.Status is not FhirImmunization.ImmunizationStatusCodes.EnteredInError
            ),
        ];
        return new(
            head,
            right,
            Judge(head.Patient, right, clock.Today(), head.Pregnancy is not null)
        );
    }

    /// <summary>Null when the day of birth is not known to the day.</summary>
    internal static IReadOnlyList<SeriesResult>? Judge(
        Patient patient,
        IReadOnlyList<FhirImmunization> doses,
        DateOnly today,
        bool pregnant = false
    ) =>
        VaccinationRecord.Of(patient, doses, pregnant) is { } person
            ? ImmunizationEngine.Run(Schedule.Vietnamese, person, today)
            : null;

    /// <summary>What to give, most urgent first: one shot serves all series that wait for the same vaccine.</summary>
    internal static IReadOnlyList<Offer> OffersOf(IReadOnlyList<SeriesResult> results) =>
        [
            .. results
                .Select(result => result.Forecast)
                .Where(forecast => forecast is { Earliest: not null, Give: not null })
                .GroupBy(forecast => forecast.Give!.Cvx)
                .Select(same =>
                {
                    var all = same.ToList();
                    return new Offer(
                        all[0].Give!,
                        all.Max(forecast => forecast.Status),
                        all,
                        all.Where(f => f.Status == all.Max(g => g.Status)).Max(f => f.Earliest),
                        all.Min(forecast => forecast.Recommended),
                        all.Min(forecast => forecast.PastDue)
                    );
                })
                .OrderByDescending(offer => offer.Status)
                .ThenBy(offer => offer.Recommended),
        ];

    public static (string Text, string Badge) Words(ForecastStatus status) =>
        status switch
        {
            ForecastStatus.Complete => (T.Of("Đã đủ", "Complete"), "good"),
            ForecastStatus.Due => (T.Of("Đến hạn", "Due"), "warn"),
            ForecastStatus.Overdue => (T.Of("Quá hạn", "Overdue"), "bad"),
            ForecastStatus.MayGive => (T.Of("Tiêm được", "May be given"), "info"),
            ForecastStatus.NotYet => (T.Of("Chưa đến", "Not yet"), ""),
            ForecastStatus.AgedOut => (T.Of("Quá tuổi", "Too old"), ""),
            ForecastStatus.Contraindicated => (T.Of("Chống chỉ định", "Contraindicated"), "bad"),
            ForecastStatus.Immune => (T.Of("Đã mắc bệnh", "Had the disease"), "good"),
            _ => (T.Of("Không áp dụng", "Not applicable"), ""),
        };

    private static Answer Tell(View view) =>
        new(
            [
                .. view.Doses.SelectMany(dose =>
                    view.JudgementsOf(dose.Id!)
                        .Select(one => new AnsweredDose(
                            dose.Id!,
                            dose.Code()!,
                            dose.On()!.Value,
                            one.Series.Code,
                            one.Dose.Target,
                            one.Dose.Status.ToString(),
                            one.Dose.Why
                        ))
                ),
            ],
            [
                .. (view.Results ?? []).Select(result => new AnsweredForecast(
                    result.Series.Code,
                    result.Forecast.Status.ToString(),
                    result.Forecast.Dose,
                    result.Forecast.Give?.Cvx,
                    result.Forecast.Earliest,
                    result.Forecast.Recommended,
                    result.Forecast.PastDue,
                    result.Forecast.Why
                )),
            ]
        );
}
