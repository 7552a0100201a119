using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// Records a dose that was given here, or copies one from a paper booklet. Before a dose is given here the engine is asked: one that would not
/// count, or that the screening defers (QĐ 1575/QĐ-BYT 2023), is refused with the reason.
/// </summary>
public sealed class RecordVaccination(
    FhirSession fhir,
    ReadVaccinations read,
    Workplace workplace,
    TimeProvider clock
) : IFeature
{
    private const decimal Fever = 37.5m;
    private const decimal Cold = 35.5m;
    private const decimal LeastKilograms = 2;

    /// <param name="Vaccine">CVX code.</param>
    /// <param name="On">Null for today.</param>
    /// <param name="Temperature">°C at the screening; null when not told.</param>
    /// <param name="Weight">Kilograms at the screening, of newborns.</param>
    /// <param name="ColdChain">What is to be said of it, such as the stage of the vial monitor.</param>
    /// <param name="Spoiled">Given, but known not to work.</param>
    /// <param name="Elsewhere">Copied from a booklet: nothing is refused for being early, it is judged.</param>
    public sealed record Input(
        string? Vaccine,
        DateOnly? On = null,
        string? Lot = null,
        DateOnly? Expiry = null,
        decimal? Temperature = null,
        decimal? Weight = null,
        string? ColdChain = null,
        bool Spoiled = false,
        bool Elsewhere = false
    );

    /// <param name="Series">Code of the series that must not be given, or <c>live</c> for all live vaccines.</param>
    /// <param name="HadDisease">Needs none because the person had the disease; otherwise a contraindication.</param>
    public sealed record Refusal(string? Series, string? Reason, bool HadDisease = false);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var vaccinations = routes
            .MapGroup("/health/patients/{id}/vaccinations")
            .Requires(Permission.WriteHealthRecords);
        vaccinations.MapPost(
            "",
            async (RecordVaccination feature, string id, Input input, CancellationToken cancel) =>
                Results.Ok(new { id = await feature.Run(id, input, cancel) })
        );
        vaccinations.MapPost(
            "/refusals",
            async (
                RecordVaccination feature,
                string id,
                Refusal refusal,
                CancellationToken cancel
            ) =>
            {
                await feature.Refuse(id, refusal, cancel);
                return Results.NoContent();
            }
        );
    }

    /// <returns>Id of the Immunization.</returns>
    /// <exception cref="InvalidInput">A field is wrong, or the dose must wait: says why and until when.</exception>
    /// <exception cref="Conflict">The same vaccine is recorded on that day already.</exception>
    public async Task<string> Run(string id, Input input, CancellationToken cancel = default)
    {
        var view = await read.Run(id, cancel);
        var today = clock.Today();
        var on = input.On ?? today;
        var vaccine = Check(view, input, on, today);
        if (
            view.Doses.Any(dose =>
                dose.Code() == vaccine.Cvx
                && dose.On() == on
                && dose.Status is FhirImmunization.ImmunizationStatusCodes.Completed
            )
        )
        {
            throw new Conflict(
                T.Of(
                    $"{vaccine.Name} ngày {on.Text()} đã có trong sổ.",
                    $"{vaccine.Name} on {on.Text()} is in the record already."
                )
            );
        }
        var judged = Judge(view, vaccine, on, input);
        if (
            !input.Elsewhere
            && judged.Count > 0
            && judged.TrueForAll(one => one.Dose.Status is not DoseStatus.Valid)
        )
        {
            throw new InvalidInput(
                "vaccine",
                T.Of(
                    $"{vaccine.Name}: {judged[0].Dose.Why}.",
                    $"{vaccine.Name}: {judged[0].Dose.Why}."
                )
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var dose = new FhirImmunization
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = FhirImmunization.ImmunizationStatusCodes.Completed,
            VaccineCode = new CodeableConcept(
                VaccinationRecord.Cvx,
                vaccine.Cvx,
                vaccine.English,
                vaccine.Vietnamese
            ),
            Patient = VnCore.Reference(view.Summary.Patient, view.Summary.Patient.FullName()),
            Occurrence =
                on == today && !input.Elsewhere
                    ? new FhirDateTime(clock.GetUtcNow().InVietnam())
                    : new FhirDateTime(on.Year, on.Month, on.Day),
            RecordedElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            PrimarySource = !input.Elsewhere,
            LotNumber = input.Lot?.Trim() is { Length: > 0 } lot ? lot.ToUpperInvariant() : null,
            ExpirationDateElement = input.Expiry is { } expiry
                ? new Date(expiry.Year, expiry.Month, expiry.Day)
                : null,
            Route = new CodeableConcept(
                "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
                vaccine.Route is "ID" ? "IDINJ"
                    : vaccine.Route is "SC" ? "SQ"
                    : vaccine.Route
            ),
            IsSubpotent = input.Spoiled ? true : null,
            Note = Notes(input),
            ProtocolApplied =
            [
                .. judged
                    .Where(one => one.Dose.Target > 0)
                    .Select(one => new FhirImmunization.ProtocolAppliedComponent
                    {
                        Series = one.Series.Code,
                        DoseNumber = new PositiveInt(one.Dose.Target),
                        SeriesDoses = new PositiveInt(one.Series.Doses.Count),
                    }),
            ],
        };
        if (!input.Elsewhere)
        {
            dose.Performer.Add(
                new()
                {
                    Function = new(
                        "http://terminology.hl7.org/CodeSystem/v2-0443",
                        "AP",
                        "Administering Provider"
                    ),
                    Actor = post.Practitioner,
                }
            );
            dose.Performer.Add(new() { Actor = post.Organisation });
        }
        changes.Update(dose);
        await fhir.Commit(changes, cancel);
        return dose.Id;
    }

    /// <summary>Notes that a series must not be given, or is not needed; the forecast follows it from then on.</summary>
    public async Task Refuse(string id, Refusal refusal, CancellationToken cancel = default)
    {
        var view = await read.Run(id, cancel);
        var series = Schedule.Vietnamese.Series.FirstOrDefault(one => one.Code == refusal.Series);
        if (series is null && (refusal.Series != "live" || refusal.HadDisease))
        {
            throw new InvalidInput(
                "series",
                T.Of("chọn vắc xin trong lịch.", "choose a vaccine of the schedule.")
            );
        }
        if (string.IsNullOrWhiteSpace(refusal.Reason))
        {
            throw new InvalidInput("reason", T.Of("ghi lý do.", "say why."));
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var give = series?.Doses[0].Give;
        changes.Create(
            new FhirImmunization
            {
                Status = FhirImmunization.ImmunizationStatusCodes.NotDone,
                StatusReason = VaccinationRecord.NotGiven(forGood: !refusal.HadDisease),
                VaccineCode = give is null
                    ? new CodeableConcept { Text = "Vắc xin sống" }
                    : new CodeableConcept(
                        VaccinationRecord.Cvx,
                        give,
                        null,
                        Schedule.Vietnamese.Find(give)!.Vietnamese
                    ),
                Patient = VnCore.Reference(view.Summary.Patient, view.Summary.Patient.FullName()),
                Occurrence = new FhirDateTime(now),
                PrimarySource = true,
                Performer = [new() { Actor = post.Practitioner }],
                Note = [new Annotation { Text = refusal.Reason.Trim() }],
                ProtocolApplied =
                [
                    new() { Series = refusal.Series, DoseNumber = new PositiveInt(1) },
                ],
            }
        );
        await fhir.Commit(changes, cancel);
    }

    private static Vaccine Check(
        ReadVaccinations.View view,
        Input input,
        DateOnly on,
        DateOnly today
    )
    {
        var errors = new List<FieldError>();
        void Wrong(string field, string vietnamese, string english) =>
            errors.Add(new(field, T.Of(vietnamese, english)));

        var vaccine = Schedule.Vietnamese.Find(input.Vaccine ?? "");
        if (vaccine is null)
        {
            Wrong("vaccine", "chọn một vắc xin.", "choose a vaccine.");
        }
        if (on > today || view.Summary.Patient.Birth()?.First > on)
        {
            Wrong(
                "on",
                "ngày tiêm không được trước ngày sinh hay sau hôm nay.",
                "the day is neither before birth nor after today."
            );
        }
        if (!input.Elsewhere)
        {
            if (string.IsNullOrWhiteSpace(input.Lot) || input.Lot.Length > 50)
            {
                Wrong("lot", "ghi số lô trên lọ.", "write the lot's number from the vial.");
            }
            if (input.Expiry is null)
            {
                Wrong("expiry", "ghi hạn dùng của lô.", "write the lot's expiry.");
            }
            if (input.Expiry < on)
            {
                Wrong(
                    "expiry",
                    $"lô này đã hết hạn ngày {input.Expiry.Value.Text()}; không được tiêm.",
                    $"this lot expired on {input.Expiry.Value.Text()}; it must not be given."
                );
            }
        }
        if (input.Temperature is < 30 or > 45)
        {
            Wrong("temperature", "nhiệt độ không đúng.", "is no temperature.");
        }
        else if (input.Temperature is >= Fever or <= Cold)
        {
            Wrong(
                "temperature",
                $"{input.Temperature:0.0} °C: tạm hoãn khi sốt từ 37,5 °C hoặc hạ thân nhiệt từ 35,5 °C trở xuống (QĐ 1575/QĐ-BYT).",
                $"{input.Temperature:0.0} °C: deferred at 37.5 °C and above or at 35.5 °C and below (Decision 1575/QĐ-BYT)."
            );
        }
        if (input.Weight is { } weight && (weight is <= 0 or > 300))
        {
            Wrong("weight", "cân nặng không đúng.", "is no weight.");
        }
        else if (input.Weight < LeastKilograms)
        {
            Wrong(
                "weight",
                $"{input.Weight:0.0##} kg: tạm hoãn khi trẻ dưới 2000 g (QĐ 1575/QĐ-BYT).",
                $"{input.Weight:0.0##} kg: deferred below 2000 g (Decision 1575/QĐ-BYT)."
            );
        }
        return errors.Count == 0 ? vaccine! : throw new InvalidInput(errors);
    }

    /// <summary>How this dose would be judged by each series, and that it is not against what stands in the record.</summary>
    private static List<(Series Series, EvaluatedDose Dose)> Judge(
        ReadVaccinations.View view,
        Vaccine vaccine,
        DateOnly on,
        Input input
    )
    {
        if (
            VaccinationRecord.Of(
                view.Summary.Patient,
                view.Doses,
                view.Summary.Pregnancy is not null
            )
            is not { } person
        )
        {
            return [];
        }
        // Judged as the last of its day; nothing that is in the record has this id.
        var dose = new GivenDose(
            "~",
            vaccine.Cvx,
            on,
            Expired: input.Expiry < on,
            Spoiled: input.Spoiled
        );
        var results = ImmunizationEngine.Run(
            Schedule.Vietnamese,
            person with
            {
                Doses = [.. person.Doses, dose],
            },
            on
        );
        var contraindicated = (view.Results ?? [])
            .Select(result => result.Forecast)
            .FirstOrDefault(forecast =>
                forecast.Status is ForecastStatus.Contraindicated
                && (
                    forecast.Give?.Cvx == vaccine.Cvx
                    || forecast.Series.Doses.Any(one => one.Vaccines.Contains(vaccine.Cvx))
                )
            );
        return contraindicated is not null && !input.Elsewhere
            ? throw new InvalidInput(
                "vaccine",
                T.Of(
                    $"{vaccine.Name} bị chống chỉ định: {contraindicated.Why}.",
                    $"{vaccine.Name} is contraindicated: {contraindicated.Why}."
                )
            )
            :
            [
                .. results.SelectMany(result =>
                    result
                        .Doses.Where(one => one.Given == dose && !input.Spoiled)
                        .Select(one => (result.Series, one))
                ),
            ];
    }

    private static List<Annotation> Notes(Input input)
    {
        var notes = new List<Annotation>();
        if (input.ColdChain?.Trim() is { Length: > 0 } chain)
        {
            notes.Add(new() { Text = $"Dây chuyền lạnh: {chain}" });
        }
        if (input.Temperature is { } temperature)
        {
            notes.Add(new() { Text = $"Khám sàng lọc: {temperature:0.0} °C" });
        }
        return notes;
    }
}
