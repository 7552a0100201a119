using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Interop.Host.Demo;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace Testing;

/// <summary>The real server with the demo world and real sign-in.</summary>
public class DemoServer : RecordsServer
{
    protected override bool Open => false;
    protected override bool Demo => true;
}

/// <summary>Signing in to a <see cref="DemoServer"/> the way people and programs do.</summary>
public static partial class SignedIn
{
    /// <summary>A browser's session without a browser; follows no redirects.</summary>
    public static async Task<HttpClient> SignInAs(this RecordsServer server, string user)
    {
        var client = server.NewBrowser();
        var response = await client.PostSignIn(user, DemoAccounts.Password);
        return response.StatusCode == HttpStatusCode.Redirect
            ? client
            : throw new InvalidOperationException(
                $"{user} could not sign in: {response.StatusCode}"
            );
    }

    /// <summary>One more doctor of a house, beside those of the demo.</summary>
    public static async Task<Account> AddDoctor(
        this RecordsServer server,
        string user,
        string organisation
    )
    {
        await using var scope = server.Scope();
        var account = new Account
        {
            UserName = user,
            FullName = "BS. Ngô Văn Đồng",
            Roles = [Role.Doctor],
            Organisation = organisation,
            IsDemo = true,
        };
        await scope
            .ServiceProvider.GetRequiredService<CreateAccount>()
            .Run(account, DemoAccounts.Password);
        return account;
    }

    public static HttpClient NewBrowser(this RecordsServer server) =>
        new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };

    public static async Task<HttpResponseMessage> PostSignIn(
        this HttpClient browser,
        string user,
        string password,
        string path = "/sign-in"
    ) =>
        await browser.PostAsync(
            path,
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["__RequestVerificationToken"] = await browser.AntiforgeryToken(path),
                    ["_handler"] = "sign-in",
                    ["Form.User"] = user,
                    ["Form.Password"] = password,
                }
            )
        );

    /// <summary>The token of the first form on a page.</summary>
    public static async Task<string> AntiforgeryToken(this HttpClient browser, string path)
    {
        var page = await browser.GetStringAsync(path);
        return TokenField().Match(page) is { Success: true } field
            ? WebUtility.HtmlDecode(field.Groups[1].Value)
            : throw new InvalidOperationException($"{path} has no form.");
    }

    /// <summary>A client with an access token of the demo's program.</summary>
    public static async Task<HttpClient> WithToken(this RecordsServer server, string? scope = null)
    {
        var response = await server.AskForToken(scope);
        response.EnsureSuccessStatusCode();
        var token = await response.Content.ReadFromJsonAsync<JsonElement>();
        var client = server.NewClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            token.GetProperty("access_token").GetString()
        );
        return client;
    }

    public static async Task<HttpResponseMessage> AskForToken(
        this RecordsServer server,
        string? scope = null,
        string? secret = null
    )
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = "demo-system",
            ["client_secret"] = secret ?? server.DemoSecret(),
        };
        if (scope is not null)
        {
            form["scope"] = scope;
        }
        return await server.Client.PostAsync("/connect/token", new FormUrlEncodedContent(form));
    }

    public static string DemoSecret(this RecordsServer server) =>
        File.ReadAllLines(Path.Combine(server.DataFolder, "demo-credentials.txt"))
            .Single(line => line.StartsWith("CLIENT_SECRET=", StringComparison.Ordinal))[
            "CLIENT_SECRET=".Length..
        ];

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
