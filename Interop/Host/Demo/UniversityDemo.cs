using Education.University.Marks;
using Education.University.Programmes;
using Education.University.Registering;
using Education.University.Rules;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>
/// A small university: one programme of twelve courses, twenty students, a past term with marks, and a term whose registration is open, with one section
/// so full that people wait. Sign in as <c>sinhvien</c>, <c>giangvien</c> or <c>daotao</c>.
/// </summary>
internal static class UniversityDemo
{
    public const string UniversityCode = "DHAH";
    public const string UniversityName = "Đại học An Hòa";
    private const int Seed = 812;
    private const int Students = 20;

    private static readonly string[] FamilyNames = ["Nguyễn", "Trần", "Lê", "Phạm", "Hồ", "Cao"];
    private static readonly string[] Women = ["Thu Hiền", "Hà Linh", "Mỹ Duyên", "Ngọc Trâm"];
    private static readonly string[] Men = ["Quốc Bảo", "Văn Toàn", "Duy Tân", "Hoàng Long"];

    private static readonly CourseRequest[] Courses =
    [
        new("MAT101", "Giải tích", 3),
        new(
            "INF101",
            "Nhập môn lập trình",
            3,
            Components: [new("Thực hành", 30), new("Giữa kỳ", 20), new("Cuối kỳ", 50)]
        ),
        new("ENG101", "Tiếng Anh cơ bản", 3),
        new("PED101", "Giáo dục thể chất", 1, PassOnly: true, Components: [new("Kiểm tra", 100)]),
        new("MAT102", "Đại số tuyến tính", 3, Semester: 2),
        new("INF102", "Cấu trúc dữ liệu", 4, Semester: 2, Prerequisites: ["INF101"]),
        new("INF202", "Mạng máy tính", 3, Semester: 2, Prerequisites: ["INF101"]),
        new("INF201", "Cơ sở dữ liệu", 3, Semester: 3, Prerequisites: ["INF102"]),
        new("INF203", "Hệ điều hành", 3, Semester: 3, Prerequisites: ["INF102"]),
        new("INF301", "Công nghệ phần mềm", 3, Semester: 4, Prerequisites: ["INF201"]),
        new("INF302", "Học máy", 3, Required: false, 4, Prerequisites: ["MAT102", "INF102"]),
        new("INF303", "An toàn thông tin", 3, Required: false, 4, Prerequisites: ["INF202"]),
    ];

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<SetUpInstitution>() is not { } setUp)
        {
            // The education part is switched off.
            return;
        }
        await setUp.Run(UniversityCode, new(UniversityName, AttemptRule.Best), cancel);
        await services
            .GetRequiredService<PlanProgramme>()
            .Run(UniversityCode, "CNTT", new("Công nghệ thông tin", 32, 16, 4, Courses), cancel);
        var clock = services.GetRequiredService<TimeProvider>();
        var (today, now) = (clock.Today(), clock.GetUtcNow());
        var year = today.Month >= 8 ? today.Year : today.Year - 1;
        var random = new Random(Seed);
        var students = await Admit(services, random, year, cancel);
        var teacher = await Account(
            services,
            "giangvien",
            "TS. Hoàng Văn Thái",
            Role.Teacher,
            null,
            cancel
        );
        await Account(
            services,
            "sinhvien",
            students[0].FullName,
            Role.Citizen,
            students[0],
            cancel
        );

        var terms = services.GetRequiredService<PlanTerm>();
        var past = new TermRequest(
            new(year, 2, 2),
            new(year, 6, 30),
            now.AddDays(-200),
            now.AddDays(1)
        );
        await terms.Run(UniversityCode, year - 1, 2, past, cancel);
        var marked = await PastTerm(services, random, year - 1, teacher, students, cancel);
        await terms.Run(
            UniversityCode,
            year - 1,
            2,
            past with
            {
                Closes = now.AddDays(-190),
            },
            cancel
        );

        var second = today.Month >= 8;
        await terms.Run(
            UniversityCode,
            second ? year : year + 1,
            second ? 2 : 1,
            second
                ? new(new(year + 1, 2, 2), new(year + 1, 6, 30), now.AddHours(-2), now.AddDays(14))
                : new(new(year + 1, 9, 5), new(year + 2, 1, 18), now.AddHours(-2), now.AddDays(14)),
            cancel
        );
        await OpenTerm(services, second ? year : year + 1, second ? 2 : 1, teacher, marked, cancel);
    }

    private static async Task<List<Student>> Admit(
        IServiceProvider services,
        Random random,
        int year,
        CancellationToken cancel
    )
    {
        var citizens = services.GetRequiredService<ICitizens>();
        var admit = services.GetRequiredService<AdmitStudent>();
        var students = new List<Student>();
        for (var i = 0; i < Students; i++)
        {
            var woman = i % 2 == 0;
            var given = (woman ? Women : Men)[i / 2 % 4];
            var born = new DateOnly(year - 19, 1, 1).AddDays(random.Next(365));
            var registered = await citizens.Register(
                new CitizenDetails(
                    $"{FamilyNames[i % FamilyNames.Length]} {given}",
                    new PartialDate(born),
                    woman ? Sex.Female : Sex.Male,
                    $"040{(woman ? 3 : 2)}{born.Year % 100:D2}{700_000 + 37 * i}",
                    Address: "Phường An Hòa, tỉnh Nghệ An",
                    Ethnicity: "01"
                ),
                cancel
            );
            students.Add(
                await admit.Run(
                    UniversityCode,
                    new(
                        registered.Citizen.Id.Value,
                        $"{year % 100 - 1:D2}CNTT{i + 1:D3}",
                        "CNTT",
                        new(year - 1, 9, 5)
                    ),
                    cancel
                )
            );
        }
        return students;
    }

    private static async Task<string> Account(
        IServiceProvider services,
        string user,
        string name,
        Role role,
        Student? student,
        CancellationToken cancel
    )
    {
        var account = new Account
        {
            UserName = user,
            FullName = name,
            Roles = [role],
            Post = $"{(student is null ? "Giảng viên" : "Sinh viên")}, {UniversityName}",
            Organisation = student is null ? UniversityCode : null,
            Citizen = student?.CitizenId,
            IsDemo = true,
        };
        await services
            .GetRequiredService<CreateAccount>()
            .Run(account, DemoAccounts.Password, cancel);
        return account.Id;
    }

    /// <returns>Everybody but the last two, who failed programming and cannot take what builds on it.</returns>
    private static async Task<List<Student>> PastTerm(
        IServiceProvider services,
        Random random,
        int year,
        string teacher,
        List<Student> students,
        CancellationToken cancel
    )
    {
        var open = services.GetRequiredService<OpenSection>();
        var desk = services.GetRequiredService<RegistrationDesk>();
        foreach (var (course, day) in new[] { ("INF101", 2), ("MAT101", 4) })
        {
            var section = await open.Run(
                UniversityCode,
                year,
                2,
                new(course, "01", 30, [new(day, 1, 3)], teacher, "TS. Hoàng Văn Thái", "A2-301"),
                cancel
            );
            await Task.WhenAll(students.Select(one => Take(desk, section, one)));
            var components = course == "INF101" ? 3 : 2;
            var marks = students.SelectMany(
                (one, i) =>
                {
                    var level = i >= Students - 2 ? 2.5 : 6 + 3.5 * random.NextDouble();
                    return Enumerable
                        .Range(1, components)
                        .Select(component => new SectionMarkEntry(
                            one.Id,
                            component,
                            Math.Clamp(Math.Round(2 * level + random.NextDouble()) / 2, 0, 10)
                                .ToString(System.Globalization.CultureInfo.InvariantCulture),
                            0
                        ));
                }
            );
            await services
                .GetRequiredService<EnterSectionMarks>()
                .Run(section.Id, new([.. marks]), cancel);
            await services.GetRequiredService<PublishSectionMarks>().Run(section.Id, cancel);
        }
        return students[..^2];
    }

    private static async Task OpenTerm(
        IServiceProvider services,
        int year,
        int number,
        string teacher,
        List<Student> students,
        CancellationToken cancel
    )
    {
        var open = services.GetRequiredService<OpenSection>();
        var desk = services.GetRequiredService<RegistrationDesk>();
        foreach (
            var (course, day, seats, takers) in new[]
            {
                ("INF102", 3, 12, 15),
                ("MAT102", 5, 40, 10),
                ("INF202", 6, 25, 12),
            }
        )
        {
            var section = await open.Run(
                UniversityCode,
                year,
                number,
                new(course, "01", seats, [new(day, 1, 3)], teacher, "TS. Hoàng Văn Thái", "A2-301"),
                cancel
            );
            // The first is the demo's student, who has nothing yet.
            await Task.WhenAll(
                students.Skip(1).Take(takers).Select(one => Take(desk, section, one))
            );
        }
    }

    private static async Task Take(RegistrationDesk desk, Section section, Student student)
    {
        var answer = await desk.Run(new(section.Id, student.Id, SeatWish.Take));
        if (answer.Refusals.Count > 0)
        {
            throw new InvalidOperationException(string.Join(" ", answer.Refusals));
        }
    }
}
