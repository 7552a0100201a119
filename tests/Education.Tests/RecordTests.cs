using System.Net;
using System.Net.Http.Json;
using Education.Contracts;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;

namespace Education.Tests;

public sealed class RecordTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    [Fact]
    public async Task A_full_year_gives_levels_with_reasons_and_an_outcome()
    {
        var pupil = school.PupilsA[0];
        using var head = await school.As(SchoolServer.HeadOfA);
        // Everything 9 but one subject at 4,9: Đạt by article 9.2, raised to Khá by 9.3.
        await FillYear(head, pupil, subject => subject == "TOAN" ? "4,9" : "9");
        await Judge(head, pupil, Level.Good, absences: 3);

        var record = await Record(head, pupil);
        var year = Assert.Single(record.Years);
        Assert.Equal("Khá", year.Learning?.Level);
        Assert.Contains(
            year.Learning!.Why,
            reason => reason.Article.EndsWith("Điều 9.3", StringComparison.Ordinal)
        );
        Assert.Contains(year.Learning.Why, reason => reason.Text.Contains("Toán 4,9"));
        Assert.Equal(("Tốt", "Promoted", null), (year.Conduct, year.Outcome, year.Award));
        Assert.Equal("9.0", year.Subjects.Single(s => s.Subject == "NGUVAN").Year);
        Assert.Equal("Đ", year.Subjects.Single(s => s.Subject == "GDTC").Year);

        await using var scope = school.Scope();
        var rows = await scope
            .ServiceProvider.GetRequiredService<IStudentRecords>()
            .YearResults(SchoolServer.Year)
            .ToListAsync();
        Assert.Contains(
            new SchoolResultRow(SchoolServer.SchoolA, "Trường THCS A", 6, Sex.Male, "Khá", 1),
            rows
        );
        // Other tests enrol and move pupils of this school: whoever is present now is counted once.
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var present = await db.Enrolments.CountAsync(enrolment =>
            enrolment.Present
            && enrolment.Until == null
            && db.Classes.Any(c =>
                c.Id == enrolment.ClassId
                && c.SchoolCode == SchoolServer.SchoolA
                && c.Year == SchoolServer.Year
            )
        );
        Assert.Equal(
            present,
            rows.Where(r => r.SchoolCode == SchoolServer.SchoolA).Sum(r => r.Pupils)
        );
    }

    [Fact]
    public async Task A_pupil_sees_the_own_record_once_published_and_nothing_else()
    {
        var pupil = school.PupilsA[1];
        using var teacher = await school.As(SchoolServer.Mathematics);
        var book = await teacher.Gradebook(school.ClassA, "TOAN");
        await teacher.Enter(
            school.ClassA,
            "TOAN",
            new MarkEntry(pupil.Value, book.Columns[0].Id, "8", 0)
        );

        using var own = await school.As(Person.Of(pupil));
        Assert.Empty(Marks(await Record(own, pupil)));
        await teacher.PostAsync(
            $"/education/classes/{school.ClassA}/gradebook/TOAN/publish?term=1",
            null
        );
        var published = await Record(own, pupil);
        Assert.True(published.PublishedOnly);
        Assert.Equal(["8"], Marks(published));
        var news = Assert.Single((await own.GetFromJsonAsync<NewMark[]>("/education/news"))!);
        Assert.Equal(
            ("Toán", 1, "ĐĐGtx 1", "8"),
            (news.Subject, news.Term, news.Label, news.Value)
        );
        Assert.Empty((await teacher.GetFromJsonAsync<NewMark[]>("/education/news"))!);
        Assert.Contains("Mới công bố", WebUtility.HtmlDecode(await own.GetStringAsync("/school")));

        Assert.Equal(HttpStatusCode.Forbidden, await Status(own, school.PupilsA[2]));
        using var stranger = await school.As(Person.Of(CitizenId.New()));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(stranger, pupil));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (
                await own.GetAsync($"/education/classes/{school.ClassA}/gradebook/TOAN?term=1")
            ).StatusCode
        );
    }

    [Fact]
    public async Task A_guardian_sees_the_child_whom_the_school_has_named()
    {
        var child = school.PupilsA[4];
        CitizenId mother;
        await using (var scope = school.Scope())
        {
            var registered = await scope
                .ServiceProvider.GetRequiredService<ICitizens>()
                .Register(new("Phạm Thị Mẹ", new PartialDate(1985, 4, 5), Sex.Female));
            mother = registered.Citizen.Id;
        }
        using var parent = await school.As(Person.Of(mother));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(parent, child));
        using var head = await school.As(SchoolServer.HeadOfA);
        var linked = await head.PostAsJsonAsync(
            $"/education/students/{child}/guardians",
            new GuardianRequest(mother.Value)
        );
        Assert.Equal(HttpStatusCode.NoContent, linked.StatusCode);
        Assert.True((await Record(parent, child)).PublishedOnly);
        Assert.Equal(HttpStatusCode.Forbidden, await Status(parent, school.PupilsA[5]));
    }

    [Fact]
    public async Task Every_reading_and_every_refusal_leaves_its_audit_row()
    {
        var pupil = school.PupilsA[2];
        using var head = await school.As(SchoolServer.HeadOfA);
        await Record(head, pupil);
        using var other = await school.As(SchoolServer.TeacherOfB);
        await Status(other, pupil);

        await using var scope = school.Scope();
        var rows = await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.Where(row => row.What == $"Student/{pupil}")
            .ToListAsync();
        Assert.Contains(rows, row => row.Allowed && row.CallerName == "hieu-truong-a");
        Assert.Contains(rows, row => !row.Allowed && row.CallerName == "gv-b");
    }

    [Fact]
    public async Task A_teacher_of_another_school_does_not_read_the_record()
    {
        using var teacher = await school.As(SchoolServer.TeacherOfB);
        Assert.Equal(HttpStatusCode.Forbidden, await Status(teacher, school.PupilsA[0]));
        using var doctor = await school.As(SchoolServer.Doctor);
        Assert.Equal(HttpStatusCode.Forbidden, await Status(doctor, school.PupilsA[0]));
    }

    [Theory]
    [InlineData("gv-b", "/school/classes/{0}", HttpStatusCode.Forbidden, "không có quyền")]
    [InlineData(
        "gv-b",
        "/school/classes/{0}/gradebook/TOAN",
        HttpStatusCode.Forbidden,
        "không có quyền"
    )]
    [InlineData(
        "gv-toan",
        "/school/classes/{0}/gradebook/DAODUC",
        HttpStatusCode.NotFound,
        "Không tìm thấy"
    )]
    [InlineData(
        "gv-toan",
        "/school/classes/{0}/gradebook/TOAN?term=3",
        HttpStatusCode.NotFound,
        "Không tìm thấy"
    )]
    [InlineData("gv-toan", "/students/{1}", HttpStatusCode.OK, "Học bạ")]
    [InlineData("gv-toan", "/school/classes/{0}/conduct", HttpStatusCode.OK, "rèn luyện")]
    [InlineData("gv-b", "/students/{1}", HttpStatusCode.Forbidden, "không có quyền")]
    public async Task A_page_says_what_it_refuses_in_its_own_frame(
        string user,
        string path,
        HttpStatusCode expected,
        string text
    )
    {
        var person = user == "gv-b" ? SchoolServer.TeacherOfB : SchoolServer.Mathematics;
        using var browser = await school.As(person);
        var response = await browser.GetAsync(
            string.Format(null, path, school.ClassA, school.PupilsA[0])
        );
        Assert.Equal(expected, response.StatusCode);
        Assert.Contains(text, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_transfer_is_dated_rows_and_the_new_school_sees_the_whole_record()
    {
        CitizenId pupil;
        await using (var scope = school.Scope())
        {
            pupil = await SchoolServer.AddPupil(
                scope.ServiceProvider,
                school.ClassB,
                "Trần Thị Chuyển"
            );
        }
        using var headA = await school.As(SchoolServer.HeadOfA);
        using var headB = await school.As(
            new("hieu-truong-b", Role.SchoolHead, SchoolServer.SchoolB)
        );
        var enter = new EnrolmentRequest(pupil.Value, Status: EnrolmentStatus.ArrivedInTerm1);
        var tooEarly = await headA.PostAsJsonAsync(
            $"/education/classes/{school.ClassA}/students",
            enter
        );
        Assert.Equal(HttpStatusCode.Conflict, tooEarly.StatusCode);

        var leave = await headB.PostAsJsonAsync(
            $"/education/classes/{school.ClassB}/students/{pupil}/changes",
            new EnrolmentChangeRequest(
                EnrolmentStatus.TransferredOutInTerm1,
                new(SchoolServer.Year + 1, 1, 4),
                Reason: "Theo gia đình"
            )
        );
        Assert.Equal(HttpStatusCode.NoContent, leave.StatusCode);
        var entered = await headA.PostAsJsonAsync(
            $"/education/classes/{school.ClassA}/students",
            enter with
            {
                From = new(SchoolServer.Year + 1, 1, 5),
            }
        );
        Assert.Equal(HttpStatusCode.Created, entered.StatusCode);

        await using var look = school.Scope();
        var record = await look.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        Assert.Equal(
            [
                EnrolmentStatus.Studying,
                EnrolmentStatus.TransferredOutInTerm1,
                EnrolmentStatus.ArrivedInTerm1,
            ],
            record.Enrolments.Select(row => row.Status)
        );
        Assert.Equal(new(SchoolServer.Year + 1, 1, 3), record.Enrolments[0].Until);
        // Marks are not taken for who has left.
        var book = await headB.Gradebook(school.ClassB, "TOAN");
        Assert.True(book.Rows.Single(row => row.Student == pupil.Value).Left);
        var refused = await headB.EnterOne(
            school.ClassB,
            "TOAN",
            new(pupil.Value, book.Columns[0].Id, "8", 0)
        );
        Assert.Equal(MarkOutcome.Refused, refused.Outcome);
    }

    [Fact]
    public async Task Conduct_is_the_homeroom_teachers_and_a_stale_sheet_is_refused()
    {
        using var homeroom = await school.As(SchoolServer.Mathematics);
        using var other = await school.As(SchoolServer.Science1);
        var entry = new ConductEntry(school.PupilsA[3].Value, Level.Fair, 2, "Cần đúng giờ hơn", 0);
        var url = $"/education/classes/{school.ClassA}/conduct?term=1";
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await other.PutAsJsonAsync(url, new[] { entry })).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await homeroom.PutAsJsonAsync(url, new[] { entry })).StatusCode
        );
        var stale = await homeroom.PutAsJsonAsync(url, new[] { entry with { Level = Level.Good } });
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        var wrong = await homeroom.PutAsJsonAsync(url, new[] { entry with { Absences = -1 } });
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task A_pupil_without_a_code_gets_a_temporary_one_and_no_second_enrolment()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        CitizenId citizen;
        await using (var scope = school.Scope())
        {
            var registered = await scope
                .ServiceProvider.GetRequiredService<ICitizens>()
                .Register(
                    new("Lê Thị Mới", new PartialDate(2015, 1, 2), Sex.Female, "001315000123")
                );
            citizen = registered.Citizen.Id;
        }
        var url = $"/education/classes/{school.ClassA}/students";
        var created = await head.PostAsJsonAsync(url, new EnrolmentRequest(citizen.Value));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        // The number of a person is not to be read off a class list.
        Assert.Contains($"TAM-{citizen}", await created.Content.ReadAsStringAsync());
        var again = await head.PostAsJsonAsync(url, new EnrolmentRequest(citizen.Value));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    private async Task FillYear(HttpClient head, CitizenId pupil, Func<string, string> markOf)
    {
        foreach (var subject in SubjectCatalogue.OfGrade(6).Where(s => s.IsCompulsory(6)))
        {
            foreach (var term in new[] { 1, 2 })
            {
                var book = await head.Gradebook(school.ClassA, subject.Code, term);
                var mark = subject.Kind is AssessmentKind.Comment ? "Đ" : markOf(subject.Code);
                var row = book.Rows.Single(row => row.Student == pupil.Value);
                var response = await head.PutAsJsonAsync(
                    $"/education/classes/{school.ClassA}/marks",
                    new MarksRequest(
                        subject.Code,
                        term,
                        [
                            .. row.Cells.Select(cell => new MarkEntry(
                                pupil.Value,
                                cell.Column,
                                mark,
                                cell.Version
                            )),
                        ]
                    )
                );
                response.EnsureSuccessStatusCode();
            }
        }
    }

    private async Task Judge(HttpClient head, CitizenId pupil, Level level, int absences)
    {
        foreach (var term in new[] { 1, 2 })
        {
            var response = await head.PutAsJsonAsync(
                $"/education/classes/{school.ClassA}/conduct?term={term}",
                new[] { new ConductEntry(pupil.Value, level, absences, null, 0) }
            );
            response.EnsureSuccessStatusCode();
        }
    }

    private static async Task<RecordDocument> Record(HttpClient client, CitizenId pupil) =>
        (await client.GetFromJsonAsync<RecordDocument>($"/education/students/{pupil}/record"))!;

    private static async Task<HttpStatusCode> Status(HttpClient client, CitizenId pupil) =>
        (await client.GetAsync($"/education/students/{pupil}/record")).StatusCode;

    private static List<string> Marks(RecordDocument record) =>
        [
            .. record
                .Years.SelectMany(year => year.Subjects)
                .SelectMany(subject => subject.Term1.Marks.Concat(subject.Term2.Marks))
                .Select(mark => mark.Value),
        ];
}
