using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Host;
using Interop.Host.Logs;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using Testing;

namespace SharedKernel.Tests.Sealing;

/// <summary>A real server that logs all it can is walked through with secrets of every kind; then its log is searched for them.</summary>
public sealed class SecretsInLogsTests : IDisposable
{
    private const string PersonalId = "001190876543";
    private const string Insurance = "7987654321";
    private const string Card = "DN4797987654321";
    private const string Phone = "0918765432";
    private const string WrongPassword = "Sai-mat-khau-8765";

    private readonly TestDatabase database = new();
    private readonly List<string> log = [];
    private readonly List<string> secrets =
    [
        PersonalId,
        Insurance,
        Card,
        Phone,
        "0918 765 432",
        "0918%20765%20432",
        WrongPassword,
    ];

    private string Data =>
        database.Options.Provider is DatabaseProvider.Sqlite
            ? database.Folder
            : Path.Combine(database.Folder, "data");

    [Fact]
    public async Task The_log_of_a_full_walk_tells_no_secret()
    {
        var clientSecret = await RegisterProgram();
        secrets.Add(clientSecret);
        await using (
            var server = await ServerProcess.Run(
                [],
                database.Options,
                database.Folder,
                [
                    "Logging__LogLevel__Default=Trace",
                    "Logging__LogLevel__Microsoft=Trace",
                    "Logging__LogLevel__OpenIddict=Trace",
                    "Logging__LogLevel__Quartz=Trace",
                    "Logging__LogLevel__Microsoft.Hosting.Lifetime=Trace",
                ],
                line => log.Add(line)
            )
        )
        {
            using var browser = new HttpClient(
                new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }
            )
            {
                BaseAddress = server.Address,
            };
            await SignIn(browser);
            var token = await Token(browser, clientSecret);
            await Work(server, token);
        }
        Assert.Contains(log, line => line.Contains("/connect/token", StringComparison.Ordinal));
        Assert.Contains(
            log,
            line => line.Contains("\"LogLevel\":\"Debug\"", StringComparison.Ordinal)
        );
        Assert.Contains(log, line => line.Contains("/fhir/Patient", StringComparison.Ordinal));
        foreach (var secret in secrets)
        {
            var told = log.Find(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
            Assert.True(told is null, $"{secret} stands in: {told}");
        }
    }

    [Theory]
    [InlineData("GET /x?name=Lan&code=abcdef123&_count=10", "GET /x?name=Lan&code=***&_count=10")]
    [InlineData("""{"password":"Bí mật 1"}""", """{"password":"*** mật 1"}""")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer ***")]
    [InlineData("Key (Value)=(001190876543) already exists", "Key (Value)=(***) already exists")]
    [InlineData(
        "Patient/01a20b42-ef2f-7aa3-a26b-012345678901",
        "Patient/01a20b42-ef2f-7aa3-a26b-012345678901"
    )]
    [InlineData("Content root path: /srv/records", "Content root path: /srv/records")]
    public void What_is_hidden_and_what_is_left(string text, string shown) =>
        Assert.Equal(shown, Unspeakable.Hide(text));

    private async Task<string> RegisterProgram()
    {
        await using var app = RecordsApp.Build(
            new HostOptions(
                new HashSet<Part> { Part.Health, Part.Education, Part.Interop },
                database.Options,
                "http://127.0.0.1:0"
            )
            {
                DataFolder = Data,
            },
            RecordsApp.Quietly
        );
        await RecordsApp.Migrate(app.Services);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var secret = await scope
            .ServiceProvider.GetRequiredService<RegisterClient>()
            .Run(
                new("walker", "Walker", ["system/*.cruds", "records/*"]) { HasSecret = true },
                TestContext.Current.CancellationToken
            );
        return secret!;
    }

    private async Task SignIn(HttpClient browser)
    {
        var file = Path.Combine(Data, "first-administrator.txt");
        var first = await File.ReadAllLinesAsync(file);
        var (user, password) = (first[0].Split(' ')[1], first[1].Split(' ')[1]);
        secrets.Add(password);
        await browser.PostSignIn(user, WrongPassword);
        await browser.PostSignIn(PersonalId, WrongPassword);
        var signedIn = await browser.PostSignIn(user, password);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        secrets.AddRange(
            signedIn
                .Headers.GetValues("Set-Cookie")
                .Select(cookie => cookie.Split(';')[0].Split('=', 2)[1])
                .Where(value => value.Length > 20)
        );
        await browser.GetAsync($"/citizens?q={PersonalId}");
        await browser.GetAsync($"/accounts?code=secret-code-4711");
        secrets.Add("secret-code-4711");
    }

    private async Task<string> Token(HttpClient http, string secret)
    {
        async Task<JsonNode> Ask(string path, params (string, string)[] form)
        {
            var answer = await http.PostAsync(
                path,
                new FormUrlEncodedContent(form.ToDictionary(pair => pair.Item1, pair => pair.Item2))
            );
            var text = await answer.Content.ReadAsStringAsync();
            return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
        }
        (string, string) client = ("client_id", "walker");
        await Ask(
            "/connect/token",
            client,
            ("grant_type", "client_credentials"),
            ("client_secret", WrongPassword)
        );
        var token = (
            await Ask(
                "/connect/token",
                client,
                ("grant_type", "client_credentials"),
                ("client_secret", secret)
            )
        )["access_token"]!.ToString();
        secrets.Add(token);
        // The signature alone would do for a thief who knows the rest.
        secrets.Add(token.Split('.')[^1]);
        await Ask("/connect/introspect", client, ("client_secret", secret), ("token", token));
        await Ask(
            "/connect/token",
            client,
            ("grant_type", "refresh_token"),
            ("refresh_token", "a-refresh-token-0815"),
            ("client_secret", secret)
        );
        secrets.Add("a-refresh-token-0815");
        return token;
    }

    private async Task Work(ServerProcess server, string token)
    {
        using var http = server.NewClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var person = new CitizenDetails(
            "Ngô Thị Lộ",
            new(1990, 1, 1),
            Sex.Female,
            PersonalId,
            Phone,
            InsuranceNumber: Insurance
        );
        var made = await http.PostAsJsonAsync("/api/citizens", person);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        // The second is another person with the same number: a conflict inside the database.
        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => http.PostAsJsonAsync("/api/citizens", person))
        );
        await http.PostAsJsonAsync("/api/citizens", person with { PersonalId = PersonalId + "1" });
        await http.GetAsync($"/api/citizens?personalId={PersonalId}");
        var patient = new
        {
            resourceType = "Patient",
            identifier = new[] { new { system = "urn:bhyt", value = Card } },
            telecom = new[] { new { system = "phone", value = "0918 765 432" } },
        };
        Assert.Equal(
            HttpStatusCode.Created,
            (await http.PostAsJsonAsync("/fhir/Patient", patient)).StatusCode
        );
        foreach (
            var path in new[]
            {
                $"/fhir/Patient?identifier={PersonalId}",
                $"/fhir/Patient?phone=0918%20765%20432&identifier=urn:bhyt|{Card}",
                $"/fhir/Patient?unknown={Insurance}",
                $"/fhir/Patient/{PersonalId}",
                $"/fhir/Patient?birthdate={Phone}",
                $"/nowhere/{PersonalId}?access_token={token}",
            }
        )
        {
            await http.GetAsync(path);
        }
        await http.PostAsync(
            "/fhir/Patient",
            new StringContent(
                $$"""{"resourceType":"Patient","telecom":[{"system":"{{Phone}}","value":1}],"x":"{{PersonalId}}"}""",
                null,
                "application/fhir+json"
            )
        );
        await http.PostAsync(
            "/api/citizens",
            new StringContent($$"""{"fullName":{{PersonalId}},"phone":""", null, "application/json")
        );
        http.DefaultRequestHeaders.Authorization = new("Bearer", token + "x");
        await http.GetAsync("/fhir/Patient");
        http.DefaultRequestHeaders.Authorization = new("Basic", "d2Fsa2VyOnBhc3N3b3Jk");
        secrets.Add("d2Fsa2VyOnBhc3N3b3Jk");
        await http.GetAsync("/fhir/Patient");
    }

    public void Dispose() => database.Dispose();
}
