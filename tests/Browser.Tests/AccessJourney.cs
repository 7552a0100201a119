using Microsoft.Playwright;

namespace Browser.Tests;

/// <summary>Sign-in, the citizens' pages and the audit trail, as people see them.</summary>
public sealed class AccessJourney(Browser browser)
{
    private static readonly string[] Card =
    [
        "040190900011",
        "160900011",
        "Trịnh Thị Thẻ",
        "15081990",
        "Nữ",
        "Xóm 4, xã An Hòa, Nghệ An",
        "01012022",
    ];

    [Fact]
    public async Task A_nurse_registers_from_a_card_and_the_administrator_sees_who_did_it()
    {
        var page = await browser.NewPage();
        var complaints = Complaints(page);
        await page.GotoAsync("/sign-in");
        await Look(page, "sign-in");
        await page.GetByLabel("Tên đăng nhập").FillAsync("dieuduong");
        await page.GetByLabel("Mật khẩu").FillAsync("sai");
        await page.GetByLabel("Mật khẩu").PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("không đúng");
        await Browser.SignIn(page, "dieuduong");

        await page.GotoAsync("/citizens/register");
        await page.GetByLabel("Mã QR trên thẻ căn cước").FillAsync(string.Join('|', Card));
        await page.GetByRole(AriaRole.Button, new() { Name = "Đọc thẻ" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Họ và tên")).ToHaveValueAsync("Trịnh Thị Thẻ");
        await Look(page, "citizens-register");
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng ký", Exact = true })
            .ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Đã đăng ký");

        await page.GotoAsync("/citizens?q=the+trinh");
        await Look(page, "citizens");
        await page.GetByRole(AriaRole.Link, new() { Name = "Trịnh Thị Thẻ" }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToHaveTextAsync("Trịnh Thị Thẻ");
        await Look(page, "citizen");
        var id = page.Url.Split('/')[^1];
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng xuất" }).ClickAsync();

        var admin = await browser.NewPage("quantri");
        complaints.AddRange(Complaints(admin));
        await admin.GotoAsync($"/audit?person={id}");
        await Assertions.Expect(admin.GetByText("ĐD. Phan Thị Yến").First).ToBeVisibleAsync();
        await Look(admin, "audit");
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task A_citizen_reads_in_plain_words_who_looked_at_their_records()
    {
        var page = await browser.NewPage("congdan", Screen.Phone);
        var doctor = await browser.NewPage("bacsi");
        var name = await page.Locator(".who strong").TextContentAsync();
        await doctor.GotoAsync("/citizens?q=" + Uri.EscapeDataString(name!));
        await Assertions
            .Expect(doctor.GetByRole(AriaRole.Link, new() { Name = name! }).First)
            .ToBeVisibleAsync();

        await page.GotoAsync("/my/audit");
        await Assertions.Expect(page.GetByText("BS. Trần Minh Đức")).ToBeVisibleAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Listitem).First)
            .ToContainTextAsync("đã xem thông tin cá nhân");
        await Look(page, "my-audit-phone");
    }

    [Fact]
    public async Task Pages_hold_on_a_phone()
    {
        var page = await browser.NewPage(screen: Screen.Phone);
        await page.GotoAsync("/sign-in");
        await Look(page, "sign-in-phone");
        await Browser.SignIn(page, "dieuduong");
        foreach (var path in new[] { "/citizens?q=nguyen", "/citizens/register" })
        {
            await page.GotoAsync(path);
            Assert.Equal(
                390,
                await page.EvaluateAsync<int>("document.documentElement.scrollWidth")
            );
            await Look(page, path.Trim('/').Split('?')[0].Replace('/', '-') + "-phone");
        }
    }

    private static async Task Look(IPage page, string name)
    {
        await Browser.Picture(page, name);
        await Browser.AssertAccessible(page);
    }

    /// <summary>What the browser itself finds wrong, such as a script that the content policy stopped.</summary>
    private static List<string> Complaints(IPage page)
    {
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return complaints;
    }
}
