using Health.Emr;
using Health.Emr.DecisionSupport;
using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>
/// The commune station and the hospital: two months of visits with vital signs, diagnoses and signed prescriptions, and a queue for
/// today, all through the features that doctors use.
/// </summary>
internal static class ClinicDemo
{
    private const int Seed = 4017;
    private const int PastVisits = 40;
    private const int Days = 60;
    private const int WaitingToday = 3;

    /// <summary>An ordinary complaint of primary care.</summary>
    private sealed record Story(
        int FromAge,
        int ToAge,
        string Reason,
        string History,
        string Examination,
        string Code,
        decimal Temperature,
        PrescriptionDraft.Line[] Drugs,
        string Advice,
        Course Course = Course.Acute,
        int? FollowUp = null,
        int Systolic = 118
    );

    private static readonly Story[] Stories =
    [
        new(
            15,
            99,
            "Đau họng, sốt",
            "Sốt, đau họng 2 ngày, nuốt đau, không ho ra máu.",
            "Họng đỏ, amiđan sưng nhẹ, phổi không ran.",
            "J02.9",
            38.2m,
            [new("para500", 1, 3, 5, "khi sốt hoặc đau"), new("amox500", 1, 3, 7, "sau ăn")],
            "Uống nhiều nước ấm, súc họng nước muối.",
            FollowUp: 7
        ),
        new(
            2,
            14,
            "Ho, sổ mũi",
            "Ho, chảy mũi trong 3 ngày, ăn được.",
            "Họng hơi đỏ, phổi thông khí đều, không rút lõm lồng ngực.",
            "J06.9",
            37.6m,
            [new("para250g", 1, 3, 3, "khi sốt trên 38,5 °C"), new("nacl09m", 2, 4, 7, "nhỏ mũi")],
            "Khám lại ngay nếu trẻ khó thở, bỏ ăn, li bì."
        ),
        new(
            40,
            99,
            "Khám định kỳ tăng huyết áp",
            "Tăng huyết áp 4 năm, uống thuốc đều, không đau ngực.",
            "Tim đều, phổi trong, không phù.",
            "I10",
            36.7m,
            [new("amlo5", 1, 1, 30, "buổi sáng"), new("losar50", 1, 1, 30, "buổi sáng")],
            "Ăn nhạt, đi bộ 30 phút mỗi ngày, đo huyết áp tại nhà.",
            Course.Chronic,
            30,
            152
        ),
        new(
            45,
            99,
            "Khám định kỳ đái tháo đường",
            "Đái tháo đường 3 năm, không hạ đường huyết.",
            "Tỉnh, mạch mu chân rõ, không loét.",
            "E11.9",
            36.6m,
            [new("metf850", 1, 2, 30, "trong bữa ăn"), new("glicla30", 1, 1, 30, "trước ăn sáng")],
            "Giảm cơm, bánh ngọt; kiểm tra bàn chân mỗi ngày.",
            Course.Chronic,
            30,
            134
        ),
        new(
            18,
            99,
            "Đau thượng vị",
            "Đau rát thượng vị sau ăn, ợ chua 1 tuần.",
            "Bụng mềm, ấn đau nhẹ thượng vị, không phản ứng.",
            "K21.9",
            36.8m,
            [
                new("omep20", 1, 1, 14, "trước ăn sáng 30 phút"),
                new("domp10", 1, 3, 5, "trước ăn 15 phút"),
            ],
            "Không nằm ngay sau ăn, kiêng rượu bia.",
            FollowUp: 14
        ),
        new(
            30,
            99,
            "Đau lưng",
            "Đau thắt lưng sau mang vác nặng 3 ngày.",
            "Co cứng cơ cạnh sống, Lasègue âm tính.",
            "M54.5",
            36.7m,
            [new("melo75", 1, 1, 7, "sau ăn"), new("eperison50", 1, 3, 7, "sau ăn")],
            "Nghỉ ngơi, tránh mang vác nặng."
        ),
        new(
            6,
            60,
            "Tiêu chảy",
            "Đi phân lỏng 5 lần từ hôm qua, không máu.",
            "Không dấu mất nước, bụng mềm.",
            "A09.9",
            37.3m,
            [
                new("oresol", 1, 3, 2, "pha đúng 200 ml nước"),
                new("smecta", 1, 3, 3, "xa thuốc khác 2 giờ"),
            ],
            "Uống đủ nước, ăn chín uống sôi."
        ),
        new(
            6,
            60,
            "Ngứa, nổi mẩn",
            "Nổi mẩn ngứa sau ăn hải sản.",
            "Sẩn phù rải rác, không khó thở.",
            "L50.9",
            36.8m,
            [new("loratadin10", 1, 1, 7, "buổi sáng")],
            "Tránh thức ăn nghi ngờ; khó thở thì đến ngay cơ sở y tế."
        ),
        new(
            18,
            99,
            "Mất ngủ, lo lắng",
            "Khó vào giấc 2 tuần, lo lắng công việc.",
            "Tỉnh táo, không ý nghĩ tự hại.",
            "F51.0",
            36.6m,
            [new("diaz5", 1, 1, 7, "trước khi ngủ")],
            "Không lái xe sau khi uống thuốc, không dùng rượu bia.",
            FollowUp: 7
        ),
        new(
            18,
            99,
            "Đỏ mắt, ghèn",
            "Mắt phải đỏ, nhiều ghèn 2 ngày.",
            "Kết mạc cương tụ, giác mạc trong.",
            "H10.9",
            36.7m,
            [new("tobra03", 1, 4, 7, "mắt phải")],
            "Rửa tay, dùng khăn riêng."
        ),
    ];

    private static readonly (string Substance, string Reaction, bool Severe)[] Allergies =
    [
        ("Penicillin", "Mày đay toàn thân", false),
        ("Tôm, cua", "Ngứa, phù môi", false),
        ("Cefuroxim", "Phản vệ độ II", true),
    ];

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<FhirSession>() is null)
        {
            return; // Health is not among the modules that run.
        }
        var clock = new SetClock(services.GetRequiredService<TimeProvider>().GetUtcNow());
        var now = clock.Now;
        var doctors = await Doctors(services, cancel);
        var current = services.GetRequiredService<ICurrentCaller>();
        var clinic = new Clinic(services, clock);
        await clinic.Open(cancel);

        var random = new Random(Seed);
        var visited = new HashSet<CitizenId>();
        for (var i = 0; i < PastVisits + 2 * WaitingToday; i++)
        {
            var isToday = i >= PastVisits;
            current.Become(doctors[i % doctors.Count]);
            // Today's stay open at different stages; the earlier ones are finished.
            clock.Now = isToday
                ? now.AddMinutes(-7 * (PastVisits + 2 * WaitingToday - i))
                : WorkingHour(now, i, random);
            var story = Stories[(i + i / Stories.Length) % Stories.Length];
            if (Pick(population, story, clock.Now.VietnamDay(), visited, random) is { } person)
            {
                visited.Add(person.Id);
                if (i % 9 == 4)
                {
                    await clinic.Allergy(person, Allergies[i / 9 % Allergies.Length], cancel);
                }
                await clinic.Visit(
                    person,
                    story,
                    population,
                    random,
                    until: isToday ? (Stage)((i - PastVisits) / 2) : Stage.Finished,
                    cancel
                );
            }
        }
        current.Become(Caller.TheSystem);
    }

    private enum Stage
    {
        Waiting,
        Measured,
        Diagnosed,
        Finished,
    }

    private static async Task<List<Caller>> Doctors(
        IServiceProvider services,
        CancellationToken cancel
    )
    {
        var accounts = services.GetRequiredService<UserManager<Account>>();
        var doctors = new List<Caller>();
        foreach (var demo in DemoAccounts.All.Where(account => account.Role is Role.Doctor))
        {
            var account =
                await accounts.FindByNameAsync(demo.User)
                ?? throw new InvalidOperationException($"{demo.User} has no account.");
            doctors.Add(
                new Caller(
                    account.Id,
                    account.FullName,
                    account.Roles.ToHashSet(),
                    account.Organisation
                )
            );
            cancel.ThrowIfCancellationRequested();
        }
        return doctors;
    }

    private static DemoPerson? Pick(
        DemoPopulation population,
        Story story,
        DateOnly on,
        HashSet<CitizenId> visited,
        Random random
    )
    {
        var fitting = population
            .People.Where(person =>
                person.Details.BirthDate?.YearsOn(on) is { } age
                && story.FromAge <= age
                && age <= story.ToAge
            )
            .OrderBy(person => visited.Contains(person.Id))
            .ToList();
        // Newcomers mostly; some come again.
        return fitting.Count == 0 ? null : fitting[random.Next(Math.Min(fitting.Count, 12))];
    }

    private static DateTimeOffset WorkingHour(DateTimeOffset now, int i, Random random)
    {
        var day = now.VietnamDay().AddDays(-Days + i * (Days - 1) / PastVisits);
        if (day.DayOfWeek is DayOfWeek.Sunday)
        {
            day = day.AddDays(-1);
        }
        return new DateTimeOffset(
            day.ToDateTime(new TimeOnly(7, 30).AddMinutes(random.Next(9 * 60))),
            VietnamTime.Offset
        );
    }

    /// <summary>The clinic's features with a clock that can be set back, since the demo's visits lie in the past.</summary>
    private sealed class Clinic(IServiceProvider services, SetClock clock)
    {
        private readonly RegisterPatient register = Feature<RegisterPatient>(services);
        private readonly OpenEncounter open = Feature<OpenEncounter>(services, clock);
        private readonly RecordVitalSigns vitals = Feature<RecordVitalSigns>(services, clock);
        private readonly SaveNote note = Feature<SaveNote>(services, clock);
        private readonly AddDiagnosis diagnose = Feature<AddDiagnosis>(services, clock);
        private readonly FinishEncounter finish = Feature<FinishEncounter>(services, clock);
        private readonly RecordAllergy allergy = Feature<RecordAllergy>(services, clock);
        private readonly ReviewPrescription review = Feature<ReviewPrescription>(
            services,
            clock,
            Feature<ReadPatientFacts>(services, clock)
        );
        private readonly IssuePrescription issue = Feature<IssuePrescription>(
            services,
            clock,
            Feature<ReviewPrescription>(services, clock, Feature<ReadPatientFacts>(services, clock))
        );

        /// <summary>The two facilities, before anybody works there.</summary>
        public async Task Open(CancellationToken cancel)
        {
            const string place = "Xã An Hòa, tỉnh Nghệ An";
            var changes = new FhirChanges();
            changes.Update(
                Workplace.Facility(
                    DemoPopulation.StationCode,
                    DemoPopulation.StationName,
                    place,
                    hasBeds: false
                )
            );
            changes.Update(
                Workplace.Facility(
                    DemoPopulation.HospitalCode,
                    DemoPopulation.HospitalName,
                    place,
                    hasBeds: true
                )
            );
            await services.GetRequiredService<FhirSession>().Commit(changes, cancel);
        }

        public async Task Allergy(
            DemoPerson person,
            (string Substance, string Reaction, bool Severe) known,
            CancellationToken cancel
        )
        {
            await register.Run(person.Id, cancel);
            await allergy.Run(
                person.Id.ToString(),
                new(known.Substance, known.Reaction, known.Severe),
                cancel
            );
        }

        public async Task Visit(
            DemoPerson person,
            Story story,
            DemoPopulation population,
            Random random,
            Stage until,
            CancellationToken cancel
        )
        {
            await register.Run(person.Id, cancel);
            var age = person.Details.BirthDate!.Value.YearsOn(clock.Now.VietnamDay());
            var encounter = await open.Run(
                new(
                    person.Id.ToString(),
                    story.Reason,
                    Waits: until is Stage.Waiting,
                    Level: until is Stage.Waiting ? 3 + story.FromAge % 3 : null
                ),
                cancel
            );
            if (until is Stage.Waiting)
            {
                return;
            }
            clock.Now = clock.Now.AddMinutes(4);
            var weight = Weight(age, random);
            await vitals.Run(encounter, Signs(story, age, weight, random), cancel);
            if (until is Stage.Measured)
            {
                return;
            }
            clock.Now = clock.Now.AddMinutes(6);
            await note.Run(
                encounter,
                new(story.Reason, story.History, story.Examination, story.Advice),
                cancel
            );
            await diagnose.Run(encounter, new(story.Code, Primary: true), cancel);
            if (until is Stage.Diagnosed)
            {
                return;
            }
            var draft = new PrescriptionDraft(
                story.Drugs,
                story.Course,
                weight,
                age < 6 && person.Guardian is { } guardian
                    ? population.People[guardian].Details.FullName
                    : null,
                story.Advice,
                story.FollowUp
            );
            await issue.Run(encounter, await Heeding(encounter, draft, cancel), cancel);
            clock.Now = clock.Now.AddMinutes(3);
            await finish.Run(encounter, cancel);
        }

        private static Dictionary<string, decimal> Signs(
            Story story,
            int age,
            decimal weight,
            Random random
        )
        {
            var signs = new Dictionary<string, decimal>
            {
                [VitalSigns.Temperature.Key] = story.Temperature,
                [VitalSigns.Pulse.Key] = (age < 6 ? 100 : 76) + random.Next(14),
                [VitalSigns.Respiration.Key] = (age < 6 ? 24 : 16) + random.Next(3),
                [VitalSigns.Saturation.Key] = 96 + random.Next(4),
                [VitalSigns.Weight.Key] = weight,
                [VitalSigns.Height.Key] =
                    age >= 18 ? 152 + random.Next(20) : 78 + age * 6 + random.Next(4),
            };
            if (age >= 15)
            {
                signs[VitalSigns.Systolic.Key] = story.Systolic + random.Next(10);
                signs[VitalSigns.Diastolic.Key] = story.Systolic / 2 + 16 + random.Next(8);
            }
            return signs;
        }

        private static decimal Weight(int age, Random random) =>
            age >= 18 ? 46 + random.Next(24) : 9 + age * 2.6m + random.Next(3);

        /// <summary>This doctor leaves out what an alert stops, such as amoxicillin after a reaction to penicillin.</summary>
        private async Task<PrescriptionDraft> Heeding(
            string encounter,
            PrescriptionDraft draft,
            CancellationToken cancel
        )
        {
            var stops = (await review.Run(encounter, draft, cancel))
                .Findings.Where(finding =>
                    finding is { Stops: true, Key: not null, Line: not null }
                )
                .ToList();
            return draft with
            {
                Lines = [.. draft.Lines.Where((_, i) => stops.TrueForAll(stop => stop.Line != i))],
                Seen = [.. stops.Select(stop => stop.Key!)],
            };
        }

        private static TFeature Feature<TFeature>(IServiceProvider services, params object[] own) =>
            ActivatorUtilities.CreateInstance<TFeature>(services, own);
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now.ToUniversalTime();
    }
}
