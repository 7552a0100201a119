using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>Marks go with the pupil, and a transfer can be undone on both sides.</summary>
public sealed class TransferTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    private static readonly Person HeadOfB = new(
        "hieu-truong-b",
        Role.SchoolHead,
        SchoolServer.SchoolB
    );

    [Fact]
    public async Task Marks_of_the_old_school_count_in_the_new_one_until_it_writes_its_own()
    {
        var pupil = await Pupil("Trần Thị Mang");
        using var headA = await school.As(SchoolServer.HeadOfA);
        using var headB = await school.As(HeadOfB);
        var old = await headB.Gradebook(school.ClassB, "GDCD");
        await headB.Enter(
            school.ClassB,
            "GDCD",
            [.. old.Columns.Take(3).Select(column => new MarkEntry(pupil.Value, column.Id, "8", 0))]
        );
        await Leave(headB, pupil);
        await Enter(headA, pupil);

        var book = await headA.Gradebook(school.ClassA, "GDCD");
        var row = book.Rows.Single(known => known.Student == pupil.Value);
        Assert.Equal(["8", "8", "8", null], row.Cells.Select(cell => cell.Carried));
        Assert.All(row.Cells, cell => Assert.Null(cell.Value));
        // The last mark completes the average; typing over a carried mark replaces it.
        var answer = await headA.Enter(
            school.ClassA,
            "GDCD",
            new MarkEntry(pupil.Value, row.Cells[3].Column, "8,5", 0)
        );
        Assert.Equal("8.2", Assert.Single(answer.Results).Result);
        answer = await headA.Enter(
            school.ClassA,
            "GDCD",
            new MarkEntry(pupil.Value, row.Cells[0].Column, "4", 0)
        );
        Assert.Equal("7.6", Assert.Single(answer.Results).Result);
        await using var scope = school.Scope();
        var record = await scope.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        var sheet = record.Years[0].Sheet.Subjects.Single(known => known.Subject.Subject == "GDCD");
        Assert.Equal(4, sheet.Marks.Count);
        Assert.Equal(new ScoredResult("GDCD", 7.6m), sheet.Term1);
        Assert.Equal(EnrolmentStatus.ArrivedInTerm2, record.Enrolments[^1].Status);
    }

    [Fact]
    public async Task What_the_old_class_judged_is_seen_and_changed_by_the_new_one()
    {
        var pupil = await Pupil("Trần Thị Nết");
        using var headA = await school.As(SchoolServer.HeadOfA);
        using var headB = await school.As(HeadOfB);
        var judged = new ConductEntry(pupil.Value, Level.Fair, 7, "Ngoan", 0);
        var byB = await headB.PutAsJsonAsync(
            $"/education/classes/{school.ClassB}/conduct?term=1",
            new[] { judged }
        );
        Assert.Equal(HttpStatusCode.NoContent, byB.StatusCode);
        await headB.PostAsync($"/education/classes/{school.ClassB}/conduct/publish?term=1", null);
        await Leave(headB, pupil);
        await Enter(headA, pupil);

        var url = $"/education/classes/{school.ClassA}/conduct?term=1";
        var view = (await headA.GetFromJsonAsync<ConductView>(url))!;
        Assert.Null(view.PublishedAt);
        var row = view.Rows.Single(known => known.Student == pupil.Value);
        Assert.Equal((Level.Fair, 7, 1), (row.Level, row.Absences, row.Version));
        var byA = await headA.PutAsJsonAsync(
            url,
            new[] { judged with { Absences = 9, Version = row.Version } }
        );
        Assert.Equal(HttpStatusCode.NoContent, byA.StatusCode);
        await using var scope = school.Scope();
        var record = await scope.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        Assert.Equal(9, Assert.Single(record.Years[0].Terms).Absences);
    }

    [Fact]
    public async Task A_transfer_is_undone_from_its_end()
    {
        var pupil = await Pupil("Trần Văn Hoàn");
        using var headA = await school.As(SchoolServer.HeadOfA);
        using var headB = await school.As(HeadOfB);
        await Leave(headB, pupil);
        await Enter(headA, pupil);

        var tooEarly = await Undo(headB, school.ClassB, pupil);
        Assert.Equal(HttpStatusCode.Conflict, tooEarly.StatusCode);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await Undo(headA, school.ClassA, pupil)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await Undo(headB, school.ClassB, pupil)).StatusCode
        );
        await using var scope = school.Scope();
        var record = await scope.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        var only = Assert.Single(record.Enrolments);
        Assert.Equal((EnrolmentStatus.Studying, null), (only.Status, only.Until));
        Assert.False(
            (await headB.Gradebook(school.ClassB, "TOAN"))
                .Rows.Single(row => row.Student == pupil.Value)
                .Left
        );
        // The same way again, after all.
        await Leave(headB, pupil);
        await Enter(headA, pupil);
    }

    [Fact]
    public async Task What_was_assessed_since_is_not_undone()
    {
        var pupil = await Pupil("Trần Văn Giữ");
        using var headA = await school.As(SchoolServer.HeadOfA);
        using var headB = await school.As(HeadOfB);
        await Leave(headB, pupil);
        await Enter(headA, pupil);
        var book = await headA.Gradebook(school.ClassA, "TINHOC");
        await headA.Enter(
            school.ClassA,
            "TINHOC",
            new MarkEntry(pupil.Value, book.Columns[0].Id, "7", 0)
        );
        Assert.Equal(HttpStatusCode.Conflict, (await Undo(headA, school.ClassA, pupil)).StatusCode);
    }

    [Fact]
    public async Task A_change_of_class_keeps_the_status_and_a_return_takes_the_code_of_its_day()
    {
        var pupil = await Pupil("Trần Thị Lớp");
        using var headB = await school.As(HeadOfB);
        Guid other;
        await using (var scope = school.Scope())
        {
            other = (
                await scope
                    .ServiceProvider.GetRequiredService<OpenClass>()
                    .Run(SchoolServer.SchoolB, new(SchoolServer.Year, 6, "6C"))
            ).Id;
        }
        var url = $"/education/classes/{school.ClassB}/students/{pupil}/moves";
        var nowhere = await headB.PostAsJsonAsync(
            url,
            new MoveRequest(EnrolmentMove.ChangeClass, Day(1, 5))
        );
        Assert.Equal(HttpStatusCode.BadRequest, nowhere.StatusCode);
        var moved = await headB.PostAsJsonAsync(
            url,
            new MoveRequest(EnrolmentMove.ChangeClass, Day(1, 5), other)
        );
        Assert.Equal(HttpStatusCode.NoContent, moved.StatusCode);
        url = $"/education/classes/{other}/students/{pupil}/moves";
        await headB.PostAsJsonAsync(url, new MoveRequest(EnrolmentMove.Leave, Day(1, 10)));
        var twice = await headB.PostAsJsonAsync(
            url,
            new MoveRequest(EnrolmentMove.Leave, Day(1, 11))
        );
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        await headB.PostAsJsonAsync(url, new MoveRequest(EnrolmentMove.Return, Day(3, 1)));
        await using var look = school.Scope();
        var record = await look.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        Assert.Equal(
            [
                EnrolmentStatus.Studying,
                EnrolmentStatus.Studying,
                EnrolmentStatus.LeftInTerm1,
                EnrolmentStatus.ReturnedInTerm2,
            ],
            record.Enrolments.Select(row => row.Status)
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await headB.GetAsync($"/school/classes/{other}/students/{pupil}")).StatusCode
        );
    }

    [Fact]
    public async Task A_policy_category_is_dated_and_the_schools_own()
    {
        var pupil = await Pupil("Trần Thị Nghèo");
        using var headB = await school.As(HeadOfB);
        var url = $"/education/students/{pupil}/policies";
        var unknown = await headB.PostAsJsonAsync(url, new PolicyRequest("GIAU"));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        var request = new PolicyRequest("HONGHEO", Day(1, 2), "Số 12/GCN-UBND");
        Assert.Equal(
            HttpStatusCode.Created,
            (await headB.PostAsJsonAsync(url, request)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await headB.PostAsJsonAsync(url, request)).StatusCode
        );
        var policy = Assert.Single((await headB.GetFromJsonAsync<StudentPolicy[]>(url))!);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await headB.DeleteAsync($"{url}/{policy.Id}")).StatusCode
        );
        Assert.NotNull(Assert.Single((await headB.GetFromJsonAsync<StudentPolicy[]>(url))!).Until);
        using var headA = await school.As(SchoolServer.HeadOfA);
        Assert.Equal(HttpStatusCode.Forbidden, (await headA.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task A_class_is_taught_at_a_campus_of_its_school()
    {
        using var headB = await school.As(HeadOfB);
        var url = $"/education/schools/{SchoolServer.SchoolB}/campuses";
        foreach (var (code, main) in new[] { ("01", true), ("02", false), ("02", true) })
        {
            var kept = await headB.PutAsJsonAsync(
                $"{url}/{code}",
                new CampusRequest($"Điểm {code}", main, "00123")
            );
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        }
        var campuses = (await headB.GetFromJsonAsync<Campus[]>(url))!;
        Assert.Equal(
            [("02", true), ("01", false)],
            campuses.Select(campus => (campus.Code, campus.IsMain))
        );
        var place = $"/education/classes/{school.ClassB}/campus";
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await headB.PutAsJsonAsync(place, new ClassCampusRequest("03"))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await headB.PutAsJsonAsync(place, new ClassCampusRequest("02"))).StatusCode
        );
        var page = await headB.GetStringAsync($"/school/campuses?school={SchoolServer.SchoolB}");
        Assert.Contains("value=\"02\" selected", page, StringComparison.Ordinal);
        using var headA = await school.As(SchoolServer.HeadOfA);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await headA.PutAsJsonAsync($"{url}/01", new CampusRequest("X"))).StatusCode
        );
    }

    private static DateOnly Day(int month, int day) => new(SchoolServer.Year + 1, month, day);

    private async Task<CitizenId> Pupil(string name)
    {
        await using var scope = school.Scope();
        return await SchoolServer.AddPupil(scope.ServiceProvider, school.ClassB, name);
    }

    private async Task Leave(HttpClient head, CitizenId pupil)
    {
        var left = await head.PostAsJsonAsync(
            $"/education/classes/{school.ClassB}/students/{pupil}/moves",
            new MoveRequest(EnrolmentMove.TransferOut, Day(2, 1))
        );
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
    }

    private async Task Enter(HttpClient head, CitizenId pupil)
    {
        var entered = await head.PostAsJsonAsync(
            $"/education/classes/{school.ClassA}/students",
            new EnrolmentRequest(pupil.Value, From: Day(2, 2))
        );
        Assert.Equal(HttpStatusCode.Created, entered.StatusCode);
    }

    private static Task<HttpResponseMessage> Undo(HttpClient head, Guid classId, CitizenId pupil) =>
        head.PostAsync($"/education/classes/{classId}/students/{pupil}/changes/undo", null);
}
