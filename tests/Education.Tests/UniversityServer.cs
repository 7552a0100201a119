using Education.University;
using Education.University.Programmes;
using Education.University.Registering;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>
/// Two universities. The first has a programme of five courses, of which B1 and C2 build on A1, and a term whose registration is open. Everyone signs in the
/// way people do.
/// </summary>
public sealed class UniversityServer : RecordsServer, IAsyncLifetime
{
    public const string University = "DH1";
    public const string Other = "DH2";
    public const int Year = 2026;
    private const string Password = "Mot-mat-khau-dai-2026";

    public static readonly Person Registrar = new("dao-tao", Role.Registrar, University);
    public static readonly Person OtherRegistrar = new("dao-tao-2", Role.Registrar, Other);
    public static readonly Person Teacher = new("giang-vien", Role.Teacher, University);
    public static readonly Person OtherTeacher = new("giang-vien-2", Role.Teacher, University);

    public static readonly ProgrammeRequest Programme = new(
        "Chương trình thử",
        12,
        6,
        4,
        [
            new("A1", "Học phần A1", 3),
            new("A2", "Học phần A2", 3),
            new("B1", "Học phần B1", 4, Prerequisites: ["A1"]),
            new("C1", "Học phần C1", 2),
            new("C2", "Học phần C2", 3, Required: false, Prerequisites: ["A1"]),
        ]
    );

    protected override bool Open => false;

    private readonly Dictionary<string, string> accounts = [];
    private readonly SemaphoreSlim making = new(1);
    private int sections;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await using var scope = Scope();
        foreach (var code in new[] { University, Other })
        {
            await scope
                .ServiceProvider.GetRequiredService<SetUpInstitution>()
                .Run(code, new($"Đại học {code}", MostCreditsPerTerm: 9));
        }
        await scope
            .ServiceProvider.GetRequiredService<PlanProgramme>()
            .Run(University, "CT", Programme);
        await Term(1, TimeSpan.FromHours(-1));
    }

    public async Task Term(int number, TimeSpan opens)
    {
        await using var scope = Scope();
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
        await scope
            .ServiceProvider.GetRequiredService<PlanTerm>()
            .Run(
                University,
                Year,
                number,
                new(
                    new(Year, 9, 5),
                    new(Year + 1, 1, 18),
                    now + opens,
                    now + opens + TimeSpan.FromDays(1)
                )
            );
    }

    /// <summary>Each in hours of its own unless told.</summary>
    public async Task<Section> Section(
        string course,
        int capacity,
        SlotRequest? slot = null,
        int term = 1,
        string? teacher = null
    )
    {
        var number = Interlocked.Increment(ref sections);
        slot ??= new(2 + number % 7, 1 + number / 7 % 15, 1 + number / 7 % 15);
        await using var scope = Scope();
        return await scope
            .ServiceProvider.GetRequiredService<OpenSection>()
            .Run(University, Year, term, new(course, $"{number:D2}", capacity, [slot], teacher));
    }

    /// <summary>Students whose persons the kernel does not know yet: enough for seats, and quick.</summary>
    public async Task<IReadOnlyList<Student>> Students(int count)
    {
        await using var scope = Scope();
        var db = scope.ServiceProvider.GetRequiredService<UniversityDb>();
        var programme = db.Programmes.Single(one => one.Code == "CT");
        var students = Enumerable
            .Range(0, count)
            .Select(_ =>
            {
                var id = CitizenId.New();
                return new Student
                {
                    Id = Guid.CreateVersion7(),
                    CitizenId = id,
                    ProgrammeId = programme.Id,
                    InstitutionCode = University,
                    Code = $"{id}"[^12..],
                    FullName = "Sinh viên thử",
                    Since = new(Year, 9, 5),
                };
            })
            .ToList();
        db.Students.AddRange(students);
        await db.SaveChangesAsync();
        return students;
    }

    /// <summary>A student as the registrar's desk admits one.</summary>
    public async Task<Student> Admitted(string name)
    {
        await using var scope = Scope();
        var person = await scope
            .ServiceProvider.GetRequiredService<ICitizens>()
            .Register(new(name, new PartialDate(2007, 3, 12), Sex.Female));
        return await scope
            .ServiceProvider.GetRequiredService<AdmitStudent>()
            .Run(
                University,
                new(person.Citizen.Id.Value, $"{person.Citizen.Id}"[^12..], "CT", new(Year, 9, 5))
            );
    }

    public RegistrationDesk Desk => Services.GetRequiredService<RegistrationDesk>();

    /// <summary>What is stored of a section: seats and line in the order of their tickets.</summary>
    public async Task<(Section Section, List<Guid> Seated, List<Guid> Line)> Stored(Guid section)
    {
        await using var scope = Scope();
        var db = scope.ServiceProvider.GetRequiredService<UniversityDb>();
        var held = db
            .Registrations.Where(one => one.SectionId == section)
            .OrderBy(one => one.Ticket)
            .ToList();
        return (
            db.Sections.Single(one => one.Id == section),
            [.. held.Where(one => one.Place is Place.Seat).Select(one => one.StudentId)],
            [.. held.Where(one => one.Place is Place.Waiting).Select(one => one.StudentId)]
        );
    }

    public async Task<HttpClient> As(Person person)
    {
        await AccountOf(person);
        var browser = this.NewBrowser();
        await browser.PostSignIn(person.User, Password);
        return browser;
    }

    public async Task<string> AccountOf(Person person)
    {
        await making.WaitAsync();
        try
        {
            if (accounts.TryGetValue(person.User, out var id))
            {
                return id;
            }
            await using var scope = Scope();
            var account = new Account
            {
                UserName = person.User,
                FullName = person.User,
                Roles = [person.Role],
                Organisation = person.Organisation,
                Citizen = person.Citizen,
            };
            await scope.ServiceProvider.GetRequiredService<CreateAccount>().Run(account, Password);
            return accounts[person.User] = account.Id;
        }
        finally
        {
            making.Release();
        }
    }
}
