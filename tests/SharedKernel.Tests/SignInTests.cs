using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

[Collection<DemoServerTests>]
public sealed class SignInTests(DemoServer server)
{
    [Fact]
    public async Task A_person_signs_in_works_where_they_wanted_to_be_and_signs_out()
    {
        var browser = server.NewBrowser();
        var refused = await browser.GetAsync("/citizens?q=lan");
        Assert.Equal(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.Equal("/sign-in", refused.Headers.Location!.AbsolutePath);

        var signedIn = await browser.PostSignIn(
            "bacsi",
            "Demo-2026",
            refused.Headers.Location.PathAndQuery
        );
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Equal("/citizens?q=lan", PathOf(signedIn));
        var cookie = Assert.Single(
            signedIn.Headers.GetValues("Set-Cookie"),
            cookie => cookie.StartsWith("records=", StringComparison.Ordinal)
        );
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);

        var page = await browser.GetAsync("/citizens?q=lan");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains(
            "BS. Trần Minh Đức",
            WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync())
        );

        var forged = await browser.PostAsync("/sign-out", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/citizens")).StatusCode);

        var token = await browser.AntiforgeryToken("/citizens");
        var signedOut = await browser.PostAsync(
            "/sign-out",
            new FormUrlEncodedContent(
                new Dictionary<string, string> { ["__RequestVerificationToken"] = token }
            )
        );
        Assert.Equal("/", PathOf(signedOut));
        Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/citizens")).StatusCode);
    }

    [Theory]
    [InlineData("bacsi", "wrong")]
    [InlineData("nobody", "Demo-2026")]
    [InlineData("", "")]
    [InlineData("' OR 1=1 --", "x")]
    public async Task A_wrong_name_or_password_is_told_the_same_way(string user, string password)
    {
        var response = await server.NewBrowser().PostSignIn(user, password);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(
            "Tên đăng nhập hoặc mật khẩu không đúng.",
            WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync())
        );
        Assert.False(
            response.Headers.TryGetValues("Set-Cookie", out var cookies)
                && cookies.Any(cookie => cookie.StartsWith("records=", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Sign_in_leads_to_no_other_site(string returnUrl)
    {
        var response = await server
            .NewBrowser()
            .PostSignIn(
                "bacsi",
                "Demo-2026",
                "/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl)
            );
        Assert.Equal("/", PathOf(response));
    }

    [Fact]
    public async Task Five_wrong_passwords_lock_the_account()
    {
        await using (var scope = server.Scope())
        {
            await scope
                .ServiceProvider.GetRequiredService<CreateAccount>()
                .Run(
                    new Account
                    {
                        UserName = "khoa",
                        FullName = "Khóa",
                        Roles = [Role.Doctor],
                        IsDemo = true,
                    },
                    "long enough"
                );
        }
        var browser = server.NewBrowser();
        for (var i = 0; i < 5; i++)
        {
            await browser.PostSignIn("khoa", "wrong");
        }
        var locked = await browser.PostSignIn("khoa", "long enough");

        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
        Assert.Contains(
            "tạm khóa 15 phút",
            WebUtility.HtmlDecode(await locked.Content.ReadAsStringAsync())
        );
        await using var behind = server.Scope();
        var details = await behind
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.Where(row => row.CallerName == "Khóa" && row.What == "sign-in")
            .OrderBy(row => row.Sequence)
            .Select(row => row.Detail)
            .ToListAsync();
        Assert.Equal(["Wrong", "Wrong", "Wrong", "Wrong", "LockedOut", "LockedOut"], details);
    }

    [Fact]
    public async Task A_ten_megabyte_user_name_is_refused_before_it_is_read()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent([new("Form.User", new string('x', 10_000_000))]),
        };
        // The server answers from the length alone, before the body is sent.
        request.Headers.ExpectContinue = true;
        var response = await server.NewBrowser().SendAsync(request);
        Assert.InRange((int)response.StatusCode, 400, 413);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.NewBrowser().GetAsync("/sign-in")).StatusCode
        );
    }

    [Fact]
    public async Task A_page_that_the_role_may_not_see_says_so_with_403_and_leaves_a_row()
    {
        using var teacher = await server.SignInAs("giaovien");
        var response = await teacher.GetAsync("/audit?who=nobody");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(
            "không có quyền",
            WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync())
        );
        await using var scope = server.Scope();
        var row = await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.SingleAsync(row => row.What == "/audit?who=nobody");
        Assert.False(row.Allowed);
        Assert.Equal("ReadAudit", row.Detail);
    }

    [Fact]
    public async Task Pages_carry_the_headers_that_bind_the_browser()
    {
        var response = await server.Client.GetAsync("/sign-in");
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'", policy);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy);
        Assert.Equal(
            "nosniff",
            Assert.Single(response.Headers.GetValues("X-Content-Type-Options"))
        );
        Assert.Equal("same-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    private static string PathOf(HttpResponseMessage response)
    {
        var location = response.Headers.Location!;
        return location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
    }
}

/// <summary>One demo server for the tests that only look: loading the demo world takes a while.</summary>
[CollectionDefinition]
public sealed class DemoServerTests : ICollectionFixture<DemoServer>;
