using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Citizens;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

public sealed class CitizenTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private static int serial;

    [Fact]
    public async Task Fifty_registrations_of_one_person_at_once_make_one_record()
    {
        var details = Person("Trần Thị Bưởi", "1985-02-03", Sex.Female, year: 85);
        var registrations = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => Register(details)))
        );

        Assert.Single(registrations, registration => registration.IsNew);
        Assert.Single(registrations.Select(registration => registration.Citizen.Id).Distinct());
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<CitizensDb>();
        var id = registrations[0].Citizen.Id;
        Assert.Equal(
            details.PersonalId,
            (await db.Identifiers.SingleAsync(row => row.Citizen == id)).Value
        );
        Assert.Equal(
            1,
            await db.Outbox.CountAsync(message =>
                message.Body.Contains(registrations[0].Citizen.Id.ToString())
            )
        );
    }

    [Fact]
    public async Task Whoever_comes_second_gets_the_first_record_with_its_gaps_filled()
    {
        var first = Person("Lê  Văn   Cam ", "1970", Sex.Male, year: 70);
        var registered = await Register(first);
        Assert.Equal("Lê Văn Cam", registered.Citizen.Details.FullName);

        var again = await Register(
            first with
            {
                FullName = "LE VAN CAM",
                BirthDate = PartialDate.Parse("1971"),
                Phone = "0912 345 678",
            }
        );

        Assert.False(again.IsNew);
        Assert.Equal(registered.Citizen.Id, again.Citizen.Id);
        Assert.Equal("Lê Văn Cam", again.Citizen.Details.FullName);
        Assert.Equal(PartialDate.Parse("1970"), again.Citizen.Details.BirthDate);
        Assert.Equal("0912 345 678", again.Citizen.Details.Phone);
        Assert.Contains(again.Warnings, warning => warning.Contains("1970"));
    }

    [Fact]
    public async Task A_personal_ID_that_contradicts_the_form_is_a_warning_that_names_what()
    {
        var registration = await Register(
            new(
                "Phạm Thị Dừa",
                PartialDate.Parse("1990-01-01"),
                Sex.Female,
                $"099085{NextSerial()}"
            )
        );

        Assert.True(registration.IsNew);
        Assert.Collection(
            registration.Warnings,
            warning => Assert.Contains("099", warning),
            warning => Assert.Contains("Nam", warning),
            warning => Assert.Contains("1985", warning)
        );
    }

    [Fact]
    public async Task Without_a_personal_ID_likely_the_same_people_are_named()
    {
        var details = new CitizenDetails(
            "Vũ Thị Quýt",
            PartialDate.Parse("2015-05-05"),
            Sex.Female,
            Address: "thôn Hạ, An Hòa"
        );
        await Register(details);
        var second = await Register(details with { FullName = "vu thi quyt" });

        Assert.True(second.IsNew);
        Assert.Contains("thôn Hạ, An Hòa", Assert.Single(second.Warnings));
    }

    public static TheoryData<string, string> WrongDetails =>
        new()
        {
            { """{"fullName":"","sex":"Male"}""", "fullName" },
            { """{"fullName":"123","sex":"Male"}""", "fullName" },
            { """{"sex":"Male"}""", "fullName" },
            { """{"fullName":"A","sex":"Male","personalId":"12345678901"}""", "personalId" },
            { """{"fullName":"A","sex":"Male","personalId":"12345678901x"}""", "personalId" },
            { """{"fullName":"A","sex":"Male","birthDate":"3000-01-01"}""", "birthDate" },
            { """{"fullName":"A","sex":"Male","phone":"gọi sau"}""", "phone" },
            { """{"fullName":"A","sex":"Male","insuranceNumber":"GD9"}""", "insuranceNumber" },
            { """{"fullName":"A","sex":"Male","communeCode":"1"}""", "communeCode" },
        };

    [Theory]
    [MemberData(nameof(WrongDetails))]
    public async Task What_is_wrong_is_refused_by_the_name_of_its_field(string json, string field)
    {
        var response = await server.Client.PostAsync(
            "/api/citizens",
            new StringContent(json, null, "application/json")
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"fullName":"A","sex":"Other"}""")]
    [InlineData("""{"fullName":"A","sex":"Male","birthDate":"15/08/1990"}""")]
    public async Task What_cannot_be_read_is_400(string json)
    {
        var response = await server.Client.PostAsync(
            "/api/citizens",
            new StringContent(json, null, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Registers_reads_and_finds_over_HTTP_and_leaves_audit_rows()
    {
        var details = Person("Hoàng Đức Xoài", "2001-12-31", Sex.Male, year: 1, century: 2);
        var posted = await server.Client.PostAsJsonAsync("/api/citizens", details);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);

        var citizen = await server.Client.GetFromJsonAsync<Citizen>(posted.Headers.Location);
        Assert.Equal(details.PersonalId, citizen!.Details.PersonalId);
        var found = await server.Client.GetFromJsonAsync<List<Citizen>>(
            $"/api/citizens?personalId={details.PersonalId}"
        );
        Assert.Contains(found!, person => person.Id == citizen.Id);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.Client.PostAsJsonAsync("/api/citizens", details)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.Client.GetAsync($"/api/citizens/{Guid.Empty}")).StatusCode
        );

        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        var rows = await db
            .Rows.Where(row => row.Subjects.Any(s => s.Subject == citizen.Id.ToString()))
            .OrderBy(row => row.Sequence)
            .Select(row => row.Action)
            .ToListAsync();
        Assert.Equal(
            [AuditAction.Create, AuditAction.Read, AuditAction.Read, AuditAction.Read],
            rows
        );
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run()).Faults);
    }

    [Fact]
    public async Task Names_are_found_by_beginnings_of_words_in_any_order_with_or_without_diacritics()
    {
        await Register(new("Đặng Hồng Nhung", PartialDate.Parse("1999"), Sex.Female));
        await Register(new("Đăng Hòng Nhũng", PartialDate.Parse("1998"), Sex.Female));
        foreach (
            var text in new[] { "Đặng Hồng Nhung", "dang hong nhung", "nhung DANG", "nhu dan" }
        )
        {
            Assert.Equal(2, (await Search(text)).Count);
        }
        Assert.Equal("Đặng Hồng Nhung", (await Search("hồng nhung"))[0].Details.FullName);
        Assert.Equal("Đăng Hòng Nhũng", (await Search("nhũng"))[0].Details.FullName);
        Assert.Empty(await Search("dang hong nhungx"));
        Assert.Empty(await Search("  "));
        Assert.Empty(await Search("%"));
        Assert.Empty(await Search("' OR 1=1 --"));
        Assert.Single(await Search("dang nhung", 1));
    }

    [Fact]
    public async Task A_person_is_found_by_an_old_number()
    {
        var details = Person("Bùi Văn Mít", "1960", Sex.Male, year: 60) with
        {
            OldIdentityNumber = "160123456",
        };
        var registered = await Register(details);
        Assert.Equal(registered.Citizen.Id, Assert.Single(await Search("160123456")).Id);
        Assert.Equal("160123456", registered.Citizen.Details.OldIdentityNumber);
        var other = await Register(new("Ai Khác", null, Sex.Male, OldIdentityNumber: "160123456"));
        Assert.Contains("Bùi Văn Mít", Assert.Single(other.Warnings));
    }

    [Fact]
    public async Task A_record_is_linked_once_and_to_one_person()
    {
        var one = (await Register(new("Ngô Một", null, Sex.Male))).Citizen.Id;
        var two = (await Register(new("Ngô Hai", null, Sex.Male))).Citizen.Id;
        await Citizens(citizens => citizens.Link(one, "Student/1"));
        await Citizens(citizens => citizens.Link(one, "Student/1"));
        await Assert.ThrowsAsync<Conflict>(() =>
            Citizens(citizens => citizens.Link(two, "Student/1"))
        );
    }

    [Fact]
    public async Task A_citizen_sees_only_their_own_record_and_others_are_as_if_not_there()
    {
        var mine = await Register(Person("Đỗ Thị Na", "1991", Sex.Female, year: 91));
        var other = await Register(Person("Đỗ Thị Na", "1992", Sex.Female, year: 92));
        var me = new Caller(
            "na",
            "Đỗ Thị Na",
            new HashSet<Role> { Role.Citizen },
            Citizen: mine.Citizen.Id
        );
        await using var scope = server.Scope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(me);
        var citizens = scope.ServiceProvider.GetRequiredService<ICitizens>();

        Assert.Equal(mine.Citizen.Id, Assert.Single(await citizens.Search("do thi na", 10)).Id);
        Assert.NotNull(await citizens.FindByPersonalId(mine.Citizen.Details.PersonalId!));
        Assert.Null(await citizens.FindByPersonalId(other.Citizen.Details.PersonalId!));
        Assert.NotNull(await citizens.Find(mine.Citizen.Id));
        await Assert.ThrowsAsync<AccessDenied>(() => citizens.Find(other.Citizen.Id));
        await Assert.ThrowsAsync<AccessDenied>(() => citizens.Find(CitizenId.New()));
        await Assert.ThrowsAsync<AccessDenied>(() => citizens.Register(new("X", null, Sex.Male)));
    }

    private Task<CitizenRegistration> Register(CitizenDetails details) =>
        Citizens(citizens => citizens.Register(details));

    private Task<IReadOnlyList<Citizen>> Search(string text, int limit = 10) =>
        Citizens(citizens => citizens.Search(text, limit));

    private async Task<T> Citizens<T>(Func<ICitizens, Task<T>> use)
    {
        await using var scope = server.Scope();
        return await use(scope.ServiceProvider.GetRequiredService<ICitizens>());
    }

    private Task<bool> Citizens(Func<ICitizens, Task> use) =>
        Citizens(async citizens =>
        {
            await use(citizens);
            return true;
        });

    /// <summary>With a personal ID of Nghệ An that goes with sex and birth year.</summary>
    private static CitizenDetails Person(
        string name,
        string birth,
        Sex sex,
        int year,
        int century = 0
    ) =>
        new(
            name,
            PartialDate.Parse(birth),
            sex,
            $"040{century + (sex is Sex.Female ? 1 : 0)}{year:D2}{NextSerial()}"
        );

    private static string NextSerial() => $"{Interlocked.Increment(ref serial):D6}";
}
