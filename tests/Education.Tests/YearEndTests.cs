using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

public sealed class YearEndTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    [Fact]
    public async Task A_retest_takes_the_place_of_the_subject_and_the_pupil_goes_up()
    {
        var pupil = school.PupilsA[0];
        await Fill(pupil, subject => subject is "TOAN" or "KHTN" ? "3" : "7", Level.Good);
        using var homeroom = await school.As(SchoolServer.Mathematics);

        var before = await Row(homeroom, pupil);
        Assert.Equal(("Chưa đạt", YearOutcome.Retest), (before.Learning, before.Outcome));
        Assert.Equal(["TOAN", "KHTN"], before.Retests.Select(retest => retest.Subject));
        Assert.Contains(before.Why, reason => reason.Article.EndsWith("Điều 14"));

        var one = new YearEntry(
            pupil.Value,
            before.Version,
            new Dictionary<string, string?> { ["TOAN"] = "6,5", ["KHTN"] = "5" }
        );
        Assert.Equal(HttpStatusCode.NoContent, (await Put(homeroom, one)).StatusCode);
        var after = await Row(homeroom, pupil);
        Assert.Equal(("Khá", YearOutcome.Promoted), (after.Learning, after.Outcome));
        Assert.Contains(after.Why, reason => reason.Text.Contains("6,5 thay cho 3,0"));

        // Sent again it changes nothing; from an older look it is refused.
        Assert.Equal(HttpStatusCode.NoContent, (await Put(homeroom, one)).StatusCode);
        var stale = one with { Retests = new Dictionary<string, string?> { ["TOAN"] = "9" } };
        Assert.Equal(HttpStatusCode.Conflict, (await Put(homeroom, stale)).StatusCode);

        // The pupil sees it once it is published.
        using var own = await school.As(Person.Of(pupil));
        var publish = await homeroom.PostAsync(
            $"/education/classes/{school.ClassA}/year-end/publish",
            null
        );
        Assert.Equal(HttpStatusCode.NoContent, publish.StatusCode);
        await using var scope = school.Scope();
        var record = await scope.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
        var year = Assert.Single(record.Years);
        Assert.Equal(Level.Fair, year.Sheet.AfterRetests?.Level);
        Assert.Equal(Level.Unsatisfactory, year.Sheet.Year?.Level);
        Assert.Equal(Award.None, year.Award);
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync($"/students/{pupil}")).StatusCode);
    }

    [Fact]
    public async Task Conduct_is_trained_in_the_summer_before_anything_is_assessed_again()
    {
        var pupil = school.PupilsA[1];
        await Fill(pupil, subject => subject is "TOAN" or "KHTN" ? "3" : "7", Level.Unsatisfactory);
        using var homeroom = await school.As(SchoolServer.Mathematics);
        var before = await Row(homeroom, pupil);
        Assert.Equal(YearOutcome.SummerConduct, before.Outcome);

        await Put(homeroom, new(pupil.Value, before.Version, SummerConduct: Level.Satisfactory));
        var trained = await Row(homeroom, pupil);
        Assert.Equal(YearOutcome.Retest, trained.Outcome);
        await Put(homeroom, new(pupil.Value, trained.Version, SummerConduct: Level.Unsatisfactory));
        Assert.Equal(YearOutcome.Repeats, (await Row(homeroom, pupil)).Outcome);
    }

    [Fact]
    public async Task Too_many_absences_repeat_the_grade_and_nothing_helps()
    {
        var pupil = school.PupilsA[2];
        await Fill(pupil, _ => "9", Level.Good, absences: 46);
        using var homeroom = await school.As(SchoolServer.Mathematics);
        var row = await Row(homeroom, pupil);
        Assert.Equal((YearOutcome.Repeats, 46), (row.Outcome, row.Absences));
        Assert.Contains(row.Why, reason => reason.Article.EndsWith("Điều 12.1c"));
        var refused = await Put(homeroom, new(pupil.Value, row.Version, SummerConduct: Level.Good));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task What_the_rules_do_not_allow_is_refused_and_nothing_is_written()
    {
        var pupil = school.PupilsA[3];
        await Fill(pupil, _ => "9", Level.Good);
        using var homeroom = await school.As(SchoolServer.Mathematics);
        var before = await Row(homeroom, pupil);
        var entry = new YearEntry(
            pupil.Value,
            before.Version,
            new Dictionary<string, string?> { ["TOAN"] = "10", ["ABC"] = "5" },
            Promoted: true,
            RecognisedFor: "Toán"
        );
        var refused = await Put(homeroom, entry);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = await refused.Content.ReadAsStringAsync();
        foreach (
            var field in new[] { "retests.TOAN", "retests.ABC", "promoted", "reason", "recognised" }
        )
        {
            Assert.Contains($"[0].{field}", problem);
        }
        var after = await Row(homeroom, pupil);
        Assert.Equal((before.Version, Award.Excellent), (after.Version, after.Award));

        using var other = await school.As(SchoolServer.Science1);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await Put(other, new(pupil.Value, 0, SummerConduct: Level.Good))).StatusCode
        );
        using var elsewhere = await school.As(SchoolServer.TeacherOfB);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await elsewhere.GetAsync($"/education/classes/{school.ClassA}/year-end")).StatusCode
        );
    }

    [Fact]
    public async Task The_page_lists_outcomes_with_reasons_and_takes_a_form()
    {
        using var homeroom = await school.As(SchoolServer.Mathematics);
        var page = WebUtility.HtmlDecode(
            await homeroom.GetStringAsync($"/school/classes/{school.ClassA}/year-end")
        );
        Assert.Contains("Kết quả cuối năm lớp 6A", page);
        Assert.Contains(Circular22.Name, page);
    }

    [Fact]
    public async Task A_primary_class_has_levels_tests_qualities_and_a_result_of_the_year()
    {
        const string code = "0100100027";
        Guid classId;
        CitizenId pupil;
        CitizenId weak;
        await using (var scope = school.Scope())
        {
            var services = scope.ServiceProvider;
            await services.Plan(code, SchoolLevel.Primary, SchoolServer.Year);
            classId = (
                await services
                    .GetRequiredService<OpenClass>()
                    .Run(code, new(SchoolServer.Year, 4, "4A"))
            ).Id;
            pupil = await SchoolServer.AddPupil(services, classId, "Lê Thị Giỏi");
            weak = await SchoolServer.AddPupil(services, classId, "Lê Văn Chậm");
            await services.FillYear(classId, pupil, (_, takes) => YearFilling.Good(takes));
            await services.FillYear(
                classId,
                weak,
                (subject, takes) =>
                    subject == "TOAN" && takes is ValueKind.WholePoints
                        ? "4"
                        : YearFilling.Good(takes)
            );
        }
        using var head = await school.As(new("ht-tieu-hoc", Role.SchoolHead, code));
        var maths = await head.Gradebook(classId, "TOAN");
        Assert.Equal(
            ["Mức giữa kì", "KTĐK giữa kì", "Mức cuối kì", "KTĐK cuối kì"],
            maths.Columns.Select(column => column.Label)
        );
        Assert.Equal(
            ["Mức giữa kì", "Mức cuối kì"],
            (await head.Gradebook(classId, "DAODUC")).Columns.Select(column => column.Label)
        );
        var traits = await head.Gradebook(classId, Circular27.TraitsCode, 2);
        Assert.Equal(30, traits.Columns.Count);
        Assert.Equal("Yêu nước – giữa kì", traits.Columns[0].Label);

        var cell = maths.Rows[1].Cells[3];
        foreach (
            var (typed, expected) in new[]
            {
                ("8,5", MarkOutcome.Refused),
                ("10", MarkOutcome.Saved),
            }
        )
        {
            var answer = await head.EnterOne(
                classId,
                "TOAN",
                new(maths.Rows[1].Student, cell.Column, typed, cell.Version)
            );
            Assert.Equal(expected, answer.Outcome);
        }

        var view = (
            await head.GetFromJsonAsync<YearView>($"/education/classes/{classId}/year-end")
        )!;
        var good = view.Rows.Single(row => row.Student == pupil.Value);
        Assert.Equal(
            ("Hoàn thành xuất sắc", YearOutcome.Promoted, Award.Excellent),
            (good.Learning, good.Outcome, good.Award)
        );
        var bad = view.Rows.Single(row => row.Student == weak.Value);
        Assert.Equal(("Chưa hoàn thành", YearOutcome.AwaitsDecision), (bad.Learning, bad.Outcome));
        Assert.Contains(bad.Why, reason => reason.Text.Contains("Toán kiểm tra 4 (cần 5)"));
        var url = $"/education/classes/{classId}/year-end";
        var unfounded = await head.PutAsJsonAsync(
            url,
            new[] { new YearEntry(weak.Value, 0, Promoted: true) }
        );
        Assert.Equal(HttpStatusCode.BadRequest, unfounded.StatusCode);
        var decided = await head.PutAsJsonAsync(
            url,
            new[]
            {
                new YearEntry(
                    weak.Value,
                    0,
                    Promoted: true,
                    Reason: "Đã đánh giá bổ sung môn Toán"
                ),
            }
        );
        Assert.Equal(HttpStatusCode.NoContent, decided.StatusCode);
        var record = (
            await head.GetFromJsonAsync<RecordDocument>($"/education/students/{weak}/record")
        )!.Years.Single();
        Assert.Equal((Circular27.Name, "Promoted"), (record.RuleSet, record.Outcome));
        Assert.Equal("Chưa hoàn thành", record.Primary?.Result?.Level);
        Assert.Equal(
            (2, false, "T", 4),
            record.Primary!.Subjects.Single(subject => subject.Subject == "TOAN").Points[3] switch
            {
                var point => (point.Term, point.Midterm, point.Level, point.Test),
            }
        );
        foreach (
            var path in new[]
            {
                $"/school/classes/{classId}",
                $"/school/classes/{classId}/year-end",
                $"/school/classes/{classId}/conduct",
                $"/school/classes/{classId}/gradebook/PCNL?term=1&half=mid",
                $"/school/classes/{classId}/gradebook/TOAN/remarks?term=1",
                $"/students/{weak}",
            }
        )
        {
            Assert.Equal(HttpStatusCode.OK, (await head.GetAsync(path)).StatusCode);
        }
        // Rèn luyện has no place here.
        var conduct = await head.PutAsJsonAsync(
            $"/education/classes/{classId}/conduct?term=1",
            new[] { new ConductEntry(weak.Value, Level.Good, 0, null, 0) }
        );
        Assert.Equal(HttpStatusCode.BadRequest, conduct.StatusCode);
    }

    [Fact]
    public async Task A_comment_is_kept_with_its_version_and_shown_with_the_gradebook()
    {
        using var teacher = await school.As(SchoolServer.Science2);
        var url = $"/education/classes/{school.ClassA}/gradebook/GDTC/remarks?term=1";
        var entry = new RemarkEntry(school.PupilsA[4].Value, " Chạy bền tốt ", 0);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await teacher.PutAsJsonAsync(url, new[] { entry })).StatusCode
        );
        var row = (await teacher.Gradebook(school.ClassA, "GDTC")).Rows[4];
        Assert.Equal(("Chạy bền tốt", 1), (row.Remark, row.RemarkVersion));
        var stale = await teacher.PutAsJsonAsync(url, new[] { entry with { Text = "Khác" } });
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        var stranger = await teacher.PutAsJsonAsync(
            url,
            new[] { new RemarkEntry(Guid.CreateVersion7(), "x", 0) }
        );
        Assert.Equal(HttpStatusCode.BadRequest, stranger.StatusCode);
        using var other = await school.As(SchoolServer.Mathematics);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await other.PutAsJsonAsync(url, new[] { entry })).StatusCode
        );
    }

    private async Task Fill(
        CitizenId pupil,
        Func<string, string> markOf,
        Level conduct,
        int absences = 0
    )
    {
        await using var scope = school.Scope();
        await scope.ServiceProvider.FillYear(
            school.ClassA,
            pupil,
            (subject, takes) => takes is ValueKind.Points ? markOf(subject) : "Đ"
        );
        await scope.ServiceProvider.Judge(school.ClassA, pupil, conduct, conduct, absences);
    }

    private async Task<YearRow> Row(HttpClient client, CitizenId pupil) =>
        (
            await client.GetFromJsonAsync<YearView>($"/education/classes/{school.ClassA}/year-end")
        )!.Rows.Single(row => row.Student == pupil.Value);

    private Task<HttpResponseMessage> Put(HttpClient client, YearEntry entry) =>
        client.PutAsJsonAsync($"/education/classes/{school.ClassA}/year-end", new[] { entry });
}
