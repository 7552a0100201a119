using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Tests.Registries;

namespace Interop.Tests.OpenData;

/// <summary>From visits to what anybody may read: nothing before somebody approves it, and no small count after.</summary>
public sealed class PublishFiguresTests(ExportServer server) : IClassFixture<ExportServer>
{
    private const string Figures = "/open-data/health/outpatient-morbidity/2019-05";

    [Fact]
    public async Task Figures_are_public_once_approved_and_small_counts_are_hidden()
    {
        var world = new FhirWorld();
        var man = world.Patient("male", "1980-01-01");
        var woman = world.Patient("female", "1985-01-01");
        var child = world.Patient("female", "2015-01-01");
        void Visits(string patient, string code, int many)
        {
            for (var n = 0; n < many; n++)
            {
                world.Visit(patient, $"2019-05-{1 + n % 28:D2}T10:00:00+07:00", code);
            }
        }
        Visits(man, "J06.9", 30);
        Visits(woman, "J06.9", 25);
        Visits(child, "J06.9", 40);
        Visits(man, "I10", 20);
        Visits(woman, "I10", 22);
        Visits(child, "I10", 2);
        await world.Save(server.Client);

        await server.Client.PostAsJsonAsync(
            "/api/exports/outpatient-morbidity/runs",
            new { period = "2019-05" }
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.Client.GetAsync(Figures + ".json")).StatusCode
        );
        (
            await server.Client.PostAsync(
                "/api/exports/outpatient-morbidity/versions/2019-05/1/approve",
                null
            )
        ).EnsureSuccessStatusCode();

        var open = (await server.Client.GetFromJsonAsync<JsonObject>(Figures + ".json"))!;
        var rows = open["rows"]!.AsArray();
        JsonNode Row(string code) => rows.Single(row => (string?)row!["code"] == code)!;
        // Two visits of one child for high blood pressure: hidden, and so are three others that would give them away.
        Assert.Null(Row("I00–I99")["female_1_4"]);
        var hidden = rows.Sum(row => row!.AsObject().Count(cell => cell.Value is null));
        Assert.Equal(4, hidden);
        Assert.Equal(0, (long)Row("A00–B99")["male_15_59"]!);
        Assert.Equal(139, (long)rows[^1]!["visits"]!);

        var csv = await server.Client.GetStringAsync(Figures + ".csv");
        Assert.Equal(rows.Count + 1, csv.TrimEnd().Split("\r\n").Length);
        var page = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync("/open-data/health?month=2019-05")
        );
        Assert.Contains("···", page);
        var catalogue = await server.Client.GetStringAsync("/open-data/catalog.jsonld");
        Assert.Contains(Figures + ".csv", catalogue);
    }
}
