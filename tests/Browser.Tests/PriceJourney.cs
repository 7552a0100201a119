using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Anyone reads prices: no account, on a laptop and a phone, with and without JavaScript.</summary>
public sealed class PriceJourney(Browser browser)
{
    [Theory]
    [InlineData(Screen.Laptop, true)]
    [InlineData(Screen.Laptop, false)]
    [InlineData(Screen.Phone, true)]
    [InlineData(Screen.Phone, false)]
    public async Task Anyone_finds_a_price_without_signing_in(Screen screen, bool javaScript)
    {
        var page = await browser.NewPage(screen: screen, javaScript: javaScript);
        await page.GotoAsync("/prices");
        await page.GetByLabel("Cơ sở").SelectOptionAsync(new SelectOptionValue { Value = "40012" });
        await page.GetByLabel("Tìm theo tên, mã").FillAsync("sieu am thai");
        await page.GetByRole(AriaRole.Button, new() { Name = "Xem giá" }).ClickAsync();
        var line = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Siêu âm thai" });
        await Assertions.Expect(line).ToContainTextAsync("58.500 ₫");
        await Assertions.Expect(page.GetByText("có hiệu lực từ")).ToBeVisibleAsync();
        // Nothing runs off the side of the screen.
        if (javaScript)
        {
            Assert.True(await FitsTheScreen(page));
            await Browser.AssertAccessible(page);
        }
        await Browser.Picture(
            page,
            $"prices-{screen.ToString().ToLowerInvariant()}{(javaScript ? "" : "-no-script")}"
        );
    }

    [Fact]
    public async Task An_older_list_stays_readable_and_pages_turn()
    {
        var page = await browser.NewPage(javaScript: false);
        await page.GotoAsync("/prices?facility=40012");
        await page.GetByRole(AriaRole.Link, new() { Name = "Trang sau" }).ClickAsync();
        await Assertions.Expect(page.GetByText("Trang 2 /")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Phiên bản 1" }).ClickAsync();
        await Assertions.Expect(page.GetByText("hết hiệu lực")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_cashier_changes_the_draft_and_an_administrator_publishes_it()
    {
        var cashier = await browser.NewPage("thungan");
        await cashier.GotoAsync("/price-lists");
        await cashier.WaitForURLAsync("**/price-lists/40012");
        await cashier.GetByLabel("Mã", new() { Exact = false }).First.FillAsync("SA.900");
        await cashier.GetByLabel("Đơn vị tính").FillAsync("Lần");
        await cashier.Locator("#line-name").FillAsync("Siêu âm đàn hồi mô gan");
        await cashier.GetByLabel("Giá không BHYT").FillAsync("82.300");
        await cashier.GetByRole(AriaRole.Button, new() { Name = "Lưu dòng" }).ClickAsync();
        await Assertions.Expect(cashier.GetByText("Đã lưu SA.900")).ToBeVisibleAsync();
        await Assertions.Expect(cashier.GetByText("+1 thêm")).ToBeVisibleAsync();
        await Browser.AssertAccessible(cashier);
        await Browser.Picture(cashier, "price-draft");

        var administrator = await browser.NewPage("quantri", Screen.Phone);
        await administrator.GotoAsync("/price-lists/40012");
        Assert.True(await FitsTheScreen(administrator));
        await Browser.Picture(administrator, "price-draft-phone");
        await administrator
            .GetByRole(AriaRole.Button, new() { Name = "Công bố phiên bản 3" })
            .ClickAsync();
        await Assertions.Expect(administrator.GetByText("Đã công bố")).ToBeVisibleAsync();

        var anyone = await browser.NewPage(javaScript: false);
        await anyone.GotoAsync("/prices?facility=40012&q=dan+hoi+mo");
        await Assertions.Expect(anyone.GetByText("82.300 ₫")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_analyst_runs_a_report_and_asks_where_a_number_comes_from()
    {
        var page = await browser.NewPage("bo");
        await page.GotoAsync("/exports");
        await Browser.Picture(page, "exports");
        await Browser.AssertAccessible(page);
        await page.Locator("section", new() { HasText = "Kết quả học tập" })
            .GetByRole(AriaRole.Button, new() { Name = "Chạy ngay" })
            .First.ClickAsync();
        await page.WaitForURLAsync("**/exports/runs/*");
        await Assertions.Expect(page.GetByText("SHA-256")).ToBeVisibleAsync();
        await page.GotoAsync("/exports");
        var morbidity = page.Locator(
            "section",
            new() { HasText = "Tình hình bệnh tật ngoại trú theo ICD-10" }
        );
        await morbidity.GetByLabel("Tháng").First.FillAsync("2026-11");
        await morbidity.GetByRole(AriaRole.Button, new() { Name = "Chạy ngay" }).First.ClickAsync();
        await page.WaitForURLAsync("**/exports/runs/*");
        await Browser.Picture(page, "export-morbidity");
        var number = page.Locator("table.figures a").First;
        if (await number.CountAsync() > 0)
        {
            await number.ClickAsync();
            await Assertions.Expect(page.GetByText("Con số này từ đâu")).ToBeVisibleAsync();
        }
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "export-source");
    }

    [Fact]
    public async Task The_ministry_follows_a_report_to_its_receipt()
    {
        var page = await browser.NewPage("bo");
        await page.GotoAsync("/exports");
        await page.Locator("section[aria-labelledby='form-14']")
            .GetByRole(AriaRole.Button, new() { Name = "Chạy ngay" })
            .ClickAsync();
        await page.WaitForURLAsync("**/exports/runs/*");
        await page.GetByRole(AriaRole.Link, new() { Name = "Duyệt và gửi" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Duyệt và gửi" }).ClickAsync();
        await page.GetByLabel("Số biên nhận").FillAsync("SYT-1");
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "export-version");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ghi biên nhận" }).ClickAsync();
        await Assertions.Expect(page.GetByText("đã được tiếp nhận")).ToBeVisibleAsync();
        await page.GotoAsync("/exports/overview");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Nộp và đúng hạn" }))
            .ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "export-overview");
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task Anyone_compares_prices_and_reads_open_figures(Screen screen)
    {
        var page = await browser.NewPage(screen: screen);
        await page.GotoAsync("/prices/compare?q=sieu+am");
        Assert.True(await FitsTheScreen(page));
        await Browser.AssertAccessible(page);
        await page.GetByRole(AriaRole.Link, new() { Name = "Siêu âm" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("svg.history")).ToBeVisibleAsync();
        Assert.True(await FitsTheScreen(page));
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, $"price-history-{screen.ToString().ToLowerInvariant()}");
        await page.GotoAsync("/open-data/health");
        Assert.True(await FitsTheScreen(page));
        await Browser.AssertAccessible(page);
    }

    private static Task<bool> FitsTheScreen(IPage page) =>
        page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        );
}
