using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>
/// Two schools with a class each. School A's class 6A has six pupils, a mathematics teacher (also homeroom teacher), and two teachers of
/// natural science. Who calls is told by a header in place of the sign-in page; everything behind it is real.
/// </summary>
public sealed class SchoolServer : RecordsServer, IAsyncLifetime
{
    public const string SchoolA = "0100100001";
    public const string SchoolB = "0100100002";
    public const int Year = 2026;

    public static readonly Account Mathematics = new("gv-toan", Role.Teacher, SchoolA);
    public static readonly Account Science1 = new("gv-khtn-1", Role.Teacher, SchoolA);
    public static readonly Account Science2 = new("gv-khtn-2", Role.Teacher, SchoolA);
    public static readonly Account HeadOfA = new("hieu-truong-a", Role.SchoolHead, SchoolA);
    public static readonly Account TeacherOfB = new("gv-b", Role.Teacher, SchoolB);
    public static readonly Account Doctor = new("bac-si", Role.Doctor, "01001");

    public Guid ClassA { get; private set; }
    public Guid ClassB { get; private set; }
    public IReadOnlyList<CitizenId> PupilsA { get; private set; } = [];

    protected override bool Open => false;

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder
            .Services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, HeaderSignIn>(HeaderSignIn.Scheme, null);
        builder.Services.PostConfigure<AuthenticationOptions>(options =>
        {
            options.DefaultScheme = HeaderSignIn.Scheme;
            options.DefaultAuthenticateScheme = HeaderSignIn.Scheme;
            options.DefaultChallengeScheme = HeaderSignIn.Scheme;
            options.DefaultForbidScheme = HeaderSignIn.Scheme;
        });
    }

    public HttpClient As(Account? account)
    {
        var client = NewClient();
        if (account is not null)
        {
            client.DefaultRequestHeaders.Add(
                HeaderSignIn.Header,
                $"{account.Id};{account.Role};{account.Organisation};{account.Citizen}"
            );
        }
        return client;
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

    private static async Task Assign(
        AssignTeacher assign,
        Guid classId,
        Account account,
        string[] subjects,
        bool homeroom = false
    )
    {
        var teacher = await assign.Register(
            account.Organisation!,
            new("GV " + account.Id, account.Id)
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
public sealed record Account(
    string Id,
    Role Role,
    string? Organisation = null,
    CitizenId? Citizen = null
)
{
    public static Account Of(CitizenId citizen) =>
        new($"citizen-{citizen}", Role.Citizen, null, citizen);
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

/// <summary>Takes the caller from a header, in the claims that the real sign-in gives.</summary>
internal sealed class HeaderSignIn(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Header";
    public const string Header = "X-Test-Account";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (
            Request.Headers[Header].ToString().Split(';')
            is not [var id, var role, var org, var citizen]
        )
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }
        var claims = new List<Claim> { new("sub", id), new("name", id), new("role", role) };
        if (org.Length > 0)
        {
            claims.Add(new("org", org));
        }
        if (citizen.Length > 0)
        {
            claims.Add(new("citizen", citizen));
        }
        // As from a browser session, which is bounded by its roles alone.
        var identity = new ClaimsIdentity(
            claims,
            IdentityConstants.ApplicationScheme,
            "name",
            "role"
        );
        return Task.FromResult(
            AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme))
        );
    }
}
