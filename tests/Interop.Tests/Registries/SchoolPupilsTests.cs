using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ClosedXML.Excel;
using Education.Contracts;
using Interop.Registries;
using Interop.Registries.Schools;
using Interop.Tests.Prices;
using SharedKernel.Contracts;

namespace Interop.Tests.Registries;

/// <summary>Counts of pupils as rows, SDMX and UIS tables. What the learning records count is tested with them; here the counts are given.</summary>
public sealed class SchoolPupilsTests(ExportServer server) : IClassFixture<ExportServer>
{
    private sealed class Given(params PupilCount[] counts) : IPupilStatistics
    {
        public DateOnly Day { get; private set; }

        public async IAsyncEnumerable<PupilCount> Pupils(
            int schoolYear,
            DateOnly day,
            [System.Runtime.CompilerServices.EnumeratorCancellation]
                CancellationToken cancel = default
        )
        {
            Day = day;
            foreach (var count in counts)
            {
                await Task.Yield();
                yield return count;
            }
        }
    }

    private static readonly PupilCount[] Counts =
    [
        new("S1", "Trường Một", "03", 6, Sex.Female, 2014, "01", false, "Tốt", 30),
        new("S1", "Trường Một", "03", 6, Sex.Female, 2014, "01", false, "Khá", 5),
        new("S1", "Trường Một", "03", 6, Sex.Male, 2013, "05", true, null, 2),
        new("S1", "Trường Một", "02", 5, Sex.Male, null, null, false, null, 4),
        new("S1", "Trường Một", "02", 1, Sex.Male, 2000, "01", false, null, 1),
    ];

    [Fact]
    public async Task Rows_age_by_year_and_what_cannot_be_is_asked_about()
    {
        var given = new Given(Counts);
        var (export, rows) = await Run(given, new(2026, 6, 10, 0, 0, 0, TimeSpan.Zero));
        // After the year's end its last day counts, before it the day of the run.
        Assert.Equal(new DateOnly(2026, 5, 31), given.Day);
        await Run(given, new(2025, 12, 31, 20, 0, 0, TimeSpan.Zero));
        Assert.Equal(new DateOnly(2026, 1, 1), given.Day);

        Assert.Equal(42L, rows[^1].Values[^1]);
        Assert.Equal(11L, rows[0].Values[5]);
        Assert.Null(rows[3].Values[5]);
        var finding = Assert.Single(export.Check(rows));
        Assert.Contains("25 tuổi", finding.Message);
    }

    [Fact]
    public async Task Sdmx_has_one_line_for_each_combination_and_no_totals()
    {
        var (export, rows) = await Run(new Given(Counts), new(2026, 6, 10, 0, 0, 0, TimeSpan.Zero));
        var csv = File("sdmx", export, rows)
            .TrimEnd()
            .Split("\r\n")
            .Select(line => line.Split(','))
            .ToList();
        Assert.Equal(
            "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,SCHOOL,EDU_LEVEL,GRADE,SEX,AGE,ETHNICITY,REPEATER,TIME_PERIOD,UNIT_MEASURE,OBS_VALUE,OBS_STATUS",
            string.Join(',', csv[0])
        );
        Assert.All(csv, line => Assert.Equal(csv[0].Length, line.Length));
        // The two conducts of one group are one line, and no key comes twice.
        Assert.Contains(
            csv,
            line => string.Join(',', line.Skip(3)) == "VN,S1,2,G6,F,Y11,01,N,2025,PS,35,A"
        );
        Assert.Contains(
            csv,
            line => string.Join(',', line.Skip(3)) == "VN,S1,1,G5,M,_U,_U,N,2025,PS,4,A"
        );
        var keys = csv.Skip(1).Select(line => string.Join(',', line.Skip(3).Take(9))).ToList();
        Assert.Equal(keys.Distinct().Count(), keys.Count);
        Assert.Equal(42, csv.Skip(1).Sum(line => long.Parse(line[13])));
    }

    [Fact]
    public async Task Uis_tables_count_by_age_grade_and_sex_with_repeaters()
    {
        var (export, rows) = await Run(new Given(Counts), new(2026, 6, 10, 0, 0, 0, TimeSpan.Zero));
        using var book = new XLWorkbook(new MemoryStream(Bytes("uis", export, rows)));
        Assert.Equal(["A3", "A5", "A6"], book.Worksheets.Select(sheet => sheet.Name));
        var table = book.Worksheet("A6");
        var byFirst = table.RowsUsed().ToLookup(row => row.Cell(1).GetString());
        var eleven = byFirst["11"].Single();
        // Grade 6: all, female.
        Assert.Equal((35.0, 35.0), (eleven.Cell(2).GetDouble(), eleven.Cell(3).GetDouble()));
        Assert.Equal(2.0, byFirst["Repeaters"].Single().Cell(2).GetDouble());
        Assert.Equal(37.0, byFirst["Total"].Single().Cell(2).GetDouble());
    }

    [Fact]
    public async Task Records_say_what_is_new_changed_and_gone_since_the_version_before()
    {
        server.Records.Number = 7;
        const string month = "2009-03";
        async Task<JsonArray> Records(int version)
        {
            await server.Client.PostAsJsonAsync("/api/exports/tally/runs", new { period = month });
            return (
                await server.Client.GetFromJsonAsync<JsonArray>(
                    $"/api/exports/tally/versions/{month}/{version}/records"
                )
            )!;
        }
        var first = Assert.Single(await Records(1))!;
        Assert.Equal(("NEW", 1), ((string?)first["sukien"], (int)first["phienban"]!));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$", (string?)first["thoigiancapnhat"]);
        server.Records.Number = 8;
        try
        {
            var second = Assert.Single(await Records(2))!;
            Assert.Equal(("UPDATE", 2), ((string?)second["sukien"], (int)second["phienban"]!));
            Assert.Equal((string?)first["idbanghi"], (string?)second["idbanghi"]);
            Assert.Equal(8, (long)second["dulieu"]!["number"]!);
        }
        finally
        {
            server.Records.Number = 7;
        }
    }

    private static async Task<(SchoolPupils Export, IReadOnlyList<ExportRow> Rows)> Run(
        Given given,
        DateTimeOffset now
    )
    {
        var export = new SchoolPupils(given, new SettableClock(now));
        return (export, await export.Query(Period.OfSchoolYear(2025), new ExportInput(), default));
    }

    private static string File(string format, SchoolPupils export, IReadOnlyList<ExportRow> rows) =>
        System.Text.Encoding.UTF8.GetString(Bytes(format, export, rows));

    private static byte[] Bytes(
        string format,
        SchoolPupils export,
        IReadOnlyList<ExportRow> rows
    ) =>
        export
            .MoreFiles(new(SchoolPupils.Definition, Period.OfSchoolYear(2025), true, rows))
            .Single(file => file.Format == format)
            .Content;
}
