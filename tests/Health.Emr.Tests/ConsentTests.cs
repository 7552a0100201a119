using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests;

/// <summary>
/// A citizen decides who uses the own record, and sees who opened it in an emergency: by the addresses and pages that people use.
/// </summary>
public sealed class ConsentTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Consents = "/health/my/consents";

    [Fact]
    public async Task What_a_citizen_allows_and_takes_back_holds_at_once()
    {
        using var citizen = await server.SignInAs("congdan");
        using var head = await server.SignInAs("hieutruong");
        var own = await Own(citizen);
        // Another sector sees nothing, although the law lets in who treats.
        Assert.Equal(HttpStatusCode.NotFound, await Read(head, own));

        var id = await Give(
            citizen,
            new
            {
                organisation = "4017001",
                purpose = "Education",
                allows = true,
            }
        );
        Assert.Equal(HttpStatusCode.OK, await Read(head, own));
        var page = await Page(citizen, "/my/consents");
        Assert.Contains("4017001", page, StringComparison.Ordinal);
        Assert.Contains("nhà trường, giáo dục", page, StringComparison.Ordinal);
        Assert.Contains("15/2023/QH15", page, StringComparison.Ordinal);

        // Said again it is the same Consent, with what was said last.
        Assert.Equal(
            id,
            await Give(
                citizen,
                new
                {
                    organisation = "4017001",
                    purpose = "Education",
                    allows = false,
                }
            )
        );
        Assert.Equal(HttpStatusCode.NotFound, await Read(head, own));
        await Give(
            citizen,
            new
            {
                organisation = "4017001",
                purpose = "Education",
                allows = true,
            }
        );
        Assert.Equal(HttpStatusCode.OK, await Read(head, own));

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await citizen.DeleteAsync($"{Consents}/{id}")).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, await Read(head, own));
        Assert.DoesNotContain(
            (await citizen.GetFromJsonAsync<JsonArray>(Consents))!,
            one => (string?)one!["id"] == id
        );
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nobody_elses_consent_is_touched()
    {
        using var citizen = await server.SignInAs("congdan");
        using var doctor = await server.SignInAs("bacsi");
        foreach (
            var wrong in (object[])
                [
                    new
                    {
                        organisation = "không phải mã",
                        purpose = "Research",
                        allows = true,
                    },
                    new
                    {
                        purpose = "Research",
                        allows = true,
                        until = "2020-01-01",
                    },
                    new { purpose = 17, allows = true },
                ]
        )
        {
            Assert.Equal(
                HttpStatusCode.BadRequest,
                (await citizen.PostAsJsonAsync(Consents, wrong)).StatusCode
            );
        }
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await citizen.DeleteAsync($"{Consents}/{Guid.CreateVersion7()}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (
                await doctor.PostAsJsonAsync(Consents, new { purpose = "Research", allows = true })
            ).StatusCode
        );
    }

    [Fact]
    public async Task An_emergency_is_told_to_the_person_judged_once_and_closed()
    {
        using var citizen = await server.SignInAs("congdan");
        using var nurse = await server.SignInAs("dieuduong");
        using var officer = await server.SignInAs("baovedulieu");
        using var system = await server.WithToken();
        var patient = (
            await (
                await system.PostAsJsonAsync(
                    "/fhir/Patient",
                    new { resourceType = "Patient", active = true }
                )
            ).Content.ReadFromJsonAsync<JsonObject>()
        )!["id"]!.ToString();
        Assert.Equal(HttpStatusCode.NotFound, await Read(nurse, patient));
        var missing = await Page(nurse, $"/patients/{patient}", HttpStatusCode.OK);
        Assert.Contains($"/patients/{patient}/emergency", missing, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await Open(nurse, patient, "ngắn")).StatusCode);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await Open(citizen, patient, "Tai nạn giao thông, hôn mê")).StatusCode
        );

        var opened = await Opened(nurse, patient);
        Assert.Equal(
            TimeSpan.FromHours(4),
            DateTimeOffset.Parse(opened["until"]!.ToString())
                - DateTimeOffset.Parse(opened["opened"]!.ToString())
        );
        // Asked again it is the same.
        Assert.Equal(opened["id"]!.ToString(), (await Opened(nurse, patient))["id"]!.ToString());
        Assert.Equal(HttpStatusCode.OK, await Read(nurse, patient));

        // Of the citizen's own record.
        await Opened(nurse, await Own(citizen));
        var mine = await Page(citizen, "/my/audit");
        Assert.Contains("Mở khẩn cấp", mine, StringComparison.Ordinal);
        Assert.Contains("hôn mê", mine, StringComparison.Ordinal);

        var id = opened["id"]!.ToString();
        var item = (await officer.GetFromJsonAsync<JsonArray>("/api/emergencies"))!.Single(one =>
            one!["id"]!.ToString() == id
        )!;
        Assert.True((bool)item["isOpen"]!);
        Assert.True((int)item["looks"]! > 0);
        Assert.Contains(id, await Page(officer, "/emergencies"), StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await officer.PostAsync($"/api/emergencies/{id}/close", null)).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, await Read(nurse, patient));
        var review = new { verdict = "NotJustified", note = "Không có cấp cứu." };
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await officer.PostAsJsonAsync(
                    $"/api/emergencies/{id}/review",
                    new { verdict = "NotJustified" }
                )
            ).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await officer.PostAsJsonAsync($"/api/emergencies/{id}/review", review)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await officer.PostAsJsonAsync($"/api/emergencies/{id}/review", review)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await nurse.PostAsJsonAsync($"/api/emergencies/{id}/review", review)).StatusCode
        );
    }

    [Fact]
    public async Task Whom_another_facility_registered_is_taken_in_by_a_visit_and_is_one_record()
    {
        using var doctor = await server.SignInAs("bacsi");
        using var other = await server.SignInAs("bacsi-tyt");
        var person = new
        {
            fullName = "Bùi Văn Hai Nơi",
            birthDate = "1979-05-06",
            sex = "Male",
            personalId = "040079900077",
            address = "Xóm 3, xã An Hòa",
        };
        var patient = (
            await (
                await doctor.PostAsJsonAsync("/health/patients", person)
            ).Content.ReadFromJsonAsync<JsonObject>()
        )!["patientId"]!.ToString();
        Assert.Equal(HttpStatusCode.OK, await Read(doctor, patient));
        Assert.Equal(HttpStatusCode.NotFound, await Read(other, patient));
        // Found by number all the same: who it is, not what they have.
        var page = await Page(other, $"/patients/{patient}");
        Assert.Contains("Bùi Văn Hai Nơi", page, StringComparison.Ordinal);
        Assert.Contains("chưa tiếp nhận", page, StringComparison.Ordinal);

        var visit = await other.PostAsJsonAsync(
            "/health/encounters",
            new { patientId = patient, reason = "Ho" }
        );

        Assert.Equal(HttpStatusCode.OK, visit.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await Read(other, patient));
        var read = await doctor.GetFromJsonAsync<JsonObject>($"/fhir/Patient/{patient}");
        Assert.Equal("1", read!["meta"]!["versionId"]!.ToString());
    }

    private static async Task<string> Own(HttpClient citizen) =>
        (await citizen.GetFromJsonAsync<JsonObject>("/fhir/Patient"))!["entry"]![0]!["resource"]![
            "id"
        ]!.ToString();

    private static async Task<string> Give(HttpClient citizen, object choice)
    {
        var given = await citizen.PostAsJsonAsync(Consents, choice);
        Assert.Equal(HttpStatusCode.OK, given.StatusCode);
        return (await given.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.ToString();
    }

    private static async Task<HttpStatusCode> Read(HttpClient who, string patient) =>
        (await who.GetAsync($"/fhir/Patient/{patient}")).StatusCode;

    private static Task<HttpResponseMessage> Open(HttpClient who, string patient, string text) =>
        who.PostAsJsonAsync(
            "/api/emergencies",
            new
            {
                patient,
                reason = "LifeInDanger",
                text,
            }
        );

    private static async Task<JsonObject> Opened(HttpClient who, string patient)
    {
        var opened = await Open(who, patient, "Tai nạn giao thông, hôn mê");
        Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
        return (await opened.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static async Task<string> Page(
        HttpClient who,
        string path,
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        var answer = await who.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
