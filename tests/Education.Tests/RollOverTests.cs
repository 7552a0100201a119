using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>A school of its own for each test: a passage concerns all its classes.</summary>
public sealed class RollOverTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    private const int Year = SchoolServer.Year;

    [Fact]
    public async Task A_whole_school_goes_into_the_next_year_and_back_again()
    {
        var (code, sixth, ninth) = await Prepare("0100100031");
        using var head = await school.As(new("ht-31", Role.SchoolHead, code));
        var url = $"/education/schools/{code}/years/{Year}/roll-over";

        var plan = (await head.GetFromJsonAsync<RollOverPlan>(url))!;
        Assert.False(plan.PlanKnown);
        Assert.Equal(
            (1, 1, 1, 1, 1),
            (
                plan.Count(RollOverMove.GoesUp),
                plan.Count(RollOverMove.Repeats),
                plan.Count(RollOverMove.Completes),
                plan.Count(RollOverMove.Left),
                plan.Count(RollOverMove.Waits)
            )
        );
        Assert.Equal("7A", plan.Classes.Single(known => known.Class == sixth).NextName);
        Assert.Null(plan.Classes.Single(known => known.Class == ninth).NextName);
        Assert.Equal(0, await Next(code));

        Assert.Equal("2", await Run(head, url));
        Assert.Equal([(6, "6A"), (7, "7A")], await Classes(code, Year + 1));
        Assert.Equal(2, await Next(code));
        // Again: nobody moves twice, the waiting pupil still waits.
        Assert.Equal("0", await Run(head, url));
        plan = (await head.GetFromJsonAsync<RollOverPlan>(url))!;
        Assert.Equal(
            (2, 1, 2),
            (
                plan.Count(RollOverMove.AlreadyThere),
                plan.Count(RollOverMove.Waits),
                plan.Done?.Pupils
            )
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await head.GetAsync($"/school/roll-over?school={code}&year={Year}")).StatusCode
        );

        Assert.Equal(HttpStatusCode.NoContent, (await head.DeleteAsync(url)).StatusCode);
        Assert.Equal(0, await Next(code));
        Assert.Empty(await Classes(code, Year + 1));
        Assert.Equal(HttpStatusCode.Conflict, (await head.DeleteAsync(url)).StatusCode);
        Assert.Equal("2", await Run(head, url));
        Assert.Equal(2, await Next(code));
    }

    [Fact]
    public async Task Who_becomes_ready_later_follows_and_who_leaves_in_the_summer_does_not_go()
    {
        var (code, sixth, _) = await Prepare("0100100032");
        using var head = await school.As(new("ht-32", Role.SchoolHead, code));
        var url = $"/education/schools/{code}/years/{Year}/roll-over";
        Assert.Equal("2", await Run(head, url));
        var plan = (await head.GetFromJsonAsync<RollOverPlan>(url))!;
        var waiting = plan.Pupils.Single(pupil => pupil.Move is RollOverMove.Waits);
        var year = (await head.GetFromJsonAsync<YearView>($"/education/classes/{sixth}/year-end"))!;
        var retests = year.Rows.Single(row => row.Student == waiting.Student).Retests;
        var entered = await head.PutAsJsonAsync(
            $"/education/classes/{sixth}/year-end",
            new[]
            {
                new YearEntry(
                    waiting.Student,
                    0,
                    retests.ToDictionary(retest => retest.Subject, _ => (string?)"6")
                ),
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, entered.StatusCode);
        Assert.Equal("1", await Run(head, url));

        var left = await head.PostAsJsonAsync(
            $"/education/classes/{sixth}/students/{waiting.Student}/moves",
            new MoveRequest(EnrolmentMove.TransferOut, new(Year + 1, 7, 10), null, "Theo gia đình")
        );
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
        Assert.Equal(2, await Next(code));
        await using var scope = school.Scope();
        var record = await scope
            .ServiceProvider.GetRequiredService<ReadRecord>()
            .Run(new CitizenId(waiting.Student));
        Assert.Equal(EnrolmentStatus.TransferredOutInSummer, record.Enrolments[^1].Status);
    }

    [Fact]
    public async Task Two_who_run_it_at_once_move_everybody_once()
    {
        var (code, _, _) = await Prepare("0100100034");
        using var head = await school.As(new("ht-34", Role.SchoolHead, code));
        var url = $"/education/schools/{code}/years/{Year}/roll-over";
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => head.PostAsJsonAsync(url, new RollOverRequest()))
        );
        Assert.Contains(answers, answer => answer.StatusCode is HttpStatusCode.OK);
        Assert.All(
            answers,
            answer =>
                Assert.True(
                    answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict,
                    answer.StatusCode.ToString()
                )
        );
        Assert.Equal(2, await Next(code));
        Assert.Equal([(6, "6A"), (7, "7A")], await Classes(code, Year + 1));
    }

    [Fact]
    public async Task Names_are_checked_and_only_the_schools_head_runs_it()
    {
        var (code, sixth, _) = await Prepare("0100100033");
        using var head = await school.As(new("ht-33", Role.SchoolHead, code));
        var url = $"/education/schools/{code}/years/{Year}/roll-over";
        var wrong = await head.PostAsJsonAsync(
            url,
            new RollOverRequest(new Dictionary<Guid, string> { [sixth] = "6A" })
        );
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var named = await head.PostAsJsonAsync(
            url,
            new RollOverRequest(new Dictionary<Guid, string> { [sixth] = "7 Hoa Mai" })
        );
        Assert.Equal("2", await named.Content.ReadAsStringAsync());
        Assert.Contains((7, "7 Hoa Mai"), await Classes(code, Year + 1));
        using var other = await school.As(SchoolServer.HeadOfA);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(url)).StatusCode);
        using var teacher = await school.As(SchoolServer.Mathematics);
        Assert.Equal(HttpStatusCode.Forbidden, (await teacher.DeleteAsync(url)).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await head.GetAsync($"/education/schools/{code}/years/1999/roll-over")).StatusCode
        );
    }

    /// <summary>6A: one goes up, one repeats (absent), one waits for a re-test, one has left; 9A: one completes.</summary>
    private async Task<(string Code, Guid Sixth, Guid Ninth)> Prepare(string code)
    {
        await using var scope = school.Scope();
        var services = scope.ServiceProvider;
        await services.Plan(code, SchoolLevel.LowerSecondary, Year);
        var open = services.GetRequiredService<OpenClass>();
        var sixth = (await open.Run(code, new(Year, 6, "6A"))).Id;
        var ninth = (await open.Run(code, new(Year, 9, "9A"))).Id;
        async Task<CitizenId> Pupil(Guid classId, string name, string mark, int absences)
        {
            var pupil = await SchoolServer.AddPupil(services, classId, $"{name} {code}");
            await services.FillYear(
                classId,
                pupil,
                (subject, takes) =>
                    takes is ValueKind.Passed ? "Đ"
                    : subject is "TOAN" or "NGUVAN" ? mark
                    : "8"
            );
            await services.Judge(classId, pupil, Level.Good, Level.Good, absences);
            return pupil;
        }
        await Pupil(sixth, "Trần Lên", "8", 0);
        await Pupil(sixth, "Trần Ở", "8", 46);
        await Pupil(sixth, "Trần Chờ", "2", 0);
        var left = await Pupil(sixth, "Trần Đi", "8", 0);
        await services
            .GetRequiredService<ChangeEnrolment>()
            .Move(sixth, left, new(EnrolmentMove.Leave, new(Year + 1, 2, 1)));
        await Pupil(ninth, "Trần Xong", "8", 0);
        return (code, sixth, ninth);
    }

    private static async Task<string> Run(HttpClient head, string url)
    {
        var response = await head.PostAsJsonAsync(url, new RollOverRequest());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<int> Next(string code)
    {
        await using var scope = school.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<LearningRecordsDb>()
            .Enrolments.CountAsync(row => row.SchoolCode == code && row.Year == Year + 1);
    }

    private async Task<List<(int, string)>> Classes(string code, int year)
    {
        await using var scope = school.Scope();
        var classes = await scope
            .ServiceProvider.GetRequiredService<LearningRecordsDb>()
            .Classes.Where(known => known.SchoolCode == code && known.Year == year)
            .OrderBy(known => known.Grade)
            .Select(known => new { known.Grade, known.Name })
            .ToListAsync();
        return classes.ConvertAll(known => (known.Grade, known.Name));
    }
}
