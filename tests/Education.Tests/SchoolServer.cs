using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>
/// Two schools with a class each. School A's class 6A has six pupils, a mathematics teacher (also homeroom teacher), and two teachers of
/// natural science. Everyone signs in the way people do.
/// </summary>
public sealed class SchoolServer : RecordsServer, IAsyncLifetime
{
    public const string SchoolA = "0100100001";
    public const string SchoolB = "0100100002";
    public const int Year = 2026;
    private const string Password = "Mot-mat-khau-dai-2026";

    public static readonly Person Mathematics = new("gv-toan", Role.Teacher, SchoolA);
    public static readonly Person Science1 = new("gv-khtn-1", Role.Teacher, SchoolA);
    public static readonly Person Science2 = new("gv-khtn-2", Role.Teacher, SchoolA);
    public static readonly Person HeadOfA = new("hieu-truong-a", Role.SchoolHead, SchoolA);
    public static readonly Person TeacherOfB = new("gv-b", Role.Teacher, SchoolB);
    public static readonly Person Doctor = new("bac-si", Role.Doctor, "01001");

    public Guid ClassA { get; private set; }
    public Guid ClassB { get; private set; }
    public IReadOnlyList<CitizenId> PupilsA { get; private set; } = [];

    /// <summary>Settings beside those of every test, such as a bank's secret.</summary>
    public IReadOnlyDictionary<string, string?> More { get; init; } =
        new Dictionary<string, string?>();

    protected override bool Open => false;

    protected override IReadOnlyDictionary<string, string?> Settings => More;

    private readonly ConcurrentDictionary<string, Task<string>> accounts = new();

    /// <summary>A browser in which this person has signed in; nobody when null.</summary>
    public async Task<HttpClient> As(Person? person)
    {
        var browser = this.NewBrowser();
        if (person is not null)
        {
            await AccountOf(person);
            var signedIn = await browser.PostSignIn(person.User, Password);
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        }
        return browser;
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await using var scope = Scope();
        var services = scope.ServiceProvider;
        var register = services.GetRequiredService<RegisterSchool>();
        await register.Run(new(SchoolA, "Trường THCS A", SchoolLevel.LowerSecondary));
        await register.Run(new(SchoolB, "Trường THCS B", SchoolLevel.LowerSecondary));
        foreach (var school in new[] { SchoolA, SchoolB })
        {
            await services
                .GetRequiredService<PlanSchoolYear>()
                .Run(
                    school,
                    new(Year, new(Year, 9, 5), new(Year + 1, 1, 18), new(Year + 1, 5, 31))
                );
        }
        ClassA = await OpenWithPupils(services, SchoolA, "6A", 6);
        ClassB = await OpenWithPupils(services, SchoolB, "6B", 2);
        var assign = services.GetRequiredService<AssignTeacher>();
        await Assign(assign, ClassA, Mathematics, ["TOAN"], homeroom: true);
        await Assign(assign, ClassA, Science1, ["KHTN"]);
        await Assign(assign, ClassA, Science2, ["KHTN", "GDTC"]);
        await Assign(assign, ClassB, TeacherOfB, ["TOAN"], homeroom: true);
        PupilsA = await Roster(ClassA);
    }

    /// <summary>The account's id; it is made when first asked for.</summary>
    public Task<string> AccountOf(Person person) =>
        accounts.GetOrAdd(
            person.User,
            async _ =>
            {
                await using var scope = Scope();
                var account = new Account
                {
                    UserName = person.User,
                    FullName = person.User,
                    Roles = [person.Role],
                    Organisation = person.Organisation,
                    Citizen = person.Citizen,
                };
                await scope
                    .ServiceProvider.GetRequiredService<CreateAccount>()
                    .Run(account, Password);
                return account.Id;
            }
        );

    private async Task Assign(
        AssignTeacher assign,
        Guid classId,
        Person person,
        string[] subjects,
        bool homeroom = false
    )
    {
        var teacher = await assign.Register(
            person.Organisation!,
            new("GV " + person.User, await AccountOf(person))
        );
        await assign.Run(classId, new(teacher.Id, subjects, homeroom));
    }

    private static async Task<Guid> OpenWithPupils(
        IServiceProvider services,
        string school,
        string name,
        int pupils
    )
    {
        var opened = await services.GetRequiredService<OpenClass>().Run(school, new(Year, 6, name));
        for (var i = 0; i < pupils; i++)
        {
            await AddPupil(services, opened.Id, $"Nguyễn Văn {(char)('A' + i)} {name}");
        }
        return opened.Id;
    }

    public static async Task<CitizenId> AddPupil(
        IServiceProvider services,
        Guid classId,
        string name
    )
    {
        var registered = await services
            .GetRequiredService<ICitizens>()
            .Register(new(name, new PartialDate(2015, 3, 12), Sex.Male));
        await services
            .GetRequiredService<EnrolStudent>()
            .Run(classId, new(registered.Citizen.Id.Value));
        return registered.Citizen.Id;
    }

    private async Task<IReadOnlyList<CitizenId>> Roster(Guid classId)
    {
        await using var scope = Scope();
        var roster = await scope
            .ServiceProvider.GetRequiredService<OpenGradebook>()
            .Roster(classId);
        return [.. roster.Select(row => row.Student.Id)];
    }
}

/// <param name="Citizen">The own record of a caller who is a citizen.</param>
public sealed record Person(
    string User,
    Role Role,
    string? Organisation = null,
    CitizenId? Citizen = null
)
{
    public static Person Of(CitizenId citizen) => new($"{citizen}", Role.Citizen, null, citizen);
}

public static class GradebookCalls
{
    public static async Task<GradebookView> Gradebook(
        this HttpClient client,
        Guid classId,
        string subject,
        int term = 1
    ) =>
        (
            await client.GetFromJsonAsync<GradebookView>(
                $"/education/classes/{classId}/gradebook/{subject}?term={term}"
            )
        )!;

    public static async Task<MarksAnswer> Enter(
        this HttpClient client,
        Guid classId,
        string subject,
        params MarkEntry[] marks
    )
    {
        var response = await client.PutAsJsonAsync(
            $"/education/classes/{classId}/marks",
            new MarksRequest(subject, 1, marks)
        );
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<MarksAnswer>())!;
    }

    public static async Task<MarkAnswer> EnterOne(
        this HttpClient client,
        Guid classId,
        string subject,
        MarkEntry mark
    ) => Assert.Single((await client.Enter(classId, subject, mark)).Marks);
}
