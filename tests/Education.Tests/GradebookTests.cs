using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

public sealed class GradebookTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    [Fact]
    public async Task Has_the_columns_that_article_6_asks_for()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var columns = new Dictionary<string, int>
        {
            ["TOAN"] = 6,
            ["GDCD"] = 4,
            ["GDTC"] = 4,
            ["LSDL"] = 6,
        };
        foreach (var (subject, count) in columns)
        {
            Assert.Equal(count, (await head.Gradebook(school.ClassA, subject)).Columns.Count);
        }
        var book = await head.Gradebook(school.ClassA, "GDCD");
        Assert.Equal(
            ["ĐĐGtx 1", "ĐĐGtx 2", "ĐĐGgk", "ĐĐGck"],
            book.Columns.Select(column => column.Label)
        );
        Assert.Equal(6, book.Rows.Count);
    }

    [Fact]
    public async Task Marks_make_the_term_average_once_all_are_there()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.ClassA, "GDCD");
        var pupil = book.Rows[0].Student;
        var partly = await head.Enter(
            school.ClassA,
            "GDCD",
            [
                .. book
                    .Columns.Take(3)
                    .Zip(
                        ["8", "8,0", "8.0"],
                        (column, mark) => new MarkEntry(pupil, column.Id, mark, 0)
                    ),
            ]
        );
        Assert.All(partly.Marks, mark => Assert.Equal(MarkOutcome.Saved, mark.Outcome));
        Assert.Null(Assert.Single(partly.Results).Result);

        var full = await head.Enter(
            school.ClassA,
            "GDCD",
            new MarkEntry(pupil, book.Columns[3].Id, "8,5", 0)
        );
        Assert.Equal("8.2", Assert.Single(full.Results).Result);
        Assert.Equal("8.2", (await head.Gradebook(school.ClassA, "GDCD")).Rows[0].Result);
    }

    [Fact]
    public async Task A_wrong_value_does_not_keep_the_others_from_being_saved()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.ClassA, "TINHOC");
        var column = book.Columns[0].Id;
        var answer = await head.Enter(
            school.ClassA,
            "TINHOC",
            new MarkEntry(book.Rows[0].Student, column, "11", 0),
            new MarkEntry(book.Rows[1].Student, column, "9", 0),
            new MarkEntry(Guid.CreateVersion7(), column, "9", 0),
            new MarkEntry(book.Rows[2].Student, Guid.CreateVersion7(), "9", 0)
        );
        Assert.Equal(
            [MarkOutcome.Refused, MarkOutcome.Saved, MarkOutcome.Refused, MarkOutcome.Refused],
            answer.Marks.Select(mark => mark.Outcome)
        );
        Assert.Equal("Điểm từ 0 đến 10, nhiều nhất một chữ số thập phân.", answer.Marks[0].Message);
        var after = await head.Gradebook(school.ClassA, "TINHOC");
        Assert.Equal([null, "9", null], after.Rows.Take(3).Select(row => row.Cells[0].Value));
    }

    [Fact]
    public async Task A_commented_subject_takes_words_only()
    {
        using var teacher = await school.As(SchoolServer.Science2);
        var book = await teacher.Gradebook(school.ClassA, "GDTC");
        var pupil = book.Rows[0].Student;
        var answer = await teacher.Enter(
            school.ClassA,
            "GDTC",
            [.. book.Columns.Select(column => new MarkEntry(pupil, column.Id, "Đ", 0))]
        );
        Assert.Equal("Đ", Assert.Single(answer.Results).Result);
        var wrong = await teacher.EnterOne(
            school.ClassA,
            "GDTC",
            new(pupil, book.Columns[0].Id, "8", 1)
        );
        Assert.Equal(MarkOutcome.Refused, wrong.Outcome);
    }

    [Fact]
    public async Task The_second_teacher_sees_the_firsts_newer_value_and_overwrites_nothing()
    {
        using var first = await school.As(SchoolServer.Science1);
        using var second = await school.As(SchoolServer.Science2);
        var book = await first.Gradebook(school.ClassA, "KHTN");
        var (pupil, column) = (book.Rows[3].Student, book.Columns[0].Id);

        var saved = await first.EnterOne(school.ClassA, "KHTN", new(pupil, column, "7,5", 0));
        Assert.Equal((MarkOutcome.Saved, 1), (saved.Outcome, saved.Version));

        var stale = await second.EnterOne(school.ClassA, "KHTN", new(pupil, column, "8", 0));
        Assert.Equal(MarkOutcome.Stale, stale.Outcome);
        Assert.Equal(("7.5", 1, "gv-khtn-1"), (stale.Value, stale.Version, stale.By));

        // Having seen it, the second may replace it; sending that again changes nothing.
        var seen = new MarkEntry(pupil, column, "8", 1);
        Assert.Equal(2, (await second.EnterOne(school.ClassA, "KHTN", seen)).Version);
        var again = await second.EnterOne(school.ClassA, "KHTN", seen);
        Assert.Equal((MarkOutcome.Saved, 2), (again.Outcome, again.Version));
    }

    [Fact]
    public async Task Many_writers_of_one_cell_leave_one_value_and_one_history()
    {
        using var first = await school.As(SchoolServer.Science1);
        using var second = await school.As(SchoolServer.Science2);
        var book = await first.Gradebook(school.ClassA, "KHTN");
        var (pupil, column) = (book.Rows[4].Student, book.Columns[1].Id);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i =>
                    (i % 2 == 0 ? first : second).EnterOne(
                        school.ClassA,
                        "KHTN",
                        new(pupil, column, $"{i % 6},5", 0)
                    )
                )
        );
        var now = (await first.Gradebook(school.ClassA, "KHTN")).Rows[4].Cells[1];
        Assert.Equal(1, now.Version);
        Assert.Contains(answers, answer => answer.Outcome is MarkOutcome.Saved);
        Assert.All(
            answers,
            answer =>
            {
                Assert.Equal(now.Value, answer.Value);
                Assert.NotEqual(MarkOutcome.Refused, answer.Outcome);
            }
        );
        Assert.Equal([null, now.Value], await History(pupil, column));
    }

    [Fact]
    public async Task Two_teachers_in_one_gradebook_lose_no_mark()
    {
        using var first = await school.As(SchoolServer.Science1);
        using var second = await school.As(SchoolServer.Science2);
        var book = await first.Gradebook(school.ClassA, "KHTN", term: 1);
        MarkEntry[] Column(int index, string mark) =>
            [
                .. book.Rows.Select(row => new MarkEntry(
                    row.Student,
                    book.Columns[index].Id,
                    mark,
                    0
                )),
            ];
        await Task.WhenAll(
            Column(2, "6")
                .Select(mark => first.Enter(school.ClassA, "KHTN", mark))
                .Concat(Column(3, "7").Select(mark => second.Enter(school.ClassA, "KHTN", mark)))
        );
        var after = await first.Gradebook(school.ClassA, "KHTN");
        Assert.All(
            after.Rows,
            row => Assert.Equal(("6", "7"), (row.Cells[2].Value, row.Cells[3].Value))
        );
    }

    [Fact]
    public async Task Every_change_joins_the_history_and_a_published_mark_needs_a_reason()
    {
        using var teacher = await school.As(SchoolServer.Mathematics);
        var book = await teacher.Gradebook(school.ClassA, "TOAN", 2);
        var (pupil, column) = (book.Rows[0].Student, book.Columns[0].Id);
        async Task<MarkAnswer> Enter(string? mark, int version, string? why = null)
        {
            var response = await teacher.PutAsJsonAsync(
                $"/education/classes/{school.ClassA}/marks",
                new MarksRequest("TOAN", 2, [new(pupil, column, mark, version, why)])
            );
            return Assert.Single((await response.Content.ReadFromJsonAsync<MarksAnswer>())!.Marks);
        }

        await Enter("5", 0);
        await Enter("6", 1);
        var publish = await teacher.PostAsync(
            $"/education/classes/{school.ClassA}/gradebook/TOAN/publish?term=2",
            null
        );
        Assert.Equal(HttpStatusCode.NoContent, publish.StatusCode);
        Assert.Equal(MarkOutcome.Refused, (await Enter("7", 2)).Outcome);
        Assert.Equal(MarkOutcome.Saved, (await Enter("7", 2, "Chấm sót câu 3")).Outcome);
        Assert.Equal([null, "5", "6", "7"], await History(pupil, column));

        await using var scope = school.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var last = await db
            .MarkChanges.Where(change => change.ColumnId == column)
            .OrderByDescending(change => change.Id)
            .FirstAsync();
        Assert.Equal(("gv-toan", "Chấm sót câu 3"), (last.ByName, last.Why));
        Assert.Contains(await db.Outbox.ToListAsync(), message => message.Type == "GradePublished");
    }

    [Theory]
    [InlineData("gv-khtn-1", Role.Teacher, SchoolServer.SchoolA, HttpStatusCode.Forbidden)]
    [InlineData("gv-b", Role.Teacher, SchoolServer.SchoolB, HttpStatusCode.Forbidden)]
    [InlineData("bac-si", Role.Doctor, "01001", HttpStatusCode.Forbidden)]
    [InlineData("dan", Role.Citizen, null, HttpStatusCode.Forbidden)]
    [InlineData("bo", Role.MinistryAnalyst, null, HttpStatusCode.Forbidden)]
    [InlineData("gv-toan", Role.Teacher, SchoolServer.SchoolA, HttpStatusCode.OK)]
    [InlineData("hieu-truong-a", Role.SchoolHead, SchoolServer.SchoolA, HttpStatusCode.OK)]
    public async Task Only_who_is_assigned_writes(
        string user,
        Role role,
        string? organisation,
        HttpStatusCode expected
    )
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.ClassA, "TOAN");
        using var caller = await school.As(new(user, role, organisation));
        var response = await caller.PutAsJsonAsync(
            $"/education/classes/{school.ClassA}/marks",
            new MarksRequest("TOAN", 1, [new(book.Rows[5].Student, book.Columns[5].Id, "5", 0)])
        );
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Nobody_gets_in_unsigned()
    {
        using var nobody = await school.As(null);
        var response = await nobody.GetAsync(
            $"/education/classes/{school.ClassA}/gradebook/TOAN?term=1"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_teacher_reads_the_classes_of_the_own_school_only()
    {
        using var teacher = await school.As(SchoolServer.Mathematics);
        Assert.Equal(
            HttpStatusCode.OK,
            (await teacher.GetAsync($"/education/classes/{school.ClassA}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await teacher.GetAsync($"/education/classes/{school.ClassB}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await teacher.GetAsync($"/education/classes/{Guid.CreateVersion7()}")).StatusCode
        );
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"subject":"TOAN","term":1,"marks":[]}""")]
    [InlineData("""{"subject":"TOAN","term":1,"marks":[{"student":"x"}]}""")]
    public async Task Malformed_input_is_refused_with_a_reason(string body)
    {
        using var teacher = await school.As(SchoolServer.Mathematics);
        var response = await teacher.PutAsync(
            $"/education/classes/{school.ClassA}/marks",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    private async Task<List<string?>> History(Guid pupil, Guid column)
    {
        await using var scope = school.Scope();
        var changes = await scope
            .ServiceProvider.GetRequiredService<LearningRecordsDb>()
            .MarkChanges.Where(change =>
                change.StudentId == new CitizenId(pupil) && change.ColumnId == column
            )
            .OrderBy(change => change.Id)
            .ToListAsync();
        return [changes[0].Old?.ToString(), .. changes.Select(change => change.New?.ToString())];
    }
}
