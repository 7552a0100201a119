using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Health.Emr.Station.Antenatal;
using SharedKernel.Contracts;
using Testing;

namespace Health.Emr.Tests.Station;

/// <summary>Dates, visits and signs alone, without a server.</summary>
public sealed class AntenatalPlanTests
{
    private static readonly AntenatalPlan Plan = AntenatalPlan.Current;
    private static readonly DateOnly LastPeriod = new(2026, 1, 1);

    [Fact]
    public void The_expected_date_is_280_days_after_the_last_period() =>
        Assert.Equal(new DateOnly(2026, 10, 8), Plan.ExpectedOn(LastPeriod));

    [Theory]
    [InlineData("2026-01-07", 0, 1)]
    [InlineData("2026-04-08", 13, 1)]
    [InlineData("2026-04-09", 14, 2)]
    [InlineData("2026-07-15", 27, 2)]
    [InlineData("2026-07-16", 28, 3)]
    public void Weeks_and_periods(string day, int week, int period)
    {
        Assert.Equal(week, AntenatalPlan.WeekOn(LastPeriod, DateOnly.Parse(day)));
        Assert.Equal(period, Plan.PeriodOn(LastPeriod, DateOnly.Parse(day)).Number);
    }

    [Theory]
    // Nothing yet in week 6: by the end of the first period.
    [InlineData("2026-02-15", "", "2026-04-08")]
    // The first is done: by the end of the second.
    [InlineData("2026-03-15", "2026-03-01", "2026-07-15")]
    // The first period passed without one: it cannot be caught up.
    [InlineData("2026-05-01", "", "2026-07-15")]
    // Two in the third, each with half of it.
    [InlineData("2026-07-20", "2026-03-01 2026-05-01", "2026-09-05")]
    [InlineData("2026-09-10", "2026-03-01 2026-05-01 2026-08-01", "2026-10-28")]
    [InlineData("2026-10-01", "2026-03-01 2026-05-01 2026-08-01 2026-09-20", null)]
    public void The_next_visit(string today, string visits, string? by) =>
        Assert.Equal(
            by is null ? null : DateOnly.Parse(by),
            Plan.NextBy(LastPeriod, Days(visits), DateOnly.Parse(today))
        );

    [Theory]
    [InlineData("2026-03-01 2026-05-01 2026-08-01 2026-09-20", true)]
    [InlineData("2026-03-01 2026-05-01 2026-08-01", false)]
    [InlineData("2026-05-01 2026-06-01 2026-08-01 2026-09-20", false)]
    public void Four_visits_in_three_periods(string visits, bool complete) =>
        Assert.Equal(complete, Plan.IsComplete(LastPeriod, Days(visits)));

    [Theory]
    [InlineData(139, 89, 1, 140, 30, false, "protein niệu")]
    [InlineData(140, 85, 0, 140, 30, false, "huyết áp 140/85")]
    [InlineData(140, 85, 2, 140, 30, true, "tiền sản giật")]
    [InlineData(160, 95, 0, 140, 30, true, "huyết áp 160/95")]
    [InlineData(110, 70, 0, 109, 30, true, "tim thai 109")]
    [InlineData(110, 70, 0, 161, 30, true, "tim thai 161")]
    [InlineData(110, 70, 0, 140, 41, true, "quá ngày")]
    public void Signs_of_a_visit(
        int high,
        int low,
        int protein,
        int heart,
        int week,
        bool urgent,
        string words
    )
    {
        var sign = Assert.Single(
            RiskSigns.OfVisit(
                new(Systolic: high, Diastolic: low, HeartRate: heart, UrineProtein: protein),
                week,
                Plan
            )
        );
        Assert.Equal(urgent, sign.Urgent);
        Assert.Contains(words, sign.Text);
    }

    [Fact]
    public void What_is_ordinary_is_no_sign()
    {
        Assert.Empty(
            RiskSigns.OfVisit(new(55, 110, 70, 28, 140, 0, 115, Cephalic: false), 35, Plan)
        );
        Assert.Empty(RiskSigns.OfWoman(25, 1, 155, Plan));
    }

    [Theory]
    [InlineData(17, 0, 155, 1)]
    [InlineData(35, 4, 144, 3)]
    [InlineData(34, 3, 145, 0)]
    public void Signs_of_the_woman(int age, int births, int height, int signs) =>
        Assert.Equal(signs, RiskSigns.OfWoman(age, births, height, Plan).Count);

    private static IEnumerable<DateOnly> Days(string days) =>
        days.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(day => DateOnly.Parse(day));
}

/// <summary>From the first visit to the delivery and the newborn, by HTTP.</summary>
public sealed class AntenatalTests(DemoServer server) : IClassFixture<DemoServer>
{
    private static readonly DateOnly Today = TimeProvider.System.Today();

    [Fact]
    public async Task From_the_first_visit_to_the_delivery()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var mother = await Woman(nurse, "Bùi Thị Mang Thai", 1990);
        var pregnancy = $"/health/patients/{mother}/antenatal";
        Assert.Equal(HttpStatusCode.NotFound, (await nurse.GetAsync(pregnancy)).StatusCode);
        await Status(
            HttpStatusCode.BadRequest,
            nurse,
            pregnancy,
            new { lastPeriod = Today.AddDays(1) }
        );
        var last = Today.AddDays(-7 * 30);
        await Status(HttpStatusCode.OK, nurse, pregnancy, new { lastPeriod = last, births = 1 });
        await Status(HttpStatusCode.Conflict, nurse, pregnancy, new { lastPeriod = last });

        await Status(HttpStatusCode.BadRequest, nurse, pregnancy + "/visits", new { });
        await Status(
            HttpStatusCode.BadRequest,
            nurse,
            pregnancy + "/visits",
            new { systolic = 120 }
        );
        await Status(
            HttpStatusCode.OK,
            nurse,
            pregnancy + "/visits",
            new
            {
                weight = 58.5,
                systolic = 146,
                diastolic = 92,
                urineProtein = 2,
                heartRate = 144,
                fundalHeight = 27,
            }
        );
        var view = (await nurse.GetFromJsonAsync<JsonObject>(pregnancy))!;
        Assert.Equal($"{last.AddDays(280):yyyy-MM-dd}", view["expected"]!.ToString());
        Assert.Equal(30, (int)view["week"]!);
        Assert.Equal(58.5m, (decimal)view["visits"]![0]!["found"]!["weight"]!);
        Assert.Equal(2, (int)view["visits"]![0]!["found"]!["urineProtein"]!);
        // Thirty-five or more, and what the visit found.
        Assert.Contains(view["signs"]!.AsArray(), sign => !(bool)sign!["urgent"]!);
        Assert.Contains(
            view["signs"]!.AsArray(),
            sign =>
                (bool)sign!["urgent"]!
                && sign["text"]!.ToString().Contains("tiền sản giật", StringComparison.Ordinal)
        );
        var listed = await Listed(nurse, mother);
        Assert.True((bool)listed!["isUrgent"]!);
        Assert.Equal(view["expected"]!.ToString(), listed["pregnancy"]!["expected"]!.ToString());
        Assert.Single(listed["pregnancy"]!["visits"]!.AsArray());

        await Status(HttpStatusCode.BadRequest, nurse, pregnancy + "/delivery", new { on = Today });
        await Status(
            HttpStatusCode.NoContent,
            nurse,
            pregnancy + "/delivery",
            new
            {
                on = Today,
                place = "Tại trạm y tế",
                alive = 1,
            }
        );
        Assert.Equal(HttpStatusCode.NotFound, (await nurse.GetAsync(pregnancy)).StatusCode);
        Assert.Null(await Listed(nurse, mother));

        using var system = await server.WithToken();
        var episode = await system.GetFromJsonAsync<JsonObject>(
            $"/fhir/EpisodeOfCare?patient={mother}"
        );
        Assert.Equal("finished", episode!["entry"]![0]!["resource"]!["status"]!.ToString());
        var procedure = await system.GetFromJsonAsync<JsonObject>(
            $"/fhir/Procedure?patient={mother}"
        );
        Assert.Contains(
            "Đẻ thường",
            procedure!["entry"]![0]!["resource"]!["code"]!["text"]!.ToString()
        );
    }

    [Fact]
    public async Task A_man_is_not_pregnant()
    {
        using var nurse = await server.SignInAs("dieuduong");
        var man = await Woman(nurse, "Bùi Văn Đàn Ông", 1990, "Male");
        await Status(
            HttpStatusCode.BadRequest,
            nurse,
            $"/health/patients/{man}/antenatal",
            new { lastPeriod = Today.AddDays(-70) }
        );
    }

    private static async Task<JsonNode?> Listed(HttpClient nurse, string mother) =>
        (await nurse.GetFromJsonAsync<JsonArray>("/health/station/pregnancies"))!.FirstOrDefault(
            row => row!["patientId"]!.ToString() == mother
        );

    private static async Task Status(
        HttpStatusCode status,
        HttpClient nurse,
        string path,
        object body
    )
    {
        var response = await nurse.PostAsJsonAsync(path, body);
        Assert.True(
            status == response.StatusCode,
            $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}"
        );
    }

    private static async Task<string> Woman(
        HttpClient nurse,
        string name,
        int year,
        string sex = "Female"
    )
    {
        var response = await nurse.PostAsJsonAsync(
            "/health/patients",
            new
            {
                fullName = name,
                birthDate = $"{year}-01-02",
                sex,
                address = "Xóm 3, xã An Hòa",
                temporary = "Unknown",
            }
        );
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["patientId"]!.ToString();
    }
}
