using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ClosedXML.Excel;
using Education.LearningRecords.Assessment;

namespace Education.Tests;

/// <summary>Locked gradebooks, requests to change a mark, the history of a cell, and marks from Excel.</summary>
public sealed class LockedGradebookTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    private string Requests => $"/education/schools/{SchoolServer.SchoolA}/mark-requests";

    [Fact]
    public async Task A_locked_mark_changes_only_when_somebody_else_approves()
    {
        using var teacher = await school.As(SchoolServer.Science2);
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await teacher.Gradebook(school.ClassA, "GDTC");
        var (pupil, column) = (book.Rows[0].Student, book.Columns[0].Id);
        await Enter(teacher, "GDTC", pupil, column, "CĐ", 0);
        await Lock(head, "GDTC");
        Assert.NotNull((await teacher.Gradebook(school.ClassA, "GDTC")).LockedAt);

        var without = await Enter(teacher, "GDTC", pupil, column, "Đ", 1);
        Assert.Equal((MarkOutcome.Refused, "CĐ"), (without.Outcome, without.Value));
        var asked = await Enter(teacher, "GDTC", pupil, column, "Đ", 1, "Nhập nhầm dòng");
        Assert.Equal((MarkOutcome.Requested, "CĐ", 1), (asked.Outcome, asked.Value, asked.Version));
        // A lost answer and a second try make no second request.
        await Enter(teacher, "GDTC", pupil, column, "Đ", 1, "Nhập nhầm dòng");

        var cell = (await teacher.Gradebook(school.ClassA, "GDTC")).Rows[0].Cells[0];
        Assert.Equal(("CĐ", "Đ"), (cell.Value, cell.Requested));
        var waiting = Assert.Single(await Waiting(head, "GDTC"));
        Assert.Equal(
            ("CĐ", "Đ", "Nhập nhầm dòng", true, false),
            (waiting.Old, waiting.New, waiting.Why, waiting.MayDecide, waiting.IsOwn)
        );
        Assert.Equal(HttpStatusCode.Forbidden, await Decide(teacher, waiting.Id, true));
        Assert.Equal(HttpStatusCode.NoContent, await Decide(head, waiting.Id, true));
        Assert.Equal(HttpStatusCode.Conflict, await Decide(head, waiting.Id, false, "Muộn"));

        var after = (await teacher.Gradebook(school.ClassA, "GDTC")).Rows[0].Cells[0];
        Assert.Equal(("Đ", 2, null), (after.Value, after.Version, after.Requested));
        var history = await teacher.GetFromJsonAsync<List<MarkChangeView>>(
            $"/education/classes/{school.ClassA}/gradebook/GDTC/history?term=1&student={pupil}&column={column}"
        );
        Assert.Equal(
            [("CĐ", "Đ", "Nhập nhầm dòng"), (null, "CĐ", null)],
            history!.Select(change => (change.Old, change.New, change.Why))
        );
        Assert.Equal("gv-khtn-2, duyệt: hieu-truong-a", history![0].By);
    }

    [Fact]
    public async Task A_refusal_needs_a_reason_and_a_request_can_be_withdrawn()
    {
        using var teacher = await school.As(SchoolServer.Mathematics);
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await teacher.Gradebook(school.ClassA, "TOAN");
        var column = book.Columns[0].Id;
        await Lock(head, "TOAN");
        await Enter(teacher, "TOAN", book.Rows[0].Student, column, "9", 0, "Chấm lại");
        await Enter(teacher, "TOAN", book.Rows[1].Student, column, "8", 0, "Chấm lại");
        // A second wish for the same cell takes the place of the first.
        await Enter(teacher, "TOAN", book.Rows[1].Student, column, "8,5", 0, "Cộng sót");
        var waiting = await Waiting(head, "TOAN");
        Assert.Equal(["8.5", "9"], waiting.Select(request => request.New).Order());

        var nine = waiting.Single(request => request.New == "9");
        Assert.Equal(HttpStatusCode.BadRequest, await Decide(head, nine.Id, false));
        Assert.Equal(HttpStatusCode.NoContent, await Decide(head, nine.Id, false, "Bài không đổi"));
        var other = waiting.Single(request => request.New == "8.5");
        var foreign = await head.DeleteAsync($"/education/mark-requests/{other.Id}");
        Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        var withdrawn = await teacher.DeleteAsync($"/education/mark-requests/{other.Id}");
        Assert.Equal(HttpStatusCode.NoContent, withdrawn.StatusCode);
        Assert.Empty(await Waiting(head, "TOAN"));
        Assert.All(
            (await head.Gradebook(school.ClassA, "TOAN")).Rows,
            row => Assert.Null(row.Cells[0].Value)
        );
    }

    [Fact]
    public async Task Who_asks_does_not_decide_and_an_older_wish_is_not_approved()
    {
        using var teacher = await school.As(SchoolServer.Science1);
        using var second = await school.As(SchoolServer.Science2);
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.ClassA, "KHTN");
        var (pupil, column) = (book.Rows[0].Student, book.Columns[0].Id);
        await Lock(head, "KHTN");
        await Enter(head, "KHTN", pupil, column, "5", 0, "Của chính mình");
        var own = Assert.Single(await Waiting(head, "KHTN"));
        Assert.False(own.MayDecide);
        Assert.Equal(HttpStatusCode.BadRequest, await Decide(head, own.Id, true));

        await Enter(teacher, "KHTN", pupil, column, "6", 0, "Sót bài");
        await Enter(second, "KHTN", pupil, column, "7", 0, "Sót bài");
        var asked = (await Waiting(head, "KHTN")).Where(request => request.MayDecide).ToList();
        // Two decisions at the same moment: one changes the mark, the other is told.
        var answers = await Task.WhenAll(asked.Select(request => Decide(head, request.Id, true)));
        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Conflict], answers.Order());
        Assert.Equal(1, (await head.Gradebook(school.ClassA, "KHTN")).Rows[0].Cells[0].Version);
    }

    [Fact]
    public async Task Only_a_manager_locks_and_other_schools_see_nothing()
    {
        using var teacher = await school.As(SchoolServer.Science1);
        using var foreign = await school.As(SchoolServer.TeacherOfB);
        var locking = await teacher.PostAsync(
            $"/education/classes/{school.ClassA}/lock?term=2",
            null
        );
        Assert.Equal(HttpStatusCode.Forbidden, locking.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await foreign.GetAsync(Requests)).StatusCode);
        using var head = await school.As(SchoolServer.HeadOfA);
        var unknown = await head.PostAsync(
            $"/education/classes/{school.ClassA}/lock?term=1&subject=XYZ",
            null
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_workbook_goes_out_and_comes_back_changed_with_every_wrong_cell_named()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.ClassA, "TINHOC");
        await Enter(head, "TINHOC", book.Rows[0].Student, book.Columns[0].Id, "8", 0);
        var path = $"/education/classes/{school.ClassA}/gradebook/TINHOC/xlsx?term=1";
        using var workbook = new XLWorkbook(new MemoryStream(await head.GetByteArrayAsync(path)));
        var sheet = workbook.Worksheet(1);
        var heading = sheet.CellsUsed(cell => cell.GetString() == "Mã học sinh").Single().Address;
        var (row, column) = (heading.RowNumber, heading.ColumnNumber + 2);
        Assert.Equal("ĐĐGtx 1", sheet.Cell(row, column).GetString());
        Assert.Equal(8, sheet.Cell(row + 1, column).GetDouble());
        sheet.Cell(row, column + 1).Value = "Thuong xuyen 2";
        sheet.Cell(row + 1, column).SetValue("9,5");
        sheet.Cell(row + 2, column).Value = 7;
        sheet.Cell(row + 3, column).Value = 11;
        sheet.Cell(row + 1, column + 1).Value = 6.5;
        sheet.Cell(row + 4, heading.ColumnNumber).Value = "KHONG-CO";
        sheet.Cell(row + 4, column).Value = 3;

        var difference = await Compare(head, path, workbook);
        Assert.Equal(
            [("8", "9.5"), (null, "6.5"), (null, "7")],
            difference.Changes.Select(change => (change.Old, change.New))
        );
        Assert.Equal(
            [
                sheet.Cell(row + 3, column).Address.ToString(),
                sheet.Cell(row + 4, 3).Address.ToString(),
            ],
            difference.Errors.Select(error => error.Cell)
        );
        Assert.Contains("KHONG-CO", difference.Errors[1].Message);
        Assert.Equal([book.Rows[3].Name], difference.NotInFile);
        // Comparing wrote nothing; what it found goes the way of typed marks.
        Assert.Equal("8", (await head.Gradebook(school.ClassA, "TINHOC")).Rows[0].Cells[0].Value);
        var saved = await head.Enter(
            school.ClassA,
            "TINHOC",
            [
                .. difference.Changes.Select(change => new MarkEntry(
                    change.Student,
                    change.Column,
                    change.New,
                    change.Version
                )),
            ]
        );
        Assert.All(saved.Marks, mark => Assert.Equal(MarkOutcome.Saved, mark.Outcome));
        Assert.Empty((await Compare(head, path, workbook)).Changes);
    }

    [Fact]
    public async Task A_file_that_is_no_workbook_is_refused_in_words()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        var path = $"/education/classes/{school.ClassA}/gradebook/GDCD/xlsx?term=1";
        var text = await Send(head, path, "STT;Toán"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, text.StatusCode);
        Assert.Contains("không phải tệp Excel", await text.Content.ReadAsStringAsync());

        using var empty = new XLWorkbook();
        empty.AddWorksheet("Trang 1").Cell(1, 1).Value = "Họ và tên";
        var without = await Send(head, path, Bytes(empty));
        Assert.Equal(HttpStatusCode.BadRequest, without.StatusCode);
        Assert.Contains("không thấy bảng điểm", await without.Content.ReadAsStringAsync());
    }

    private Task Lock(HttpClient head, string subject) =>
        Expect(
            head.PostAsync(
                $"/education/classes/{school.ClassA}/lock?term=1&subject={subject}",
                null
            )
        );

    private static async Task Expect(Task<HttpResponseMessage> answer) =>
        Assert.Equal(HttpStatusCode.NoContent, (await answer).StatusCode);

    private Task<MarkAnswer> Enter(
        HttpClient client,
        string subject,
        Guid pupil,
        Guid column,
        string mark,
        int version,
        string? why = null
    ) => client.EnterOne(school.ClassA, subject, new(pupil, column, mark, version, why));

    private async Task<List<MarkRequestView>> Waiting(HttpClient client, string subject) =>
        (await client.GetFromJsonAsync<List<MarkRequestView>>(Requests))!.FindAll(request =>
            request.State is MarkRequestState.Pending && request.Subject == subject
        );

    private static async Task<HttpStatusCode> Decide(
        HttpClient client,
        Guid request,
        bool approve,
        string? note = null
    ) =>
        (
            await client.PostAsJsonAsync(
                $"/education/mark-requests/{request}/decision",
                new DecisionRequest(approve, note)
            )
        ).StatusCode;

    private static async Task<GradebookDifference> Compare(
        HttpClient client,
        string path,
        XLWorkbook workbook
    )
    {
        var answer = await Send(client, path, Bytes(workbook));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<GradebookDifference>())!;
    }

    private static Task<HttpResponseMessage> Send(HttpClient client, string path, byte[] file)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(ExchangeGradebook.Mime);
        return client.PostAsync(
            path,
            new MultipartFormDataContent { { content, "file", "so-diem.xlsx" } }
        );
    }

    private static byte[] Bytes(XLWorkbook workbook)
    {
        // The workbook goes on reading from the stream it was last saved to.
        var bytes = new MemoryStream();
        workbook.SaveAs(bytes);
        return bytes.ToArray();
    }
}
