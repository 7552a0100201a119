using System.Net;
using Interop.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using SharedKernel.Modules;
using Testing;

namespace SharedKernel.Tests;

/// <summary>The same data served for real after a demo: nothing that everybody knows opens it.</summary>
[Collection<DemoServerTests>]
public sealed class ServeTests(DemoServer demo)
{
    [Fact]
    public async Task Demo_accounts_cookies_tokens_and_secrets_hold_only_in_the_demo()
    {
        using var session = await demo.SignInAs("quantri");
        using var program = await demo.WithToken();
        await using var app = RecordsApp.Build(
            new HostOptions(
                new HashSet<Part> { Part.Health, Part.Education, Part.Interop },
                demo.Database,
                "http://127.0.0.1:0"
            )
            {
                DataFolder = demo.DataFolder,
            },
            builder => builder.Logging.ClearProviders()
        );
        await app.StartAsync();
        var address = new Uri(app.Urls.First());

        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = address,
        };
        var signIn = await browser.PostSignIn("quantri", "Demo-2026");
        Assert.Contains(
            "chỉ dùng được trong bản dùng thử",
            WebUtility.HtmlDecode(await signIn.Content.ReadAsStringAsync())
        );
        Assert.Equal(
            HttpStatusCode.Redirect,
            (await session.GetAsync(new Uri(address, "/audit"))).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await program.GetAsync(new Uri(address, "/api/citizens?name=lan"))).StatusCode
        );
        var token = await browser.PostAsync(
            "/connect/token",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["grant_type"] = "client_credentials",
                    ["client_id"] = "demo-system",
                    ["client_secret"] = demo.DemoSecret(),
                }
            )
        );
        Assert.Equal(HttpStatusCode.Unauthorized, token.StatusCode);

        var first = await File.ReadAllLinesAsync(
            Path.Combine(demo.DataFolder, "first-administrator.txt")
        );
        var admin = await browser.PostSignIn(first[0].Split(' ')[1], first[1].Split(' ')[1]);
        Assert.Equal(HttpStatusCode.Redirect, admin.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/accounts")).StatusCode);
    }
}
