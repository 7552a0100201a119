using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

/// <summary>
/// A program that proves itself with its own key (SMART Backend Services):
/// https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html
/// </summary>
[Collection<DemoServerTests>]
public sealed class BackendServiceTests(DemoServer server)
{
    private static readonly ECDsaSecurityKey Elliptic = new(
        ECDsa.Create(ECCurve.NamedCurves.nistP384)
    )
    {
        KeyId = "ec",
    };
    private static readonly RsaSecurityKey Rsa = new(RSA.Create(2048)) { KeyId = "rsa" };

    [Theory]
    [InlineData(SecurityAlgorithms.EcdsaSha384, "JWT")]
    [InlineData(SecurityAlgorithms.RsaSha384, "JWT")]
    [InlineData(SecurityAlgorithms.EcdsaSha384, "client-authentication+jwt")]
    [InlineData(SecurityAlgorithms.RsaSha384, null)]
    public async Task A_program_gets_a_token_with_its_own_key_and_works_with_it(
        string algorithm,
        string? type
    )
    {
        var client = await Register();
        var answer = await Ask(client, Assertion(client, algorithm, type: type));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("Bearer", token.GetProperty("token_type").GetString());
        Assert.Equal("system/Patient.rs", token.GetProperty("scope").GetString());
        Assert.InRange(token.GetProperty("expires_in").GetInt32(), 1, 900);
        using var program = server.NewClient();
        program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            token.GetProperty("access_token").GetString()
        );
        Assert.Equal(
            HttpStatusCode.OK,
            (await program.GetAsync("/fhir/Patient?_count=1")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await program.GetAsync("/fhir/Observation?_count=1")).StatusCode
        );
    }

    [Theory]
    [InlineData("another key")]
    [InlineData("no signature")]
    [InlineData("a shared secret")]
    [InlineData("another algorithm")]
    [InlineData("another type")]
    [InlineData("expired")]
    [InlineData("for too long")]
    [InlineData("another audience")]
    [InlineData("no jti")]
    [InlineData("of another client")]
    [InlineData("wider scope")]
    [InlineData("nothing")]
    public async Task Nothing_else_gets_one(string what)
    {
        var client = await Register();
        var good = Assertion(client);
        var assertion = what switch
        {
            "another key" => Assertion(
                client,
                key: new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP384))
                {
                    KeyId = "ec",
                }
            ),
            "no signature" => Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")
                + "."
                + good.Split('.')[1]
                + ".",
            "a shared secret" => Assertion(
                client,
                SecurityAlgorithms.HmacSha384,
                // The public key as the secret of an HMAC: RFC 8725, 2.1.
                key: new SymmetricSecurityKey(Encoding.UTF8.GetBytes(PublicKeys())) { KeyId = "ec" }
            ),
            "another algorithm" => Assertion(client, SecurityAlgorithms.RsaSha256, key: Rsa),
            "another type" => Assertion(client, type: "at+jwt"),
            "expired" => Assertion(client, minutes: -10),
            "for too long" => Assertion(client, minutes: 30),
            "another audience" => Assertion(
                client,
                audience: "https://elsewhere.example/connect/token"
            ),
            "no jti" => Assertion(client, id: null),
            "of another client" => Assertion(await Register()),
            "nothing" => null,
            _ => good,
        };
        var answer = await Ask(
            client,
            assertion,
            what is "wider scope" ? "system/*.cruds" : "system/Patient.rs"
        );
        Assert.InRange((int)answer.StatusCode, 400, 401);
        var refused = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(refused.TryGetProperty("access_token", out _));
        Assert.StartsWith("invalid_", refused.GetProperty("error").GetString());
    }

    [Fact]
    public async Task An_assertion_works_once_also_when_two_come_together()
    {
        var client = await Register();
        var assertion = Assertion(client);
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Ask(client, assertion))
        );
        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Assert.All(
            answers.Where(answer => !answer.IsSuccessStatusCode),
            answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode)
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(client, assertion)).StatusCode);
        // The same id from another client is another one.
        Assert.True((await Ask(client, Assertion(client))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Published_keys_are_fetched_and_a_new_one_is_known_without_asking()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var publisher = builder.Build();
        var served = 0;
        publisher.MapGet(
            "/jwks.json",
            () =>
            {
                Interlocked.Increment(ref served);
                return PublicKeys();
            }
        );
        await publisher.StartAsync();
        var client = await Register(keysUrl: publisher.Urls.First() + "/jwks.json");

        var first = await Ask(client, Assertion(client));
        Assert.True(first.IsSuccessStatusCode, await first.Content.ReadAsStringAsync());
        Assert.True(
            (await Ask(client, Assertion(client, SecurityAlgorithms.RsaSha384))).IsSuccessStatusCode
        );
        Assert.Equal(1, served);
        await publisher.StopAsync();
        // What it gave last counts while it cannot be reached.
        Assert.True((await Ask(client, Assertion(client))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_client_that_was_revoked_gets_no_more_tokens()
    {
        var client = await Register();
        await using var scope = server.Scope();
        var clients = scope.ServiceProvider.GetRequiredService<ListClients>();
        Assert.Contains(
            await clients.Run(),
            one => one.Id == client && one.Proof is ClientProof.Keys
        );
        await scope.ServiceProvider.GetRequiredService<RevokeClient>().Run(client);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await Ask(client, Assertion(client))).StatusCode
        );
        Assert.DoesNotContain(await clients.Run(), one => one.Id == client);
    }

    [Theory]
    [InlineData("a b", "system/Patient.rs", "ok", "id")]
    [InlineData("demo-system", "system/Patient.rs", "ok", "id")]
    [InlineData("x1", "user/Patient.rs", "ok", "scope")]
    [InlineData("x1", "records/Nonsense", "ok", "scope")]
    [InlineData("x1", "system/Observation.rs?nonsense=1", "ok", "scope")]
    [InlineData("x1", "system/Patient.rs", "not json", "jwks")]
    [InlineData("x1", "system/Patient.rs", """{"keys":[]}""", "jwks")]
    [InlineData("x1", "system/Patient.rs", "private", "jwks")]
    [InlineData("x1", "system/Patient.rs", null, "jwks")]
    public async Task A_bad_registration_is_refused_by_its_field(
        string id,
        string scopes,
        string? keys,
        string field
    )
    {
        keys = keys switch
        {
            "ok" => PublicKeys(),
            "private" => """{"keys":[{"kty":"EC","crv":"P-384","x":"AA","y":"AA","d":"AA"}]}""",
            _ => keys,
        };
        await using var scope = server.Scope();
        var refused = await Assert.ThrowsAsync<InvalidInput>(() =>
            scope
                .ServiceProvider.GetRequiredService<RegisterClient>()
                .Run(new(id, id, [scopes]) { Keys = keys })
        );
        Assert.Equal(field, Assert.Single(refused.Errors).Field);
    }

    [Theory]
    [InlineData("http://elsewhere.example/callback")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://app.example/callback#x")]
    [InlineData("/callback")]
    public async Task An_app_comes_back_to_an_address_of_its_own_over_tls(string redirect)
    {
        await using var scope = server.Scope();
        var refused = await Assert.ThrowsAsync<InvalidInput>(() =>
            scope
                .ServiceProvider.GetRequiredService<RegisterClient>()
                .Run(new("x2", "x2", ["openid"]) { RedirectUris = [redirect] })
        );
        Assert.Equal("redirect", Assert.Single(refused.Errors).Field);
    }

    private async Task<string> Register(string? keysUrl = null)
    {
        var id = "backend-" + Guid.CreateVersion7();
        await using var scope = server.Scope();
        await scope
            .ServiceProvider.GetRequiredService<RegisterClient>()
            .Run(
                new(id, "Backend", ["system/Patient.rs"])
                {
                    Keys = keysUrl is null ? PublicKeys() : null,
                    KeysUrl = keysUrl,
                }
            );
        return id;
    }

    private static string PublicKeys()
    {
        var point = Elliptic.ECDsa.ExportParameters(false).Q;
        var modulus = Rsa.Rsa.ExportParameters(false);
        return JsonSerializer.Serialize(
            new
            {
                keys = new object[]
                {
                    new
                    {
                        kty = "EC",
                        crv = "P-384",
                        kid = "ec",
                        use = "sig",
                        alg = "ES384",
                        x = Base64UrlEncoder.Encode(point.X),
                        y = Base64UrlEncoder.Encode(point.Y),
                    },
                    new
                    {
                        kty = "RSA",
                        kid = "rsa",
                        use = "sig",
                        alg = "RS384",
                        n = Base64UrlEncoder.Encode(modulus.Modulus),
                        e = Base64UrlEncoder.Encode(modulus.Exponent),
                    },
                },
            }
        );
    }

    private string Assertion(
        string client,
        string algorithm = SecurityAlgorithms.EcdsaSha384,
        SecurityKey? key = null,
        string? audience = null,
        int minutes = 4,
        string? type = "JWT",
        string? id = "new"
    )
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { ["sub"] = client };
        if (id is not null)
        {
            claims["jti"] = Guid.CreateVersion7().ToString();
        }
        key ??= algorithm == SecurityAlgorithms.RsaSha384 ? Rsa : Elliptic;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = client,
                Audience = audience ?? new Uri(server.Address, "/connect/token").AbsoluteUri,
                IssuedAt = now.AddMinutes(Math.Min(0, minutes - 5)),
                Expires = now.AddMinutes(minutes),
                Claims = claims,
                TokenType = type ?? "JWT",
                SigningCredentials = new SigningCredentials(key, algorithm),
            }
        );
        return type is null ? WithoutType(token, (RsaSecurityKey)key) : token;
    }

    /// <summary>The library always names a type; RFC 7523 asks for none.</summary>
    private static string WithoutType(string token, RsaSecurityKey key)
    {
        var signed =
            Base64UrlEncoder.Encode("""{"alg":"RS384","kid":"rsa"}""") + "." + token.Split('.')[1];
        return signed
            + "."
            + Base64UrlEncoder.Encode(
                key.Rsa.SignData(
                    Encoding.ASCII.GetBytes(signed),
                    HashAlgorithmName.SHA384,
                    RSASignaturePadding.Pkcs1
                )
            );
    }

    private async Task<HttpResponseMessage> Ask(
        string client,
        string? assertion,
        string scope = "system/Patient.rs"
    )
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = client,
            ["scope"] = scope,
        };
        if (assertion is not null)
        {
            form["client_assertion_type"] =
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form["client_assertion"] = assertion;
        }
        return await server.Client.PostAsync("/connect/token", new FormUrlEncodedContent(form));
    }
}
