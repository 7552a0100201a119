using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Registries;
using Interop.Registries.Forms;

namespace Interop.Tests.Registries;

/// <summary>Due days, and what the ministry's page makes of reports that are in, late or missing.</summary>
public sealed class WatchReportsTests(SendingServer server) : IClassFixture<SendingServer>
{
    [Theory]
    // Five working days: over a week-end, over the end of a year, after a leap February.
    [InlineData(2026, 10, "2026-11-06")]
    [InlineData(2026, 12, "2027-01-07")]
    [InlineData(2028, 2, "2028-03-07")]
    [InlineData(2026, 1, "2026-02-06")]
    public void A_month_is_due_after_five_working_days(int year, int month, string due) =>
        Assert.Equal(
            DateOnly.Parse(due, null),
            WatchReports.DueDay(MorbidityForm.Definition, Period.OfMonth(year, month))
        );

    [Fact]
    public void A_school_year_is_due_on_30_June() =>
        Assert.Equal(
            new DateOnly(2027, 6, 30),
            WatchReports.DueDay(SchoolResults.Definition, Period.OfSchoolYear(2026))
        );

    [Fact]
    public async Task Reports_are_in_time_late_waiting_or_overdue()
    {
        // The newest month that is over is December 2040; nobody has sent anything.
        server.Clock.Now = new(2041, 1, 3, 2, 0, 0, TimeSpan.Zero);
        await Send("2040-12");
        Assert.Equal("OnTime", await Punctuality("2040-12"));
        Assert.Equal("Overdue", await Punctuality("2040-11"));
        await Send("2040-11");
        Assert.Equal("Late", await Punctuality("2040-11"));
        server.Clock.Now = new(2041, 2, 2, 2, 0, 0, TimeSpan.Zero);
        Assert.Equal("NotDue", await Punctuality("2041-01"));
        await server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period = "2041-01" });
        Assert.Equal("Waiting", await Punctuality("2041-01"));
        var page = WebUtility.HtmlDecode(await server.Client.GetStringAsync("/exports/overview"));
        Assert.Contains("/exports/versions/tally/2041-01/1", page);
        Assert.Contains("nộp đúng hạn", page);
    }

    private async Task Send(string month)
    {
        await server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period = month });
        var version = $"/api/exports/tally/versions/{month}/1";
        (await server.Client.PostAsync(version + "/approve", null)).EnsureSuccessStatusCode();
        var receipt = await server.Client.PostAsJsonAsync(
            version + "/receipt",
            new { number = "1" }
        );
        receipt.EnsureSuccessStatusCode();
    }

    private async Task<string?> Punctuality(string month)
    {
        var overview = (await server.Client.GetFromJsonAsync<JsonObject>("/api/exports/overview"))!;
        return (string?)
            overview["exports"]!.AsArray().Single(export => (string?)export!["name"] == "tally")![
                "reports"
            ]!
                .AsArray()
                .Single(report => (string?)report!["period"] == month)!["punctuality"];
    }
}
