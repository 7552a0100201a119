using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Testing;

namespace SharedKernel.Tests;

/// <summary>SMART App Launch 2 as an app sees it: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html</summary>
[Collection<DemoServerTests>]
public sealed class SmartLaunchTests(DemoServer server)
{
    private static readonly string[] All =
    [
        "openid",
        "profile",
        "fhirUser",
        "launch",
        "launch/patient",
        "offline_access",
        "patient/*.rs",
        "user/*.rs",
    ];

    [Fact]
    public async Task A_doctor_picks_a_patient_allows_the_app_and_it_sees_that_record_alone()
    {
        var (patient, name) = await NewPatient();
        var (other, _) = await NewPatient();
        var app = await SmartApp.Register(server, "bacsi", All);
        const string scope =
            "openid fhirUser launch/patient patient/Patient.rs patient/Observation.rs?category=laboratory";

        var picker = await app.Follow(app.Authorize(scope));
        var consent = await app.Pick(picker, name);
        var page = WebUtility.HtmlDecode(await app.Browser.GetStringAsync(consent.PathAndQuery));
        Assert.Contains("Ứng dụng thử", page);
        Assert.Contains(name, page);
        Assert.Contains("Xem thông tin hành chính của người bệnh của người bệnh này", page);
        Assert.Contains("chỉ phần có category=laboratory", page);
        var back = await app.Answer(consent, "allow");
        Assert.Equal("s1", SmartApp.In(back, "state"));
        var token = await SmartApp.TokenOf(await app.Exchange(SmartApp.CodeIn(back)));

        Assert.Equal(patient, token.GetProperty("patient").GetString());
        Assert.Equal(scope, token.GetProperty("scope").GetString());
        Assert.True(token.GetProperty("need_patient_banner").GetBoolean());
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await server.Client.GetAsync(token.GetProperty("smart_style_url").GetString())
            ).StatusCode
        );
        Assert.False(token.TryGetProperty("refresh_token", out _));
        var user = new JsonWebToken(token.GetProperty("id_token").GetString())
            .GetClaim("fhirUser")
            .Value;
        Assert.StartsWith(app.FhirBase + "/Practitioner/", user);
        Assert.Equal(HttpStatusCode.OK, (await app.Browser.GetAsync(user)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await app.Read(token, $"Patient/{patient}"));
        Assert.Equal(HttpStatusCode.NotFound, await app.Read(token, $"Patient/{other}"));
        Assert.Equal(HttpStatusCode.Forbidden, await app.Read(token, "Condition"));
        var found = await (
            await app.Fhir(token, "Patient")
        ).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(1, found.GetProperty("entry").GetArrayLength());
    }

    [Fact]
    public async Task A_citizen_is_the_patient_and_picks_nobody()
    {
        var app = await SmartApp.Register(server, "congdan", All);

        var token = await app.Allow("openid fhirUser launch/patient patient/*.rs");

        var own = token.GetProperty("patient").GetString();
        Assert.Equal(
            $"{app.FhirBase}/Patient/{own}",
            new JsonWebToken(token.GetProperty("id_token").GetString()).GetClaim("fhirUser").Value
        );
        Assert.Equal(HttpStatusCode.OK, await app.Read(token, $"Patient/{own}"));
        var (other, _) = await NewPatient();
        Assert.Equal(HttpStatusCode.NotFound, await app.Read(token, $"Patient/{other}"));
    }

    [Fact]
    public async Task An_app_is_started_from_a_record_with_its_patient_and_visit()
    {
        var (patient, _) = await NewPatient();
        var encounter = await NewEncounter(patient);
        var app = await SmartApp.Register(server, "bacsi", All);
        var page = WebUtility.HtmlDecode(await app.Browser.GetStringAsync($"/patients/{patient}"));
        Assert.Contains($"/apps/{app.Id}/launch?patient={patient}", page);

        var launch = await app.Follow(
            $"/apps/{app.Id}/launch?patient={patient}&encounter={encounter}"
        );

        Assert.Equal(SmartApp.LaunchUrl, launch.GetLeftPart(UriPartial.Path));
        Assert.Equal(app.FhirBase, SmartApp.In(launch, "iss"));
        var handle = ("launch", SmartApp.In(launch, "launch")!);
        Assert.DoesNotContain(patient, handle.Item2);
        const string scope = "launch offline_access patient/*.rs";
        var token = await app.Allow(scope, handle);
        Assert.Equal(patient, token.GetProperty("patient").GetString());
        Assert.Equal(encounter, token.GetProperty("encounter").GetString());

        // The context outlives the access token.
        var refreshed = await SmartApp.TokenOf(await app.Refresh(token));
        Assert.Equal(patient, refreshed.GetProperty("patient").GetString());
        Assert.Equal(HttpStatusCode.OK, await app.Read(refreshed, $"Patient/{patient}"));
        // A handle is good once.
        Assert.Equal(
            "invalid_request",
            SmartApp.In(await app.Follow(app.Authorize(scope, handle)), "error")
        );
    }

    [Fact]
    public async Task A_launch_is_for_its_user_and_its_app()
    {
        var (patient, _) = await NewPatient();
        var app = await SmartApp.Register(server, "bacsi", All);
        var launch = await app.Follow($"/apps/{app.Id}/launch?patient={patient}");
        var handle = ("launch", SmartApp.In(launch, "launch")!);
        var another = await SmartApp.Register(server, "bacsi", All);
        const string scope = "launch patient/*.rs";

        foreach (var thief in (SmartApp[])[await app.For("bacsi-tyt"), another])
        {
            Assert.Equal(
                "invalid_request",
                SmartApp.In(await thief.Follow(thief.Authorize(scope, handle)), "error")
            );
        }
        Assert.Equal(patient, (await app.Allow(scope, handle)).GetProperty("patient").GetString());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await app.Browser.GetAsync($"/apps/{app.Id}/launch?patient=nobody")).StatusCode
        );
        using var fromElsewhere = new HttpRequestMessage(
            HttpMethod.Get,
            $"/apps/{app.Id}/launch?patient={patient}"
        );
        fromElsewhere.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await app.Browser.SendAsync(fromElsewhere)).StatusCode
        );
    }

    [Fact]
    public async Task What_was_allowed_is_remembered_and_can_be_taken_back()
    {
        var app = await SmartApp.Register(server, "congdan", All);
        const string scope = "offline_access patient/*.rs";
        var token = await app.Allow(scope);

        SmartApp.CodeIn(await app.Follow(app.Authorize(scope)));
        SmartApp.CodeIn(await app.Follow(app.Authorize("patient/*.rs")));
        Assert.Equal(
            "/connect/consent",
            (await app.Follow(app.Authorize(scope + " openid"))).AbsolutePath
        );
        Assert.Equal(
            "/connect/consent",
            (await app.Follow(app.Authorize(scope, ("prompt", "consent")))).AbsolutePath
        );

        var mine = await app.Browser.GetStringAsync("/my/apps");
        var handler = System
            .Text.RegularExpressions.Regex.Match(
                mine,
                app.Id + ".*?(take-back-[0-9a-f-]+)",
                System.Text.RegularExpressions.RegexOptions.Singleline
            )
            .Groups[1]
            .Value;
        var posted = await app.Browser.PostAsync(
            "/my/apps",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await app.Browser.AntiforgeryToken("/my/apps"),
                    ["_handler"] = handler,
                }
            )
        );
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
        Assert.Equal("invalid_grant", await SmartApp.ErrorOf(await app.Refresh(token)));
        Assert.Equal(
            "/connect/consent",
            (await app.Follow(app.Authorize("patient/*.rs"))).AbsolutePath
        );
    }

    [Fact]
    public async Task Who_refuses_gives_nothing()
    {
        var app = await SmartApp.Register(server, "congdan", All);
        var consent = await app.Follow(app.Authorize("patient/*.rs"));
        var back = await app.Answer(consent, "refuse");
        Assert.Equal("access_denied", SmartApp.In(back, "error"));
        Assert.Equal("s1", SmartApp.In(back, "state"));
        // The page is for whoever was asked.
        var other = await app.For("bacsi");
        Assert.DoesNotContain(
            "Cho phép</button>",
            WebUtility.HtmlDecode(
                await (
                    await other.Browser.GetAsync(consent.PathAndQuery)
                ).Content.ReadAsStringAsync()
            )
        );
    }

    [Theory]
    [InlineData("aud", "https://elsewhere.example/fhir", "invalid_request")]
    [InlineData("aud", "", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", "", "invalid_request")]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("scope", "patient/*.cruds", "invalid_scope")]
    [InlineData("scope", "system/*.rs", "invalid_scope")]
    [InlineData("prompt", "none", "consent_required")]
    [InlineData("launch", "rubbish", "invalid_request")]
    public async Task A_wrong_request_goes_back_with_its_error(
        string parameter,
        string value,
        string error
    )
    {
        var app = await SmartApp.Register(server, "congdan", All);
        var answer = await app.Browser.GetAsync(
            app.Authorize("launch patient/*.rs", (parameter, value))
        );
        if (answer.StatusCode is HttpStatusCode.BadRequest)
        {
            Assert.Contains(error, await answer.Content.ReadAsStringAsync());
            return;
        }
        var back = answer.Headers.Location!;
        Assert.StartsWith(SmartApp.Callback, back.ToString());
        Assert.Equal(error, SmartApp.In(back, "error"));
        Assert.Null(SmartApp.In(back, "code"));
    }

    [Theory]
    [InlineData("https://evil.example/callback")]
    [InlineData("https://app.example/callback/../evil")]
    [InlineData("https://app.example/callback?x=1")]
    [InlineData("https://app.example.evil.example/callback")]
    [InlineData("https://app.example@evil.example/callback")]
    [InlineData("//evil.example")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_registered(string redirect)
    {
        var app = await SmartApp.Register(server, "congdan", All);
        var answer = await app.Browser.GetAsync(
            app.Authorize("patient/*.rs", ("redirect_uri", redirect))
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_patient_is_picked_on_our_page_and_nowhere_else()
    {
        var (patient, _) = await NewPatient();
        var app = await SmartApp.Register(server, "bacsi", All);
        foreach (var picked in (string[])[patient, "rubbish"])
        {
            Assert.Equal(
                "/apps/patient",
                (await app.Follow(app.Authorize("patient/*.rs", ("picked", picked)))).AbsolutePath
            );
        }
        var denied = await (await app.For("giaovien")).Follow(app.Authorize("patient/*.rs"));
        Assert.Equal("access_denied", SmartApp.In(denied, "error"));
    }

    [Fact]
    public async Task A_code_that_comes_twice_ends_what_it_gave()
    {
        var app = await SmartApp.Register(server, "congdan", All);
        var code = SmartApp.CodeIn(
            await app.Answer(
                await app.Follow(app.Authorize("offline_access patient/*.rs")),
                "allow"
            )
        );
        var token = await SmartApp.TokenOf(await app.Exchange(code));
        Assert.Equal("invalid_grant", await SmartApp.ErrorOf(await app.Exchange(code)));
        Assert.Equal("invalid_grant", await SmartApp.ErrorOf(await app.Refresh(token)));
    }

    [Fact]
    public async Task The_configuration_says_what_is_so()
    {
        var smart = await server.Client.GetFromJsonAsync<JsonElement>(
            "/fhir/.well-known/smart-configuration"
        );
        var openId = await server.Client.GetFromJsonAsync<JsonElement>(
            "/.well-known/openid-configuration"
        );
        foreach (
            var name in (string[])
                [
                    "issuer",
                    "jwks_uri",
                    "authorization_endpoint",
                    "token_endpoint",
                    "introspection_endpoint",
                    "revocation_endpoint",
                ]
        )
        {
            Assert.Equal(openId.GetProperty(name).GetString(), smart.GetProperty(name).GetString());
        }
        foreach (
            var name in (string[])
                [
                    "grant_types_supported",
                    "response_types_supported",
                    "code_challenge_methods_supported",
                ]
        )
        {
            Assert.Equal(
                Words(openId.GetProperty(name)).Order(),
                Words(smart.GetProperty(name)).Order()
            );
        }
        Assert.Subset(
            Words(openId.GetProperty("token_endpoint_auth_methods_supported")),
            Words(smart.GetProperty("token_endpoint_auth_methods_supported"))
        );
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/connect/token");
        preflight.Headers.Add("Origin", "https://app.example");
        var allowed = await server.Client.SendAsync(preflight);
        Assert.Equal("*", Assert.Single(allowed.Headers.GetValues("Access-Control-Allow-Origin")));
    }

    private static HashSet<string> Words(JsonElement list) =>
        [.. list.EnumerateArray().Select(word => word.GetString()!)];

    private async Task<(string Id, string Name)> NewPatient()
    {
        using var system = await server.WithToken("system/*.cruds");
        var name = "Khởi Chạy " + Guid.CreateVersion7().ToString("N")[20..];
        var made = await system.PostAsJsonAsync(
            "/fhir/Patient",
            new
            {
                resourceType = "Patient",
                name = new[] { new { text = name } },
                // Of the demo's hospital, where the doctor works who launches.
                managingOrganization = new { reference = "Organization/40012" },
            }
        );
        return (IdOf(made), name);
    }

    private async Task<string> NewEncounter(string patient)
    {
        using var system = await server.WithToken("system/*.cruds");
        return IdOf(
            await system.PostAsJsonAsync(
                "/fhir/Encounter",
                new Dictionary<string, object>
                {
                    ["resourceType"] = "Encounter",
                    ["status"] = "in-progress",
                    ["class"] = new
                    {
                        system = "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                        code = "AMB",
                    },
                    ["subject"] = new { reference = $"Patient/{patient}" },
                }
            )
        );
    }

    private static string IdOf(HttpResponseMessage made)
    {
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return made.Headers.Location!.ToString().Split("/_history")[0].Split('/')[^1];
    }
}
