using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using SharedKernel.Access.Tokens.Clients;
using Testing;

namespace Browser.Tests;

/// <summary>SMART App Launch in a browser: samples/smart-app, served from another address, and the client library that others use.</summary>
public sealed class SmartAppJourney(Browser browser)
{
    private const string Scopes =
        "openid fhirUser launch launch/patient patient/Patient.r patient/Patient.rs patient/Observation.rs?category=vital-signs";
    private const string Library = "fhirclient@2.6.3";

    [Fact]
    public async Task A_doctor_starts_the_app_picks_a_patient_and_allows_it()
    {
        var (_, name) = await NewPatient();
        await using var site = await Serve(Path.Combine(Repository.Root, "samples", "smart-app"));
        await Register("smart-app", site);
        var page = await browser.NewPage("bacsi");
        var complaints = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                complaints.Add(message.Text);
            }
        };

        await page.GotoAsync(site.Urls.First() + "/");
        await page.GetByLabel("Máy chủ FHIR").FillAsync(browser.Address + "fhir");
        await page.GetByRole(AriaRole.Button, new() { Name = "Đăng nhập" }).ClickAsync();
        await page.GetByLabel("Tìm theo tên").FillAsync(name);
        await Browser.AssertAccessible(page);
        await page.GetByLabel("Tìm theo tên").PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = name }).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Cho phép ứng dụng?" }))
            .ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("category=vital-signs")).ToBeVisibleAsync();
        await Browser.AssertAccessible(page);
        await Browser.Picture(page, "app-consent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cho phép" }).ClickAsync();

        await Assertions
            .Expect(page.GetByRole(AriaRole.Heading, new() { Name = name }))
            .ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Nhiệt độ: 37.5")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Hút thuốc")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#user")).ToContainTextAsync("/Practitioner/");
        Assert.Empty(complaints);

        await page.GotoAsync(browser.Address + "my/apps");
        await Browser.AssertAccessible(page);
        // The doctor may have allowed other apps: this one is taken back.
        var allowed = page.GetByRole(AriaRole.Region, new() { Name = "smart-app" });
        await allowed.GetByRole(AriaRole.Button, new() { Name = "Thu hồi" }).ClickAsync();
        await Assertions.Expect(allowed).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_library_that_others_wrote_is_launched_from_the_patients_page()
    {
        var folder = await FetchLibrary();
        await File.WriteAllTextAsync(
            Path.Combine(folder, "launch.html"),
            """
            <script src="fhir-client.min.js"></script>
            <script>FHIR.oauth2.authorize({ clientId: "library-app", scope: "openid fhirUser launch patient/Patient.rs", redirectUri: "index.html", pkceMode: "required" }).catch(error => document.title = error.message);</script>
            """,
            TestContext.Current.CancellationToken
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder, "index.html"),
            """
            <h1></h1><p></p>
            <script src="fhir-client.min.js"></script>
            <script>
            FHIR.oauth2.ready()
              .then(async client => {
                const patient = await client.patient.read();
                document.querySelector("h1").textContent = patient.name[0].text;
                document.querySelector("p").textContent = client.user.fhirUser + " " + client.encounter.id;
              })
              .catch(error => document.querySelector("p").textContent = error.message);
            </script>
            """,
            TestContext.Current.CancellationToken
        );
        await using var site = await Serve(folder);
        await Register("library-app", site, "launch.html", "index.html");
        var (patient, name) = await NewPatient();
        var page = await browser.NewPage("bacsi");
        await page.GotoAsync($"/patients/{patient}");

        var app = await page.RunAndWaitForPopupAsync(() =>
            page.GetByRole(AriaRole.Link, new() { Name = "library-app" }).ClickAsync()
        );
        await app.GetByRole(AriaRole.Button, new() { Name = "Cho phép" }).ClickAsync();

        await Assertions
            .Expect(app.GetByRole(AriaRole.Heading, new() { Name = name }))
            .ToBeVisibleAsync();
        await Assertions.Expect(app.Locator("p")).ToContainTextAsync("Practitioner/");
    }

    /// <summary>From the npm registry, by npm itself.</summary>
    private static async Task<string> FetchLibrary()
    {
        var folder = Directory.CreateTempSubdirectory("records-smart-").FullName;
        try
        {
            using var npm = Process.Start(
                new ProcessStartInfo(
                    "sh",
                    [
                        "-c",
                        $"npm pack {Library} --silent && tar xzf *.tgz && cp package/build/fhir-client.min.js .",
                    ]
                )
                {
                    WorkingDirectory = folder,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            await npm.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No shell: skipped below.
        }
        Assert.SkipUnless(
            File.Exists(Path.Combine(folder, "fhir-client.min.js")),
            $"npm could not fetch {Library}."
        );
        return folder;
    }

    private static async Task<WebApplication> Serve(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var site = builder.Build();
        var files = new PhysicalFileProvider(folder);
        site.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        site.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        await site.StartAsync();
        return site;
    }

    private async Task Register(
        string id,
        WebApplication site,
        string launch = "",
        string redirect = ""
    )
    {
        await using var scope = browser.Scope();
        await scope
            .ServiceProvider.GetRequiredService<RegisterClient>()
            .Run(
                new(id, id, Scopes.Split(' '))
                {
                    RedirectUris = [$"{site.Urls.First()}/{redirect}"],
                    LaunchUrl = $"{site.Urls.First()}/{launch}",
                }
            );
    }

    /// <summary>With one vital sign and one Observation of another category.</summary>
    private async Task<(string Id, string Name)> NewPatient()
    {
        using var system = await browser.WithToken("system/*.cruds");
        var id = Guid.CreateVersion7().ToString();
        var name = "Nguyễn Ứng Dụng " + id[^6..];
        var bundle = $$$"""
            {"resourceType":"Bundle","type":"transaction","entry":[
              {"resource":{"resourceType":"Patient","id":"{{{id}}}","name":[{"text":"{{{name}}}"}],"managingOrganization":{"reference":"Organization/40012"}},"request":{"method":"PUT","url":"Patient/{{{id}}}"}},
              {"resource":{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"text":"Nhiệt độ"},"subject":{"reference":"Patient/{{{id}}}"},"valueQuantity":{"value":37.5,"unit":"°C"}},"request":{"method":"POST","url":"Observation"}},
              {"resource":{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"social-history"}]}],"code":{"text":"Hút thuốc"},"subject":{"reference":"Patient/{{{id}}}"}},"request":{"method":"POST","url":"Observation"}}]}
            """;
        var made = await system.PostAsync(
            "/fhir",
            new StringContent(bundle, System.Text.Encoding.UTF8, "application/fhir+json")
        );
        Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        return (id, name);
    }
}
