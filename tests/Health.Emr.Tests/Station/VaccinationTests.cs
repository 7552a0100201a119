using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Station;

/// <summary>A newborn at the station through the front door: registered, vaccinated, on the lists, printed; and all of it is FHIR.</summary>
public sealed class VaccinationTests(DemoServer server) : IClassFixture<DemoServer>
{
    private static readonly DateOnly Today = TimeProvider.System.Today();
    private static int people;

    [Fact]
    public async Task A_newborn_is_vaccinated_and_printed()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var child = await Child(nurse, Today);
        var forecast = (await Read(nurse, child))["forecast"]!.AsArray();
        Assert.Equal("Due", Of(forecast, "HEPB0")["status"]!.ToString());
        Assert.Equal("Due", Of(forecast, "BCG")["status"]!.ToString());

        await Give(nurse, child, "08", "HB26-01");
        await Give(nurse, child, "19", "BCG26-07");
        var view = await Read(nurse, child);
        Assert.All(
            view["doses"]!.AsArray(),
            dose => Assert.Equal("Valid", dose!["status"]!.ToString())
        );
        Assert.Equal("Complete", Of(view["forecast"]!.AsArray(), "BCG")["status"]!.ToString());
        var pdf = await nurse.GetByteArrayAsync($"/health/patients/{child}/vaccinations/pdf");
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);

        using var system = await server.WithToken();
        var found = await system.GetFromJsonAsync<JsonObject>(
            $"/fhir/Immunization?patient={child}&vaccine-code=19&lot-number=BCG26-07"
        );
        var dose = found!["entry"]![0]!["resource"]!;
        Assert.Equal("completed", dose["status"]!.ToString());
        Assert.Equal("BCG", dose["protocolApplied"]![0]!["series"]!.ToString());
        Assert.Contains("40151", dose["performer"]!.ToJsonString());
    }

    [Fact]
    public async Task What_must_wait_is_refused_with_the_reason()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var child = await Child(nurse, Today.AddDays(-10));
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "102",
                lot = "L",
                expiry = Next,
            },
            "vaccine",
            "quá sớm"
        );
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Today.AddDays(-1),
            },
            "expiry",
            "hết hạn"
        );
        await Refused(nurse, child, new { vaccine = "19", expiry = Next }, "lot", "số lô");
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Next,
                temperature = 37.5,
            },
            "temperature",
            "37,5 °C"
        );
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Next,
                temperature = 35.5,
            },
            "temperature",
            "35,5 °C"
        );
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Next,
                weight = 1.9,
            },
            "weight",
            "2000 g"
        );
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Next,
                on = Today.AddDays(1),
            },
            "on",
            "sau hôm nay"
        );
        await Refused(nurse, child, new { vaccine = "zz" }, "vaccine", "chọn");

        await Give(nurse, child, "19", "L1");
        var again = await Post(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L1",
                expiry = Next,
            }
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task A_dose_from_a_booklet_is_kept_and_judged()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var child = await Child(nurse, Today.AddDays(-30));
        var response = await Post(
            nurse,
            child,
            new
            {
                vaccine = "102",
                on = Today.AddDays(-2),
                elsewhere = true,
            }
        );
        response.EnsureSuccessStatusCode();
        var doses = (await Read(nurse, child))["doses"]!.AsArray();
        Assert.Contains(
            doses,
            dose =>
                dose!["status"]!.ToString() == "NotValid"
                && dose["reason"]!
                    .ToString()
                    .Contains("quá sớm so với tuổi", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_contraindication_and_a_reaction_stay_in_the_record()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var child = await Child(nurse, Today.AddDays(-5));
        var refuse = await nurse.PostAsJsonAsync(
            $"/health/patients/{child}/vaccinations/refusals",
            new { series = "live", reason = "Suy giảm miễn dịch bẩm sinh" }
        );
        Assert.Equal(HttpStatusCode.NoContent, refuse.StatusCode);
        var bcg = Of((await Read(nurse, child))["forecast"]!.AsArray(), "BCG");
        Assert.Equal("Contraindicated", bcg["status"]!.ToString());
        Assert.Equal("Suy giảm miễn dịch bẩm sinh", bcg["why"]!.ToString());
        await Refused(
            nurse,
            child,
            new
            {
                vaccine = "19",
                lot = "L",
                expiry = Next,
            },
            "vaccine",
            "chống chỉ định"
        );

        var other = await Child(nurse, Today);
        var dose = await Give(nurse, other, "08", "HB26-02");
        var told = await nurse.PostAsJsonAsync(
            $"/health/vaccinations/{dose}/reactions",
            new { what = "Sưng đau chỗ tiêm" }
        );
        Assert.Equal(HttpStatusCode.NoContent, told.StatusCode);
        var none = await nurse.PostAsJsonAsync(
            $"/health/vaccinations/{dose}/reactions",
            new { what = "Sốt", on = Today.AddDays(1) }
        );
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
        using var system = await server.WithToken();
        var read = await system.GetFromJsonAsync<JsonObject>($"/fhir/Immunization/{dose}");
        Assert.Equal("Sưng đau chỗ tiêm", read!["reaction"]![0]!["detail"]!["display"]!.ToString());
    }

    [Fact]
    public async Task A_pregnant_woman_waits_for_tetanus_and_gets_no_live_vaccine()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var woman = await Person(nurse, "Lê Thị Thai Phụ", "Female", Today.AddYears(-24));
        var before = Of((await Read(nurse, woman))["forecast"]!.AsArray(), "UV");
        Assert.Equal("NotApplicable", before["status"]!.ToString());
        var opened = await nurse.PostAsJsonAsync(
            $"/health/patients/{woman}/antenatal",
            new { lastPeriod = Today.AddDays(-100) }
        );
        Assert.True(opened.IsSuccessStatusCode, await opened.Content.ReadAsStringAsync());
        var forecast = (await Read(nurse, woman))["forecast"]!.AsArray();
        Assert.Equal("Due", Of(forecast, "UV")["status"]!.ToString());
        Assert.Equal("Contraindicated", Of(forecast, "MEASLES")["status"]!.ToString());
        await Refused(
            nurse,
            woman,
            new
            {
                vaccine = "03",
                lot = "L",
                expiry = Next,
            },
            "vaccine",
            "mang thai"
        );
        await Give(nurse, woman, "35", "UV26-01");
        Assert.Equal(2, (int)Of((await Read(nurse, woman))["forecast"]!.AsArray(), "UV")["dose"]!);
    }

    [Fact]
    public async Task The_stations_lists_hold_its_children_by_what_they_wait_for()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var before = await Lists(nurse);
        // Some of the demo's children stopped a year ago.
        Assert.NotEmpty(before["overdue"]!.AsArray());
        Assert.All(
            before["overdue"]!.AsArray(),
            row => Assert.Equal("Overdue", row!["offers"]![0]!["status"]!.ToString())
        );

        var mother = await Person(nurse, "Nguyễn Thị Có Con", "Female", Today.AddYears(-28));
        var household = await nurse.PostAsJsonAsync(
            "/health/station/households",
            new { head = mother }
        );
        var id = (await household.Content.ReadFromJsonAsync<JsonObject>())!["id"]!.ToString();
        var child = await Child(nurse, Today, mother);
        Assert.DoesNotContain(Ids(await Lists(nurse)), one => one == child);
        var added = await nurse.PostAsJsonAsync(
            $"/health/station/households/{id}/members",
            new { patient = child }
        );
        Assert.Equal(HttpStatusCode.NoContent, added.StatusCode);
        Assert.Contains(Ids(await Lists(nurse)), one => one == child);

        await Give(nurse, child, "08", "HB26-03");
        await Give(nurse, child, "19", "BCG26-03");
        Assert.DoesNotContain(Ids(await Lists(nurse)), one => one == child);
        var later = await Lists(nurse, $"?day={Today.AddMonths(2).AddDays(1):yyyy-MM-dd}");
        Assert.Contains(Ids(later), one => one == child);
        Assert.True((int)later["needed"]!["102"]! > 0);

        // Whoever moved away is on no list, and still counts as vaccinated here.
        await nurse.DeleteAsync($"/health/station/households/{id}/members/{child}");
        var group = await (await server.WithToken()).GetFromJsonAsync<JsonObject>(
            $"/fhir/Group/{id}"
        );
        Assert.True((bool)group!["member"]![1]!["inactive"]!);
        using var doctor = await server.SignInAs("bacsi");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (
                await doctor.PostAsJsonAsync(
                    $"/health/station/households/{id}/members",
                    new { patient = child }
                )
            ).StatusCode
        );
    }

    private static DateOnly Next => Today.AddYears(1);

    private static IEnumerable<string> Ids(JsonObject lists) =>
        lists["session"]!.AsArray().Select(row => row!["patientId"]!.ToString());

    private static async Task<JsonObject> Lists(HttpClient nurse, string query = "") =>
        (await nurse.GetFromJsonAsync<JsonObject>($"/health/station/vaccinations{query}"))!;

    private static async Task<JsonObject> Read(HttpClient nurse, string child) =>
        (await nurse.GetFromJsonAsync<JsonObject>($"/health/patients/{child}/vaccinations"))!;

    private static JsonObject Of(JsonArray forecast, string series) =>
        forecast.Single(one => one!["series"]!.ToString() == series)!.AsObject();

    private static Task<HttpResponseMessage> Post(HttpClient nurse, string child, object dose) =>
        nurse.PostAsJsonAsync($"/health/patients/{child}/vaccinations", dose);

    private static async Task<string> Give(
        HttpClient nurse,
        string child,
        string vaccine,
        string lot
    )
    {
        var response = await Post(
            nurse,
            child,
            new
            {
                vaccine,
                lot,
                expiry = Next,
                temperature = 36.8,
            }
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["id"]!.ToString();
    }

    private static async Task Refused(
        HttpClient nurse,
        string child,
        object dose,
        string field,
        string words
    )
    {
        var response = await Post(nurse, child, dose);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var errors = (await response.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!;
        Assert.Contains(words, errors[field]![0]!.ToString());
    }

    private static async Task<string> Person(
        HttpClient nurse,
        string name,
        string sex,
        DateOnly born
    )
    {
        var response = await nurse.PostAsJsonAsync(
            "/health/patients",
            new
            {
                fullName = $"{name} {(char)('A' + Interlocked.Increment(ref people))}",
                birthDate = $"{born:yyyy-MM-dd}",
                sex,
                address = $"Xóm {people}, xã An Hòa",
                temporary = "Unknown",
            }
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["patientId"]!.ToString();
    }

    private static async Task<string> Child(HttpClient nurse, DateOnly born, string? mother = null)
    {
        mother ??= await Person(nurse, "Trần Thị Mẹ", "Female", Today.AddYears(-25));
        var response = await nurse.PostAsJsonAsync(
            $"/health/patients/{mother}/newborns",
            new { sex = "Female", born }
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["patientId"]!.ToString();
    }
}
