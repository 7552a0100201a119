using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Education.LearningRecords.Transcripts;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>
/// The lower-secondary school: two classes in each of grades 6 to 9, forty-eight pupils, their teachers, the whole of last school
/// year and the first term of this one. Only the final marks of the demo teacher's own classes are left to be typed.
/// </summary>
internal sealed class SchoolDemo
{
    private const int Seed = 2026;
    private const int PupilsPerClass = 6;

    private static readonly string[] FamilyNames =
    [
        "Nguyễn",
        "Trần",
        "Lê",
        "Phạm",
        "Hoàng",
        "Phan",
        "Võ",
        "Đặng",
        "Bùi",
        "Hồ",
    ];

    private static readonly string[] Boys =
    [
        "Đức Minh",
        "Gia Huy",
        "Quang Vinh",
        "Thành Đạt",
        "Hữu Nghĩa",
        "Xuân Bách",
        "Trung Kiên",
        "Việt Anh",
        "Phúc Lâm",
        "Tấn Phát",
    ];

    private static readonly string[] Girls =
    [
        "Thảo Nguyên",
        "Diệu Linh",
        "Cẩm Tú",
        "Ánh Dương",
        "Thanh Trúc",
        "Hoài An",
        "Bích Ngọc",
        "Kim Ngân",
        "Nhã Uyên",
        "Trà My",
    ];

    /// <summary>Who teaches what; the first is the demo account <c>giaovien</c>.</summary>
    private static readonly (string Name, string[] Subjects)[] Staff =
    [
        ("Đặng Thu Trang", ["TOAN"]),
        ("Nguyễn Thị Lệ", ["NGUVAN", "GDDP"]),
        ("Trần Văn Quý", ["KHTN", "CONGNGHE"]),
        ("Hồ Thị Thanh Vân", ["NN1"]),
        ("Lê Đình Tùng", ["LSDL", "GDCD"]),
        ("Phan Anh Tài", ["TINHOC", "HDTNHN"]),
        ("Bùi Quốc Việt", ["GDTC", "NGHETHUAT"]),
        ("Phạm Thị Nga", ["TOAN"]),
    ];

    private static readonly string[] ClassesOfDemoTeacher = ["6A", "6B", "7A"];

    private readonly Random random = new(Seed);
    private readonly RegisterSchool registerSchool;
    private readonly PlanSchoolYear planYear;
    private readonly OpenClass openClass;
    private readonly AssignTeacher assignTeacher;
    private readonly EnrolStudent enrol;
    private readonly LinkGuardian linkGuardian;
    private readonly OpenGradebook gradebooks;
    private readonly EnterMarks enterMarks;
    private readonly PublishMarks publishMarks;
    private readonly RecordConduct conduct;
    private readonly ICitizens citizens;
    private readonly Dictionary<CitizenId, double> ability = [];
    private readonly List<Teacher> teachers = [];
    private readonly IServiceProvider services;

    private SchoolDemo(IServiceProvider services)
    {
        this.services = services;
        registerSchool = services.GetRequiredService<RegisterSchool>();
        planYear = services.GetRequiredService<PlanSchoolYear>();
        openClass = services.GetRequiredService<OpenClass>();
        assignTeacher = services.GetRequiredService<AssignTeacher>();
        enrol = services.GetRequiredService<EnrolStudent>();
        linkGuardian = services.GetRequiredService<LinkGuardian>();
        gradebooks = services.GetRequiredService<OpenGradebook>();
        enterMarks = services.GetRequiredService<EnterMarks>();
        publishMarks = services.GetRequiredService<PublishMarks>();
        conduct = services.GetRequiredService<RecordConduct>();
        citizens = services.GetRequiredService<ICitizens>();
    }

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<RegisterSchool>() is null)
        {
            // The education part is switched off.
            return;
        }
        var teacher = await services
            .GetRequiredService<UserManager<Account>>()
            .FindByNameAsync("giaovien");
        var today = services.GetRequiredService<TimeProvider>().Today();
        var year = today.Month >= 8 ? today.Year : today.Year - 1;
        await new SchoolDemo(services).Load(population, year, teacher?.Id, cancel);
        await new PrimaryDemo(services).Load(population, year, cancel);
    }

    private async Task Load(
        DemoPopulation population,
        int year,
        string? teacherAccount,
        CancellationToken cancel
    )
    {
        await registerSchool.Run(
            new(DemoPopulation.SchoolCode, DemoPopulation.SchoolName, SchoolLevel.LowerSecondary),
            cancel
        );
        foreach (var planned in new[] { year - 1, year })
        {
            await planYear.Run(
                DemoPopulation.SchoolCode,
                new(planned, new(planned, 9, 5), new(planned + 1, 1, 18), new(planned + 1, 5, 31)),
                cancel
            );
        }
        foreach (var (name, i) in Staff.Select((person, i) => (person.Name, i)))
        {
            var account = i == 0 ? teacherAccount : await AccountOf(name, i + 1, cancel);
            teachers.Add(
                await assignTeacher.Register(DemoPopulation.SchoolCode, new(name, account), cancel)
            );
        }
        var children = ChildrenOf(population);
        for (var grade = 6; grade <= 9; grade++)
        {
            var pupils = await PupilsOf(population, grade, year, cancel);
            for (var section = 0; section < 2; section++)
            {
                var members = pupils.Skip(section * PupilsPerClass).Take(PupilsPerClass).ToList();
                var letter = "AB"[section];
                if (grade > 6)
                {
                    var past = await Class(
                        year - 1,
                        grade - 1,
                        letter,
                        members,
                        isPast: true,
                        cancel
                    );
                    if (members.Intersect(children).Any())
                    {
                        await SignSubjects(past.Id, cancel);
                    }
                }
                await Class(year, grade, letter, members, isPast: false, cancel);
            }
            await LinkParents(population, pupils, cancel);
        }
    }

    /// <summary>Of the demo's citizen.</summary>
    private static List<CitizenId> ChildrenOf(DemoPopulation population)
    {
        var parent = population.People.First(person => person.Guardian is not null).Guardian;
        return
        [
            .. population
                .People.Where(person => person.Guardian == parent)
                .Select(person => person.Id),
        ];
    }

    /// <summary>The other teachers sign in as <c>giaovien2</c> and so on.</summary>
    private async Task<string> AccountOf(string name, int number, CancellationToken cancel)
    {
        var account = new Account
        {
            UserName = $"giaovien{number}",
            FullName = name,
            Roles = [Role.Teacher],
            Post = $"Giáo viên, {DemoPopulation.SchoolName}",
            Organisation = DemoPopulation.SchoolCode,
            IsDemo = true,
        };
        await services
            .GetRequiredService<CreateAccount>()
            .Run(account, DemoAccounts.Password, cancel);
        return account.Id;
    }

    /// <summary>Last year's học bạ of a class, signed by the subject teachers and waiting for the homeroom teacher, who is the demo's.</summary>
    private async Task SignSubjects(Guid classId, CancellationToken cancel)
    {
        await assignTeacher.Run(classId, new(teachers[0].Id, [], Homeroom: true), cancel);
        await services
            .GetRequiredService<CreateTranscripts>()
            .Run(classId, new CreateTranscriptsRequest(), cancel);
        var current = services.GetRequiredService<ICurrentCaller>();
        foreach (var teacher in teachers.Skip(1))
        {
            current.Become(
                new Caller(
                    teacher.AccountId!,
                    teacher.FullName,
                    new HashSet<Role> { Role.Teacher },
                    DemoPopulation.SchoolCode
                )
            );
            await services
                .GetRequiredService<SignTranscripts>()
                .Run(classId, new(SignAs.Teacher), cancel);
        }
        current.Become(Caller.TheSystem);
    }

    /// <summary>Children of the demo's families who are of the age, and others from the villages around.</summary>
    private async Task<List<CitizenId>> PupilsOf(
        DemoPopulation population,
        int grade,
        int year,
        CancellationToken cancel
    )
    {
        var pupils = population
            .PupilsOf(grade, year)
            .Select(person => person.Id)
            .Take(2 * PupilsPerClass)
            .ToList();
        while (pupils.Count < 2 * PupilsPerClass)
        {
            var girl = random.Next(2) == 0;
            var born = new DateOnly(year - 5 - grade, 1, 1).AddDays(random.Next(365));
            var name = $"{Pick(FamilyNames)} {Pick(girl ? Girls : Boys)}";
            var registered = await citizens.Register(
                new CitizenDetails(
                    name,
                    new PartialDate(born),
                    girl ? Sex.Female : Sex.Male,
                    $"040{(girl ? 3 : 2)}{born.Year % 100:D2}{random.Next(800_000, 900_000)}",
                    Address: "Xã An Hòa, tỉnh Nghệ An",
                    Ethnicity: "01"
                ),
                cancel
            );
            pupils.Add(registered.Citizen.Id);
        }
        foreach (var pupil in pupils)
        {
            ability[pupil] = Math.Clamp(7.4 + 1.2 * Normal(), 4, 9.6);
        }
        return pupils;
    }

    private async Task LinkParents(
        DemoPopulation population,
        List<CitizenId> pupils,
        CancellationToken cancel
    )
    {
        foreach (var child in population.People.Where(person => pupils.Contains(person.Id)))
        {
            if (child.Guardian is { } guardian)
            {
                await linkGuardian.Run(child.Id, population.People[guardian].Id, cancel);
            }
        }
    }

    private async Task<SchoolClass> Class(
        int year,
        int grade,
        char letter,
        List<CitizenId> pupils,
        bool isPast,
        CancellationToken cancel
    )
    {
        var name = $"{grade}{letter}";
        var opened = await openClass.Run(DemoPopulation.SchoolCode, new(year, grade, name), cancel);
        foreach (var pupil in pupils)
        {
            await enrol.Run(
                opened.Id,
                new EnrolmentRequest(pupil.Value, From: new DateOnly(year, 9, 5)),
                cancel
            );
        }
        var ofDemoTeacher = !isPast && ClassesOfDemoTeacher.Contains(name);
        for (var i = 0; i < Staff.Length; i++)
        {
            // Two teachers of mathematics share the classes.
            if (Staff[i].Subjects[0] == "TOAN" && (i == 0) != ofDemoTeacher)
            {
                continue;
            }
            var homeroom = ofDemoTeacher && name == "6A" ? i == 0 : i == 1 + grade % 6;
            await assignTeacher.Run(
                opened.Id,
                new(teachers[i].Id, Staff[i].Subjects, homeroom),
                cancel
            );
        }
        foreach (var subject in SubjectCatalogue.OfGrade(grade).Where(s => s.IsCompulsory(grade)))
        {
            var open = ofDemoTeacher && subject.Code == "TOAN";
            await Term(opened, pupils, subject, 1, finished: !open, cancel);
            if (isPast)
            {
                await Term(opened, pupils, subject, 2, finished: true, cancel);
            }
        }
        foreach (var term in isPast ? new[] { 1, 2 } : [1])
        {
            await Conduct(opened.Id, term, cancel);
        }
        return opened;
    }

    /// <param name="finished">With the final marks, and published.</param>
    private async Task Term(
        SchoolClass schoolClass,
        List<CitizenId> pupils,
        Subject subject,
        int term,
        bool finished,
        CancellationToken cancel
    )
    {
        var (_, book) = await gradebooks.Find(schoolClass, subject.Code, term, cancel);
        var marks = new List<MarkEntry>();
        foreach (var pupil in pupils)
        {
            var level = ability[pupil] + 0.5 * Normal();
            marks.AddRange(
                book.Columns.Where(column => finished || column.Kind is not ColumnKind.Final)
                    .OrderBy(column => column.Kind)
                    .ThenBy(column => column.Number)
                    .Select(column => new MarkEntry(
                        pupil.Value,
                        column.Id,
                        subject.Kind is AssessmentKind.Comment
                            ? random.Next(250) == 0
                                ? "CĐ"
                                : "Đ"
                            : Points(level, column.Kind),
                        0
                    ))
            );
        }
        await enterMarks.Run(schoolClass.Id, new MarksRequest(subject.Code, term, marks), cancel);
        if (finished)
        {
            await publishMarks.Run(schoolClass.Id, subject.Code, term, cancel);
        }
    }

    private async Task Conduct(Guid classId, int term, CancellationToken cancel)
    {
        var sheet = await conduct.Read(classId, term, cancel);
        await conduct.Run(
            classId,
            term,
            [
                .. sheet.Rows.Select(row => new ConductEntry(
                    row.Student,
                    random.Next(10) switch
                    {
                        0 => Level.Satisfactory,
                        < 3 => Level.Fair,
                        _ => Level.Good,
                    },
                    random.Next(4),
                    null,
                    row.Version
                )),
            ],
            cancel
        );
        await conduct.Publish(classId, term, cancel);
    }

    /// <summary>Regular marks come in whole and half points; papers are marked to a quarter and rounded to a tenth.</summary>
    private string Points(double level, ColumnKind kind)
    {
        var raw = Math.Clamp(level + 0.7 * Normal(), 2, 10);
        var points =
            kind is ColumnKind.Regular
                ? Math.Round(raw * 2) / 2
                : Math.Round(Math.Round(raw * 4) / 4, 1, MidpointRounding.AwayFromZero);
        return MarkValue.Of((decimal)points).ToString();
    }

    private double Normal()
    {
        // Twelve uniform numbers are near enough to a normal one for marks.
        var sum = 0.0;
        for (var i = 0; i < 12; i++)
        {
            sum += random.NextDouble();
        }
        return sum - 6;
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
