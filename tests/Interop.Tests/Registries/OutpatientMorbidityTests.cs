using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Interop.Registries;
using Microsoft.Extensions.DependencyInjection;

namespace Interop.Tests.Registries;

/// <summary>Visits go in through the FHIR interface, figures come out of the file; each expected figure was counted by hand.</summary>
public sealed class OutpatientMorbidityTests(ExportServer server) : IClassFixture<ExportServer>
{
    private readonly FhirWorld world = new();

    [Fact]
    public async Task A_month_is_counted_by_chapter_category_sex_and_age()
    {
        var baby = world.Patient("male", "2023-06-15");
        var girl = world.Patient("female", "2019-03-01");
        var boy = world.Patient("male", "2009-02-10");
        var woman = world.Patient("female", "1990-05-05");
        var elder = world.Patient("female", "1950");
        var unknown = world.Patient(null, null);

        // In February 2024, a leap year: the first and the last minute of it in Viet Nam count, those beside do not.
        world.Visit(baby, "2024-02-01T00:00:00+07:00", "J18.9");
        world.Visit(baby, "2024-02-20T10:00:00+07:00", "J18.0");
        world.Visit(girl, "2024-02-29T23:59:59+07:00", "J06.9");
        world.Visit(girl, "2024-03-01T00:00:00+07:00", "J06.9");
        world.Visit(girl, "2024-01-31T23:59:59+07:00", "J06.9");
        // Fifteen on the tenth: a child the day before, an adult on the day.
        world.Visit(boy, "2024-02-09T10:00:00+07:00", "A09");
        world.Visit(boy, "2024-02-10T10:00:00+07:00", "A09.0");
        world.Visit(elder, "2024-02-12T10:00:00+07:00", "I10");
        world.Visit(unknown, "2024-02-12T11:00:00+07:00", "I10");
        // The principal diagnosis counts, whichever was recorded first.
        world.Visit(woman, "2024-02-14T09:00:00+07:00", "E11.9", recordedFirst: "I10");
        // Not outpatient, not finished, not coded.
        world.Visit(woman, "2024-02-15T09:00:00+07:00", "K35.8", setting: "IMP");
        world.Visit(woman, "2024-02-15T09:00:00+07:00", "K35.8", status: "in-progress");
        world.Visit(woman, "2024-02-16T09:00:00+07:00", null);
        await world.Save(server.Client);

        var rows = await Run("2024-02");
        Cells(
            rows,
            "Tổng",
            null,
            ("visits", 9),
            ("female", 4),
            ("under15", 4),
            ("people", 6),
            ("other", 1)
        );
        Cells(
            rows,
            "Nhóm bệnh",
            "J18",
            ("visits", 2),
            ("people", 1),
            ("male_0", 2),
            ("under15", 2),
            ("female", 0)
        );
        Cells(rows, "Nhóm bệnh", "J06", ("visits", 1), ("female_1_4", 1));
        Cells(rows, "Chương", "J00–J99", ("visits", 3), ("people", 2), ("under15", 3));
        Cells(rows, "Nhóm bệnh", "A09", ("visits", 2), ("male_5_14", 1), ("male_15_59", 1));
        Cells(rows, "Nhóm bệnh", "I10", ("visits", 2), ("female_60", 1), ("other", 1));
        Cells(rows, "Nhóm bệnh", "E11", ("visits", 1), ("female_15_59", 1));
        Cells(rows, "Chương", "–", ("visits", 1));
        Assert.DoesNotContain(rows, row => (string?)row!["code"] == "K35");

        // Every visit stands in exactly one chapter, and in one band or among the unknown.
        string[] bands = ["0", "1_4", "5_14", "15_59", "60"];
        foreach (var row in rows)
        {
            var inBands = bands.Sum(band =>
                (long)row![$"male_{band}"]! + (long)row[$"female_{band}"]!
            );
            Assert.Equal((long)row!["visits"]!, inBands + (long)row["other"]!);
        }
        Assert.Equal(
            9,
            rows.Where(row => (string?)row!["level"] == "Chương").Sum(row => (long)row!["visits"]!)
        );

        // Each number leads to as many records as it counts.
        await using (var scope = server.Scope())
        {
            var export = scope.ServiceProvider.GetRequiredService<OutpatientMorbidity>();
            string[] columns =
            [
                "visits",
                "female",
                "under15",
                "people",
                "other",
                "male_0",
                "female_60",
            ];
            foreach (var row in rows.Where(row => (long)row!["visits"]! > 0))
            {
                foreach (var column in columns)
                {
                    var records = await export.RecordsBehind(
                        Period.OfMonth(2024, 2),
                        row!.AsObject(),
                        column,
                        TestContext.Current.CancellationToken
                    );
                    Assert.Equal((long)row[column]!, records!.Count);
                }
            }
        }

        // A late visit is a correction.
        world.Visit(world.Patient("male", "2000-01-01"), "2024-02-20T10:00:00+07:00", "J18.9");
        await world.Save(server.Client);
        var corrected = await Run("2024-02", "Corrected");
        Cells(corrected, "Nhóm bệnh", "J18", ("visits", 3), ("male_15_59", 1));
    }

    [Fact]
    public async Task A_month_without_visits_has_all_chapters_at_zero()
    {
        var rows = await Run("2001-02");
        Assert.Equal(24, rows.Count);
        Assert.All(rows, row => Assert.Equal(0, (long)row!["visits"]!));
    }

    private async Task<JsonArray> Run(string month, string state = "Written")
    {
        var answer = await server.Client.PostAsJsonAsync(
            "/api/exports/outpatient-morbidity/runs",
            new { period = month }
        );
        var run = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(state, (string?)run["state"]);
        var file = await server.Client.GetFromJsonAsync<JsonObject>(
            $"/api/exports/outpatient-morbidity/runs/{run["id"]}/files/json"
        );
        return file!["rows"]!.AsArray();
    }

    private static void Cells(
        JsonArray rows,
        string level,
        string? code,
        params (string Column, long Number)[] expected
    )
    {
        var row = rows.Single(row =>
            (string?)row!["level"] == level && (code is null || (string?)row["code"] == code)
        )!;
        Assert.Equal(expected, expected.Select(cell => (cell.Column, (long)row[cell.Column]!)));
    }
}
