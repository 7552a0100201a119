using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Audit;
using SharedKernel.Access.Sessions.SecondFactor;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests.SecondFactor;

/// <summary>A server with real sign-in on which doctors need a second factor, and whose clock can be turned.</summary>
public sealed class SecondFactorServer : RecordsServer
{
    public TurnedClock Clock { get; } = new();

    protected override bool Open => false;

    protected override void Configure(WebApplicationBuilder builder)
    {
        builder.Configuration["SecondFactor:Roles"] = "Doctor";
        builder.Services.AddSingleton<TimeProvider>(Clock);
    }
}

/// <summary>The system's clock, set forwards or back.</summary>
public sealed class TurnedClock : TimeProvider
{
    public TimeSpan Turned { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Turned;
}

public sealed partial class SecondFactorTests(SecondFactorServer server)
    : IClassFixture<SecondFactorServer>
{
    private const string Password = "a long password";
    private const string Page = "/sign-in/second-factor";
    private const string Own = "/my/second-factor";
    private const string Home = "/api/citizens?name=lan";

    [Fact]
    public async Task Whose_role_needs_it_gets_nowhere_before_it_is_set_up()
    {
        await Make("bs1", Role.Doctor);
        using var browser = server.NewBrowser();

        var passed = await browser.PostSignIn("bs1", Password, "/sign-in?returnUrl=%2Fcitizens");

        Assert.Equal($"{Page}?returnUrl=%2Fcitizens", PathOf(passed));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(Home)).StatusCode);
        var key = KeyOn(await browser.GetStringAsync(Page));
        Assert.Contains("Mã không đúng", await Text(await Post(browser, "000000")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(Home)).StatusCode);

        var right = await Post(browser, CodeOf(key));

        Assert.Equal(10, Codes(await Text(right)).Count);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Home)).StatusCode);
    }

    [Fact]
    public async Task Each_sign_in_asks_for_a_code_and_a_code_works_once()
    {
        var (key, _) = await SetUp("bs2");
        var used = CodeOf(key);
        using var first = await PasswordOnly("bs2");
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync(Home)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Post(first, used)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync(Home)).StatusCode);

        // Seen over the shoulder and typed again at once.
        using var second = await PasswordOnly("bs2");
        Assert.Contains("đã dùng", await Text(await Post(second, used)));
        server.Clock.Turned += TimeSpan.FromMinutes(1);
        Assert.Equal(HttpStatusCode.Redirect, (await Post(second, CodeOf(key))).StatusCode);
    }

    [Fact]
    public async Task A_recovery_code_works_once()
    {
        var (_, codes) = await SetUp("bs3");
        using var first = await PasswordOnly("bs3");
        Assert.Equal(
            HttpStatusCode.Redirect,
            (await Post(first, codes[4].ToLowerInvariant())).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync(Home)).StatusCode);
        using var second = await PasswordOnly("bs3");
        Assert.Equal(HttpStatusCode.OK, (await Post(second, codes[4])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await Post(second, codes[5])).StatusCode);
    }

    [Fact]
    public async Task Five_wrong_codes_lock_the_account()
    {
        var (key, _) = await SetUp("bs4");
        using var browser = await PasswordOnly("bs4");
        for (var i = 0; i < 5; i++)
        {
            await Post(browser, i % 2 == 0 ? "000000" : "xxxxxx");
        }
        Assert.Contains("tạm khóa", await Text(await Post(browser, CodeOf(key))));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(Home)).StatusCode);
    }

    [Fact]
    public async Task Without_the_password_there_is_nothing_to_confirm()
    {
        using var stranger = server.NewBrowser();
        Assert.Equal("/sign-in?returnUrl=%2F", PathOf(await stranger.GetAsync(Page)));
    }

    [Fact]
    public async Task Who_needs_none_may_set_one_up_and_take_it_away()
    {
        await Make("dd1", Role.StationNurse);
        using var browser = server.NewBrowser();
        await browser.PostSignIn("dd1", Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(Home)).StatusCode);
        var key = KeyOn(await browser.GetStringAsync(Own));
        Assert.Equal(10, Codes(await Text(await PostOwn(browser, CodeOf(key)))).Count);
        Assert.Contains("Mã không đúng", await Text(await PostOwn(browser, "123")));
        Assert.DoesNotContain("id=\"key\"", await browser.GetStringAsync(Own));
        server.Clock.Turned += TimeSpan.FromMinutes(1);
        Assert.NotEqual(key, KeyOn(await Text(await PostOwn(browser, CodeOf(key)))));
    }

    [Fact]
    public async Task Whose_role_needs_it_cannot_take_it_away()
    {
        var (key, _) = await SetUp("bs7");
        using var browser = await PasswordOnly("bs7");
        await Post(browser, CodeOf(key));
        server.Clock.Turned += TimeSpan.FromMinutes(1);
        Assert.Contains("bắt buộc", await Text(await PostOwn(browser, CodeOf(key))));
    }

    [Fact]
    public async Task An_administrator_resets_a_lost_one_and_the_trail_tells()
    {
        await SetUp("bs5");
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var id = (await db.Accounts.SingleAsync(account => account.UserName == "bs5")).Id;
        await scope.ServiceProvider.GetRequiredService<SetUpSecondFactor>().Reset(id);

        using var browser = await PasswordOnly("bs5");
        Assert.Contains("id=\"key\"", await browser.GetStringAsync(Page));
        var details = await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.Where(row => row.What == $"Account/{id}" && row.Action == AuditAction.Update)
            .OrderBy(row => row.Sequence)
            .Select(row => row.Detail)
            .ToListAsync();
        Assert.Equal(["second factor set up", "second factor reset by an administrator"], details);
    }

    [Fact]
    public async Task The_key_and_the_recovery_codes_are_not_in_the_database()
    {
        var (key, codes) = await SetUp("bs6");
        await using var scope = server.Scope();
        var kept = await scope
            .ServiceProvider.GetRequiredService<AccessDb>()
            .Set<Microsoft.AspNetCore.Identity.IdentityUserToken<string>>()
            .Select(token => token.Value!)
            .ToListAsync();
        Assert.NotEmpty(kept);
        Assert.DoesNotContain(kept, value => value.Contains(key) || codes.Any(value.Contains));
    }

    /// <summary>Makes a doctor's account with a second factor, a minute ago.</summary>
    private async Task<(string Key, IReadOnlyList<string> Codes)> SetUp(string user)
    {
        await Make(user, Role.Doctor);
        using var browser = await PasswordOnly(user);
        var key = KeyOn(await browser.GetStringAsync(Page));
        var codes = Codes(await Text(await Post(browser, CodeOf(key))));
        server.Clock.Turned += TimeSpan.FromMinutes(1);
        return (key, codes);
    }

    private async Task<HttpClient> PasswordOnly(string user)
    {
        var browser = server.NewBrowser();
        Assert.StartsWith(Page, PathOf(await browser.PostSignIn(user, Password)));
        return browser;
    }

    private async Task Make(string user, Role role)
    {
        await using var scope = server.Scope();
        await scope
            .ServiceProvider.GetRequiredService<CreateAccount>()
            .Run(
                new Account
                {
                    UserName = user,
                    FullName = user,
                    Roles = [role],
                },
                Password
            );
    }

    private string CodeOf(string key) =>
        Totp.Code(Totp.FromBase32(key), Totp.StepAt(server.Clock.GetUtcNow()));

    private static Task<HttpResponseMessage> PostOwn(HttpClient browser, string code) =>
        Post(browser, code, Own, "my-second-factor");

    private static async Task<HttpResponseMessage> Post(
        HttpClient browser,
        string code,
        string page = Page,
        string handler = "second-factor"
    ) =>
        await browser.PostAsync(
            page,
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await browser.AntiforgeryToken(page),
                    ["_handler"] = handler,
                    ["Form.Code"] = code,
                }
            )
        );

    private static string KeyOn(string page) => KeyField().Match(page).Groups[1].Value;

    private static List<string> Codes(string page) =>
        [.. RecoveryCode().Matches(page).Select(match => match.Groups[1].Value)];

    private static async Task<string> Text(HttpResponseMessage response) =>
        WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());

    private static string PathOf(HttpResponseMessage response) =>
        response.Headers.Location is { IsAbsoluteUri: true } location
            ? location.PathAndQuery
            : response.Headers.Location?.OriginalString ?? "";

    [GeneratedRegex("<code id=\"key\">([A-Z2-7]+)</code>")]
    private static partial Regex KeyField();

    [GeneratedRegex("<li><code>([A-Z0-9]{5}-[A-Z0-9]{5})</code></li>")]
    private static partial Regex RecoveryCode();
}
