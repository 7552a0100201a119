using System.Text.RegularExpressions;
using Education.LearningRecords;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>One person, one record: doubles decided by keyboard, lookalikes and communes offered at the counter, a newborn in under a minute.</summary>
public sealed class CitizenJourney(Browser browser)
{
    [Theory]
    [InlineData(Screen.Laptop)]
    [InlineData(Screen.Phone)]
    public async Task A_pair_is_decided_by_keyboard_never_asked_again_and_can_be_separated(
        Screen screen
    )
    {
        var name = screen is Screen.Laptop ? "Khuất Thị Đôi" : "Mạch Thị Cặp";
        var phone = screen is Screen.Laptop ? "0909111222" : "0909111333";
        var one = await Register(name, phone);
        var other = await Register(name.WithoutDiacritics(), phone);
        var page = await browser.NewPage("quantri", screen);
        await page.GotoAsync("/citizens");
        await page.GetByRole(AriaRole.Link, new() { Name = "Hồ sơ có thể trùng" }).ClickAsync();
        await UntilShown(page, one, other);
        // Side by side, and what differs is marked.
        await Expect(page.Locator("tr.differs mark").First).ToBeVisibleAsync();
        await Expect(page.Locator("tr.same").First).ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, $"review-{screen.ToString().ToLowerInvariant()}");
        Assert.True(
            await page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            )
        );

        await Decide(page, "1");

        await UntilPast(page, one, other);
        Assert.Equal(ReviewDecision.Same, await Decision(one, other));
        // Undone on the person's page; the decision is kept and the pair does not come back.
        await page.GotoAsync($"/citizens/{other}");
        await Browser.Picture(page, $"citizen-merged-{screen.ToString().ToLowerInvariant()}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Tách ra lại" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Tách ra lại" }))
            .ToHaveCountAsync(0);
        Assert.Equal(ReviewDecision.Different, await Decision(one, other));
        await page.GotoAsync("/citizens/review");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.False(await Shows(page, one, other));
    }

    [Fact]
    public async Task A_commune_is_picked_by_keyboard_and_who_looks_alike_is_offered_with_its_source()
    {
        await Register("Khuất Văn Giống", "0909333444");
        var page = await browser.NewPage("dieuduong");
        await page.GotoAsync("/patients/new");
        await page.GetByLabel("Họ và tên").FillAsync("Khuat Van Giong");
        await page.GetByLabel("Ngày sinh").FillAsync("01/02/1983");
        await page.GetByLabel("Điện thoại").FillAsync("0909333444");
        var commune = page.GetByRole(
            AriaRole.Combobox,
            new() { Name = "Xã, phường, đặc khu" }
        );
        await commune.PressSequentiallyAsync("phuc xa ba dinh");
        // An old name: what it is now is offered.
        await Expect(page.Locator("commune-picker li")).ToContainTextAsync("Phường Hồng Hà");
        await Browser.Picture(page, "commune-picker");
        await page.Keyboard.PressAsync("Enter");
        await Expect(commune).ToHaveValueAsync("Phường Hồng Hà, Thành phố Hà Nội");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByText("Có vẻ người này đã có hồ sơ")).ToBeVisibleAsync();
        await Expect(page.GetByText("Điện thoại: 0909333444").First).ToBeVisibleAsync();
        await Expect(commune).ToHaveValueAsync("Phường Hồng Hà, Thành phố Hà Nội");
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "lookalike");
    }

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

    [Fact]
    public async Task A_school_takes_over_what_the_clinic_knows_of_a_child_and_its_guardian()
    {
        var mother = await Register("Khuất Thị Mẹ", "0909777888");
        CitizenId child;
        Guid classId;
        await using (var scope = browser.Scope())
        {
            var citizens = scope.ServiceProvider.GetRequiredService<ICitizens>();
            var registered = await citizens.Register(
                new(
                    "Khuất Văn Trò",
                    new(2015, 9, 2),
                    Sex.Male,
                    Phone: "0909777888",
                    CommuneCode: "00004"
                ),
                FactSource.Health,
                []
            );
            child = registered.Citizen.Id;
            await citizens.NoteGuardian(child, mother, FactSource.Health);
            classId = await scope
                .ServiceProvider.GetRequiredService<LearningRecordsDb>()
                .Classes.OrderBy(one => one.Name)
                .Select(one => one.Id)
                .FirstAsync(TestContext.Current.CancellationToken);
        }
        var page = await browser.NewPage("hieutruong");
        await page.GotoAsync($"/school/classes/{classId}/enrol");
        await page.Locator("#name").FillAsync("Khuat Van Tro");
        await page.GetByLabel("Ngày sinh").FillAsync("2015-09-02");
        await page.GetByLabel("Điện thoại gia đình").FillAsync("0909777888");
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng ký và ghi danh" })
            .ClickAsync();
        await Expect(page.GetByText("Có vẻ người này đã có hồ sơ")).ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "enrol-offer");
        await page.GetByRole(AriaRole.Link, new() { Name = "Khuất Văn Trò" }).ClickAsync();
        await page.GetByLabel("Ghi nhận là phụ huynh: Khuất Thị Mẹ").CheckAsync();
        await Browser.Picture(page, "enrol-known");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ghi danh Khuất Văn Trò" })
            .ClickAsync();

        await Expect(page).ToHaveURLAsync(new Regex($"/school/classes/{classId}$"));
        await Expect(page.GetByText("Khuất Văn Trò").First).ToBeVisibleAsync();
        await using var after = browser.Scope();
        Assert.NotNull(
            await after
                .ServiceProvider.GetRequiredService<LearningRecordsDb>()
                .Guardians.FindAsync([child, mother], TestContext.Current.CancellationToken)
        );
    }

    /// <summary>Puts off what others have left here until the pair is shown.</summary>
    private static async Task UntilShown(IPage page, CitizenId one, CitizenId other)
    {
        for (var pair = 0; pair < 40 && !await Shows(page, one, other); pair++)
        {
            var before = await page.Locator("input[name='Choice.Right']").InputValueAsync();
            await Decide(page, "2");
            await Past(page, before);
        }
        Assert.True(await Shows(page, one, other));
    }

    /// <summary>A key that comes before the page's script would go unheard.</summary>
    private static async Task Decide(IPage page, string key)
    {
        await page.WaitForFunctionAsync("customElements.get('review-keys') !== undefined");
        await page.Keyboard.PressAsync(key);
    }

    private static async Task<bool> Shows(IPage page, CitizenId one, CitizenId other)
    {
        foreach (var name in new[] { "Choice.Left", "Choice.Right" })
        {
            var shown = page.Locator($"input[name='{name}']");
            if (
                await shown.CountAsync() == 0
                || await shown.InputValueAsync() is var id
                    && id != one.ToString()
                    && id != other.ToString()
            )
            {
                return false;
            }
        }
        return true;
    }

    private static Task UntilPast(IPage page, CitizenId one, CitizenId other) =>
        Past(page, ReviewPair.Of(one, other).Right.ToString());

    private static Task Past(IPage page, string right) =>
        page.WaitForFunctionAsync(
            "right => document.querySelector('main')?.innerText.includes('Không còn cặp nào') || ![right, undefined].includes(document.querySelector(\"input[name='Choice.Right']\")?.value)",
            right
        );

    private async Task<ReviewDecision> Decision(CitizenId one, CitizenId other)
    {
        await using var scope = browser.Scope();
        var (left, right) = ReviewPair.Of(one, other);
        var pair = await scope
            .ServiceProvider.GetRequiredService<CitizensDb>()
            .Reviews.FindAsync([left, right], TestContext.Current.CancellationToken);
        return pair!.Decision;
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
