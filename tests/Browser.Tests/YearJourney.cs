using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>The end of a year and the way into the next one; primary school by levels; each page without an axe violation, on a laptop and a phone.</summary>
public sealed class YearJourney(Browser browser)
{
    /// <summary>The school year that has just ended in the demo.</summary>
    private static int LastYear =>
        TimeProvider.System.GetUtcNow() is { Month: >= 8 } now
            ? now.Year - 1
            : TimeProvider.System.GetUtcNow().Year - 2;

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_primary_class_is_judged_by_levels_and_its_year_decided(Screen screen)
    {
        var page = await browser.NewPage("hieutruong-th", screen);
        await page.GotoAsync($"/school?year={LastYear}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 3A" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Cuối năm", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Hoàn thành xuất sắc").First).ToBeVisibleAsync();
        await page.GetByText("Vì sao?").First.ClickAsync();
        await Expect(page.GetByText("Thông tư 27/2020/TT-BGDĐT, Điều 9.2").First)
            .ToBeVisibleAsync();
        await Look(page, "year-end-primary", screen);

        await page.GotoAsync($"/school");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 4A" }).ClickAsync();
        await page.GetByRole(
                AriaRole.Link,
                new() { Name = "Phẩm chất, năng lực, HK II", Exact = true }
            )
            .ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Giữa HK II", Exact = true })
            .ClickAsync();
        await page.Locator("mark-grid[data-ready]")
            .WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var cells = page.Locator("mark-grid input[data-takes=Trait]");
        await cells.Nth(0).FocusAsync();
        await page.Keyboard.TypeAsync("d");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.TypeAsync("x");
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(cells.Nth(0)).ToHaveValueAsync("Đ");
        await Expect(cells.Nth(1)).ToHaveAttributeAsync("aria-invalid", "true");
        await cells.Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.TypeAsync("t");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[data-status]")).ToHaveTextAsync("Mọi điểm đã lưu");
        await Look(page, "primary-traits", screen);

        await page.GotoAsync(page.Url.Replace("PCNL", "TOAN").Replace("term=2", "term=1"));
        await Expect(page.GetByRole(AriaRole.Columnheader, new() { Name = "KTĐK cuối kì" }))
            .ToBeVisibleAsync();
        await Look(page, "primary-gradebook", screen);
        await page.GetByRole(AriaRole.Link, new() { Name = "Nhận xét", Exact = true }).ClickAsync();
        await Expect(page.Locator("textarea").First).ToBeVisibleAsync();
        await Look(page, "primary-remarks", screen);

        await page.GotoAsync($"/school");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 4A" }).ClickAsync();
        await page.Locator("table a").First.ClickAsync();
        await Expect(page.GetByText("Kết quả giáo dục cả năm").First).ToBeVisibleAsync();
        await Look(page, "primary-record", screen);
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_head_sees_who_goes_where_before_the_school_moves_on(Screen screen)
    {
        var page = await browser.NewPage("hieutruong", screen);
        await page.GotoAsync($"/school?year={LastYear}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 7A" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Cuối năm", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Được lên lớp").First).ToBeVisibleAsync();
        await Look(page, "year-end", screen);

        await page.GotoAsync($"/school?year={LastYear}");
        await page.GetByRole(AriaRole.Link, new() { Name = "Chuyển năm học" }).ClickAsync();
        await Expect(page.GetByText("Đã có lớp năm tới").First).ToBeVisibleAsync();
        await Look(page, "roll-over", screen);

        await page.GotoAsync("/school");
        await page.GetByRole(AriaRole.Link, new() { Name = "Lớp 8A" }).ClickAsync();
        await page.GetByText("Chuyển…").First.ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Ghi thay đổi" }))
            .ToBeVisibleAsync();
        await Look(page, "pupil-enrolment", screen);
        await page.GotoAsync("/school");
        await page.GetByRole(AriaRole.Link, new() { Name = "Học bạ cũ" }).ClickAsync();
        await Look(page, "old-years", screen);
    }

    private static async Task Look(IPage page, string name, Screen screen)
    {
        await Browser.AssertAccessible(page);
        Assert.True(
            await page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ),
            $"{name} scrolls sideways."
        );
        await Browser.Picture(page, $"school-{name}{(screen is Screen.Phone ? "-phone" : "")}");
    }
}
