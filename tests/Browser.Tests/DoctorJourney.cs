using System.Text.Json;
using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>A doctor's and a ward's pages, looked at on both screens, and a whole follow-up visit without a mouse.</summary>
public sealed class DoctorJourney(Browser browser)
{
    /// <summary>Fewer than the best published system needs for any task (AHLTA: 41 steps).</summary>
    private const int MostInteractions = 40;

    [Fact]
    public async Task A_follow_up_visit_from_the_queue_to_the_signature_needs_no_mouse()
    {
        var page = await browser.NewPage("bacsi");
        await page.AddInitScriptAsync(
            "sessionStorage.mouse ??= '0'; for (const kind of ['mousedown', 'pointerdown', 'touchstart']) addEventListener(kind, () => sessionStorage.mouse = '1', true);"
        );
        await FollowUp(page);
        await page.GotoAsync("/clinic");
        var keys = new Keys(page);

        // The next patient comes in.
        await keys.Press("Alt+g");
        await page.WaitForURLAsync("**/encounters/*");
        await Assertions.Expect(page.Locator("[data-tools]")).ToBeVisibleAsync();
        // The last note is carried over, and what is new is written behind it.
        await keys.Press("Alt+c");
        await Assertions.Expect(page.Locator("#note-history")).ToBeFocusedAsync();
        await Assertions
            .Expect(page.Locator("[data-mark=History]"))
            .ToContainTextAsync("1 dòng chép");
        await keys.Press("Control+End");
        await keys.Press("Enter");
        await keys.Type("Huyết áp ở nhà 130/80.");
        await keys.Press("Alt+h");
        foreach (var value in (string[])["36,8", "78", "134", "82"])
        {
            await keys.Type(value);
            await keys.Press("Tab");
        }
        await keys.Press("Enter");
        await Assertions.Expect(page.Locator(".readings")).ToContainTextAsync("134/82");
        await Assertions
            .Expect(page.Locator("#note-history"))
            .ToHaveValueAsync("Uống thuốc đều.\nHuyết áp ở nhà 130/80.");
        await keys.Press("Alt+b");
        await keys.Type("i10");
        await Assertions.Expect(page.Locator("[role=option]").First).ToContainTextAsync("I10");
        await keys.Press("Enter");
        await Assertions.Expect(page.Locator(".diagnoses")).ToContainTextAsync("I10");
        await keys.Press("Alt+d");
        await page.Locator("prescription-editor[data-ready]").WaitForAsync();
        await Assertions.Expect(page.Locator("#rx-drug")).ToBeFocusedAsync();
        await keys.Type("amlo 5");
        await keys.Press("Enter");
        await keys.Press("Enter");
        await Assertions.Expect(page.Locator(".rx-lines tbody tr")).ToHaveCountAsync(1);
        await keys.Press("Control+Enter");
        await page.WaitForURLAsync("**/prescriptions/40*");
        await Assertions.Expect(page.Locator(".alert.good")).ToContainTextAsync("Chữ ký số hợp lệ");

        Assert.Equal("0", await page.EvaluateAsync<string>("sessionStorage.mouse"));
        Assert.True(keys.Count <= MostInteractions, $"{keys.Count} interactions");
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task Every_page_of_a_doctor_is_accessible(Screen screen)
    {
        var page = await browser.NewPage("bacsi", screen);
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var child = await Patient(page, screen, 1, "Bé Tăng Trưởng", Days(-400), "Female");
        var ill = await Patient(page, screen, 2, "Bùi Thị Nhiều Bệnh", "1992-04-05", "Female");

        var childVisit = await Visit(page, child);
        await Post(
            page,
            $"/health/encounters/{childVisit}/vital-signs",
            new
            {
                weight = 7.1,
                length = 74.5,
                head = 44.6,
                temperature = 38.4,
                pulse = 150,
            }
        );
        await Post(
            page,
            $"/health/patients/{ill}/allergies",
            new { substance = "Penicillin", severe = true }
        );
        await Post(
            page,
            $"/health/patients/{ill}/pregnancy",
            new { pregnant = true, lastPeriod = Days(-160) }
        );
        var visit = await Visit(page, ill, waits: true);
        await Post(page, $"/health/encounters/{visit}/queue", new { step = "Triage", level = 2 });
        await Post(
            page,
            $"/health/encounters/{visit}/diagnoses",
            new { code = "E11.9", primary = true }
        );
        await Post(
            page,
            $"/health/encounters/{visit}/vital-signs",
            new
            {
                systolic = 162,
                diastolic = 98,
                pulse = 88,
            }
        );
        var orders = (
            await Post(
                page,
                $"/health/encounters/{visit}/orders",
                new { codes = new[] { "elec", "cxr", "cbc" }, urgent = true }
            )
        ).GetProperty("ids");
        await Post(
            page,
            $"/health/orders/{orders[0]}/results",
            new
            {
                values = new
                {
                    na = "128",
                    k = "6,7",
                    cl = "101",
                },
            }
        );
        var paper = (
            await Post(
                page,
                $"/health/encounters/{visit}/papers",
                new { kind = "follow-up", fields = new { date = Days(7), reason = "Khám lại" } }
            )
        ).GetProperty("code");

        foreach (
            var (name, address) in new[]
            {
                ("queue", "/clinic"),
                ("visit", $"/encounters/{visit}"),
                ("record", $"/patients/{ill}"),
                ("timeline", $"/patients/{ill}/timeline"),
                ("results", $"/patients/{ill}/results"),
                ("vitals", $"/patients/{child}/vitals"),
                ("growth", $"/patients/{child}/growth"),
                ("worklist", "/orders"),
                ("result", $"/orders/{orders[0]}"),
                ("enter-imaging", $"/orders/{orders[1]}"),
                ("unread", "/results"),
                ("paper-form", $"/encounters/{visit}/papers/sick-leave"),
                ("paper", $"/papers/{paper}"),
            }
        )
        {
            await Look(page, $"doctor-{name}-{size}", address);
        }
        // The head stays in sight however far the page is scrolled.
        await page.GotoAsync($"/patients/{ill}");
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Assertions.Expect(page.Locator(".patient-head")).ToBeInViewportAsync();
        await Assertions.Expect(page.Locator(".patient-head")).ToContainTextAsync("Penicillin");
        await Assertions.Expect(page.Locator(".patient-head")).ToContainTextAsync("22 tuần");
        await Assertions.Expect(page.Locator(".patient-head")).ToContainTextAsync("E11.9");
    }

    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task Every_page_of_a_ward_is_accessible(Screen screen)
    {
        var page = await browser.NewPage("bacsi", screen);
        var size = screen is Screen.Phone ? "phone" : "laptop";
        var ward = (
            await Post(page, "/health/wards", new { name = $"Khoa Nội {size}", beds = 6 })
        ).GetProperty("id");
        var patient = await Patient(page, screen, 4, "Mai Văn Nằm Viện", "1961-07-08", "Male");
        var visit = await Visit(page, patient);
        await Post(
            page,
            $"/health/encounters/{visit}/diagnoses",
            new { code = "J18.9", primary = true }
        );
        await Look(page, $"ward-admit-{size}", $"/encounters/{visit}/admit");
        await page.Locator("#bed").SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Nhập viện" }).ClickAsync();
        await page.WaitForURLAsync("**/stays/*");
        var stay = page.Url.Split('/')[^1];
        await Post(
            page,
            $"/health/stays/{stay}/progress",
            new { course = "Sốt 38,5. Phổi ran ẩm.", care = "Chăm sóc cấp II." }
        );
        await Post(
            page,
            $"/health/stays/{stay}/drugs",
            new
            {
                drug = "para500",
                dose = 1,
                times = "0:30, 6, 12, 18, 23:30",
                days = 2,
            }
        );
        await Post(page, $"/health/stays/{stay}/fluids", new { kind = "in-iv", millilitres = 500 });
        foreach (
            var (name, address) in new[]
            {
                ("stay", $"/stays/{stay}"),
                ("forms", $"/stays/{stay}/forms"),
                ("form", $"/stays/{stay}/forms/surgical-safety"),
                ("board", $"/wards/{ward}"),
                ("handover", $"/wards/{ward}/handover"),
                ("wards", "/wards"),
            }
        )
        {
            await Look(page, $"ward-{name}-{size}", address);
        }
    }

    private static async Task Look(IPage page, string name, string address)
    {
        await page.GotoAsync(address);
        await Browser.Picture(page, name);
        Assert.False(
            await page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            ),
            $"{address} is wider than the screen."
        );
        await Browser.AssertAccessible(page);
    }

    /// <summary>Somebody with hypertension who was here before and waits for the next visit.</summary>
    private static async Task FollowUp(IPage page)
    {
        var patient = await Patient(
            page,
            Screen.Laptop,
            3,
            "Ngô Văn Tái Khám",
            "1958-02-03",
            "Male"
        );
        var first = await Visit(page, patient);
        await Post(
            page,
            $"/health/encounters/{first}/note",
            new { history = "Uống thuốc đều.", examination = "Tim đều, phổi trong." }
        );
        await Post(
            page,
            $"/health/encounters/{first}/diagnoses",
            new { code = "I10", primary = true }
        );
        await Post(page, $"/health/encounters/{first}/finish", new { });
        await Visit(page, patient, waits: true, level: 1);
    }

    private static string Days(int days) =>
        TimeProvider.System.GetUtcNow().AddHours(7).AddDays(days).ToString("yyyy-MM-dd");

    private static async Task<string> Patient(
        IPage page,
        Screen screen,
        int number,
        string fullName,
        string birthDate,
        string sex
    ) => (
            await Post(
                page,
                "/health/patients",
                new
                {
                    fullName,
                    birthDate,
                    sex,
                    personalId = $"0401{(screen is Screen.Phone ? 7 : 8)}497{number:D4}",
                    address = "An Hòa",
                }
            )
        ).GetProperty("patientId").ToString();

    private static async Task<string> Visit(
        IPage page,
        string patientId,
        bool waits = false,
        int? level = null
    ) => (
            await Post(
                page,
                "/health/encounters",
                new
                {
                    patientId,
                    reason = "Tái khám",
                    waits,
                    level,
                }
            )
        ).GetProperty("id").ToString();

    private static async Task<JsonElement> Post(IPage page, string address, object body)
    {
        var answer = await page.APIRequest.PostAsync(address, new() { DataObject = body });
        var text = await answer.TextAsync();
        Assert.True(answer.Ok, $"{address}: {answer.Status} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>A person at the keyboard: a chord or a run of letters is one interaction.</summary>
    private sealed class Keys(IPage page)
    {
        public int Count { get; private set; }

        public async Task Press(string key)
        {
            Count++;
            await Browser.Press(page, key);
        }

        public async Task Type(string text)
        {
            Count++;
            await page.Keyboard.TypeAsync(text);
        }
    }
}
