using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>The primary school: a class of last year, finished, and the one it has become, with the first term's levels and tests.</summary>
internal sealed class PrimaryDemo(IServiceProvider services)
{
    public const string SchoolCode = "4017101";
    public const string SchoolName = "Trường Tiểu học An Hòa";
    private const int Grade = 3;
    private const int Pupils = 8;

    private static readonly string[] Names =
    [
        "Nguyễn Bảo An",
        "Trần Gia Bách",
        "Lê Khánh Chi",
        "Phạm Minh Dũng",
        "Hoàng Thùy Dương",
        "Phan Nhật Hào",
        "Võ Ngọc Hân",
        "Đặng Hữu Khang",
    ];

    private readonly Random random = new(27);
    private readonly Dictionary<CitizenId, double> ability = [];

    public async Task Load(DemoPopulation population, int year, CancellationToken cancel)
    {
        await services
            .GetRequiredService<RegisterSchool>()
            .Run(new(SchoolCode, SchoolName, SchoolLevel.Primary), cancel);
        foreach (var planned in new[] { year - 1, year })
        {
            await services
                .GetRequiredService<PlanSchoolYear>()
                .Run(
                    SchoolCode,
                    new(
                        planned,
                        new(planned, 9, 5),
                        new(planned + 1, 1, 18),
                        new(planned + 1, 5, 31)
                    ),
                    cancel
                );
        }
        var teacher = await services
            .GetRequiredService<AssignTeacher>()
            .Register(SchoolCode, new("Cao Thị Lan"), cancel);
        var pupils = await PupilsOf(population, year, cancel);
        await Class(year - 1, Grade, teacher, pupils, finished: true, cancel);
        await Class(year, Grade + 1, teacher, pupils, finished: false, cancel);
        foreach (var child in population.People.Where(person => pupils.Contains(person.Id)))
        {
            if (child.Guardian is { } guardian)
            {
                await services
                    .GetRequiredService<LinkGuardian>()
                    .Run(child.Id, population.People[guardian].Id, cancel);
            }
        }
    }

    private async Task<List<CitizenId>> PupilsOf(
        DemoPopulation population,
        int year,
        CancellationToken cancel
    )
    {
        var pupils = population
            .PupilsOf(Grade + 1, year)
            .Select(person => person.Id)
            .Take(Pupils)
            .ToList();
        foreach (var (name, i) in Names.Select((name, i) => (name, i)).Skip(pupils.Count))
        {
            var registered = await services
                .GetRequiredService<ICitizens>()
                .Register(
                    new CitizenDetails(
                        name,
                        new PartialDate(year - 6 - Grade, 1 + i, 10 + i),
                        i % 2 == 0 ? Sex.Female : Sex.Male,
                        $"040{(i % 2 == 0 ? 3 : 2)}{(year - 6 - Grade) % 100:D2}{900_001 + i}",
                        Address: "Xã An Hòa, tỉnh Nghệ An",
                        Ethnicity: "01"
                    ),
                    cancel
                );
            pupils.Add(registered.Citizen.Id);
        }
        foreach (var (pupil, i) in pupils.Select((pupil, i) => (pupil, i)))
        {
            // From the one who has everything to the one who needs help.
            ability[pupil] = 10.4 - 0.86 * i;
        }
        return pupils;
    }

    private async Task Class(
        int year,
        int grade,
        Teacher teacher,
        List<CitizenId> pupils,
        bool finished,
        CancellationToken cancel
    )
    {
        var opened = await services
            .GetRequiredService<OpenClass>()
            .Run(SchoolCode, new(year, grade, $"{grade}A"), cancel);
        var subjects = opened.Subjects.Select(subject => subject.Subject).ToList();
        await services
            .GetRequiredService<AssignTeacher>()
            .Run(opened.Id, new(teacher.Id, subjects, Homeroom: true), cancel);
        foreach (var pupil in pupils)
        {
            await services
                .GetRequiredService<EnrolStudent>()
                .Run(opened.Id, new(pupil.Value, From: new DateOnly(year, 9, 5)), cancel);
        }
        foreach (var subject in subjects)
        {
            foreach (var term in finished ? new[] { 1, 2 } : [1])
            {
                await Gradebook(opened, subject, term, pupils, cancel);
            }
        }
    }

    private async Task Gradebook(
        SchoolClass schoolClass,
        string subject,
        int term,
        List<CitizenId> pupils,
        CancellationToken cancel
    )
    {
        var (taught, book) = await services
            .GetRequiredService<OpenGradebook>()
            .Find(schoolClass, subject, term, cancel);
        var marks =
            from pupil in pupils
            from column in book.Columns
            select new MarkEntry(
                pupil.Value,
                column.Id,
                Value(column.Kind.Takes(taught.Kind), ability[pupil]),
                0
            );
        await services
            .GetRequiredService<EnterMarks>()
            .Run(schoolClass.Id, new(subject, term, [.. marks]), cancel);
        if (subject is "TIENGVIET" or "TOAN")
        {
            await services
                .GetRequiredService<WriteRemarks>()
                .Run(
                    schoolClass.Id,
                    subject,
                    term,
                    [
                        .. pupils.Select(pupil => new RemarkEntry(
                            pupil.Value,
                            Remark(subject, ability[pupil]),
                            0
                        )),
                    ],
                    cancel
                );
        }
        await services
            .GetRequiredService<PublishMarks>()
            .Run(schoolClass.Id, subject, term, cancel);
    }

    private string Value(ValueKind takes, double level)
    {
        var reached = level + (random.NextDouble() - 0.5) * 0.8;
        return takes switch
        {
            ValueKind.WholePoints => Math.Clamp(Math.Round(reached), 3, 10)
                .ToString(System.Globalization.CultureInfo.InvariantCulture),
            ValueKind.Level => reached >= 7 ? "T"
            : reached >= 4.8 ? "H"
            : "C",
            _ => reached >= 6.5 ? "T"
            : reached >= 4.5 ? "Đ"
            : "C",
        };
    }

    private static string Remark(string subject, double level) =>
        (subject, level) switch
        {
            ("TOAN", >= 7) => "Tính toán nhanh, trình bày rõ ràng; cần kiểm tra lại kết quả.",
            ("TOAN", _) => "Đã thuộc bảng nhân; cần luyện thêm giải toán có lời văn.",
            (_, >= 7) => "Đọc lưu loát, viết đoạn văn có hình ảnh.",
            _ => "Đọc đúng; cần luyện viết câu đủ ý và đúng chính tả.",
        };
}
