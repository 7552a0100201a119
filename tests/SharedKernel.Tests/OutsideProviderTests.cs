using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

/// <summary>
/// Signing in by somebody else's OpenID provider, which here is another server of ours in the same process:
/// https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
/// </summary>
public sealed class OutsideProviderTests(OutsideProviderTests.Two servers)
    : IClassFixture<OutsideProviderTests.Two>
{
    private const string Password = "một mật khẩu dài";

    [Fact]
    public async Task Who_has_linked_the_outside_account_signs_in_by_it_until_it_is_unlinked()
    {
        var (user, outside) = (await servers.Account("nha"), await servers.OutsideAccount("ngoai"));

        // A stranger to us stays one, whatever the provider says.
        Assert.Equal("unknown", await SignIn(servers.Main.NewBrowser(), outside, "outside"));

        using var own = servers.Main.NewBrowser();
        await own.PostSignIn(user, Password);
        var page = await own.GetStringAsync("/my/outside-account");
        Assert.Contains("/my/outside-account/link", page);
        var linked = await Through(own, "/my/outside-account/link", outside);
        Assert.Equal("/my/outside-account", linked.AbsolutePath);
        Assert.Contains("unlink", await own.GetStringAsync("/my/outside-account"));

        using var again = servers.Main.NewBrowser();
        Assert.Equal(
            "/my/apps",
            (await Through(again, "/sign-in/outside?returnUrl=%2Fmy%2Fapps", outside)).AbsolutePath
        );
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/my/apps")).StatusCode);

        // Somebody else's account cannot take the same identity.
        using var other = servers.Main.NewBrowser();
        await other.PostSignIn(await servers.Account("khac"), Password);
        Assert.Equal(
            "?taken=true",
            (await Through(other, "/my/outside-account/link", outside)).Query
        );

        await own.PostAsync(
            "/my/outside-account",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await own.AntiforgeryToken(
                        "/my/outside-account"
                    ),
                    ["_handler"] = "unlink",
                }
            )
        );
        Assert.Equal("unknown", await SignIn(servers.Main.NewBrowser(), outside, "outside"));
    }

    [Fact]
    public async Task The_button_is_there_only_where_a_provider_is_set()
    {
        Assert.Contains("/sign-in/outside?", await servers.Main.Client.GetStringAsync("/sign-in"));
        Assert.DoesNotContain(
            "/sign-in/outside?",
            await servers.Provider.Client.GetStringAsync("/sign-in")
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await servers.Provider.Client.GetAsync("/sign-in/outside")).StatusCode
        );
    }

    [Fact]
    public async Task An_answer_that_another_browser_asked_for_signs_nobody_in()
    {
        var outside = await servers.OutsideAccount("ke-gian");
        using var thief = servers.Main.NewBrowser();
        var answer = await AnswerOf(thief, "/sign-in/outside", outside);

        using var victim = servers.Main.NewBrowser();
        var refused = await victim.GetAsync(answer.PathAndQuery);

        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
        var at = (await victim.GetAsync("/my/apps")).Headers.Location;
        Assert.Equal("/sign-in", at?.AbsolutePath);
        // A made-up one neither.
        Assert.NotEqual(
            HttpStatusCode.OK,
            (await victim.GetAsync("/sign-in/outside/callback?code=x&state=y")).StatusCode
        );
    }

    [Fact]
    public async Task A_locked_account_stays_locked()
    {
        var (user, outside) = (
            await servers.Account("khoa"),
            await servers.OutsideAccount("ngoai-khoa")
        );
        using var own = servers.Main.NewBrowser();
        await own.PostSignIn(user, Password);
        await Through(own, "/my/outside-account/link", outside);
        await using (var scope = servers.Main.Scope())
        {
            var accounts = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
            var account = (await accounts.FindByNameAsync(user))!;
            await accounts.SetLockoutEnabledAsync(account, true);
            await accounts.SetLockoutEndDateAsync(account, DateTimeOffset.MaxValue);
        }
        Assert.Equal("refused", await SignIn(servers.Main.NewBrowser(), outside, "outside"));
    }

    private async Task<string?> SignIn(HttpClient browser, HttpClient outside, string parameter) =>
        SmartApp.In(await Through(browser, "/sign-in/outside", outside), parameter);

    /// <summary>To the provider and back; where the browser is sent in the end.</summary>
    private async Task<Uri> Through(HttpClient browser, string path, HttpClient outside)
    {
        var answer = await AnswerOf(browser, path, outside);
        var ended = await browser.GetAsync(answer.PathAndQuery);
        Assert.True(
            ended.StatusCode is HttpStatusCode.Redirect,
            $"{(int)ended.StatusCode}: {await ended.Content.ReadAsStringAsync()}"
        );
        return new Uri(servers.Main.Address, ended.Headers.Location!);
    }

    /// <summary>What the provider sends the browser back with.</summary>
    private async Task<Uri> AnswerOf(HttpClient browser, string path, HttpClient outside)
    {
        var asked = (await browser.GetAsync(path)).Headers.Location!;
        Assert.Equal(servers.Provider.Address.Port, asked.Port);
        var app = new SmartApp(servers.Provider, Two.ClientId, outside);
        var at = await app.Follow(asked.PathAndQuery);
        if (at.AbsolutePath == "/connect/consent")
        {
            at = await app.Answer(at, "allow");
        }
        Assert.Equal(servers.Main.Address.Port, at.Port);
        return at;
    }

    /// <summary>Our server and the provider.</summary>
    public sealed class Two : IAsyncLifetime
    {
        public const string ClientId = "records";

        public RecordsServer Provider { get; } = new Closed([]);
        public RecordsServer Main { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Provider.InitializeAsync();
            await using var scope = Provider.Scope();
            var secret = await scope
                .ServiceProvider.GetRequiredService<RegisterClient>()
                .Run(
                    new(ClientId, "Records", ["openid", "profile"])
                    {
                        HasSecret = true,
                        // Of this machine any port will do: https://www.rfc-editor.org/rfc/rfc8252#section-7.3
                        RedirectUris = ["http://127.0.0.1/sign-in/outside/callback"],
                    }
                );
            Main = new Closed(
                new()
                {
                    ["Access:OutsideProvider:Authority"] = Provider.Address.ToString(),
                    ["Access:OutsideProvider:ClientId"] = ClientId,
                    ["Access:OutsideProvider:Name"] = "Cổng thử",
                    ["Access:OutsideProvider:ClientSecret"] = secret,
                }
            );
            await Main.InitializeAsync();
        }

        /// <returns>Its user name.</returns>
        public Task<string> Account(string name) => Make(Main, name);

        /// <returns>The browser of somebody who is signed in to the provider.</returns>
        public async Task<HttpClient> OutsideAccount(string name)
        {
            var browser = Provider.NewBrowser();
            await browser.PostSignIn(await Make(Provider, name), Password);
            return browser;
        }

        public async ValueTask DisposeAsync()
        {
            await Main.DisposeAsync();
            await Provider.DisposeAsync();
        }

        private static async Task<string> Make(RecordsServer server, string name)
        {
            await using var scope = server.Scope();
            await scope
                .ServiceProvider.GetRequiredService<CreateAccount>()
                .Run(
                    new Account
                    {
                        UserName = name,
                        FullName = name,
                        Roles = [Role.Doctor],
                        Organisation = "40012",
                    },
                    Password
                );
            return name;
        }
    }

    private sealed class Closed(Dictionary<string, string?> settings) : RecordsServer
    {
        protected override bool Open => false;

        protected override IReadOnlyDictionary<string, string?> Settings => settings;
    }
}
