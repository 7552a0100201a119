using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>
/// Prescribing without a mouse: a repeat takes at most ten clicks or chords and a new one with its checks at most fourteen, an alert is passed over with
/// a coded reason, and the pharmacy hands out what was signed.
/// </summary>
public sealed class PrescriptionJourney(Browser browser)
{
    private const int MostForARepeat = 10;
    private const int MostForANewOne = 14;

    /// <summary>Counts as the published studies do: a click, a chord or a special key is one, and so is each word that is typed.</summary>
    private sealed class Hands(IPage page)
    {
        public int Acts { get; private set; }

        public async Task Press(string chord)
        {
            Acts++;
            await Browser.Press(page, chord);
        }

        public async Task Type(string text)
        {
            Acts++;
            await page.Keyboard.TypeAsync(text);
        }
    }

    [Fact]
    public async Task A_new_prescription_then_a_repeat_of_it_by_keyboard_alone()
    {
        var page = await browser.NewPage("bacsi");
        var visit = await Visit(page, "Hồ Thị Kê Lại", "091");
        var hands = new Hands(page);

        await page.GotoAsync(visit);
        await hands.Press("Alt+d");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await hands.Type("amlo");
        await hands.Press("Enter");
        await hands.Press("Enter");
        await hands.Type("losar");
        await hands.Press("Enter");
        await hands.Press("Enter");
        await Assertions.Expect(page.Locator(".rx-lines tbody tr")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".findings .Stop")).ToHaveCountAsync(0);
        await hands.Press("Control+Enter");
        await page.WaitForURLAsync("**/prescriptions/40012*");
        Assert.InRange(hands.Acts, 1, MostForANewOne);
        var first = page.Url.Split('/')[^1];

        // The same patient comes again.
        hands = new Hands(page);
        await page.GotoAsync(visit);
        await hands.Press("Alt+d");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await Browser.Picture(page, "prescription-1-earlier-laptop");
        await Browser.AssertAccessible(page);
        await hands.Press("Alt+1");
        await page.WaitForURLAsync($"**?repeat={first}");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await Assertions.Expect(page.Locator(".rx-lines tbody tr")).ToHaveCountAsync(2);
        await hands.Press("Control+Enter");
        await page.WaitForURLAsync("**/prescriptions/40012*");
        Assert.NotEqual(first, page.Url.Split('/')[^1]);
        Assert.InRange(hands.Acts, 1, MostForARepeat);
    }

    [Fact]
    public async Task A_favourite_is_kept_and_taken_like_a_drug()
    {
        var page = await browser.NewPage("bacsi");
        var visit = await Visit(page, "Hồ Thị Đơn Mẫu", "092");
        await page.GotoAsync($"{visit}/prescription");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await page.Keyboard.TypeAsync("para 500");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator(".favourite summary").ClickAsync();
        await page.Locator("#rx-favourite").FillAsync("Sốt người lớn");
        await page.Locator("#rx-favourite").PressAsync("Enter");
        await Assertions.Expect(page.Locator("[data-state]")).ToContainTextAsync("Sốt người lớn");
        await page.ReloadAsync();
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await page.Locator("#rx-drug").PressSequentiallyAsync("sot nguoi");
        await Assertions.Expect(page.Locator("[role=option]").First).ToContainTextAsync("★");
        await page.Keyboard.PressAsync("Enter");
        await Assertions
            .Expect(page.Locator(".rx-lines tbody tr").Last)
            .ToContainTextAsync("Paracetamol");
    }

    [Theory]
    [InlineData(Screen.Laptop, "093")]
    [InlineData(Screen.Phone, "094")]
    public async Task An_alert_stops_until_it_has_a_reason_and_the_pharmacy_hands_out(
        Screen screen,
        string number
    )
    {
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var page = await browser.NewPage("bacsi", screen);
        var visit = await Visit(page, $"Hồ Thị Cảnh Báo {number}", number);
        await page.GotoAsync($"{visit}/prescription");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        foreach (var drug in (string[])["clari", "simva"])
        {
            await page.Locator("#rx-drug").PressSequentiallyAsync(drug);
            await page.Keyboard.PressAsync("Enter");
            await page.Keyboard.PressAsync("Enter");
        }
        var stop = page.Locator(".findings .Stop");
        await Assertions.Expect(stop).ToContainTextAsync("chống chỉ định phối hợp");
        await Assertions.Expect(stop).ToContainTextAsync("5948");
        await page.EvaluateAsync("scrollTo(0, 0)");
        await Browser.Picture(page, $"prescription-2-alert-{size}");
        await Browser.AssertAccessible(page);
        await page.Keyboard.PressAsync("Control+Enter");
        await Assertions
            .Expect(page.Locator("[data-state]"))
            .ToContainTextAsync("chống chỉ định phối hợp");
        await stop.Locator("select").SelectOptionAsync("consulted");
        await Assertions.Expect(stop).ToHaveCountAsync(0);
        await page.Keyboard.PressAsync("Control+Enter");
        await page.WaitForURLAsync("**/prescriptions/40012*");
        var code = page.Url.Split('/')[^1];

        await page.GotoAsync("/prescriptions/alerts");
        await Assertions.Expect(page.Locator("table")).ToContainTextAsync("Tương tác thuốc");
        await Browser.Picture(page, $"prescription-3-figures-{size}");
        await Browser.AssertAccessible(page);

        var pharmacy = await browser.NewPage("duocsi", screen);
        await pharmacy.GotoAsync("/pharmacy");
        await Browser.Picture(pharmacy, $"pharmacy-1-find-{size}");
        await Browser.AssertAccessible(pharmacy);
        await pharmacy.Locator("#code").FillAsync($"https://qr.example/{code}");
        await pharmacy.Locator("#code").PressAsync("Enter");
        await pharmacy.WaitForURLAsync($"**/pharmacy/{code}");
        await Browser.Picture(pharmacy, $"pharmacy-2-prescription-{size}");
        await Browser.AssertAccessible(pharmacy);
        await pharmacy.Locator("#quantity-0").FillAsync("999");
        await pharmacy.Locator("#quantity-0").PressAsync("Enter");
        await Assertions
            .Expect(pharmacy.Locator("[role=alert]"))
            .ToContainTextAsync("Chỉ được bán");
        await pharmacy.Locator("#quantity-0").FillAsync("4");
        await pharmacy.Locator("#quantity-0").PressAsync("Enter");
        await Assertions
            .Expect(pharmacy.Locator("[role=status]"))
            .ToContainTextAsync("Đã bán một phần");
        await Browser.Picture(pharmacy, $"pharmacy-3-partly-{size}");
    }

    /// <summary>A new patient with a diagnosis, waiting for a prescription; the address of the visit.</summary>
    private static async Task<string> Visit(IPage page, string name, string number)
    {
        async Task<System.Text.Json.JsonElement> Post(string address, object body)
        {
            var response = await page.APIRequest.PostAsync(address, new() { DataObject = body });
            Assert.True(response.Ok, $"{address}: {await response.TextAsync()}");
            return
                response.Headers.TryGetValue("content-type", out var type)
                && type.Contains("json", StringComparison.Ordinal)
                ? (await response.JsonAsync())!.Value
                : default;
        }

        var patient = await Post(
            "/health/patients",
            new
            {
                fullName = name,
                birthDate = "1970-05-05",
                sex = "Female",
                personalId = $"040170900{number}",
                address = "Xã An Hòa",
            }
        );
        var visit = await Post(
            "/health/encounters",
            new
            {
                patientId = patient.GetProperty("patientId").GetString(),
                reason = "Khám định kỳ",
            }
        );
        var id = visit.GetProperty("id").GetString();
        await Post($"/health/encounters/{id}/diagnoses", new { code = "I10", primary = true });
        return $"/encounters/{id}";
    }
}
