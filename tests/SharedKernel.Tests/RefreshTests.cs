using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace SharedKernel.Tests;

/// <summary>Refresh tokens rotate, and one that is used twice ends all that came from the same sign-in (RFC 9700, 4.14.2).</summary>
[Collection<DemoServerTests>]
public sealed class RefreshTests(DemoServer server)
{
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters-y";
    private const string Callback = "http://127.0.0.1:9999/callback";

    [Fact]
    public async Task A_replayed_refresh_token_revokes_the_whole_family()
    {
        var first = await SignInToApp();
        var second = await Refresh(first);
        Assert.NotEqual(first, second);
        var third = await Refresh(second);

        Assert.Equal("invalid_grant", await RefusalOf(first));
        // Whoever held the newest has lost it too: one of the two was a thief, and we cannot tell which.
        Assert.Equal("invalid_grant", await RefusalOf(third));
    }

    [Fact]
    public async Task A_refresh_gives_no_wider_scope()
    {
        var refused = await Post(
            ("grant_type", "refresh_token"),
            ("refresh_token", await SignInToApp()),
            ("scope", "offline_access user/Patient.rs user/*.cruds")
        );
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var narrower = await Post(
            ("grant_type", "refresh_token"),
            ("refresh_token", await SignInToApp()),
            ("scope", "offline_access")
        );
        var token = (await Json(narrower)).GetProperty("access_token").GetString();
        Assert.DoesNotContain("cruds", new JsonWebToken(token).GetClaim("scope").Value);
    }

    [Fact]
    public async Task A_revoked_refresh_token_works_no_more()
    {
        var token = await SignInToApp();
        var revoked = await server.Client.PostAsync(
            "/connect/revoke",
            Form(("client_id", "demo-app"), ("token", token))
        );
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal("invalid_grant", await RefusalOf(token));
    }

    [Fact]
    public async Task A_token_is_told_of_by_introspection_until_it_is_revoked()
    {
        using var program = await server.WithToken();
        var token = program.DefaultRequestHeaders.Authorization!.Parameter!;
        var secret = server.DemoSecret();
        async Task<JsonElement> Introspect(string clientSecret) =>
            await Json(
                await server.Client.PostAsync(
                    "/connect/introspect",
                    Form(
                        ("client_id", "demo-system"),
                        ("client_secret", clientSecret),
                        ("token", token)
                    )
                )
            );
        Assert.True((await Introspect(secret)).GetProperty("active").GetBoolean());
        Assert.Equal(
            "invalid_client",
            (await Introspect("wrong")).GetProperty("error").GetString()
        );

        await server.Client.PostAsync(
            "/connect/revoke",
            Form(("client_id", "demo-system"), ("client_secret", secret), ("token", token))
        );

        Assert.False((await Introspect(secret)).GetProperty("active").GetBoolean());
    }

    /// <returns>A refresh token.</returns>
    private async Task<string> SignInToApp()
    {
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        using var browser = await server.SignInAs("bacsi");
        var granted = await browser.GetAsync(
            "/connect/authorize?response_type=code&client_id=demo-app&state=s"
                + $"&redirect_uri={Uri.EscapeDataString(Callback)}&scope=offline_access%20user%2FPatient.rs"
                + $"&code_challenge={challenge}&code_challenge_method=S256"
        );
        var code = System.Web.HttpUtility.ParseQueryString(granted.Headers.Location!.Query)[
            "code"
        ]!;
        return await TokenOf(
            await Post(
                ("grant_type", "authorization_code"),
                ("code", code),
                ("code_verifier", Verifier),
                ("redirect_uri", Callback)
            )
        );
    }

    private async Task<string> Refresh(string token) =>
        await TokenOf(await Post(("grant_type", "refresh_token"), ("refresh_token", token)));

    private async Task<string?> RefusalOf(string token) =>
        (await Json(await Post(("grant_type", "refresh_token"), ("refresh_token", token))))
            .GetProperty("error")
            .GetString();

    private Task<HttpResponseMessage> Post(params (string, string)[] fields) =>
        server.Client.PostAsync("/connect/token", Form([.. fields, ("client_id", "demo-app")]));

    private static FormUrlEncodedContent Form(params (string Key, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Key, field.Value)));

    private static async Task<string> TokenOf(HttpResponseMessage response) =>
        (await Json(response)).GetProperty("refresh_token").GetString()!;

    private static async Task<JsonElement> Json(HttpResponseMessage response) =>
        await response.Content.ReadFromJsonAsync<JsonElement>();
}
