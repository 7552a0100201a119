using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ClosedXML.Excel;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Interop.Registries.Forms;

namespace Interop.Tests.Registries;

/// <summary>Records go in through the FHIR interface, forms come out; each expected figure was counted by hand.</summary>
public sealed class StatisticFormTests(ExportServer server) : IClassFixture<ExportServer>
{
    private readonly FhirWorld world = new();

    [Fact]
    public async Task Form_14_counts_both_sides_of_the_hospital()
    {
        var baby = world.Patient("male", "2018-06-15");
        var girl = world.Patient("female", "2010-03-01");
        var man = world.Patient("male", "1960-05-05");
        var woman = world.Patient("female", "1990-05-05");
        const string one = "Organization/79001";
        const string two = "Organization/79002";
        world.Facility("79001", "Bệnh viện Thử");
        world.Facility("79002", "Trạm Y tế Thử");
        // The leap day's last minute in Viet Nam counts, the next one does not.
        world.Visit(woman, "2020-02-29T23:59:59+07:00", "J18.9", facility: one);
        world.Visit(woman, "2020-03-01T00:00:00+07:00", "J18.9", facility: one);
        world.Visit(girl, "2020-02-03T10:00:00+07:00", "J06.9", facility: two);
        world.Visit(man, "2020-02-04T10:00:00+07:00", "I21.9", facility: one, outcome: "exp");
        world.Visit(baby, "2020-02-05T10:00:00+07:00", "J18.0", "IMP", one);
        world.Visit(baby, "2020-02-20T10:00:00+07:00", "J18.0", "IMP", one, "exp", certified: true);
        world.Visit(woman, "2020-02-06T10:00:00+07:00", "J18.1", "IMP", one, "aama");
        // Nobody but a woman gives birth: a finding, not a figure that is hidden.
        world.Visit(man, "2020-02-07T10:00:00+07:00", "O80.0", facility: two);
        await world.Save(server.Client);

        var (id, rows) = await Run("form-14", "2020-02");
        Cells(
            rows,
            "–",
            null,
            ("c4", 4),
            ("c5", 2),
            ("c6", 1),
            ("c9", 1),
            ("c10", 3),
            ("c11", 1),
            ("c12", 1),
            ("c13", 1),
            ("c14", 1),
            ("c16", 2),
            ("c17", 2),
            ("c18", 1),
            ("c19", 1),
            ("c20", 1)
        );
        Cells(rows, "–", "J18", ("c4", 1), ("c10", 3), ("c14", 1));
        Cells(rows, "79001", null, ("c4", 2), ("c10", 3));
        Cells(rows, "79002", null, ("c4", 2), ("c5", 1), ("c10", 0));
        Cells(rows, "79002", "J06", ("c6", 1));

        // DHIS2: only the facilities and what is not zero; the sum is left to the receiver.
        var dhis2 = await Get($"/api/exports/form-14/runs/{id}/files/dhis2");
        Assert.Equal("202002", (string?)dhis2["period"]);
        var value = dhis2["dataValues"]!
            .AsArray()
            .Single(one =>
                (string?)one!["dataElement"] == "BIEU14_J18"
                && (string?)one["categoryOptionCombo"] == "C10"
            )!;
        Assert.Equal(("79001", "3"), ((string?)value["orgUnit"], (string?)value["value"]));

        // ADX: the same figures.
        XNamespace ns = "urn:ihe:qrph:adx:2015";
        var adx = XDocument.Parse(
            await server.Client.GetStringAsync($"/api/exports/form-14/runs/{id}/files/adx")
        );
        Assert.Equal(ns + "adx", adx.Root!.Name);
        Assert.Equal(
            dhis2["dataValues"]!.AsArray().Count,
            adx.Descendants(ns + "dataValue").Count()
        );
        Assert.All(
            adx.Root.Elements(),
            group => Assert.Equal("2020-02-01/P1M", (string?)group.Attribute("period"))
        );

        // FHIR: an independent reader takes it, strictly.
        var bundle = new FhirJsonDeserializer().Deserialize<Bundle>(
            await server.Client.GetStringAsync($"/api/exports/form-14/runs/{id}/files/fhir")
        );
        Assert.Equal(2, bundle.Entry.Count);
        var report = bundle
            .Entry.Select(entry => (MeasureReport)entry.Resource!)
            .Single(one => one.Reporter!.Identifier!.Value == "79001");
        Assert.Equal(
            3,
            report
                .Group.Single(group => group.Code!.Coding[0].Code == "BIEU14_J18")
                .Population.Single(one => one.Code!.Coding[0].Code == "C10")
                .Count
        );

        // The sheet looks like the form: heads over heads, numbers under them, a sheet for each unit.
        using var book = new XLWorkbook(
            await server.Client.GetStreamAsync($"/api/exports/form-14/runs/{id}/files/xlsx")
        );
        Assert.Equal(["Tổng hợp", "79001", "79002"], book.Worksheets.Select(sheet => sheet.Name));
        var sheet = book.Worksheet("79001");
        Assert.Contains("Đơn vị báo cáo: Bệnh viện Thử", sheet.Cell(1, 1).GetString());
        Assert.Equal("Điều trị nội trú", sheet.Cell(7, 10).GetString());
        Assert.True(sheet.Cell(7, 10).IsMerged());
        Assert.Equal("Trẻ em <15 tuổi", sheet.Cell(8, 16).GetString());
        Assert.Equal(
            Enumerable.Range(1, 20).Select(n => (double)n),
            Enumerable.Range(1, 20).Select(n => sheet.Cell(11, n).GetDouble())
        );
        Assert.Equal("Tổng số", sheet.Cell(12, 2).GetString());
        Assert.Equal(3, sheet.Cell(12, 10).GetDouble());

        // Each number leads to its records.
        var total = rows.Index()
            .Single(row => (string?)row.Item!["facility"] == "–" && row.Item["code"] is null)
            .Index;
        var page = WebUtility.HtmlDecode(
            await server.Client.GetStringAsync($"/exports/runs/{id}?row={total}&column=c16")
        );
        Assert.Contains("2 hồ sơ", page);
        Assert.Contains("/encounters/", page);

        // The man in childbed is asked about.
        var version = await Get("/api/exports/form-14/versions/2020-02/1");
        var finding = Assert.Single(
            version["findings"]!.AsArray().DistinctBy(one => (string?)one!["message"])
        )!;
        Assert.Equal("impossible", (string?)finding["rule"]);
        Assert.Contains("O00–O99", (string?)finding["message"]);
    }

    [Fact]
    public async Task Community_deaths_are_counted_by_age_in_days_and_years()
    {
        // 27 days old, then 28; on the first birthday; a mother.
        world.Patient("male", "2021-01-04", died: "2021-01-31", cause: "P22.0");
        world.Patient("female", "2021-01-03", died: "2021-01-31", cause: "P22.0");
        world.Patient("female", "2020-01-15", died: "2021-01-15", cause: "J18.9");
        world.Patient("female", "1995-02-01", died: "2021-01-31T20:00:00+07:00", cause: "O72.1");
        world.Patient("male", "1950", died: "2021-01-01", cause: "I21.9");
        // The last day of the year before, and the first of the next month, are of other months.
        world.Patient("male", "1950", died: "2020-12-31T23:59:59+07:00", cause: "I21.9");
        world.Patient("male", "1950", died: "2021-02-01", cause: "I21.9");
        await world.Save(server.Client);

        var (_, rows) = await Run("community-deaths", "2021-01");
        Cells(
            rows,
            "–",
            null,
            ("c4", 5),
            ("c5", 3),
            ("c6", 1),
            ("c7", 0),
            ("c8", 1),
            ("c9", 1),
            ("c10", 1),
            ("c18", 1),
            ("c28", 1),
            ("c30", 1)
        );
        Cells(rows, "–", "P22", ("c4", 2), ("c6", 1), ("c8", 1));
        // Each death stands in exactly one age group.
        Assert.All(
            rows,
            row =>
                Assert.Equal(
                    (long)row!["c4"]!,
                    Enumerable.Range(0, 12).Sum(n => (long)row[$"c{6 + 2 * n}"]!)
                )
        );
    }

    [Fact]
    public async Task Doses_mothers_and_chronic_diseases_are_counted_by_what_is_recorded()
    {
        var baby = world.Patient("female", "2022-03-02");
        world.Dose(baby, "2022-03-03", "08", 1);
        world.Dose(baby, "2022-05-02", "102", 1);
        var mother = world.Patient("female", "2004-01-01", ethnicity: "05");
        world.Visit(mother, "2022-03-02T10:00:00+07:00", "O80.0", "IMP");
        world.Visit(mother, "2022-03-01T10:00:00+07:00", "Z34.0");
        world.Visit(mother, "2022-03-01T15:00:00+07:00", "Z34.0");
        // A visit of a followed pregnancy, without a code; its urine was tested.
        var followed = world.Patient("female", "1998-01-01");
        var pregnancy = world.Add(
            new()
            {
                ["resourceType"] = "EpisodeOfCare",
                ["status"] = "active",
                ["type"] = new JsonArray(
                    FhirWorld.Concept(
                        "http://fhir.ehealth.gov.vn/core/CodeSystem/episode-kind",
                        "pregnancy"
                    )
                ),
                ["patient"] = FhirWorld.Reference(followed),
            }
        );
        world.Visit(
            followed,
            "2022-03-03T15:00:00+07:00",
            null,
            episode: pregnancy,
            measured: "5804-0"
        );
        var elder = world.Patient("male", "1950-01-01");
        world.Visit(elder, "2022-03-05T10:00:00+07:00", "I10", pressure: (150, 80));
        world.Visit(elder, "2022-03-25T10:00:00+07:00", "I10", pressure: (130, 80));
        await world.Save(server.Client);

        var (_, doses) = await Run("immunization", "2022-03");
        Cells(doses, "–", "CVX08", ("c3", 1), ("c4", 1), ("c5", 1), ("c11", 1));
        Cells(doses, "–", "CVX102.1", ("c3", 0));
        var (_, mothers) = await Run("form-4", "2022-03");
        Cells(mothers, "–", "I.1", ("c3", 2), ("c4", 3));
        Cells(mothers, "–", "I.4", ("c3", 1), ("c4", 1));
        Cells(mothers, "–", "I.5.1a", ("c3", 1));
        Cells(mothers, "–", "I.5.1b", ("c3", 1));
        // What no record tells is empty and not zero.
        Assert.Null(mothers.Single(row => (string?)row!["code"] == "I.5.1c")!["c3"]);
        var (_, chronic) = await Run("chronic-diseases", "2022-03");
        Cells(chronic, "–", "NCD1", ("c4", 1), ("c6", 1), ("c7", 2), ("c9", 1), ("c10", 1));
    }

    [Fact]
    public void Every_definition_is_whole()
    {
        Assert.Equal(5, FormDefinition.All.Select(form => form.Form).Distinct().Count());
        Assert.Equal(
            20,
            FormDefinition.On("form-14", new(2026, 1, 31)).Columns.Max(column => column.N)
        );
        Assert.Equal(
            30,
            FormDefinition.On("community-deaths", new(2026, 1, 31)).Columns.Max(column => column.N)
        );
        Assert.All(
            FormDefinition.All,
            form =>
            {
                var numbers = form.Columns.Select(column => column.N).ToList();
                Assert.Equal(Enumerable.Range(form.Heads.Count + 1, numbers.Count), numbers);
                var names = form.Columns.Select(column => column.Name).ToHashSet();
                Assert.All(
                    form.Rules.SelectMany(rule =>
                            new[] { rule.Part, rule.Whole, rule.Zero, rule.Minus }
                        )
                        .OfType<string>(),
                    name => Assert.Contains(name, names)
                );
                Assert.Equal(
                    form.Rows.Count,
                    form.Rows.Select(row => row.Code ?? row.No).Distinct().Count()
                );
            }
        );
    }

    private async Task<(string Id, JsonArray Rows)> Run(string form, string month)
    {
        var answer = await server.Client.PostAsJsonAsync(
            $"/api/exports/{form}/runs",
            new { period = month }
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var id = (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["id"]!;
        return (id, (await Get($"/api/exports/{form}/runs/{id}/files/json"))["rows"]!.AsArray());
    }

    private async Task<JsonObject> Get(string path) =>
        (await server.Client.GetFromJsonAsync<JsonObject>(path))!;

    private static void Cells(
        JsonArray rows,
        string facility,
        string? code,
        params (string Column, long Number)[] expected
    )
    {
        var row = rows.Single(row =>
            (string?)row!["facility"] == facility && (string?)row["code"] == code
        )!;
        Assert.Equal(expected, expected.Select(cell => (cell.Column, (long)row[cell.Column]!)));
    }
}
