using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace SharedKernel.Tests;

[Collection<DemoServerTests>]
public sealed class TokenTests(DemoServer server)
{
    private const string Protected = "/api/citizens?name=lan";

    [Fact]
    public async Task A_program_gets_a_token_with_its_secret_and_works_with_it()
    {
        using var client = await server.WithToken();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Protected)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/fhir/metadata")).StatusCode);
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_401_and_no_page()
    {
        var response = await server.NewBrowser().GetAsync(Protected);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_wrong_secret_gets_no_token()
    {
        var response = await server.AskForToken(secret: "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("invalid_client", await ErrorOf(response));
    }

    [Theory]
    [InlineData("system/Patient.rs", HttpStatusCode.OK)]
    [InlineData("system/Patient.rs records/ReadCitizens", HttpStatusCode.OK)]
    [InlineData("user/*.rs", HttpStatusCode.BadRequest)]
    [InlineData("patient/*.cruds", HttpStatusCode.BadRequest)]
    [InlineData("records/Nonsense", HttpStatusCode.BadRequest)]
    [InlineData("system/Patient.sr", HttpStatusCode.BadRequest)]
    public async Task A_token_is_never_wider_than_its_client(string scope, HttpStatusCode status) =>
        Assert.Equal(status, (await server.AskForToken(scope)).StatusCode);

    [Fact]
    public async Task A_narrow_token_opens_nothing_else()
    {
        using var client = await server.WithToken("system/Patient.rs");
        Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Protected)).StatusCode);
        using var reader = await server.WithToken("records/ReadCitizens");
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync(Protected)).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await reader.PostAsJsonAsync("/api/citizens", new { fullName = "A" })).StatusCode
        );
    }

    public static TheoryData<string> BadTokens =>
        ["another key", "expired", "no signature", "garbage", "empty", "other issuer"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task A_token_that_is_not_ours_or_not_for_now_is_401(string kind)
    {
        using var good = await server.WithToken();
        var ours = new JsonWebToken(good.DefaultRequestHeaders.Authorization!.Parameter);
        var token = kind switch
        {
            "another key" => Forge(ours, new RsaSecurityKey(RSA.Create(2048)) { KeyId = ours.Kid }),
            "expired" => Forge(ours, OurKey(), from: -60, to: -30),
            "other issuer" => Forge(ours, OurKey(), issuer: "https://elsewhere.example/"),
            "no signature" => $"{ours.EncodedHeader}.{ours.EncodedPayload}.",
            "empty" => "",
            _ => "garbage.garbage.garbage",
        };
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var response = await client.GetAsync(Protected);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task The_forger_of_these_tests_can_make_a_good_token()
    {
        using var good = await server.WithToken();
        var ours = new JsonWebToken(good.DefaultRequestHeaders.Authorization!.Parameter);
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            Forge(ours, OurKey())
        );
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Protected)).StatusCode);
    }

    [Fact]
    public async Task A_person_signs_in_to_an_app_by_code_and_PKCE_and_the_code_works_once()
    {
        const string verifier = "a-verifier-of-at-least-forty-three-characters-x";
        var challenge = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        var authorize =
            "/connect/authorize?response_type=code&client_id=demo-app&state=s1"
            + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9999%2Fcallback"
            + "&scope=openid%20offline_access%20user%2FPatient.rs%20records%2FReadCitizens"
            + $"&code_challenge={challenge}&code_challenge_method=S256";
        using var browser = server.NewBrowser();
        var toSignIn = await browser.GetAsync(authorize);
        Assert.Equal("/sign-in", toSignIn.Headers.Location!.AbsolutePath);
        var back = await browser.PostSignIn(
            "bacsi",
            "Demo-2026",
            toSignIn.Headers.Location.PathAndQuery
        );
        var granted = await browser.GetAsync(back.Headers.Location);
        Assert.StartsWith(
            "http://127.0.0.1:9999/callback",
            granted.Headers.Location!.OriginalString
        );
        var code = System.Web.HttpUtility.ParseQueryString(granted.Headers.Location.Query)["code"]!;

        var withoutVerifier = await Exchange(
            ("code", code),
            ("code_verifier", "wrong-" + verifier)
        );
        Assert.Equal("invalid_grant", await ErrorOf(withoutVerifier));

        var exchanged = await Exchange(("code", code), ("code_verifier", verifier));
        Assert.Equal(HttpStatusCode.OK, exchanged.StatusCode);
        var tokens = await exchanged.Content.ReadFromJsonAsync<JsonElement>();
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.Equal("BS. Trần Minh Đức", new JsonWebToken(access).GetClaim("name").Value);
        using var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            access
        );
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Protected)).StatusCode);

        var again = await Exchange(("code", code), ("code_verifier", verifier));
        Assert.Equal("invalid_grant", await ErrorOf(again));
    }

    [Fact]
    public async Task Discovery_says_where_the_endpoints_and_keys_are()
    {
        var discovery = await server.Client.GetFromJsonAsync<JsonElement>(
            "/.well-known/openid-configuration"
        );
        Assert.EndsWith("/connect/token", discovery.GetProperty("token_endpoint").GetString());
        var keys = await server.Client.GetFromJsonAsync<JsonElement>(
            discovery.GetProperty("jwks_uri").GetString()
        );
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.False(key.TryGetProperty("d", out _));
    }

    [Fact]
    public async Task The_secret_is_kept_as_a_hash_and_the_keys_are_the_owners_alone()
    {
        var secret = server.DemoSecret();
        foreach (var file in Directory.EnumerateFiles(server.DataFolder, "access.db*"))
        {
            var bytes = await ReadShared(file);
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
        }
        if (!OperatingSystem.IsWindows())
        {
            var key = Path.Combine(server.DataFolder, "keys", "demo", "token-signing.pem");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }
    }

    private async Task<HttpResponseMessage> Exchange(params (string Key, string Value)[] fields) =>
        await server.Client.PostAsync(
            "/connect/token",
            new FormUrlEncodedContent(
                fields
                    .Append(("grant_type", "authorization_code"))
                    .Append(("client_id", "demo-app"))
                    .Append(("redirect_uri", "http://127.0.0.1:9999/callback"))
                    .Select(field => KeyValuePair.Create(field.Item1, field.Item2))
            )
        );

    private static async Task<string?> ErrorOf(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString();

    private static async Task<byte[]> ReadShared(string path)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    private RsaSecurityKey OurKey()
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(
            File.ReadAllText(Path.Combine(server.DataFolder, "keys", "demo", "token-signing.pem"))
        );
        var key = new RsaSecurityKey(rsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }

    /// <param name="from">Minutes from now.</param>
    private static string Forge(
        JsonWebToken like,
        RsaSecurityKey key,
        int from = 0,
        int to = 10,
        string? issuer = null
    )
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = like
            .Claims.Where(claim => claim.Type is not ("exp" or "iat" or "nbf" or "iss"))
            .GroupBy(claim => claim.Type)
            .ToDictionary(group => group.Key, group => (object)group.First().Value);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer ?? like.Issuer,
                IssuedAt = now.AddMinutes(Math.Min(from, 0)),
                NotBefore = now.AddMinutes(from),
                Expires = now.AddMinutes(to),
                Claims = claims,
                TokenType = "at+jwt",
                SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            }
        );
    }
}
