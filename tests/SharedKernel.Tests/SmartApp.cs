using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using SharedKernel.Access.Tokens.Clients;
using Testing;

namespace SharedKernel.Tests;

/// <summary>A registered SMART app with its user's browser, over plain HTTP: each step is one request, no redirect is followed unseen.</summary>
internal sealed partial class SmartApp(RecordsServer server, string id, HttpClient browser)
{
    public const string Callback = "https://app.example/callback";
    public const string LaunchUrl = "https://app.example/launch";
    private static readonly ConditionalWeakTable<
        RecordsServer,
        ConcurrentDictionary<string, Task<HttpClient>>
    > Browsers = [];
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters-z";

    public string Id => id;
    public HttpClient Browser => browser;
    public string FhirBase => server.Address.GetLeftPart(UriPartial.Authority) + "/fhir";

    public static async Task<SmartApp> Register(
        RecordsServer server,
        string user,
        params string[] scopes
    )
    {
        var id = "app-" + Guid.CreateVersion7();
        await using var scope = server.Scope();
        await scope
            .ServiceProvider.GetRequiredService<RegisterClient>()
            .Run(
                new(id, "Ứng dụng thử " + id, scopes)
                {
                    RedirectUris = [Callback],
                    LaunchUrl = LaunchUrl,
                }
            );
        return new SmartApp(server, id, await BrowserOf(server, user));
    }

    public async Task<SmartApp> For(string user) => new(server, id, await BrowserOf(server, user));

    /// <summary>One sign-in for all apps of a user: how many there may be in a minute is limited.</summary>
    private static Task<HttpClient> BrowserOf(RecordsServer server, string user) =>
        Browsers.GetOrCreateValue(server).GetOrAdd(user, server.SignInAs);

    /// <param name="more">Parameters that are added, or replace ours; an empty value takes one out.</param>
    public string Authorize(string scope, params (string Name, string Value)[] more)
    {
        var query = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["client_id"] = id,
            ["redirect_uri"] = Callback,
            ["scope"] = scope,
            ["state"] = "s1",
            ["aud"] = FhirBase,
            ["code_challenge"] = Base64UrlEncoder.Encode(
                SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))
            ),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more)
        {
            query[name] = value;
        }
        return "/connect/authorize?"
            + string.Join(
                '&',
                query
                    .Where(one => one.Value.Length > 0)
                    .Select(one => $"{one.Key}={Uri.EscapeDataString(one.Value)}")
            );
    }

    /// <summary>Where a request of the browser leads.</summary>
    public async Task<Uri> Follow(string path)
    {
        var answer = await browser.GetAsync(path);
        Assert.True(
            answer.StatusCode is HttpStatusCode.Redirect,
            $"{path} gave {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}"
        );
        return new Uri(server.Address, answer.Headers.Location!);
    }

    /// <summary>Answers the page of consent.</summary>
    public async Task<Uri> Answer(Uri page, string answer)
    {
        Assert.Equal("/connect/consent", page.AbsolutePath);
        var posted = await browser.PostAsync(
            page.PathAndQuery,
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await browser.AntiforgeryToken(
                        page.PathAndQuery
                    ),
                    ["_handler"] = "consent",
                    ["Answer"] = answer,
                }
            )
        );
        return await Follow(new Uri(server.Address, posted.Headers.Location!).PathAndQuery);
    }

    /// <summary>Finds a patient on the picker's page.</summary>
    public async Task<Uri> Pick(Uri page, string name)
    {
        Assert.Equal("/apps/patient", page.AbsolutePath);
        var posted = await browser.PostAsync(
            page.PathAndQuery,
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await browser.AntiforgeryToken(
                        page.PathAndQuery
                    ),
                    ["_handler"] = "pick",
                    ["Text"] = name,
                }
            )
        );
        var html = await posted.Content.ReadAsStringAsync();
        var link = Picked().Match(html);
        Assert.True(link.Success, html);
        return await Follow(WebUtility.HtmlDecode(link.Groups[1].Value));
    }

    public static string? In(Uri address, string name) =>
        HttpUtility.ParseQueryString(address.Query)[name];

    /// <summary>Allows the app where it asks, and exchanges the code.</summary>
    public async Task<JsonElement> Allow(string scope, params (string Name, string Value)[] more)
    {
        var at = await Follow(Authorize(scope, more));
        if (at.AbsolutePath == "/connect/consent")
        {
            at = await Answer(at, "allow");
        }
        return await TokenOf(await Exchange(CodeIn(at)));
    }

    public static string CodeIn(Uri address)
    {
        Assert.True(
            address.GetLeftPart(UriPartial.Path) == Callback && In(address, "code") is not null,
            address.ToString()
        );
        return In(address, "code")!;
    }

    public Task<HttpResponseMessage> Exchange(string code) =>
        Post(
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", Verifier),
            ("redirect_uri", Callback)
        );

    public Task<HttpResponseMessage> Refresh(JsonElement token) =>
        Post(
            ("grant_type", "refresh_token"),
            ("refresh_token", token.GetProperty("refresh_token").GetString()!)
        );

    public static async Task<JsonElement> TokenOf(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<string?> ErrorOf(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString();

    /// <summary>The status of a FHIR read with this token.</summary>
    public async Task<HttpStatusCode> Read(JsonElement token, string path) =>
        (await Fhir(token, path)).StatusCode;

    public async Task<HttpResponseMessage> Fhir(JsonElement token, string path)
    {
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            token.GetProperty("access_token").GetString()
        );
        return await client.GetAsync("/fhir/" + path);
    }

    private Task<HttpResponseMessage> Post(params (string Key, string Value)[] fields) =>
        server.Client.PostAsync(
            "/connect/token",
            new FormUrlEncodedContent(
                fields
                    .Append(("client_id", id))
                    .Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            )
        );

    [GeneratedRegex("href=\"(/connect/authorize[^\"]+)\"")]
    private static partial Regex Picked();
}
