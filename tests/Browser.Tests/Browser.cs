using Deque.AxeCore.Playwright;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Testing;

[assembly: AssemblyFixture(typeof(Browser.Tests.Browser))]

namespace Browser.Tests;

/// <summary>The two screens every page is looked at on: a clinic's laptop and a phone.</summary>
public enum Screen
{
    Laptop,
    Phone,
}

/// <summary>
/// Headless Chromium before the real server with the demo world, shared by all journeys: each takes a <c>Browser</c> in its
/// constructor. Pictures go to tests/artifacts.
/// </summary>
public sealed class Browser : RecordsServer, IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? chromium;

    protected override bool Open => false;

    protected override bool Demo => true;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Assert.SkipUnless(
            File.Exists(Chromium),
            $"{Chromium} is not installed; tests/run installs it when run as root."
        );
        await InitializeAsync();
        playwright = await Playwright.CreateAsync();
        // A machine under load answers late; an expectation that holds is met at once all the same.
        Assertions.SetDefaultExpectTimeout(20_000);
        chromium = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = Chromium,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    /// <summary>A page in a fresh browser profile.</summary>
    /// <param name="signedInAs">A demo account, such as <c>bacsi</c>; null for nobody.</param>
    public async Task<IPage> NewPage(
        string? signedInAs = null,
        Screen screen = Screen.Laptop,
        bool javaScript = true
    )
    {
        var context = await chromium!.NewContextAsync(
            new()
            {
                BaseURL = Address.ToString(),
                Locale = "vi-VN",
                TimezoneId = "Asia/Ho_Chi_Minh",
                JavaScriptEnabled = javaScript,
                ViewportSize =
                    screen is Screen.Phone
                        ? new() { Width = 390, Height = 844 }
                        : new() { Width = 1366, Height = 768 },
                HasTouch = screen is Screen.Phone,
            }
        );
        context.SetDefaultTimeout(30_000);
        var page = await context.NewPageAsync();
        if (signedInAs is not null)
        {
            await SignIn(page, signedInAs);
        }
        return page;
    }

    public static async Task SignIn(IPage page, string user)
    {
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Tên đăng nhập").FillAsync(user);
        await page.GetByLabel("Mật khẩu").FillAsync(Interop.Host.Demo.DemoAccounts.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng nhập", Exact = true })
            .ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in"));
    }

    /// <summary>
    /// A chord as a person presses it. A browser without a window has no access keys (Alt and a letter or digit): what has that letter is then
    /// focused, and a link or button pressed by Enter, which is what the key does.
    /// </summary>
    public static async Task Press(IPage page, string chord)
    {
        if (
            chord
                is ['A', 'l', 't', '+', ((>= 'a' and <= 'z') or (>= '1' and <= '9')) and var letter]
            && await page.Locator($"[accesskey='{letter}']").CountAsync() > 0
        )
        {
            var target = page.Locator($"[accesskey='{letter}']").First;
            if (await target.EvaluateAsync<bool>("e => e.matches('a, button')"))
            {
                await target.PressAsync("Enter");
            }
            else
            {
                await target.FocusAsync();
            }
            return;
        }
        await page.Keyboard.PressAsync(chord);
    }

    /// <summary>Keeps a picture of the whole page under tests/artifacts.</summary>
    public static async Task Picture(IPage page, string name)
    {
        var folder = Path.Combine(Repository.Root, "tests", "artifacts");
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(
            new() { Path = Path.Combine(folder, name + ".png"), FullPage = true }
        );
    }

    /// <summary>WCAG 2.2 A and AA by axe-core: no violation.</summary>
    public static async Task AssertAccessible(IPage page)
    {
        var result = await page.RunAxe(
            new()
            {
                RunOnly = new()
                {
                    Type = "tag",
                    Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
                },
            }
        );
        Assert.True(
            result.Violations.Length == 0,
            string.Join(
                "\n",
                result.Violations.Select(rule =>
                    $"{rule.Id}: {rule.Help}: {string.Join(" | ", rule.Nodes.Take(3).Select(node => node.Html))}"
                )
            )
        );
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (chromium is not null)
        {
            await chromium.DisposeAsync();
        }
        playwright?.Dispose();
        await DisposeAsync();
    }
}
