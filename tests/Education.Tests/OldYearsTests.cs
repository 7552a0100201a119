using System.Net;
using System.Net.Http.Json;
using ClosedXML.Excel;
using Education.LearningRecords;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>Results of Circular 58/2011 are read as they were written.</summary>
public sealed class OldYearsTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    [Fact]
    public async Task Old_results_join_the_record_word_for_word_and_the_same_file_changes_nothing()
    {
        var pupil = school.PupilsA[0];
        var code = await CodeOf(pupil);
        using var head = await school.As(SchoolServer.HeadOfA);
        var file = Book(
            ["STT", "Mã HS", "Năm học", "Lớp", "Trường", "Học lực", "Hạnh kiểm", "Toán", "Thể dục"],
            ["1", code, "2019-2020", "6A", "THCS cũ", "Giỏi", "Tốt", "8,6", "Đ"]
        );
        var check = await Send(head, file, dryRun: true);
        Assert.Equal((1, false), (check.New, check.Written));
        Assert.Empty((await Record(pupil)).OldYears);

        Assert.True((await Send(head, file)).Written);
        var year = Assert.Single((await Record(pupil)).OldYears);
        Assert.Equal(
            (2019, "6A", "THCS cũ", "Giỏi", "Tốt", "Thông tư 58/2011/TT-BGDĐT"),
            (year.Year, year.Class, year.School, year.Learning, year.Conduct, year.RuleSet)
        );
        Assert.Equal(
            [("Toán", "8,6"), ("Thể dục", "Đ")],
            year.Results.Select(result => (result.Subject, result.Text))
        );
        var again = await Send(head, file);
        Assert.Equal((0, 0, 1), (again.New, again.Changed, again.Unchanged));
        var corrected = Book(
            ["Mã HS", "Năm học", "Lớp", "Trường", "Học lực", "Toán"],
            [code, "2019", "6A", "THCS cũ", "Khá", "7,9"]
        );
        Assert.Equal(1, (await Send(head, corrected)).Changed);
        Assert.Equal("Khá", Assert.Single((await Record(pupil)).OldYears).Learning);
        using var own = await school.As(Person.Of(pupil));
        var page = WebUtility.HtmlDecode(await own.GetStringAsync($"/students/{pupil}"));
        Assert.Contains("Ghi theo học bạ cũ, không tính lại", page);
    }

    [Fact]
    public async Task Every_wrong_line_is_named_and_nothing_is_written()
    {
        var code = await CodeOf(school.PupilsA[1]);
        using var head = await school.As(SchoolServer.HeadOfA);
        var answer = await Send(
            head,
            Book(
                ["Mã học sinh", "Năm học", "Khối"],
                [code, "2018-2019", "6"],
                [code, "2018", "6"],
                [code, "năm ngoái", "6"],
                [code, "2017", "13"],
                ["KHONG-CO", "2018", "6"],
                [code, "2026", "6"]
            )
        );
        Assert.False(answer.Written);
        Assert.Equal(
            ["A3", "A6", "A7", "B4", "C5"],
            answer.Errors.Select(error => error.Cell).Order(StringComparer.Ordinal)
        );
        Assert.Empty((await Record(school.PupilsA[1])).OldYears);
        using var other = await school.As(SchoolServer.Mathematics);
        var refused = await other.PostAsync(Url(), Content(Book(["Mã HS", "Năm học"])));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var noTable = await head.PostAsync(Url(), Content(Book(["Tên"])));
        Assert.Equal(HttpStatusCode.BadRequest, noTable.StatusCode);
    }

    private static string Url(bool dryRun = false) =>
        $"/education/schools/{SchoolServer.SchoolA}/old-years?dryRun={dryRun}";

    private static async Task<OldYearsAnswer> Send(
        HttpClient client,
        byte[] file,
        bool dryRun = false
    )
    {
        var response = await client.PostAsync(Url(dryRun), Content(file));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<OldYearsAnswer>())!;
    }

    private static MultipartFormDataContent Content(byte[] file) =>
        new() { { new ByteArrayContent(file), "file", "hoc-ba-cu.xlsx" } };

    private static byte[] Book(params string[][] rows)
    {
        using var workbook = new XLWorkbook();
        var sheet = workbook.AddWorksheet("Học bạ cũ");
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
            {
                sheet.Cell(row + 1, column + 1).SetValue(rows[row][column]);
            }
        }
        using var file = new MemoryStream();
        workbook.SaveAs(file);
        return file.ToArray();
    }

    private async Task<string> CodeOf(CitizenId pupil)
    {
        await using var scope = school.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        return (await db.Students.SingleAsync(student => student.Id == pupil)).Code;
    }

    private async Task<LearningRecord> Record(CitizenId pupil)
    {
        await using var scope = school.Scope();
        return await scope.ServiceProvider.GetRequiredService<ReadRecord>().Run(pupil);
    }
}
