using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SharedKernel.Citizens;
using SharedKernel.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>One person, one record: a newborn from its mother's record, by keyboard.</summary>
public sealed class CitizenJourney(Browser browser)
{
    [Fact]
    public async Task A_mother_s_newborn_is_registered_by_keyboard_alone()
    {
        var mother = await Register("Khuất Thị Sinh", "0909555666");
        var page = await browser.NewPage("dieuduong");
        await page.GotoAsync($"/patients/{mother}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mở hồ sơ y tế" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Đăng ký trẻ sơ sinh" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("Giới tính")).ToBeFocusedAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "newborn");
        // Today and an only child are there already: the sex is all that is said.
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByText("Con bà Khuất Thị Sinh").First).ToBeVisibleAsync();
        await Expect(page.GetByText("Nữ").First).ToBeVisibleAsync();
    }

    private async Task<CitizenId> Register(string name, string phone)
    {
        await using var scope = browser.Scope();
        var registered = await scope
            .ServiceProvider.GetRequiredService<RegisterCitizen>()
            .Run(new(name, new(1983, 2, 1), Sex.Female, Phone: phone));
        return registered.Citizen.Id;
    }
}
