using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Education.University;
using Education.University.Marks;
using Education.University.Programmes;
using Education.University.Progress;
using Education.University.Registering;
using Education.University.Rules;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>A student's way from admission over seats and marks to graduation, by HTTP and pages, and who may not what.</summary>
public sealed partial class UniversityTests(UniversityServer university)
    : IClassFixture<UniversityServer>
{
    [Fact]
    public async Task A_student_registers_is_marked_and_sees_why()
    {
        var student = await university.Admitted("Trần Thị Sinh");
        var teacher = await university.AccountOf(UniversityServer.Teacher);
        var section = await university.Section("A1", 5, teacher: teacher);
        var next = await university.Section("B1", 5);
        using var browser = await university.As(Person.Of(student.CitizenId));

        var early = await browser.PostAsync(Registration(next), null);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Contains("A1", await early.Content.ReadAsStringAsync(), Ordinal);
        var taken = await browser.PostAsync(Registration(section), null);
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        var view = Assert.Single(
            (await browser.GetFromJsonAsync<RegistrationView[]>("/education/my-registration"))!
        );
        Assert.Equal((true, 3, 9), (view.IsOpen, view.Credits, view.MostCredits));
        Assert.Equal(Place.Seat, view.Sections.Single(one => one.Id == section.Id).Mine);

        using var marking = await university.As(UniversityServer.Teacher);
        var url = $"/education/sections/{section.Id}/marks";
        var entered = await marking.PutAsJsonAsync(
            url,
            new SectionMarksRequest([new(student.Id, 1, "8,5", 0), new(student.Id, 2, "8.4", 0)])
        );
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        Assert.Empty((await Progress(browser)).Terms); // not published
        await marking.PostAsync(url + "/publish", null);

        var progress = await Progress(browser);
        var line = Assert.Single(Assert.Single(progress.Terms).Results);
        // 0,4 × 8,5 + 0,6 × 8,4 = 8,44
        Assert.Equal((8.4m, "B", 3m, true), (line.Mark, line.Letter, line.Points, line.Passes));
        Assert.Contains("60 % × 8,4 (Cuối kỳ)", line.Reason!.Text, Ordinal);
        Assert.Equal(
            (3m, Rank.Good, 3),
            (progress.Cumulative.Value, progress.Rank, progress.EarnedCredits)
        );
        Assert.False(progress.Graduation.MayGraduate);
        Assert.Equal(["A2", "B1", "C1"], progress.Missing);
        // What was passed opens what builds on it.
        Assert.Equal(
            HttpStatusCode.OK,
            (await browser.PostAsync(Registration(next), null)).StatusCode
        );
        var page = await browser.GetStringAsync("/university/progress");
        Assert.Contains("Thông tư 08/2021/TT-BGD", WebUtility.HtmlDecode(page), Ordinal);
        Assert.Contains("3,00", page, Ordinal);
    }

    [Fact]
    public async Task Marks_are_checked_versioned_and_changed_with_a_reason()
    {
        var student = (await university.Students(1))[0];
        var teacher = await university.AccountOf(UniversityServer.Teacher);
        var section = await university.Section("A2", 5, teacher: teacher);
        await university.Desk.Run(new(section.Id, student.Id, SeatWish.Take));
        using var marking = await university.As(UniversityServer.Teacher);
        var url = $"/education/sections/{section.Id}/marks";
        async Task<HttpStatusCode> Put(string? value, int version, string? why = null) =>
            (
                await marking.PutAsJsonAsync(
                    url,
                    new SectionMarksRequest([new(student.Id, 1, value, version)], why)
                )
            ).StatusCode;

        foreach (var wrong in new[] { "10.1", "-1", "8.55", "tám", "1e1" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, await Put(wrong, 0));
        }
        Assert.Equal(HttpStatusCode.OK, await Put("8", 0));
        Assert.Equal(HttpStatusCode.OK, await Put("8", 0)); // sent again after a lost answer
        Assert.Equal(HttpStatusCode.Conflict, await Put("9", 0));
        await marking.PostAsync(url + "/publish", null);
        Assert.Equal(HttpStatusCode.BadRequest, await Put("9", 1));
        Assert.Equal(HttpStatusCode.OK, await Put("9", 1, "Cộng sót điểm câu 3"));
        var stranger = (await university.Students(1))[0];
        var notHere = await marking.PutAsJsonAsync(
            url,
            new SectionMarksRequest([new(stranger.Id, 1, "5", 0)], "Nhầm")
        );
        Assert.Equal(HttpStatusCode.BadRequest, notHere.StatusCode);
        await using var scope = university.Scope();
        var changes = scope
            .ServiceProvider.GetRequiredService<UniversityDb>()
            .MarkChanges.Where(change => change.StudentId == student.Id)
            .OrderBy(change => change.At)
            .ToList();
        Assert.Equal(
            [(null, 80, null), (80, 90, "Cộng sót điểm câu 3")],
            changes.Select(change => (change.From, change.To, change.Why))
        );

        using var other = await university.As(UniversityServer.OtherTeacher);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(url)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await other.PostAsync(url + "/publish", null)).StatusCode
        );
    }

    [Fact]
    public async Task Everybody_keeps_to_the_own_place()
    {
        var student = await university.Admitted("Lê Thị Riêng");
        var section = await university.Section("C1", 5);
        var progress = $"/education/university-students/{student.Id}/progress";
        using var registrar = await university.As(UniversityServer.Registrar);
        Assert.Equal(HttpStatusCode.OK, (await registrar.GetAsync(progress)).StatusCode);
        Assert.Equal(
            HttpStatusCode.OK,
            (await registrar.GetAsync($"/university/students/{student.Id}")).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await registrar.GetAsync("/university/terms")).StatusCode);
        using var other = await university.As(UniversityServer.OtherRegistrar);
        HttpStatusCode[] refused =
        [
            (await other.GetAsync(progress)).StatusCode,
            (await other.GetAsync($"/university/students/{student.Id}")).StatusCode,
            (
                await other.PutAsJsonAsync(
                    $"/education/sections/{section.Id}/capacity",
                    new CapacityRequest(9)
                )
            ).StatusCode,
            (
                await other.PostAsJsonAsync(
                    $"/education/university-students/{student.Id}/recognised",
                    new RecognitionRequest(["A1"], "QĐ 1")
                )
            ).StatusCode,
            (
                await other.PutAsJsonAsync(
                    $"/education/universities/{UniversityServer.University}/programmes/CT",
                    UniversityServer.Programme
                )
            ).StatusCode,
            (
                await other.GetAsync(
                    $"/education/university-terms?university={UniversityServer.University}"
                )
            ).StatusCode,
        ];
        Assert.All(refused, status => Assert.Equal(HttpStatusCode.Forbidden, status));
        // A citizen who studies nowhere.
        using var citizen = await university.As(Person.Of(CitizenId.New()));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await citizen.PostAsync(Registration(section), null)).StatusCode
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await citizen.GetAsync(progress)).StatusCode);
        Assert.Empty(
            (await citizen.GetFromJsonAsync<ProgressView[]>("/education/my-university-progress"))!
        );
        Assert.Equal(HttpStatusCode.OK, (await citizen.GetAsync("/university")).StatusCode);
    }

    [Fact]
    public async Task At_most_half_of_a_programme_is_recognised()
    {
        var student = await university.Admitted("Phạm Văn Chuyển");
        using var registrar = await university.As(UniversityServer.Registrar);
        var url = $"/education/university-students/{student.Id}/recognised";
        async Task<HttpStatusCode> Recognise(params string[] courses) =>
            (
                await registrar.PostAsJsonAsync(url, new RecognitionRequest(courses, "QĐ 12/ĐT"))
            ).StatusCode;
        // Six of twelve credits.
        Assert.Equal(HttpStatusCode.Conflict, await Recognise("A1", "B1"));
        Assert.Equal(HttpStatusCode.NoContent, await Recognise("A1"));
        Assert.Equal(HttpStatusCode.NoContent, await Recognise("A1", "A2"));
        Assert.Equal(HttpStatusCode.Conflict, await Recognise("C1"));
        Assert.Equal(HttpStatusCode.BadRequest, await Recognise("ZZ"));
        var progress = (
            await registrar.GetFromJsonAsync<ProgressView>(
                $"/education/university-students/{student.Id}/progress"
            )
        )!;
        Assert.Equal((6, 2), (progress.EarnedCredits, progress.Year));
        Assert.Null(progress.Cumulative.Value);
        Assert.All(progress.Terms.Single().Results, line => Assert.Equal("R", line.Letter));
        // A1 counts as passed: what builds on it is open.
        var answer = await university.Desk.Run(
            new((await university.Section("B1", 3)).Id, student.Id, SeatWish.Take)
        );
        Assert.Equal(Place.Seat, answer.Place);
    }

    [Fact]
    public async Task A_term_of_failures_is_a_warning_and_the_next_one_dismissal()
    {
        var student = (await university.Students(1))[0];
        for (var term = 1; term <= 2; term++)
        {
            // Of the next years, within the longest time of study.
            await MarkedTerm(student, UniversityServer.Year + term, "2");
        }
        using var registrar = await university.As(UniversityServer.Registrar);
        var progress = (
            await registrar.GetFromJsonAsync<ProgressView>(
                $"/education/university-students/{student.Id}/progress"
            )
        )!;
        Assert.Equal([1, 2], progress.Terms.Select(term => term.Warning!.InARow));
        Assert.Equal([false, true], progress.Terms.Select(term => term.Warning!.Dismissed));
        Assert.Equal(
            ["11.1a", "11.1b", "11.1c"],
            progress.Terms[0].Warning!.Reasons.Select(reason => reason.Article.Split("Điều ")[1])
        );
        var page = WebUtility.HtmlDecode(
            await registrar.GetStringAsync($"/university/students/{student.Id}")
        );
        Assert.Contains("Thuộc diện buộc thôi học", page, Ordinal);
    }

    [Fact]
    public async Task A_page_takes_a_seat_shows_the_place_in_the_line_and_gives_it_back()
    {
        var first = (await university.Students(1))[0];
        var student = await university.Admitted("Hồ Thị Trang");
        var section = await university.Section("A1", 1);
        await university.Desk.Run(new(section.Id, first.Id, SeatWish.Take));
        using var browser = await university.As(Person.Of(student.CitizenId));

        await PostSeat(browser, section, SeatWish.Take);
        var page = WebUtility.HtmlDecode(await browser.GetStringAsync("/university"));
        Assert.Contains("Chờ, thứ 1", page, Ordinal);
        // The table can be reached and read without a mouse and without eyes.
        Assert.Matches(
            "class=\"table-wrap\"[^>]*tabindex=\"0\"[^>]*role=\"region\"[^>]*aria-label",
            page
        );
        Assert.Contains($"aria-label=\"Hủy Học phần A1 lớp {section.Number}\"", page, Ordinal);

        await university.Desk.Run(new(section.Id, first.Id, SeatWish.GiveBack));
        page = WebUtility.HtmlDecode(await browser.GetStringAsync("/university"));
        Assert.Contains("Đã có chỗ", page, Ordinal);
        await PostSeat(browser, section, SeatWish.GiveBack);
        // A second click on the old page.
        await PostSeat(browser, section, SeatWish.GiveBack);
        var stored = await university.Stored(section.Id);
        Assert.Equal((0, 0), (stored.Section.Taken, stored.Section.Waiting));
    }

    [Fact]
    public async Task A_teachers_page_enters_and_publishes_marks()
    {
        var student = (await university.Students(1))[0];
        var teacher = await university.AccountOf(UniversityServer.Teacher);
        var section = await university.Section("C1", 5, teacher: teacher);
        await university.Desk.Run(new(section.Id, student.Id, SeatWish.Take));
        using var browser = await university.As(UniversityServer.Teacher);
        Assert.Contains(
            $"/university/teaching/{section.Id}",
            await browser.GetStringAsync("/university/teaching"),
            Ordinal
        );
        var address = $"/university/teaching/{section.Id}";
        var page = await browser.GetStringAsync(address);
        var form = new Dictionary<string, string>
        {
            ["__RequestVerificationToken"] = await browser.AntiforgeryToken(address),
            ["_handler"] = "marks",
        };
        foreach (Match input in Hidden().Matches(page))
        {
            form[input.Groups[1].Value] = input.Groups[2].Value;
        }
        form["Cells[0].Value"] = "7,5";
        form["Cells[1].Value"] = "11";
        var wrong = await browser.PostAsync(address, new FormUrlEncodedContent(form));
        var answer = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync());
        Assert.Contains("'11' không phải điểm", answer, Ordinal);
        Assert.Contains("value=\"7,5\"", answer, Ordinal); // nothing typed is lost
        form["Cells[1].Value"] = "6";
        await browser.PostAsync(address, new FormUrlEncodedContent(form));
        page = await browser.GetStringAsync(address);
        Assert.Contains(">6,6<", page, Ordinal); // 0,4 × 7,5 + 0,6 × 6
        form["_handler"] = "publish";
        await browser.PostAsync(address, new FormUrlEncodedContent(form));
        Assert.Contains(
            "Đã công bố",
            WebUtility.HtmlDecode(await browser.GetStringAsync(address)),
            Ordinal
        );
    }

    [Fact]
    public async Task A_programme_without_sense_is_refused()
    {
        await using var scope = university.Scope();
        var plan = scope.ServiceProvider.GetRequiredService<PlanProgramme>();
        ProgrammeRequest Of(int credits, params CourseRequest[] courses) =>
            new("Thử", credits, 30, 6, courses);
        ProgrammeRequest[] wrong =
        [
            Of(
                3,
                new("X", "X", 3, Prerequisites: ["Y"]),
                new("Y", "Y", 3, Required: false, Prerequisites: ["X"])
            ),
            Of(3, new CourseRequest("X", "X", 3, Prerequisites: ["NONE"])),
            Of(4, new CourseRequest("X", "X", 3)),
            Of(2, new CourseRequest("X", "X", 3)),
            Of(3, new CourseRequest("X", "X", 3, Components: [new("CK", 100)])),
            Of(6, new("X", "X", 3), new("X", "X", 3)),
        ];
        foreach (var request in wrong)
        {
            await Assert.ThrowsAsync<InvalidInput>(() =>
                plan.Run(UniversityServer.Other, "THU", request)
            );
            scope.ServiceProvider.GetRequiredService<UniversityDb>().ChangeTracker.Clear();
        }
        // The same programme again, with other components and one course less.
        await plan.Run(
            UniversityServer.Other,
            "THU",
            Of(3, new("X", "X", 3), new("Y", "Y", 1)) with
            {
                Credits = 4,
            }
        );
        var changed = await plan.Run(
            UniversityServer.Other,
            "THU",
            Of(
                3,
                new CourseRequest(
                    "X",
                    "X mới",
                    3,
                    Components: [new("GK", 20), new("TH", 20), new("CK", 60)]
                )
            )
        );
        Assert.Single(changed.Courses);
    }

    [Fact]
    public async Task An_institutions_scale_is_kept_and_changed()
    {
        await using var scope = university.Scope();
        var setUp = scope.ServiceProvider.GetRequiredService<SetUpInstitution>();
        ScaleStep[] scale = [new("A", 8, 4), new("B", 4, 2.5m), new("F", 0, 0)];
        await setUp.Run(UniversityServer.Other, new("Đại học DH2", Scale: scale));
        scale[0] = new("A", 9, 4);
        var kept = await setUp.Run(UniversityServer.Other, new("Đại học DH2", Scale: scale));
        var grades = kept.Scale(RuleSet.On(new(2026, 9, 1)));
        Assert.Equal(("B", 2.5m), (grades.Of(8.9m).Letter, grades.Of(8.9m).Points));
        await Assert.ThrowsAsync<InvalidInput>(() =>
            setUp.Run(UniversityServer.Other, new("Đại học DH2", DismissedAt: 5))
        );
    }

    [Fact]
    public async Task A_room_and_a_teacher_are_in_one_place()
    {
        await using var scope = university.Scope();
        var open = scope.ServiceProvider.GetRequiredService<OpenSection>();
        Task<Section> Open(string number, int first, string? room, string? teacher = null) =>
            open.Run(
                UniversityServer.University,
                UniversityServer.Year,
                1,
                new("C2", number, 5, [new(8, first, first + 1)], teacher, Room: room)
            );
        await Open("P1", 10, "B101", "gv");
        await Assert.ThrowsAsync<Conflict>(() => Open("P2", 11, "B101"));
        await Assert.ThrowsAsync<Conflict>(() => Open("P2", 11, null, "gv"));
        await Assert.ThrowsAsync<Conflict>(() => Open("P1", 1, null));
        await Open("P2", 12, "B101", "gv");
        await Assert.ThrowsAsync<InvalidInput>(() => Open("P3", 15, null));
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static string Registration(Section section) =>
        $"/education/sections/{section.Id}/registration";

    private static async Task<ProgressView> Progress(HttpClient browser) =>
        Assert.Single(
            (await browser.GetFromJsonAsync<ProgressView[]>("/education/my-university-progress"))!
        );

    private static async Task PostSeat(HttpClient browser, Section section, SeatWish wish)
    {
        var response = await browser.PostAsync(
            "/university",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await browser.AntiforgeryToken("/university"),
                    ["_handler"] = $"seat-{section.Id}",
                    ["Wish"] = $"{wish}",
                }
            )
        );
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
    }

    private async Task MarkedTerm(Student student, int year, string mark)
    {
        await using var scope = university.Scope();
        var services = scope.ServiceProvider;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        await services
            .GetRequiredService<PlanTerm>()
            .Run(
                UniversityServer.University,
                year,
                1,
                new(new(year, 9, 5), new(year + 1, 1, 18), now.AddHours(-1), now.AddHours(1))
            );
        var section = await services
            .GetRequiredService<OpenSection>()
            .Run(UniversityServer.University, year, 1, new("A1", "01", 9, [new(2, 1, 3)]));
        await university.Desk.Run(new(section.Id, student.Id, SeatWish.Take));
        await services
            .GetRequiredService<EnterSectionMarks>()
            .Run(section.Id, new([new(student.Id, 1, mark, 0), new(student.Id, 2, mark, 0)]));
        await services.GetRequiredService<PublishSectionMarks>().Run(section.Id);
    }

    [GeneratedRegex("type=\"hidden\" name=\"(Cells[^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
