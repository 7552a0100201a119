using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Contracts;
using Interop.Registries.Quality;
using SharedKernel.Modules;

namespace Interop.Registries.Forms;

/// <summary>
/// Counts a form by its definition, in one pass over its facts: first all facilities together, then each one. What differs between forms is data;
/// a form is a file in <c>Forms/Data</c> and a class of a few lines that gives it a name and a schedule.
/// </summary>
public abstract class StatisticForm(
    string form,
    ReadFacts read,
    IDiseaseGroups diseases,
    IFhirReader fhir
) : IHaveRules
{
    internal const string AllFacilities = "–";

    /// <summary>Columns before the first count: facility, its name, number, code, name of the row.</summary>
    internal const int Fixed = 5;

    /// <summary>Of a form that is due every month: made in the night of the 2nd, so that days remain to look at it.</summary>
    protected static ExportDefinition Monthly(string form, Words title, Type export) =>
        new(
            form,
            title,
            Part.Health,
            PeriodKind.Month,
            "0 0 2 2 * ?",
            new(
                "02:00 ngày 2 hằng tháng, cho tháng trước",
                "02:00 on the 2nd, for the month before"
            ),
            FormDefinition.All.Where(one => one.Form == form).MaxBy(one => one.ValidFrom)!.Law,
            export
        );

    /// <summary>The columns of the newest edition; older ones have the same names for the same numbers.</summary>
    private readonly FormDefinition newest = FormDefinition
        .All.Where(one => one.Form == form)
        .MaxBy(one => one.ValidFrom)!;

    public IReadOnlyList<ExportColumn> Columns =>
        [
            new("facility", new("Cơ sở", "Facility"), 12, IsCount: false),
            new("facility_name", new("Tên cơ sở", "Name"), 30, IsCount: false),
            new("no", new("STT", "No."), 8, IsCount: false),
            new("code", new("Mã", "Code"), 12, IsCount: false),
            new("name", new(newest.Heads[1], "Item"), 46, IsCount: false),
            .. newest.Columns.Select(column => new ExportColumn(
                column.Name,
                new(column.Heads[^1], column.Heads[^1]),
                9,
                column.Heads.Count > 1
                    ? new(
                        string.Join(", ", column.Heads.SkipLast(1)),
                        string.Join(", ", column.Heads.SkipLast(1))
                    )
                    : null
            )),
        ];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var definition = FormDefinition.On(form, period.Last);
        var facts = await read.Run(definition, period, input, cancel);
        var byFacility = facts
            .Where(fact => fact.Facility is not null)
            .GroupBy(fact => fact.Facility!)
            .OrderBy(facility => facility.Key, StringComparer.Ordinal)
            .ToList();
        var names = await NamesOf(byFacility.Select(facility => facility.Key), cancel);
        var rows = new List<ExportRow>();
        rows.AddRange(Block(definition, new(AllFacilities, "Tất cả cơ sở"), facts));
        foreach (var facility in byFacility)
        {
            var name = names.GetValueOrDefault(facility.Key, facility.Key);
            rows.AddRange(Block(definition, new(facility.Key, name), [.. facility]));
        }
        return rows;
    }

    private async Task<Dictionary<string, string>> NamesOf(
        IEnumerable<string> facilities,
        CancellationToken cancel
    )
    {
        var names = new Dictionary<string, string>();
        foreach (var ids in facilities.Chunk(50))
        {
            await foreach (
                var json in fhir.Scan("Organization", $"_id={string.Join(',', ids)}", cancel)
            )
            {
                using var document = JsonDocument.Parse(json);
                if (FhirJson.Text(document.RootElement, "name") is { } name)
                {
                    names[FhirJson.Text(document.RootElement, "id")!] = name;
                }
            }
        }
        return names;
    }

    private sealed record Facility(string Code, string Name);

    private IEnumerable<ExportRow> Block(
        FormDefinition definition,
        Facility facility,
        IReadOnlyList<Fact> facts
    )
    {
        if (definition.RowsOf == "icd10")
        {
            yield return Row(definition, facility, null, null, "Tổng số", facts, isTotal: true);
            var byChapter = facts.ToLookup(fact =>
                fact.Category is { } category ? diseases.ChapterOf(category)?.Number : null
            );
            foreach (var chapter in diseases.Chapters)
            {
                yield return Row(
                    definition,
                    facility,
                    chapter.Number,
                    $"{chapter.First}-{chapter.Last}",
                    $"Chương {chapter.Number}. {chapter.Vietnamese}",
                    byChapter[chapter.Number],
                    isTotal: true
                );
                foreach (
                    var category in byChapter[chapter.Number]
                        .GroupBy(fact => fact.Category!)
                        .OrderBy(category => category.Key, StringComparer.Ordinal)
                )
                {
                    yield return Row(
                        definition,
                        facility,
                        null,
                        category.Key,
                        diseases.NameOf(category.Key) ?? category.Key,
                        category
                    );
                }
            }
            if (byChapter[null].Any())
            {
                yield return Row(
                    definition,
                    facility,
                    null,
                    NoCode,
                    "Chưa mã hóa ICD-10",
                    byChapter[null],
                    isTotal: true
                );
            }
        }
        foreach (var row in definition.Rows)
        {
            var code = row.Code ?? row.No;
            yield return row.Where is { } where
                ? Row(definition, facility, row.No, code, row.Name, facts.Where(where.Fits))
                : new(
                    [
                        facility.Code,
                        facility.Name,
                        row.No,
                        code,
                        row.Name,
                        .. definition.Columns.Select(_ => (object?)null),
                    ],
                    IsTotal: row.Code is null && !row.No.Any(char.IsAsciiDigit)
                );
        }
    }

    private const string NoCode = "?";

    private static ExportRow Row(
        FormDefinition definition,
        Facility facility,
        string? no,
        string? code,
        string name,
        IEnumerable<Fact> counted,
        bool isTotal = false
    )
    {
        var facts = counted as IReadOnlyList<Fact> ?? [.. counted];
        return new(
            [
                facility.Code,
                facility.Name,
                no,
                code,
                name,
                .. definition.Columns.Select(column =>
                    (object?)Count(facts.Where(column.Where.Fits), column)
                ),
            ],
            isTotal
        );
    }

    private static long Count(IEnumerable<Fact> facts, FormColumn column) =>
        column.Of == "people" ? facts.DistinctBy(fact => fact.Patient).Count() : facts.Count();

    /// <summary>Every figure of the row for all facilities together, and of each facility its first column.</summary>
    public IReadOnlyDictionary<string, double> TotalsOf(IReadOnlyList<ExportRow> rows)
    {
        var totals = new Dictionary<string, double>();
        foreach (var block in rows.GroupBy(row => (string)row.Values[0]!))
        {
            // With rows of its own, a form has no one total: each row is compared.
            var compared = newest.RowsOf == "icd10" ? block.Take(1) : block;
            foreach (var row in compared)
            {
                foreach (var (index, column) in newest.Columns.Index())
                {
                    if (
                        row.Values[Fixed + index] is long value
                        && (block.Key == AllFacilities || index == 0)
                    )
                    {
                        totals[NameOf(block.Key, (string?)row.Values[3], column.Name)] = value;
                    }
                }
            }
        }
        return totals;
    }

    private static string NameOf(string facility, string? code, string column) =>
        string.Join(
            '/',
            new[] { facility == AllFacilities ? null : facility, code, column }.OfType<string>()
        );

    public IEnumerable<Finding> Check(IReadOnlyList<ExportRow> rows)
    {
        var at = newest
            .Columns.Index()
            .ToDictionary(one => one.Item.Name, one => Fixed + one.Index);
        foreach (var row in rows)
        {
            long? Value(string? column) => column is null ? null : row.Values[at[column]] as long?;
            foreach (var rule in newest.Rules)
            {
                var broken = rule.Zero is not null
                    ? Within((string?)row.Values[3], rule.Icd)
                        && Value(rule.Zero) - (Value(rule.Minus) ?? 0) is > 0
                    : Value(rule.Part) > Value(rule.Whole);
                if (broken)
                {
                    yield return new(
                        rule.Zero is null ? "total" : "impossible",
                        $"{row.Values[1]}, {row.Values[4]}",
                        rule.Text
                    );
                }
            }
        }
    }

    /// <summary>Whether a category or a chapter lies wholly within the range.</summary>
    private static bool Within(string? code, string? range) =>
        code is not null
        && range is not null
        && code.Split('-').All(end => Condition.InRange(end, range));

    public CellSource SourceOf(Period period, JsonObject row, string column)
    {
        var definition = FormDefinition.On(form, period.Last);
        var words = new List<string>();
        if ((string?)row["facility"] is { } facility and not AllFacilities)
        {
            words.Add($"cơ sở: {facility}");
        }
        if (RowOf(definition, row) is { Where: { } where })
        {
            words.Add(where.ToString());
        }
        else if ((string?)row["code"] is { } code)
        {
            words.Add(
                code == NoCode ? "chẩn đoán chính không có mã ICD-10" : $"chẩn đoán chính: {code}"
            );
        }
        var cell = definition.Columns.Single(one => one.Name == column);
        words.Add(cell.Where.ToString());
        if (cell.Of == "people")
        {
            words.Add("mỗi người tính một lần");
        }
        return new(
            $"GET /fhir/{ReadFacts.Query(definition, period)}",
            string.Join("; ", words.Where(word => word.Length > 0)) is { Length: > 0 } filter
                ? filter
                : "tất cả"
        );
    }

    public async Task<IReadOnlyList<string>?> RecordsBehind(
        Period period,
        JsonObject row,
        string column,
        CancellationToken cancel
    )
    {
        var definition = FormDefinition.On(form, period.Last);
        var cell = definition.Columns.Single(one => one.Name == column);
        var facts = await read.Run(definition, period, new ExportInput(), cancel);
        var counted = facts.Where(cell.Where.Fits);
        if ((string?)row["facility"] is { } facility and not AllFacilities)
        {
            counted = counted.Where(fact => fact.Facility == facility);
        }
        if (RowOf(definition, row) is { Where: { } where })
        {
            counted = counted.Where(where.Fits);
        }
        else if ((string?)row["code"] is { } code)
        {
            counted = counted.Where(fact =>
                code == NoCode
                    ? fact.Category is null || diseases.ChapterOf(fact.Category) is null
                    : Condition.InRange(fact.Category, code)
            );
        }
        if (cell.Of == "people")
        {
            counted = counted.DistinctBy(fact => fact.Patient);
        }
        return [.. counted.Select(fact => fact.Record)];
    }

    private static FormRow? RowOf(FormDefinition definition, JsonObject row) =>
        definition.Rows.FirstOrDefault(one => (one.Code ?? one.No) == (string?)row["code"]);

    public byte[] Sheet(ExportContext context) =>
        FormSheet.Write(FormDefinition.On(form, context.Period.Last), context);

    public IEnumerable<(string Format, byte[] Content)> MoreFiles(ExportContext context) =>
        FormFiles.Write(FormDefinition.On(form, context.Period.Last), context);
}
