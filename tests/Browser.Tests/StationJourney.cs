using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SharedKernel.Contracts;

namespace Browser.Tests;

/// <summary>A station's nurse: a newborn from registration to the printed booklet, counted; and the lists of a session.</summary>
public sealed class StationJourney(Browser browser)
{
    private const int MostInteractions = 20;

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_newborn_is_registered_vaccinated_and_printed_in_twenty_interactions(
        Screen screen
    )
    {
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var mother = await Mother(screen is Screen.Phone ? 1 : 0);
        var page = await browser.NewPage("dieuduong", screen);
        await page.GotoAsync("/patients");
        var interactions = 0;
        async Task Type(string selector, string text)
        {
            interactions++;
            await page.Locator(selector).FillAsync(text);
        }
        async Task Press(string selector, string key)
        {
            interactions++;
            await page.Locator(selector).PressAsync(key);
        }
        async Task Click(ILocator what)
        {
            interactions++;
            await what.ClickAsync();
        }

        await Type("#q", mother.Details.FullName);
        await Press("#q", "Enter");
        await Click(page.GetByRole(AriaRole.Link, new() { Name = mother.Details.FullName }).First);
        await Click(page.GetByRole(AriaRole.Link, new() { Name = "Đăng ký trẻ sơ sinh" }));
        interactions++;
        await page.Locator("#sex").SelectOptionAsync("Female");
        await Press("#sex", "Tab");
        await Click(page.GetByRole(AriaRole.Button, new() { Name = "Đăng ký và mở hồ sơ" }));
        await Click(page.GetByRole(AriaRole.Link, new() { Name = "Tiêm chủng", Exact = true }));
        await Assertions.Expect(page.Locator("#vaccine")).ToHaveValueAsync("08");
        await Look("2-due");
        await Type("#lot", $"HB-{size}");
        await Type("#expiry", "30/06/2030");
        await Press("#expiry", "Enter");
        await Assertions
            .Expect(page.Locator(".timeline"))
            .ToContainTextAsync($"HB-{size}".ToUpperInvariant());
        await Assertions.Expect(page.Locator("#vaccine")).ToHaveValueAsync("19");
        await Type("#lot", $"BCG-{size}");
        await Type("#expiry", "31/12/2029");
        await Press("#expiry", "Enter");
        await Assertions
            .Expect(page.Locator(".timeline"))
            .ToContainTextAsync($"BCG-{size}".ToUpperInvariant());
        await Look("3-given");
        interactions++;
        var print = page.GetByRole(AriaRole.Link, new() { Name = "In sổ tiêm chủng" });
        var pdf = await page.APIRequest.GetAsync((await print.GetAttributeAsync("href"))!);
        Assert.Equal("application/pdf", pdf.Headers["content-type"]);
        Assert.True(
            interactions <= MostInteractions,
            $"{interactions} interactions, {MostInteractions} at most."
        );

        async Task Look(string step)
        {
            await Browser.Picture(page, $"station-{step}-{size}");
            await Browser.AssertAccessible(page);
        }
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task Lists_lead_from_a_session_to_the_child(Screen screen)
    {
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var page = await browser.NewPage("dieuduong", screen);
        foreach (var list in new[] { "session", "overdue", "upcoming" })
        {
            await page.GotoAsync($"/station/vaccinations?list={list}");
            await Browser.Picture(page, $"station-1-{list}-{size}");
            await Browser.AssertAccessible(page);
        }
        await page.GotoAsync("/station/vaccinations?list=overdue");
        await page.Locator("tbody .row-link").First.ClickAsync();
        await page.WaitForURLAsync("**/vaccinations");
        await Browser.AssertAccessible(page);
        await page.GotoAsync("/station/households");
        await Browser.AssertAccessible(page);
        await page.Locator("ul.plain .row-link").First.ClickAsync();
        await page.WaitForURLAsync("**/station/households/0*");
        await Browser.Picture(page, $"station-4-household-{size}");
        await Browser.AssertAccessible(page);
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task From_antenatal_care_to_delivery_and_the_newborn(Screen screen)
    {
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var mother = await Mother(screen is Screen.Phone ? 3 : 2);
        var page = await browser.NewPage("dieuduong", screen);
        var today = TimeProvider.System.Today();
        await page.GotoAsync($"/patients/{mother.Id}/pregnancy");
        await page.Locator("#last").FillAsync($"{today.AddDays(-7 * 38):dd/MM/yyyy}");
        await page.Locator("#births").FillAsync("1");
        await page.Locator("#births").PressAsync("Enter");
        await page.Locator("#pressure").FillAsync("150/95");
        await page.Locator("#protein").SelectOptionAsync("2");
        await page.Locator("#heart").FillAsync("142");
        await page.Locator("#heart").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".alert.bad")).ToContainTextAsync("tiền sản giật");
        await Look("5-pregnancy");
        await page.GotoAsync("/station/pregnancies");
        await Assertions
            .Expect(page.Locator("tbody tr", new() { HasText = mother.Details.FullName }))
            .ToContainTextAsync("38 tuần");
        await Look("6-pregnancies");
        await page.GotoAsync($"/patients/{mother.Id}/pregnancy");
        await page.Locator("#place").FillAsync("Bệnh viện");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ghi cuộc đẻ" }).ClickAsync();
        await page.WaitForURLAsync("**/newborn");
        foreach (
            var (path, step) in new[]
            {
                ("/station/registers/hypertension", "7-hypertension"),
                ("/station/registers/diabetes", "8-diabetes"),
                ("/station/cases", "9-cases"),
                ("/station/reports", "10-report"),
                ("/station/reports?cell=I.5", "11-people"),
            }
        )
        {
            await page.GotoAsync(path);
            await Assertions.Expect(page.Locator("h1")).ToBeVisibleAsync();
            await Look(step);
        }
        await Assertions
            .Expect(page.Locator("ul.plain"))
            .ToContainTextAsync(mother.Details.FullName);

        async Task Look(string step)
        {
            await Browser.Picture(page, $"station-{step}-{size}");
            await Browser.AssertAccessible(page);
        }
    }

    private async Task<Citizen> Mother(int which)
    {
        await using var scope = browser.Scope();
        var women = await scope.ServiceProvider.GetRequiredService<ICitizens>().Search("Thị", 50);
        return women
            .Where(woman => woman.Details is { Sex: Sex.Female, BirthDate.Year: > 1976 and < 2006 })
            .OrderBy(woman => woman.Details.FullName, StringComparer.Ordinal)
            .ElementAt(which);
    }
}
