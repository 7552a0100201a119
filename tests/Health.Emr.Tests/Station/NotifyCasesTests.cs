using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Emr.Station.Surveillance;
using Testing;

namespace Health.Emr.Tests.Station;

public sealed class NotifyCasesTests(DemoServer server) : IClassFixture<DemoServer>
{
    [Theory]
    [InlineData("A97.0", "13", 24)]
    [InlineData("A91", "13", 24)]
    [InlineData("B08.4", "16", 24)]
    [InlineData("B08.3", null, null)]
    [InlineData("B05.9", "14", 24)]
    [InlineData("J11.1", "50", null)]
    [InlineData("I10", null, null)]
    [InlineData(null, null, null)]
    public void What_is_to_be_told_and_how_fast(string? icd10, string? id, int? hours)
    {
        var disease = NotifiableDiseases.Current.Of(icd10);
        Assert.Equal((id, hours), (disease?.Id, disease?.Hours));
    }

    [Fact]
    public async Task A_diagnosis_waits_to_be_told_and_is_told_once()
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        var person = await Post(
            doctor,
            "/health/patients",
            new
            {
                fullName = "Phan Văn Sốt Xuất Huyết",
                birthDate = "1999-03-03",
                sex = "Male",
                address = "Xóm 1",
                temporary = "Unknown",
            }
        );
        var visit = await Post(
            doctor,
            "/health/encounters",
            new { patientId = person!["patientId"]!.ToString() }
        );
        await Post(
            doctor,
            $"/health/encounters/{visit!["id"]}/diagnoses",
            new { code = "A97.0", primary = true }
        );
        var waiting = (await Mine(doctor, person))!;
        Assert.Null(waiting["told"]);
        Assert.Equal(
            DateTimeOffset.Parse(waiting["recorded"]!.ToString()).AddHours(24),
            DateTimeOffset.Parse(waiting["deadline"]!.ToString())
        );

        var tell = $"/health/station/cases/{waiting["condition"]}/notification";
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await doctor.PostAsJsonAsync(tell, new { classification = "1" })).StatusCode
        );
        await Post(doctor, tell, new { classification = "11546", number = "NA-2026-17" });
        var told = (await Mine(doctor, person))!;
        Assert.NotNull(told["told"]);
        Assert.Equal("NA-2026-17", told["number"]!.ToString());
        Assert.Equal(
            HttpStatusCode.Conflict,
            (await doctor.PostAsJsonAsync(tell, new { classification = "11546" })).StatusCode
        );

        // The hospital does not see the station's cases.
        using var other = await server.SignInAs("bacsi");
        Assert.Null(await Mine(other, person));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await other.PostAsJsonAsync(tell, new { classification = "11546" })).StatusCode
        );
    }

    private static async Task<JsonNode?> Mine(HttpClient doctor, JsonObject person) =>
        (await doctor.GetFromJsonAsync<JsonArray>("/health/station/cases"))!.FirstOrDefault(one =>
            one!["patientId"]!.ToString() == person["patientId"]!.ToString()
        );

    private static async Task<JsonObject?> Post(HttpClient doctor, string path, object body)
    {
        var response = await doctor.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length > 0 ? JsonNode.Parse(text) as JsonObject : null;
    }
}
