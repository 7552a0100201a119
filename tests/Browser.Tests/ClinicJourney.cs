using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>A doctor's visit in a real browser: register, examine, prescribe, sign, print; also with the network cut.</summary>
public sealed class ClinicJourney(Browser browser)
{
    [Theory]
    [InlineData(Screen.Laptop, "184912001|182345678|Đinh Thị Quét Thẻ|12031984|Nữ")]
    [InlineData(Screen.Phone, "090912002||Lương Văn Di Động|05081990|Nam")]
    public async Task From_registration_to_the_printed_prescription(Screen screen, string card)
    {
        var page = await browser.NewPage("bacsi", screen);
        var size = screen is Screen.Phone ? "phone" : "laptop";
        async Task Look(string step)
        {
            await page.EvaluateAsync("scrollTo(0, 0)");
            await Browser.Picture(page, $"clinic-{step}-{size}");
            await Browser.AssertAccessible(page);
        }

        await page.GotoAsync("/clinic");
        await Look("1-today");

        // The card's QR, as a scanner types it, fills the registration.
        var name = card.Split('|')[2];
        await page.GotoAsync("/patients");
        await page.Locator("#q").FillAsync($"040{card}|Xóm 2, xã An Hòa, tỉnh Nghệ An|01012022");
        await page.Locator("#q").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#fullName")).ToHaveValueAsync(name);
        await Look("2-register");
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng ký và mở hồ sơ" }).ClickAsync();
        await page.WaitForURLAsync("**/patients/0*");

        await page.Locator("#reason").FillAsync("Đau họng, sốt");
        await page.Locator("#reason").PressAsync("Enter");
        await page.WaitForURLAsync("**/encounters/*");

        await page.Locator("#note-history").FillAsync("Sốt, đau họng 2 ngày.");
        foreach (
            var (sign, value) in new[]
            {
                ("temperature", "38,4"),
                ("pulse", "104"),
                ("systolic", "118"),
                ("diastolic", "76"),
                ("weight", "52"),
                ("height", "158"),
            }
        )
        {
            await page.Locator($"#v-{sign}").FillAsync(value);
        }
        await page.Locator("#v-height").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".readings")).ToContainTextAsync("38,4");
        await Assertions
            .Expect(page.Locator("#note-history"))
            .ToHaveValueAsync("Sốt, đau họng 2 ngày.");

        await page.Locator("#icd").PressSequentiallyAsync("viem hong cap");
        await Assertions.Expect(page.Locator("[role=option]").First).ToContainTextAsync("J02");
        await Browser.Picture(page, $"clinic-3-diagnosis-{size}");
        await page.Locator("#icd").PressAsync("Enter");
        await Assertions.Expect(page.Locator(".diagnoses")).ToContainTextAsync("J02");
        await Look("4-visit");

        await page.GetByRole(AriaRole.Link, new() { Name = "Kê đơn", Exact = true }).ClickAsync();
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        // A drug is a few letters, Enter for the drug, Enter for the line.
        await page.Locator("#rx-drug").PressSequentiallyAsync("para 500");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.TypeAsync("amox 500");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".rx-lines tbody tr")).ToHaveCountAsync(2);
        await Assertions
            .Expect(page.Locator(".rx-lines .quantity").First)
            .ToHaveTextAsync("15 viên");
        await page.Locator(".rx-lines [name=days]").First.FillAsync("31");
        await Assertions
            .Expect(page.Locator(".findings .Stop"))
            .ToContainTextAsync("tối đa 30 ngày");
        await Look("5-prescription");
        await page.Locator(".rx-lines [name=days]").First.FillAsync("5");
        await Assertions.Expect(page.Locator(".findings .Stop")).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForURLAsync("**/prescriptions/40012*");
        await Assertions.Expect(page.Locator(".alert.good")).ToContainTextAsync("Chữ ký số hợp lệ");
        await Look("6-signed");

        var code = page.Url.Split('/')[^1];
        var pdf = await page.APIRequest.GetAsync($"/health/prescriptions/{code}/pdf");
        Assert.Equal("application/pdf", pdf.Headers["content-type"]);
        Assert.StartsWith("%PDF", System.Text.Encoding.Latin1.GetString(await pdf.BodyAsync()));

        await page.GetByRole(AriaRole.Link, new() { Name = "Về lượt khám" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Kết thúc lượt khám" }).ClickAsync();
        await page.WaitForURLAsync("**/clinic");
        await page.GetByRole(AriaRole.Link, new() { Name = name }).First.ClickAsync();
        await page.Locator(".patient-name a").ClickAsync();
        await Look("7-record");
    }

    /// <summary>On a slow line a doctor types, and sends another form, before the page's scripts are there.</summary>
    [Fact]
    public async Task What_was_typed_before_the_scripts_came_is_kept()
    {
        var page = await browser.NewPage("bacsi");
        await page.GotoAsync("/clinic");
        var visit = await page.Locator(".clinic .row-link").First.GetAttributeAsync("href");
        var line = new TaskCompletionSource();
        await page.RouteAsync(
            "**/Health.Emr.lib.module*.js",
            async route =>
            {
                await line.Task;
                await route.ContinueAsync();
            }
        );
        await page.GotoAsync(visit!, new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator("#note-exam").FillAsync("Phổi không ran.");
        await page.Locator("#v-pulse").FillAsync("91");
        await page.Locator("#v-pulse").PressAsync("Enter");
        line.SetResult();
        await Assertions.Expect(page.Locator(".readings")).ToContainTextAsync("91");
        await Assertions.Expect(page.Locator("#note-exam")).ToHaveValueAsync("Phổi không ran.");
        // It is on the server, not only in this tab.
        var other = await browser.NewPage("bacsi");
        await other.GotoAsync(visit!);
        await Assertions.Expect(other.Locator("#note-exam")).ToHaveValueAsync("Phổi không ran.");
    }

    [Fact]
    public async Task A_draft_survives_a_lost_connection_and_a_reload()
    {
        var page = await browser.NewPage("bacsi");
        await page.GotoAsync("/clinic");
        await page.Locator(".clinic .row-link").First.ClickAsync();
        await page.WaitForURLAsync("**/encounters/*");
        await page.Context.SetOfflineAsync(true);
        await page.Locator("#note-plan").FillAsync("Nghỉ ngơi, uống nhiều nước.");
        await Assertions
            .Expect(page.Locator("note-draft [data-state]"))
            .ToContainTextAsync("Mất kết nối");
        await page.Context.SetOfflineAsync(false);
        await page.ReloadAsync();
        await Assertions
            .Expect(page.Locator("#note-plan"))
            .ToHaveValueAsync("Nghỉ ngơi, uống nhiều nước.");
        // It reaches the server, a moment later: another browser reads it.
        var other = await browser.NewPage("bacsi");
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await other.GotoAsync(page.Url);
            if (await other.Locator("#note-plan").InputValueAsync() != "")
            {
                break;
            }
            await Task.Delay(500);
        }
        await Assertions
            .Expect(other.Locator("#note-plan"))
            .ToHaveValueAsync("Nghỉ ngơi, uống nhiều nước.");
    }
}
