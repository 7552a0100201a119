using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>A teacher's day: the gradebook typed by keyboard alone, pasted from Excel, through a lost connection; and what a parent sees.</summary>
public sealed class SchoolJourney(Browser browser)
{
    [Fact]
    public async Task A_teacher_types_a_gradebook_by_keyboard_alone()
    {
        var page = await browser.NewPage("giaovien");
        await OpenMathematics(page, "6A");
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-gradebook");

        // The last column is empty: type down it. 85 means 8,5; a comma is a decimal; Enter goes down.
        var cells = Column(page, "ĐĐGck");
        await cells.Nth(0).FocusAsync();
        await page.Keyboard.TypeAsync("85");
        await page.Keyboard.PressAsync("Enter");
        await Expect(cells.Nth(0)).ToHaveValueAsync("8,5");
        await Expect(cells.Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("7,5");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.TypeAsync("10");
        await page.Keyboard.PressAsync("Enter");
        await Saved(page);
        await Expect(cells.Nth(1)).ToHaveValueAsync("7,5");
        await Expect(cells.Nth(2)).ToHaveValueAsync("10");
        // All assessments are there: the average follows.
        await Expect(Results(page).Nth(0))
            .ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^\d+,\d$"));

        // Escape gives back what was there; typing replaces; the arrows move both ways.
        await cells.Nth(0).FocusAsync();
        await page.Keyboard.TypeAsync("3");
        await page.Keyboard.PressAsync("Escape");
        await Expect(cells.Nth(0)).ToHaveValueAsync("8,5");
        await page.Keyboard.PressAsync("ArrowLeft");
        await Expect(Column(page, "ĐĐGgk").Nth(0)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(cells.Nth(0)).ToBeFocusedAsync();

        // What is no mark stays as typed, red, and is not saved.
        await page.Keyboard.TypeAsync("11,5");
        await page.Keyboard.PressAsync("Enter");
        await Expect(cells.Nth(0)).ToHaveAttributeAsync("aria-invalid", "true");
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.TypeAsync("9");
        await page.Keyboard.PressAsync("Enter");
        await Expect(cells.Nth(0)).Not.ToHaveAttributeAsync("aria-invalid", "true");
        await Saved(page);

        // Ctrl+Z takes the last one back.
        await page.Keyboard.PressAsync("Control+z");
        await Expect(cells.Nth(0)).ToHaveValueAsync("8,5");
        await Saved(page);
        await page.ReloadAsync();
        await Ready(page);
        await Expect(cells.Nth(0)).ToHaveValueAsync("8,5");
        await Expect(cells.Nth(1)).ToHaveValueAsync("7,5");
    }

    [Fact]
    public async Task A_block_from_excel_is_pasted_and_undone_in_one_step()
    {
        var page = await browser.NewPage("giaovien");
        await OpenMathematics(page, "6B");
        var (midterm, final) = (Column(page, "ĐĐGgk"), Column(page, "ĐĐGck"));
        var before = await midterm.Nth(0).InputValueAsync();

        await Paste(midterm.Nth(0), "6,5\t7\r\n7\t12\r\n\t8.5\r\n");
        await Expect(midterm.Nth(0)).ToHaveValueAsync("6,5");
        await Expect(final.Nth(0)).ToHaveValueAsync("7");
        await Expect(final.Nth(1)).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(final.Nth(2)).ToHaveValueAsync("8,5");
        await Expect(page.Locator("[data-note]")).ToContainTextAsync("1 ô không nhận được");
        await Saved(page);
        await Browser.Picture(page, "school-gradebook-pasted");

        await midterm.Nth(0).FocusAsync();
        await page.Keyboard.PressAsync("Control+z");
        await Expect(midterm.Nth(0)).ToHaveValueAsync(before);
        await Expect(final.Nth(2)).ToHaveValueAsync("");
        await Saved(page);
    }

    [Fact]
    public async Task A_lost_connection_loses_no_mark()
    {
        var page = await browser.NewPage("giaovien");
        await OpenMathematics(page, "7A");
        var cells = Column(page, "ĐĐGck");
        await page.Context.SetOfflineAsync(true);
        await cells.Nth(0).FocusAsync();
        await page.Keyboard.TypeAsync("6");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("75");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-status]")).ToContainTextAsync("Mất kết nối: 2 ô");

        // The tab is closed before the connection comes back; another one of the same browser finds the marks.
        var address = page.Url;
        await page.CloseAsync();
        var again = await page.Context.NewPageAsync();
        await page.Context.SetOfflineAsync(false);
        await again.GotoAsync(address);
        await Ready(again);
        await Saved(again);
        await Expect(Column(again, "ĐĐGck").Nth(0)).ToHaveValueAsync("6");

        var other = await browser.NewPage("hieutruong");
        await other.GotoAsync(address);
        await Ready(other);
        await Expect(Column(other, "ĐĐGck").Nth(0)).ToHaveValueAsync("6");
        await Expect(Column(other, "ĐĐGck").Nth(1)).ToHaveValueAsync("7,5");
    }

    [Fact]
    public async Task The_newer_value_of_a_colleague_is_shown_and_not_overwritten()
    {
        var first = await browser.NewPage("giaovien");
        var second = await browser.NewPage("hieutruong");
        await OpenMathematics(first, "6A");
        await second.GotoAsync(first.Url);
        await Ready(second);
        var cell = Column(first, "ĐĐGck").Nth(5);
        await cell.FocusAsync();
        await first.Keyboard.TypeAsync("5");
        await first.Keyboard.PressAsync("Enter");
        await Saved(first);

        var same = Column(second, "ĐĐGck").Nth(5);
        await same.FocusAsync();
        await second.Keyboard.TypeAsync("9");
        await second.Keyboard.PressAsync("Enter");
        await Expect(same).ToHaveValueAsync("5");
        await Expect(same).ToHaveAttributeAsync("data-state", "stale");
        await same.FocusAsync();
        await Expect(second.Locator("[data-note]")).ToContainTextAsync("vừa nhập 5; bạn gõ 9");
        // Seen, it can be replaced.
        await second.Keyboard.TypeAsync("9");
        await second.Keyboard.PressAsync("Enter");
        await Saved(second);
        await second.ReloadAsync();
        await Expect(Column(second, "ĐĐGck").Nth(5)).ToHaveValueAsync("9");
    }

    [Fact]
    public async Task A_locked_mark_is_asked_for_approved_and_its_history_shown()
    {
        var head = await browser.NewPage("hieutruong");
        await OpenMathematics(head, "6B", "II");
        var cell = Column(head, "ĐĐGgk").Nth(0);
        var before = await cell.InputValueAsync();
        await head.GetByText("Khóa sổ…").ClickAsync();
        await Browser.AssertAccessible(head);
        await head.GetByRole(AriaRole.Button, new() { Name = "Khóa sổ điểm này" }).ClickAsync();
        await Expect(head.GetByText("Đã khóa").First).ToBeVisibleAsync();

        // The teacher types into the locked grid: without a reason nothing goes, with one a request does.
        var teacher = await browser.NewPage("giaovien");
        await teacher.GotoAsync(head.Url);
        await Ready(teacher);
        var wish = before == "10" ? "9" : "10";
        cell = Column(teacher, "ĐĐGgk").Nth(0);
        await cell.FocusAsync();
        await teacher.Keyboard.TypeAsync(wish);
        await teacher.Keyboard.PressAsync("Enter");
        await Expect(cell).ToHaveAttributeAsync("aria-invalid", "true");
        await teacher.Locator("#why").FillAsync("Cộng sót điểm câu 4");
        await cell.FocusAsync();
        await teacher.Keyboard.TypeAsync(wish);
        await teacher.Keyboard.PressAsync("Enter");
        await Expect(cell).ToHaveAttributeAsync("data-state", "requested");
        await Expect(cell).ToHaveValueAsync(before);
        await Browser.AssertAccessible(teacher);
        await Browser.Picture(teacher, "school-gradebook-locked");

        await head.GotoAsync("/school");
        await head.GetByRole(AriaRole.Link, new() { Name = "Đề nghị sửa điểm" }).ClickAsync();
        var request = head.Locator("article.request").First;
        await Expect(request).ToContainTextAsync("Cộng sót điểm câu 4");
        await Browser.AssertAccessible(head);
        await Browser.Picture(head, "school-mark-requests");
        await request
            .GetByRole(AriaRole.Button, new() { Name = "Duyệt", Exact = true })
            .ClickAsync();
        await Expect(head.Locator("article.request").First).ToContainTextAsync("Đã duyệt");

        await teacher.ReloadAsync();
        await Ready(teacher);
        await Expect(cell).ToHaveValueAsync(wish);
        await cell.FocusAsync();
        await teacher.Keyboard.PressAsync("F4");
        await Expect(teacher.Locator("dialog li").First).ToContainTextAsync("Cộng sót điểm câu 4");
        await Browser.Picture(teacher, "school-gradebook-history");
        await teacher.Keyboard.PressAsync("Escape");
        await Expect(cell).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Marks_come_from_excel_after_the_difference_was_seen()
    {
        var page = await browser.NewPage("giaovien");
        await OpenMathematics(page, "7A", "II");
        var file = await page.APIRequest.GetAsync(
            page.Url.Replace("/school/", "/education/").Replace("?term", "/xlsx?term")
        );
        await page.GetByRole(AriaRole.Link, new() { Name = "Nhập từ Excel" }).ClickAsync();
        using var workbook = new ClosedXML.Excel.XLWorkbook(
            new MemoryStream(await file.BodyAsync())
        );
        var sheet = workbook.Worksheet(1);
        var column = sheet.CellsUsed(cell => cell.GetString() == "ĐĐGck").Single().Address;
        var old = sheet.Cell(column.RowNumber + 1, column.ColumnNumber).GetString();
        sheet.Cell(column.RowNumber + 1, column.ColumnNumber).SetValue(old == "7" ? 8 : 7);
        var changed = new MemoryStream();
        workbook.SaveAs(changed);
        await page.Locator("#file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "so-diem.xlsx",
                    MimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    Buffer = changed.ToArray(),
                }
            );
        await page.GetByRole(AriaRole.Button, new() { Name = "Đọc và so sánh" }).ClickAsync();
        await Expect(page.Locator("table")).ToContainTextAsync("ĐĐGck");
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-gradebook-excel");
        if (await page.Locator("#why").CountAsync() > 0)
        {
            await page.Locator("#why").FillAsync("Chấm phúc khảo");
        }
        await page.GetByRole(AriaRole.Button, new() { Name = "Ghi 1 điểm" }).ClickAsync();
        await Expect(page.GetByText("Đã ghi 1 điểm.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_record_says_why()
    {
        var page = await browser.NewPage("hieutruong");
        await page.GotoAsync("/school?year=2025");
        await page.GotoAsync("/school");
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-classes");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 8A" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Lớp 8A" }))
            .ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-class");
        await page.Locator("table a").First.ClickAsync();
        await Expect(page.GetByText("Học tập cả năm").First).ToBeVisibleAsync();
        await page.GetByText("Vì sao?").First.ClickAsync();
        await Expect(page.GetByText("Thông tư 22/2021/TT-BGDĐT, Điều 9.2").First)
            .ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-record");
    }

    [Fact]
    public async Task A_parent_sees_the_published_record_of_the_child_on_a_phone()
    {
        var page = await browser.NewPage("congdan", Screen.Phone);
        await page.GotoAsync("/school");
        await Browser.AssertAccessible(page);
        await page.Locator("main a.class").First.ClickAsync();
        await Expect(page.GetByText("kết quả mà nhà trường đã công bố")).ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await NoSidewaysScroll(page);
        await Browser.Picture(page, "school-record-phone");
    }

    [Fact]
    public async Task The_gradebook_fits_a_phone()
    {
        var page = await browser.NewPage("giaovien", Screen.Phone);
        await page.GotoAsync("/school");
        await NoSidewaysScroll(page);
        await Browser.Picture(page, "school-classes-phone");
        await OpenMathematics(page, "6A");
        await NoSidewaysScroll(page);
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "school-gradebook-phone");
    }

    private static async Task OpenMathematics(IPage page, string schoolClass, string term = "I")
    {
        await page.GotoAsync("/school");
        await page.GetByRole(AriaRole.Link, new() { Name = $"Lớp {schoolClass}" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"Toán, HK {term}", Exact = true })
            .ClickAsync();
        await Ready(page);
    }

    private static Task Ready(IPage page) =>
        page.Locator("mark-grid[data-ready]")
            .WaitForAsync(new() { State = WaitForSelectorState.Attached });

    private static Task Saved(IPage page) =>
        Expect(page.Locator("[data-status]")).ToHaveTextAsync("Mọi điểm đã lưu");

    private static ILocator Column(IPage page, string label) =>
        page.Locator($"mark-grid input[aria-label$=', {label}']");

    private static ILocator Results(IPage page) => page.Locator("td[data-result]");

    private static Task Paste(ILocator cell, string text) =>
        cell.EvaluateAsync(
            """
            (cell, text) => {
              cell.focus();
              const data = new DataTransfer();
              data.setData('text/plain', text);
              cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """,
            text
        );

    private static async Task NoSidewaysScroll(IPage page) =>
        Assert.True(
            await page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ),
            "The page scrolls sideways."
        );
}
