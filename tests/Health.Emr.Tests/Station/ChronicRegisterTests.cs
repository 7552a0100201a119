using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Emr.Station.Chronic;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Station;

/// <summary>The rates alone, without a server.</summary>
public sealed class ControlRateTests
{
    private static readonly ChronicDisease Hypertension = ChronicDisease.All.Single(disease =>
        disease.Code == "hypertension"
    );

    [Theory]
    [InlineData(139, 89, true)]
    [InlineData(140, 80, false)]
    [InlineData(130, 90, false)]
    public void Both_numbers_of_a_pressure_decide(int high, int low, bool onTarget) =>
        Assert.Equal(onTarget, Hypertension.Measures[0].Read(new(2026, 1, 1), high, low).OnTarget);

    /// <summary>Counted by hand: four people over a year.</summary>
    [Fact]
    public void A_year_equals_a_count_by_hand()
    {
        var pressure = Hypertension.Measures[0];
        ChronicPatient[] people =
        [
            // Controlled from March, without a measurement after September: lost from 10 March + 6 months on.
            Person("a", new(2025, 6, 1), pressure.Read(new(2026, 3, 10), 130, 80)),
            // Never on target.
            Person(
                "b",
                new(2025, 1, 1),
                pressure.Read(new(2026, 1, 5), 160, 95),
                pressure.Read(new(2026, 6, 5), 150, 92),
                pressure.Read(new(2026, 11, 5), 145, 85)
            ),
            // Diagnosed in July, controlled in August.
            Person("c", new(2026, 7, 15), pressure.Read(new(2026, 8, 1), 135, 85)),
            // Died in May.
            Person("d", new(2024, 1, 1), pressure.Read(new(2026, 4, 1), 120, 70)) with
            {
                Died = new(2026, 5, 20),
            },
        ];
        ControlRate On(int month, int day) => ControlRate.Of(people, new(2026, month, day), 6);

        Assert.Equal(new(new(2026, 2, 28), 3, 0, 1, 2), On(2, 28));
        Assert.Equal(new(new(2026, 4, 30), 3, 2, 1, 0), On(4, 30));
        Assert.Equal(new(new(2026, 5, 31), 2, 1, 1, 0), On(5, 31));
        Assert.Equal(new(new(2026, 8, 31), 3, 2, 1, 0), On(8, 31));
        Assert.Equal(new(new(2026, 9, 10), 3, 1, 1, 1), On(9, 10));
        Assert.Equal(66.7m, On(8, 31).Percent);
        Assert.Null(ControlRate.Of([], new(2026, 8, 31), 6).Percent);

        var year = ControlRate.OfAYear(people, new(2026, 11, 28), 6);
        Assert.Equal(13, year.Count);
        Assert.Equal(new DateOnly(2025, 11, 30), year[0].On);
        Assert.Equal(new DateOnly(2026, 10, 31), year[^2].On);
        Assert.Equal(On(11, 28), year[^1]);
    }

    private static ChronicPatient Person(string id, DateOnly since, params Reading[] readings) =>
        new(id, id, null, Sex.Unknown, null, since, readings);
}

/// <summary>The registers are filled by what is written elsewhere.</summary>
public sealed class ChronicRegisterTests(DemoServer server) : IClassFixture<DemoServer>
{
    [Fact]
    public async Task A_diagnosis_and_a_measurement_are_enough()
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        var before = await Read(doctor, "hypertension");
        var person = await Post(
            doctor,
            "/health/patients",
            new
            {
                fullName = "Đỗ Thị Huyết Áp",
                birthDate = "1955-02-03",
                sex = "Female",
                address = "Xóm 2, xã An Hòa",
                temporary = "Unknown",
            }
        );
        var patient = person!["patientId"]!.ToString();
        await Post(doctor, "/health/station/households", new { head = patient });
        var visit = await Post(doctor, "/health/encounters", new { patientId = patient });
        await Post(
            doctor,
            $"/health/encounters/{visit!["id"]}/diagnoses",
            new { code = "I10", primary = true }
        );
        await Post(
            doctor,
            $"/health/encounters/{visit["id"]}/vital-signs",
            new { systolic = 162, diastolic = 96 }
        );
        var during = await Read(doctor, "hypertension");
        Assert.Equal(Count(before, "registered") + 1, Count(during, "registered"));
        Assert.Equal(Count(before, "uncontrolled") + 1, Count(during, "uncontrolled"));

        await Post(
            doctor,
            $"/health/patients/{patient}/follow-ups",
            new { systolic = 134, diastolic = 82 }
        );
        var after = await Read(doctor, "hypertension");
        Assert.Equal(Count(before, "controlled") + 1, Count(after, "controlled"));

        using var system = await server.WithToken();
        var found = await system.GetFromJsonAsync<JsonObject>(
            $"/fhir/Observation?patient={patient}&code=85354-9"
        );
        Assert.Equal(2, found!["entry"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"systolic":150}""", "systolic")]
    [InlineData("""{"systolic":80,"diastolic":120}""", "systolic")]
    [InlineData("""{"glucose":250}""", "glucose")]
    [InlineData("""{}""", "systolic")]
    public async Task What_nobody_can_have_is_refused(string body, string field)
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        var register = await Read(doctor, "hypertension");
        var someone =
            register["patients"]!.AsArray().FirstOrDefault()?["patientId"]?.ToString()
            ?? (await Anyone(doctor));
        var response = await doctor.PostAsync(
            $"/health/patients/{someone}/follow-ups",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"\"{field}\"", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task There_is_no_other_register()
    {
        using var doctor = await server.SignInAs("bacsi-tyt");
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await doctor.GetAsync("/health/station/registers/gout")).StatusCode
        );
    }

    private static async Task<string> Anyone(HttpClient doctor) =>
        (await doctor.GetFromJsonAsync<JsonArray>("/health/encounters/today"))![0]![
            "patientId"
        ]!.ToString();

    private static int Count(JsonObject register, string what) => (int)register["now"]![what]!;

    private static async Task<JsonObject> Read(HttpClient doctor, string disease) =>
        (await doctor.GetFromJsonAsync<JsonObject>($"/health/station/registers/{disease}"))!;

    private static async Task<JsonObject?> Post(HttpClient doctor, string path, object body)
    {
        var response = await doctor.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return text.Length > 0 ? JsonNode.Parse(text) as JsonObject : null;
    }
}
