using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Station.Antenatal;

/// <summary>
/// A pregnancy from its first visit to the delivery: a FHIR EpisodeOfCare with the first day of the last period (LOINC 8665-2); each visit an
/// Encounter of it with its findings as Observations; the delivery a Procedure. That she is pregnant stands in the head of her record as well.
/// </summary>
public sealed class KeepPregnancy(
    FhirSession fhir,
    ReadPatientSummary summary,
    PatientIds ids,
    Workplace workplace,
    RecordPregnancy note,
    TimeProvider clock
) : IFeature
{
    public const string Kinds = "http://fhir.ehealth.gov.vn/core/CodeSystem/episode-kind";
    public const string Pregnancy = "pregnancy";

    /// <summary>Of the Procedure that a delivery is.</summary>
    public const string DeliveryCode = "delivery";
    internal const string BornAliveLoinc = "11636-8";
    internal const string ProteinLoinc = "5804-0";
    internal const string LastPeriodLoinc = "8665-2";
    private const string BirthsLoinc = "11977-6";
    private const string DangerLoinc = "75325-1";
    private const int LongestWeeks = 43;

    private static readonly (
        string Loinc,
        string Display,
        string Unit,
        Func<AntenatalFindings, decimal?> Value
    )[] Measured =
    [
        ("29463-7", "Body weight", "kg", found => found.Weight),
        ("11881-0", "Uterus Fundal height Tape measure", "cm", found => found.FundalHeight),
        ("55283-6", "Fetal Heart rate", "/min", found => found.HeartRate),
        ("718-7", "Hemoglobin in Blood", "g/L", found => found.Haemoglobin),
        (ProteinLoinc, "Protein in Urine by Test strip", "{cross}", found => found.UrineProtein),
    ];

    /// <param name="LastPeriod">First day of the last menstrual period.</param>
    /// <param name="Births">Children born before.</param>
    public sealed record Opening(DateOnly? LastPeriod, int? Births = null);

    /// <param name="Place">Where: the station, a hospital, at home.</param>
    /// <param name="Alive">Children born alive.</param>
    public sealed record Delivery(
        DateOnly? On,
        string? Place,
        bool Caesarean = false,
        int Alive = 1,
        string? Complication = null
    );

    public sealed record Visit(
        string Encounter,
        DateOnly On,
        int Week,
        AntenatalFindings Found,
        IReadOnlyList<RiskSign> Signs
    );

    /// <param name="Visits">Oldest first.</param>
    /// <param name="Signs">Of the woman, and of the last visit.</param>
    /// <param name="NextBy">Null when every visit of the plan is done.</param>
    public sealed record View(
        string Episode,
        DateOnly LastPeriod,
        DateOnly Expected,
        int Week,
        int? Births,
        IReadOnlyList<Visit> Visits,
        IReadOnlyList<RiskSign> Signs,
        DateOnly? NextBy,
        bool IsComplete
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        var pregnancy = routes
            .MapGroup("/health/patients/{id}/antenatal")
            .Requires(Permission.WriteHealthRecords);
        pregnancy.MapGet(
            "",
            async (KeepPregnancy feature, string id, CancellationToken cancel) =>
                await feature.Read(id, cancel) ?? throw new NotFound("An open pregnancy")
        );
        pregnancy.MapPost(
            "",
            async (KeepPregnancy feature, string id, Opening opening, CancellationToken cancel) =>
                Results.Ok(new { episode = await feature.Open(id, opening, cancel) })
        );
        pregnancy.MapPost(
            "/visits",
            async (
                KeepPregnancy feature,
                string id,
                AntenatalFindings found,
                CancellationToken cancel
            ) => Results.Ok(new { encounter = await feature.Run(id, found, cancel) })
        );
        pregnancy.MapPost(
            "/delivery",
            async (KeepPregnancy feature, string id, Delivery delivery, CancellationToken cancel) =>
            {
                await feature.Deliver(id, delivery, cancel);
                return Results.NoContent();
            }
        );
    }

    /// <summary>The open pregnancy; null when there is none.</summary>
    public async Task<View?> Read(string id, CancellationToken cancel = default)
    {
        if (await OpenEpisode(id, cancel) is not { } episode)
        {
            return null;
        }
        var head = await summary.Run(id, cancel);
        var all = await ids.Run(id, cancel);
        var told = await fhir.Search<Observation>(
            $"patient={all}&code={VnCore.Loinc}|{LastPeriodLoinc},{VnCore.Loinc}|{BirthsLoinc}&_sort=-date&_count=20",
            cancel
        );
        var heights = await fhir.Search<Observation>(
            $"patient={all}&code={VnCore.Loinc}|{VitalSigns.Height.Loinc}&_sort=-date&_count=1",
            cancel
        );
        var encounters = await fhir.Search<Encounter>(
            $"episode-of-care=EpisodeOfCare/{episode.Id}&_sort=date&_count=50",
            cancel
        );
        var observations =
            encounters.Count == 0
                ? []
                : await fhir.Search<Observation>(
                    $"encounter={string.Join(',', encounters.Select(one => $"Encounter/{one.Id}"))}&_count=500",
                    cancel
                );
        return Of(
            episode,
            head.Patient,
            told,
            (heights.FirstOrDefault()?.Value as Quantity)?.Value,
            encounters,
            observations,
            clock.Today()
        );
    }

    internal static View? Of(
        EpisodeOfCare episode,
        Patient patient,
        IReadOnlyList<Observation> told,
        decimal? height,
        IReadOnlyList<Encounter> encounters,
        IReadOnlyList<Observation> observations,
        DateOnly today
    )
    {
        if (
            told.FirstOrDefault(one => Has(one, LastPeriodLoinc))?.Value is not FhirDateTime first
            || !PartialDate.TryParse(first.Value, null, out var date)
        )
        {
            return null;
        }
        var plan = AntenatalPlan.Current;
        var lastPeriod = date.First;
        var births = told.FirstOrDefault(one => Has(one, BirthsLoinc))?.Value is Integer number
            ? number.Value
            : null;
        List<Visit> visits =
        [
            .. encounters.Select(encounter =>
            {
                var on = encounter.Started().VietnamDay();
                var week = AntenatalPlan.WeekOn(lastPeriod, on);
                var found = Found([
                    .. observations.Where(one => VnCore.IdOf(one.Encounter) == encounter.Id),
                ]);
                return new Visit(
                    encounter.Id!,
                    on,
                    week,
                    found,
                    RiskSigns.OfVisit(found, week, plan)
                );
            }),
        ];
        var days = visits.Select(visit => visit.On).ToList();
        var weekNow = AntenatalPlan.WeekOn(lastPeriod, today);
        return new(
            episode.Id!,
            lastPeriod,
            plan.ExpectedOn(lastPeriod),
            weekNow,
            births,
            visits,
            [
                .. RiskSigns.OfWoman(patient.Birth()?.YearsOn(today), births, height, plan),
                .. visits.LastOrDefault()?.Signs ?? [],
                .. weekNow >= plan.Limits.PostTermWeek
                && visits.LastOrDefault()?.Week < plan.Limits.PostTermWeek
                    ? RiskSigns.OfVisit(new(), weekNow, plan)
                    : [],
            ],
            plan.NextBy(lastPeriod, days, today),
            plan.IsComplete(lastPeriod, days)
        );
    }

    /// <returns>Id of the episode.</returns>
    /// <exception cref="Conflict">She is followed already.</exception>
    public async Task<string> Open(string id, Opening opening, CancellationToken cancel = default)
    {
        var patient = (await summary.Run(id, cancel)).Patient;
        var today = clock.Today();
        var errors = new List<FieldError>();
        if (patient.Sex() is Sex.Male)
        {
            errors.Add(new("patient", T.Of("hồ sơ ghi giới tính nam.", "the record says male.")));
        }
        if (
            opening.LastPeriod is not { } first
            || first > today
            || AntenatalPlan.WeekOn(first, today) > LongestWeeks
        )
        {
            errors.Add(
                new(
                    "lastPeriod",
                    T.Of(
                        $"ngày đầu kỳ kinh cuối phải trong {LongestWeeks} tuần qua.",
                        $"the first day of the last period lies within the last {LongestWeeks} weeks."
                    )
                )
            );
        }
        if (opening.Births is < 0 or > 20)
        {
            errors.Add(new("births", T.Of("số lần sinh từ 0 đến 20.", "from 0 to 20 births.")));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        if (await OpenEpisode(id, cancel) is not null)
        {
            throw new Conflict(
                T.Of("Thai kỳ này đang được theo dõi.", "This pregnancy is followed already.")
            );
        }
        var period = opening.LastPeriod!.Value;
        await note.Run(id, new(true, period), cancel);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var episode = new EpisodeOfCare
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = EpisodeOfCare.EpisodeOfCareStatus.Active,
            Type = [new CodeableConcept(Kinds, Pregnancy, null, "Thai kỳ")],
            Patient = VnCore.Reference(patient, patient.FullName()),
            ManagingOrganization = post.Organisation,
            Period = new Period
            {
                StartElement = new FhirDateTime(today.Year, today.Month, today.Day),
            },
        };
        changes.Update(episode);
        changes.Create(
            Told(
                episode.Patient,
                post,
                LastPeriodLoinc,
                "Last menstrual period start date",
                Date(period)
            )
        );
        if (opening.Births is { } births)
        {
            changes.Create(Told(episode.Patient, post, BirthsLoinc, "Parity", new Integer(births)));
        }
        await fhir.Commit(changes, cancel);
        return episode.Id;
    }

    /// <summary>A visit today.</summary>
    /// <returns>Id of the Encounter.</returns>
    /// <exception cref="NotFound">No pregnancy is followed.</exception>
    public async Task<string> Run(
        string id,
        AntenatalFindings found,
        CancellationToken cancel = default
    )
    {
        Check(found);
        var episode = await OpenEpisode(id, cancel) ?? throw new NotFound("An open pregnancy");
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = new FhirDateTime(clock.GetUtcNow().InVietnam());
        var encounter = new Encounter
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = Encounter.EncounterStatus.Finished,
            Class = new Coding(
                "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "AMB",
                "ambulatory"
            ),
            Type = [new CodeableConcept { Text = "Khám thai" }],
            Subject = episode.Patient,
            EpisodeOfCare = [VnCore.Reference(episode)],
            Participant = [new() { Individual = post.Practitioner }],
            Period = new Period { StartElement = now, EndElement = now },
            ServiceProvider = post.Organisation,
            ReasonCode = [new CodeableConcept { Text = "Khám thai" }],
        };
        changes.Update(encounter);
        foreach (var (loinc, display, unit, value) in Measured)
        {
            if (value(found) is { } measured)
            {
                changes.Create(Of(loinc, display, new Quantity(measured, unit, VnCore.Ucum)));
            }
        }
        if (found is { Systolic: { } high, Diastolic: { } low })
        {
            var pressure = Of(VitalSigns.BloodPressureLoinc, "Blood pressure panel", null);
            pressure.Component = BloodPressure.Of(high, low);
            changes.Create(pressure);
        }
        if (found.Cephalic is { } cephalic)
        {
            changes.Create(
                Of(
                    "11876-0",
                    "Fetal presentation",
                    new CodeableConcept { Text = cephalic ? "Ngôi đầu" : "Ngôi bất thường" }
                )
            );
        }
        if (found.Danger?.Trim() is { Length: > 0 } danger)
        {
            changes.Create(Of(DangerLoinc, "Symptom", new CodeableConcept { Text = danger }));
        }
        await fhir.Commit(changes, cancel);
        return encounter.Id;

        Observation Of(string loinc, string display, DataType? value) =>
            new()
            {
                Status = ObservationStatus.Final,
                Code = new CodeableConcept(VnCore.Loinc, loinc, display, null),
                Subject = episode.Patient,
                Encounter = VnCore.Reference(encounter),
                Effective = now,
                Performer = [post.Practitioner],
                Value = value,
            };
    }

    /// <summary>Ends the pregnancy. Children born alive are registered from their mother's record.</summary>
    public async Task Deliver(string id, Delivery delivery, CancellationToken cancel = default)
    {
        var today = clock.Today();
        var errors = new List<FieldError>();
        if (delivery.On is not { } on || on > today || on < today.AddDays(-60))
        {
            errors.Add(
                new(
                    "on",
                    T.Of("ngày đẻ trong 60 ngày qua.", "the day lies within the last 60 days.")
                )
            );
        }
        if (string.IsNullOrWhiteSpace(delivery.Place))
        {
            errors.Add(new("place", T.Of("ghi nơi đẻ.", "say where.")));
        }
        if (delivery.Alive is < 0 or > 6)
        {
            errors.Add(new("alive", T.Of("từ 0 đến 6 trẻ.", "from 0 to 6 children.")));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var episode = await OpenEpisode(id, cancel) ?? throw new NotFound("An open pregnancy");
        var day = delivery.On!.Value;
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        episode.Status = EpisodeOfCare.EpisodeOfCareStatus.Finished;
        episode.Period!.EndElement = new FhirDateTime(day.Year, day.Month, day.Day);
        changes.Update(episode, episode.Meta?.VersionId);
        changes.Create(
            new Procedure
            {
                Status = EventStatus.Completed,
                Code = new CodeableConcept(
                    Kinds,
                    DeliveryCode,
                    null,
                    delivery.Caesarean ? "Mổ lấy thai" : "Đẻ thường"
                ),
                Subject = episode.Patient,
                Performed = new FhirDateTime(day.Year, day.Month, day.Day),
                Recorder = post.Practitioner,
                Outcome = new CodeableConcept { Text = $"{delivery.Alive} trẻ sinh ra sống" },
                Complication = string.IsNullOrWhiteSpace(delivery.Complication)
                    ? []
                    : [new CodeableConcept { Text = delivery.Complication.Trim() }],
                Note = [new Annotation { Text = $"Nơi đẻ: {delivery.Place!.Trim()}" }],
            }
        );
        var alive = Told(
            episode.Patient,
            post,
            BornAliveLoinc,
            "Births.live",
            new Integer(delivery.Alive)
        );
        alive.Effective = new FhirDateTime(day.Year, day.Month, day.Day);
        changes.Create(alive);
        await fhir.Commit(changes, cancel);
        await note.Run(id, new(false), cancel);
    }

    private async Task<EpisodeOfCare?> OpenEpisode(string id, CancellationToken cancel) =>
        (
            await fhir.Search<EpisodeOfCare>(
                $"patient={await ids.Run(id, cancel)}&status=active&type={Kinds}|{Pregnancy}&_count=1",
                cancel
            )
        ).FirstOrDefault();

    private Observation Told(
        ResourceReference patient,
        Post post,
        string loinc,
        string display,
        DataType value
    ) =>
        new()
        {
            Status = ObservationStatus.Final,
            Code = new CodeableConcept(VnCore.Loinc, loinc, display, null),
            Subject = patient,
            Effective = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            Performer = [post.Practitioner],
            Value = value,
        };

    private static FhirDateTime Date(DateOnly day) => new(day.Year, day.Month, day.Day);

    private static bool Has(Observation observation, string loinc) =>
        observation.Code.Coding.Exists(code => code.System == VnCore.Loinc && code.Code == loinc);

    private static AntenatalFindings Found(IReadOnlyList<Observation> observations)
    {
        decimal? Number(string loinc) =>
            (observations.FirstOrDefault(one => Has(one, loinc))?.Value as Quantity)?.Value;
        string? Words(string loinc) =>
            (observations.FirstOrDefault(one => Has(one, loinc))?.Value as CodeableConcept)?.Text;
        var pressure = BloodPressure.Read(
            observations.FirstOrDefault(one => Has(one, VitalSigns.BloodPressureLoinc))
        );
        return new(
            Number("29463-7"),
            pressure?.Systolic,
            pressure?.Diastolic,
            Number("11881-0"),
            Number("55283-6"),
            (int?)Number(ProteinLoinc),
            Number("718-7"),
            Words("11876-0") is { } lie ? lie == "Ngôi đầu" : null,
            Words(DangerLoinc)
        );
    }

    private static void Check(AntenatalFindings found)
    {
        var errors = new List<FieldError>();
        Within("weight", found.Weight, 25, 200);
        Within("systolic", found.Systolic, 50, 280);
        Within("diastolic", found.Diastolic, 20, 180);
        Within("fundalHeight", found.FundalHeight, 1, 60);
        Within("heartRate", found.HeartRate, 40, 250);
        Within("urineProtein", found.UrineProtein, 0, 4);
        Within("haemoglobin", found.Haemoglobin, 20, 220);
        if (found.Systolic is null != found.Diastolic is null || found.Systolic <= found.Diastolic)
        {
            errors.Add(
                new(
                    "systolic",
                    T.Of(
                        "huyết áp cần đủ hai số, số trên lớn hơn số dưới.",
                        "blood pressure needs both numbers, the upper above the lower."
                    )
                )
            );
        }
        if (found == new AntenatalFindings())
        {
            errors.Add(new("weight", T.Of("chưa nhập gì.", "nothing was entered.")));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }

        void Within(string field, decimal? value, int low, int high)
        {
            if (value < low || value > high)
            {
                errors.Add(
                    new(field, T.Of($"phải từ {low} đến {high}.", $"must be from {low} to {high}."))
                );
            }
        }
    }
}
