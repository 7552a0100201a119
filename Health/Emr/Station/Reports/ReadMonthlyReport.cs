using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Emr.Station.Antenatal;
using Health.Emr.Station.Immunization;
using Health.Emr.Station.Surveillance;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Reports;

/// <summary>
/// The station's month as it stands in the records at this moment: rows of form 4-TYT that the records can fill, visits, vaccinations and communicable
/// diseases (TT 23/2025/TT-BYT, annex IV). Every number is a list of people; nobody counts by hand.
/// </summary>
public sealed class ReadMonthlyReport(StationPeople people, TimeProvider clock) : IFeature
{
    /// <summary>"Vị thành niên" of the forms: below twenty (must be checked against the circular's own note).</summary>
    private const int AdolescentBelow = 20;
    private const int ChildBelow = 15;
    private const string Kinh = "01";

    /// <param name="On">The day it is counted for.</param>
    /// <param name="Times">How much it adds to the number.</param>
    public sealed record Counted(
        string PatientId,
        string Name,
        DateOnly On,
        string Detail,
        int Times = 1
    );

    /// <param name="Code">Row of the form: <c>I.3</c>.</param>
    public sealed record Cell(
        string Section,
        string Code,
        string Name,
        IReadOnlyList<Counted> People
    )
    {
        public int Number => People.Sum(one => one.Times);
    }

    public sealed record Report(
        string Facility,
        DateOnly From,
        DateOnly To,
        IReadOnlyList<Cell> Cells
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/station/reports/{year:int}/{month:int}",
                (int year, int month, ReadMonthlyReport feature, CancellationToken cancel) =>
                    feature.Run(year, month, cancel)
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">There is no such month, or it lies ahead.</exception>
    public async Task<Report> Run(int year, int month, CancellationToken cancel = default)
    {
        if (
            year is < 1990 or > 2200
            || month is < 1 or > 12
            || new DateOnly(year, month, 1) > clock.Today()
        )
        {
            throw new InvalidInput(
                "month",
                T.Of("chọn một tháng đã đến.", "choose a month that has begun.")
            );
        }
        var read = await Load(new(year, month, 1), cancel);
        return new(
            people.Facility,
            read.From,
            read.To,
            [.. Visits(read), .. Mothers(read), .. Doses(read), .. Diseases(read)]
        );
    }

    /// <summary>All that is counted, read once.</summary>
    private sealed record Month(
        DateOnly From,
        DateOnly To,
        IReadOnlyDictionary<string, Patient> Patients,
        IReadOnlyList<Encounter> Encounters,
        IReadOnlyList<EpisodeOfCare> Pregnancies,
        ILookup<string, Encounter> Antenatal,
        ILookup<string, Observation> Told,
        ILookup<string, Procedure> Deliveries,
        IReadOnlyList<FhirImmunization> Doses,
        IReadOnlyList<Condition> Diagnoses
    )
    {
        public bool Has(DateOnly? day) => From <= day && day <= To;

        public Patient? Of(ResourceReference? reference) =>
            Patients.GetValueOrDefault(VnCore.IdOf(reference) ?? "");

        public Counted Count(
            ResourceReference? reference,
            DateOnly on,
            string detail,
            int times = 1
        ) =>
            new(
                VnCore.IdOf(reference) ?? "",
                Of(reference)?.FullName() ?? reference?.Display ?? "",
                on,
                detail,
                times
            );

        public int? Age(ResourceReference? reference, DateOnly on) =>
            Of(reference)?.Birth()?.YearsOn(on);

        public bool IsMinority(ResourceReference? reference) =>
            (Of(reference)?.GetExtension(VnCore.Race)?.Value as CodeableConcept)
                ?.Coding.FirstOrDefault()
                ?.Code
                is { } race
            && race != Kinh;
    }

    private async Task<Month> Load(DateOnly from, CancellationToken cancel)
    {
        var to = from.AddMonths(1).AddDays(-1);
        var station = $"Organization/{people.Facility}";
        var within = $"date=ge{from:yyyy-MM-dd}&date=le{to:yyyy-MM-dd}";
        var encounters = await All<Encounter>($"service-provider={station}&{within}");
        var pregnancies = await All<EpisodeOfCare>(
            $"organization={station}&type={KeepPregnancy.Kinds}|{KeepPregnancy.Pregnancy}"
        );
        var mothers = pregnancies
            .Select(one => VnCore.IdOf(one.Patient))
            .OfType<string>()
            .Distinct()
            .ToList();
        var since = $"date=ge{from.AddDays(-330):yyyy-MM-dd}&date=le{to:yyyy-MM-dd}";
        var doses = await All<FhirImmunization>($"performer={station}&status=completed&{within}");
        var codes = NotifiableDiseases.Current.Diseases.SelectMany(one => one.Codes).Distinct();
        var diagnoses = await All<Condition>(
            $"encounter:Encounter.service-provider={station}"
                + $"&code={string.Join(',', codes.Select(code => $"{VnCore.Icd10}|{code}"))}"
                + $"&recorded-date=ge{from:yyyy-MM-dd}&recorded-date=le{to:yyyy-MM-dd}"
        );
        var ids = encounters
            .Select(one => VnCore.IdOf(one.Subject))
            .Concat(doses.Select(one => VnCore.IdOf(one.Patient)))
            .Concat(diagnoses.Select(one => VnCore.IdOf(one.Subject)))
            .OfType<string>()
            .Concat(mothers)
            .Distinct();
        return new(
            from,
            to,
            (await people.Patients(ids, "", cancel)).ToDictionary(patient => patient.Id!),
            encounters,
            pregnancies,
            await people.Of<Encounter>(mothers, since, one => one.Subject, cancel),
            await people.Of<Observation>(
                mothers,
                $"{since}&code={string.Join(',', new[] { KeepPregnancy.LastPeriodLoinc, KeepPregnancy.ProteinLoinc, KeepPregnancy.BornAliveLoinc }.Select(code => $"{VnCore.Loinc}|{code}"))}&_sort=-date",
                one => one.Subject,
                cancel
            ),
            await people.Of<Procedure>(
                mothers,
                $"{within}&code={KeepPregnancy.Kinds}|{KeepPregnancy.DeliveryCode}",
                one => one.Subject,
                cancel
            ),
            doses,
            diagnoses
        );

        async Task<IReadOnlyList<TResource>> All<TResource>(string query)
            where TResource : Resource
        {
            var found = new List<TResource>();
            await foreach (var one in people.Scan<TResource>(query, cancel))
            {
                found.Add(one);
            }
            return found;
        }
    }

    private static IEnumerable<Cell> Visits(Month month)
    {
        var section = T.Of("Khám bệnh", "Visits");
        var visits = month
            .Encounters.Where(one =>
                one.Status is not Encounter.EncounterStatus.Cancelled
                && month.Has(one.Started().VietnamDay())
            )
            .ToList();
        List<Counted> Of(Func<Encounter, bool> wanted) =>
            [
                .. visits
                    .Where(wanted)
                    .Select(one =>
                        month.Count(one.Subject, one.Started().VietnamDay(), one.Reason() ?? "")
                    ),
            ];

        yield return new(section, "K.1", T.Of("Tổng số lượt khám", "All visits"), Of(_ => true));
        yield return new(
            section,
            "K.2",
            T.Of("Trong đó nữ", "Of these women"),
            Of(one => month.Of(one.Subject)?.Sex() is Sex.Female)
        );
        yield return new(
            section,
            "K.3",
            T.Of("Trong đó trẻ em dưới 15 tuổi", "Of these children below 15"),
            Of(one => month.Age(one.Subject, one.Started().VietnamDay()) < ChildBelow)
        );
    }

    private static IEnumerable<Cell> Mothers(Month month)
    {
        var section = T.Of("I. Chăm sóc sức khỏe bà mẹ (biểu 4-TYT)", "I. Mothers (form 4-TYT)");
        DateOnly? Day(FhirDateTime? time) =>
            PartialDate.TryParse(time?.Value?.Split('T')[0], null, out var date)
                ? date.First
                : null;
        bool Young(ResourceReference? who) => month.Age(who, month.To) < AdolescentBelow;

        var pregnant = month
            .Pregnancies.Select(one =>
                (
                    Episode: one,
                    Start: Day(one.Period?.StartElement),
                    End: Day(one.Period?.EndElement)
                )
            )
            .Where(one => one.Start <= month.To && (one.End is null || one.End >= month.From))
            .ToList();
        List<Counted> Women(
            IEnumerable<(EpisodeOfCare Episode, DateOnly? Start, DateOnly? End)> some
        ) =>
            [
                .. some.Select(one =>
                    month.Count(
                        one.Episode.Patient,
                        one.Start!.Value,
                        T.Of("bắt đầu theo dõi", "followed since")
                    )
                ),
            ];

        var fresh = pregnant.Where(one => month.Has(one.Start)).ToList();
        yield return new(
            section,
            "I.1",
            T.Of("Tổng số phụ nữ có thai", "Pregnant women"),
            Women(pregnant)
        );
        yield return new(
            section,
            "I.1.1",
            T.Of("Trong đó vị thành niên", "Of these adolescents"),
            Women(pregnant.Where(one => Young(one.Episode.Patient)))
        );
        yield return new(
            section,
            "I.2",
            T.Of("Số phụ nữ mới có thai trong kỳ", "Newly followed"),
            Women(fresh)
        );
        yield return new(
            section,
            "I.2.1",
            T.Of("Trong đó vị thành niên", "Of these adolescents"),
            Women(fresh.Where(one => Young(one.Episode.Patient)))
        );

        var episodes = month.Pregnancies.Select(one => one.Id).ToHashSet();
        List<Encounter> antenatal =
        [
            .. month
                .Antenatal.SelectMany(same => same)
                .Where(one => one.EpisodeOfCare.Exists(of => episodes.Contains(VnCore.IdOf(of)))),
        ];
        var tested = month
            .Told.SelectMany(same => same)
            .Where(one => Has(one, KeepPregnancy.ProteinLoinc))
            .Select(one => VnCore.IdOf(one.Encounter))
            .ToHashSet();
        List<Counted> Visits(IEnumerable<Encounter> some) =>
            [
                .. some.Select(one =>
                    month.Count(
                        one.Subject,
                        one.Started().VietnamDay(),
                        T.Of("khám thai", "antenatal visit")
                    )
                ),
            ];
        var now = antenatal.Where(one => month.Has(one.Started().VietnamDay())).ToList();
        yield return new(
            section,
            "I.3",
            T.Of("Tổng số lượt khám thai", "Antenatal visits"),
            Visits(now)
        );
        yield return new(
            section,
            "I.4",
            T.Of("Trong đó lượt xét nghiệm protein niệu", "Of these with urine protein tested"),
            Visits(now.Where(one => tested.Contains(one.Id)))
        );

        var deliveries = month.Deliveries.SelectMany(same => same).ToList();
        List<Counted> Births(Func<Procedure, bool> wanted) =>
            [
                .. deliveries
                    .Where(wanted)
                    .Select(one =>
                        month.Count(
                            one.Subject,
                            Day(one.Performed as FhirDateTime) ?? month.From,
                            one.Code?.Text ?? ""
                        )
                    ),
            ];
        bool FourVisits(Procedure one)
        {
            var who = VnCore.IdOf(one.Subject) ?? "";
            return month
                    .Told[who]
                    .FirstOrDefault(told => Has(told, KeepPregnancy.LastPeriodLoinc))
                    ?.Value
                    is FhirDateTime first
                && Day(first) is { } last
                && AntenatalPlan.Current.IsComplete(
                    last,
                    antenatal
                        .Where(visit => VnCore.IdOf(visit.Subject) == who)
                        .Select(visit => visit.Started().VietnamDay())
                        .Where(day => day >= last)
                );
        }
        yield return new(
            section,
            "I.5",
            T.Of("Số phụ nữ đẻ", "Women who gave birth"),
            Births(_ => true)
        );
        yield return new(
            section,
            "I.5.1a",
            T.Of("Đẻ tuổi vị thành niên", "Adolescents"),
            Births(one => Young(one.Subject))
        );
        yield return new(
            section,
            "I.5.1b",
            T.Of("Là người dân tộc thiểu số", "Of ethnic minorities"),
            Births(one => month.IsMinority(one.Subject))
        );
        yield return new(
            section,
            "I.5.2",
            T.Of("Khám thai từ 4 lần trong 3 thời kỳ", "Four visits or more in the three periods"),
            Births(FourVisits)
        );
        yield return new(
            section,
            "I.5.2a",
            T.Of("Trong đó người dân tộc thiểu số", "Of these of ethnic minorities"),
            Births(one => FourVisits(one) && month.IsMinority(one.Subject))
        );
        yield return new(
            T.Of("III. Trẻ em (biểu 4-TYT)", "III. Children (form 4-TYT)"),
            "III.1",
            T.Of("Số trẻ đẻ ra sống", "Born alive"),
            [
                .. month
                    .Told.SelectMany(same => same)
                    .Where(one =>
                        Has(one, KeepPregnancy.BornAliveLoinc)
                        && month.Has(Day(one.Effective as FhirDateTime))
                    )
                    .Select(one =>
                        month.Count(
                            one.Subject,
                            Day(one.Effective as FhirDateTime)!.Value,
                            T.Of("con bà", "child of"),
                            (one.Value as Integer)?.Value ?? 0
                        )
                    ),
            ]
        );
    }

    private static IEnumerable<Cell> Doses(Month month) =>
        month
            .Doses.Where(one => month.Has(one.On()))
            .GroupBy(one => one.Code() ?? "")
            .OrderBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => new Cell(
                T.Of("Tiêm chủng", "Vaccinations"),
                $"T.{same.Key}",
                same.First().Name(),
                [
                    .. same.Select(one =>
                        month.Count(one.Patient, one.On()!.Value, one.LotNumber ?? "")
                    ),
                ]
            ));

    private static IEnumerable<Cell> Diseases(Month month) =>
        month
            .Diagnoses.Select(one =>
                (
                    Condition: one,
                    Disease: NotifiableDiseases.Current.Of(one.IcdCode()),
                    On: one.RecordedDateElement?.ToDateTimeOffset(VietnamTime.Offset).VietnamDay()
                )
            )
            .Where(one => one.Disease is not null && month.Has(one.On))
            .GroupBy(one => one.Disease!)
            .OrderBy(same => same.Key.Vietnamese, StringComparer.Ordinal)
            .Select(same => new Cell(
                T.Of("Bệnh truyền nhiễm (biểu 11)", "Communicable diseases (form 11)"),
                $"B.{same.Key.Id}",
                same.Key.Vietnamese,
                [
                    .. same.Select(one =>
                        month.Count(one.Condition.Subject, one.On!.Value, one.Condition.Text())
                    ),
                ]
            ));

    private static bool Has(Observation observation, string loinc) =>
        observation.Code.Coding.Exists(code => code.System == VnCore.Loinc && code.Code == loinc);
}
