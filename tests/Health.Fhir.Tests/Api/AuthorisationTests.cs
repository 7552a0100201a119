using Health.Fhir.Tests.Jobs;
using Interop.Host;
using SharedKernel.Modules;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>
/// Who may do what, through real tokens. https://hl7.org/fhir/R4/security.html#AccessDenied,
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
/// </summary>
public sealed partial class AuthorisationTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Entry =
        """{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","active":true},"request":{"method":"POST","url":"Patient"}}]}""";

    [Theory]
    [InlineData("GET", "/Patient")]
    [InlineData("GET", "/Patient/1")]
    [InlineData("GET", "/Patient/1/_history")]
    [InlineData("POST", "/Patient")]
    [InlineData("POST", "/")]
    [InlineData("DELETE", "/Patient/1")]
    public async Task A_stranger_is_asked_to_sign_in_in_fhirs_words(string method, string path)
    {
        var asked = await server.NewClient().Call(method, path, method == "POST" ? Entry : null);

        asked.Refused(401, "login", "token");
        Assert.Contains(asked.Http.Headers.WwwAuthenticate, header => header.Scheme == "Bearer");
    }

    [Fact]
    public async Task A_token_that_is_none_is_said_to_be() =>
        (await server.NewClient().Get("/Patient", "Authorization: Bearer rubbish")).Refused(
            401,
            "expired"
        );

    [Fact]
    public async Task What_the_server_can_is_told_to_everyone()
    {
        (await server.NewClient().Get("/metadata")).Is(200);
        var smart = (await server.NewClient().Get("/.well-known/smart-configuration")).Is(200);
        Assert.EndsWith(
            "/connect/token",
            (string?)smart.Json["token_endpoint"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_program_does_what_its_scopes_say_and_no_more()
    {
        using var reader = await server.WithToken("system/Patient.rs");

        (await reader.Get("/Patient?_count=1")).Is(200);
        (await reader.Get("/Observation?_count=1")).Refused(
            403,
            "forbidden",
            "system/Observation.s"
        );
        (await reader.Get("/?_count=1")).Refused(403, "forbidden", "system/*.s");
        (await reader.Post("/Patient", FhirCalls.Patient("A"))).Refused(403, "forbidden");
        (await reader.Post("", Entry)).Refused(403, "forbidden");
    }

    [Fact]
    public async Task A_program_may_write_one_type_alone()
    {
        using var writer = await server.WithToken("system/Patient.cu");

        (await writer.Post("/Patient", FhirCalls.Patient("A"))).Is(201);
        (await writer.Post("", Entry)).Is(200);
        (await writer.Post("", Entry.Replace("Patient", "Basic"))).Refused(
            403,
            "forbidden",
            "system/Basic.c"
        );
        (await writer.Delete("/Patient/1")).Refused(403, "forbidden");
    }

    [Fact]
    public async Task A_batch_is_judged_entry_by_entry()
    {
        using var reader = await server.WithToken("system/Patient.rs");

        var done = (
            await reader.Post(
                "",
                """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient?_count=1"}},{"request":{"method":"GET","url":"Observation?_count=1"}},{"request":{"method":"DELETE","url":"Patient/1"}}]}"""
            )
        ).Is(200);

        Assert.Equal(
            ["200", "403", "403"],
            done.Entries.Select(entry => ((string)entry["response"]!["status"]!)[..3])
        );
    }

    [Fact]
    public async Task A_cashier_reads_no_records()
    {
        using var browser = await server.SignInAs("thungan");

        (await browser.Get("/Patient")).Refused(403, "forbidden");
    }

    [Fact]
    public async Task An_export_holds_what_the_callers_scopes_allow_and_is_nobody_elses()
    {
        using var program = await server.WithToken("system/Patient.rs");

        var accepted = await program.Get("/$export");
        var address = accepted.Address();
        var manifest = (await program.Finished(address)).Is(200);

        Assert.All(
            manifest.Json["output"]!.AsArray(),
            file => Assert.Equal("Patient", (string?)file!["type"])
        );
        Assert.NotEmpty(await program.Lines(manifest, "output", "Patient"));
        (await program.Get("/$export?_type=Observation")).Refused(403, "forbidden", "Observation");
        (await (await server.WithToken("system/Patient.c")).Get("/$export")).Refused(
            403,
            "forbidden"
        );

        using var doctor = await server.SignInAs("bacsi");
        (await doctor.Get("/$export")).Refused(403, "forbidden", "Everybody");
        (await doctor.Get(address)).Refused(404, "not-found");
        (await doctor.Get(address + "/0")).Refused(404, "not-found");
        (await doctor.Delete(address)).Refused(404, "not-found");
        (await server.NewClient().Get(address)).Refused(401, "login");
    }

    [Fact]
    public async Task A_citizen_exports_the_own_record_and_no_other()
    {
        using var system = await server.WithToken("system/*.cruds");
        var other = (await system.Post("/Patient", FhirCalls.Patient("Người khác"))).Is(201).Id;
        using var citizen = await server.SignInAs("congdan");

        var ofOther = await citizen.Post(
            "/Patient/$export",
            $$$"""{"resourceType":"Parameters","parameter":[{"name":"patient","valueReference":{"reference":"Patient/{{{other}}}"}}]}"""
        );
        Assert.Empty((await citizen.Finished(ofOther.Address())).Json["output"]!.AsArray());

        var own = await citizen.Finished((await citizen.Get("/Patient/$export")).Address());
        Assert.Single(await citizen.Lines(own.Is(200), "output", "Patient"));
    }

    [Fact]
    public async Task A_view_shows_what_its_callers_scopes_and_rights_show()
    {
        const string view =
            """{"resourceType":"Parameters","parameter":[{"name":"viewResource","resource":{"resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]}}]}""";
        using var program = await server.WithToken("system/Patient.rs");
        using var citizen = await server.SignInAs("congdan");

        var all = (await program.Post("/ViewDefinition/$run", view)).Is(200);
        Assert.True(all.Text.Count(letter => letter == '\n') > 1);
        (
            await program.Post(
                "/ViewDefinition/$run",
                view.Replace("Patient", "Observation", StringComparison.Ordinal)
            )
        ).Refused(403, "forbidden");
        var own = (await citizen.Post("/ViewDefinition/$run", view)).Is(200);
        Assert.Single(own.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        (await server.NewClient().Post("/ViewDefinition/$run", view)).Refused(401, "login");
        (await program.Post("/$import", view)).Refused(403, "forbidden");
    }

    [Fact]
    public async Task A_citizen_sees_nobody_else()
    {
        using var system = await server.WithToken("system/*.cruds");
        var other = (await system.Post("/Patient", FhirCalls.Patient("Người khác"))).Is(201).Id;
        using var citizen = await server.SignInAs("congdan");

        (await citizen.Get($"/Patient/{other}")).Refused(404, "not-found");
        Assert.DoesNotContain(
            (await citizen.Get("/Patient")).Is(200).Entries,
            entry => (string?)entry["resource"]!["id"] == other
        );
        (await citizen.Get($"/Patient/{other}/_history")).Refused(404, "not-found");
        (await citizen.Put($"/Patient/{other}", FhirCalls.Patient("X", other))).Refused(
            403,
            "forbidden"
        );
    }

    [Fact]
    public async Task A_token_and_a_session_of_one_server_hold_on_another_with_the_same_folder()
    {
        await using var another = RecordsApp.Build(
            new HostOptions(
                new HashSet<Part> { Part.Health },
                server.Database,
                "http://127.0.0.1:0",
                Demo: true
            )
            {
                DataFolder = server.DataFolder,
            },
            RecordsApp.Quietly
        );
        await another.StartAsync(TestContext.Current.CancellationToken);
        var there = another.Urls.First();
        using var program = await server.WithToken("system/Patient.rs");
        // The issuer is the address that clients know: the balancer's, the same for all servers behind it.
        program.DefaultRequestHeaders.Host = server.Address.Authority;
        (await program.Get($"{there}/fhir/Patient?_count=1")).Is(200);
        using var browser = await server.SignInAs("bacsi");
        (await browser.Get($"{there}/fhir/Patient?_count=1")).Is(200);
        await another.StopAsync(TestContext.Current.CancellationToken);
    }
}
