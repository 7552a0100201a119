using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Station;

/// <summary>Every number equals what was done here, counted by hand: the difference before and after.</summary>
public sealed class MonthlyReportTests(DemoServer server) : IClassFixture<DemoServer>
{
    private static readonly DateOnly Today = TimeProvider.System.Today();

    [Fact]
    public async Task Numbers_are_the_people_behind_them()
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        var before = await Report(doctor);

        // A mother of eighteen of the Thái, followed since week 30: one visit with urine tested, one without; a birth of twins.
        var mother = await Person(doctor, "Lò Thị Báo Cáo", "Female", Today.AddYears(-18), "03");
        var pregnancy = $"/health/patients/{mother}/antenatal";
        await Post(doctor, pregnancy, new { lastPeriod = Today.AddDays(-210) });
        await Post(doctor, pregnancy + "/visits", new { weight = 50, urineProtein = 0 });
        await Post(doctor, pregnancy + "/visits", new { weight = 51 });
        await Post(
            doctor,
            pregnancy + "/delivery",
            new
            {
                on = Today,
                place = "Tại trạm y tế",
                alive = 2,
            }
        );
        // A child with measles, who has a dose of BCG as well.
        var child = await Person(doctor, "Hà Văn Sởi", "Male", Today.AddMonths(-5), "01");
        var visit = await Post(doctor, "/health/encounters", new { patientId = child });
        await Post(
            doctor,
            $"/health/encounters/{visit!["id"]}/diagnoses",
            new { code = "B05.9", primary = true }
        );
        await Post(
            doctor,
            $"/health/patients/{child}/vaccinations",
            new
            {
                vaccine = "19",
                lot = "B1",
                expiry = Today.AddYears(1),
            }
        );

        var after = await Report(doctor);
        var grown = after
            .Select(cell =>
                (cell.Key, By: cell.Value.Number - before.GetValueOrDefault(cell.Key).Number)
            )
            .Where(cell => cell.By != 0)
            .ToDictionary(cell => cell.Key, cell => cell.By);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["K.1"] = 3,
                ["K.2"] = 2,
                ["K.3"] = 1,
                ["I.1"] = 1,
                ["I.1.1"] = 1,
                ["I.2"] = 1,
                ["I.2.1"] = 1,
                ["I.3"] = 2,
                ["I.4"] = 1,
                ["I.5"] = 1,
                ["I.5.1a"] = 1,
                ["I.5.1b"] = 1,
                ["III.1"] = 2,
                ["T.19"] = 1,
                ["B.14"] = 1,
            },
            grown
        );
        Assert.Contains(mother, after["I.5"].People);
        Assert.Contains(child, after["B.14"].People);
    }

    [Theory]
    [InlineData(2026, 13)]
    [InlineData(2199, 1)]
    public async Task A_month_that_is_none_or_lies_ahead_is_refused(int year, int month)
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await doctor.GetAsync($"/health/station/reports/{year}/{month}")).StatusCode
        );
    }

    private static async Task<Dictionary<string, (int Number, List<string> People)>> Report(
        HttpClient doctor
    ) =>
        (
            await doctor.GetFromJsonAsync<JsonObject>(
                $"/health/station/reports/{Today.Year}/{Today.Month}"
            )
        )!["cells"]!
            .AsArray()
            .ToDictionary(
                cell => cell!["code"]!.ToString(),
                cell =>
                    (
                        (int)cell!["number"]!,
                        cell["people"]!
                            .AsArray()
                            .Select(one => one!["patientId"]!.ToString())
                            .ToList()
                    )
            );

    private static async Task<string> Person(
        HttpClient doctor,
        string name,
        string sex,
        DateOnly born,
        string ethnicity
    ) =>
        (
            await Post(
                doctor,
                "/health/patients",
                new
                {
                    fullName = name,
                    birthDate = $"{born:yyyy-MM-dd}",
                    sex,
                    address = "Xóm 4",
                    ethnicity,
                    temporary = "Unknown",
                }
            )
        )!["patientId"]!.ToString();

    private static async Task<JsonObject?> Post(HttpClient doctor, string path, object body)
    {
        var response = await doctor.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length > 0 ? JsonNode.Parse(text) as JsonObject : null;
    }
}
