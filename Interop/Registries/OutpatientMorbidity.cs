using System.Text.Json.Nodes;
using Health.Contracts;
using Interop.Registries.Forms;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>
/// Outpatient morbidity of a month by ICD-10 chapter and category, sex and age: the outpatient columns of form 14 (Circular
/// 23/2025/TT-BYT, annex IV: total, women, children under 15) with its age borders (5, 15) and those of 1 and 60 inside them.
/// A visit is an encounter of class AMB that ended in the month; it is counted once, under its principal diagnosis.
/// </summary>
public sealed class OutpatientMorbidity(ReadVisits read, IDiseaseGroups diseases) : IExport
{
    private static readonly (string Name, string Vietnamese, string English, int From)[] Bands =
    [
        ("0", "<1 tuổi", "<1 year", 0),
        ("1_4", "1–4", "1–4", 1),
        ("5_14", "5–14", "5–14", 5),
        ("15_59", "15–59", "15–59", 15),
        ("60", "≥60", "≥60", 60),
    ];

    private const string Chapter = "Chương";
    private const string Category = "Nhóm bệnh";
    private const string Total = "Tổng";
    private const string NoCode = "–";

    public static ExportDefinition Definition { get; } =
        new(
            "outpatient-morbidity",
            new("Tình hình bệnh tật ngoại trú theo ICD-10", "Outpatient morbidity by ICD-10"),
            Part.Health,
            PeriodKind.Month,
            "0 30 1 2 * ?",
            new(
                "01:30 ngày 2 hằng tháng, cho tháng trước",
                "01:30 on the 2nd, for the month before"
            ),
            "Biểu 14/BCT, Thông tư 23/2025/TT-BYT (phần khám bệnh ngoại trú)",
            typeof(OutpatientMorbidity)
        );

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("level", new("Cấp", "Level"), 10, IsCount: false),
        new("code", new("Mã ICD-10", "ICD-10"), 12, IsCount: false),
        new("name", new("Tên bệnh, nhóm bệnh", "Disease or group"), 50, IsCount: false),
        new("visits", new("Lượt khám", "Visits"), 10),
        new("female", new("Nữ", "Women"), 10),
        new("under15", new("Trẻ em <15", "Children <15"), 10),
        new(
            "people",
            new("Số người (lượt đầu trong tháng)", "People (first visit in the month)"),
            12
        ),
        .. BySex("male", new("Nam", "Male")),
        .. BySex("female", new("Nữ", "Female")),
        new("other", new("Không rõ giới hoặc tuổi", "Sex or age unknown"), 12),
    ];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    ) => Rows(await read.Run(period, "AMB", measures: [], input, cancel));

    public CellSource SourceOf(Period period, JsonObject row, string column)
    {
        var group = (string?)row["level"] switch
        {
            Total => "",
            _ when (string?)row["code"] == NoCode => "; chẩn đoán chính không có mã ICD-10",
            _ => $"; chẩn đoán chính thuộc {row["code"]}",
        };
        var filter = column switch
        {
            "visits" => "",
            "female" => "; Patient.gender = female",
            "under15" => "; dưới 15 tuổi khi kết thúc lượt khám",
            "people" => "; mỗi Encounter.subject tính một lần",
            "other" => "; không rõ Patient.gender hoặc Patient.birthDate",
            _ => $"; Patient.gender = {column.Split('_')[0]}, tuổi {BandOf(column).Vietnamese}",
        };
        return new(
            $"GET /fhir/Encounter?{ReadVisits.Query(period, "AMB")}",
            $"Encounter.period.end trong tháng{group}{filter}"
        );
    }

    public async Task<IReadOnlyList<string>?> RecordsBehind(
        Period period,
        JsonObject row,
        string column,
        CancellationToken cancel
    )
    {
        var visits = await read.Run(period, "AMB", measures: [], new ExportInput(), cancel);
        var code = (string?)row["code"];
        var inRow = visits.Where(visit =>
            (string?)row["level"] == Total
            || (
                code == NoCode
                    ? visit.Category is null || diseases.ChapterOf(visit.Category) is null
                    : Condition.InRange(visit.Category, code!.Replace('–', '-'))
            )
        );
        var counted = column switch
        {
            "visits" => inRow,
            "female" => inRow.Where(visit => visit.Sex is Sex.Female),
            "under15" => inRow.Where(visit => visit.Years is >= 0 and < 15),
            "people" => inRow.DistinctBy(visit => visit.Patient),
            "other" => inRow.Where(visit => ColumnOf(visit) is null),
            _ => inRow.Where(visit => ColumnOf(visit) == column),
        };
        return [.. counted.Select(visit => visit.Record)];
    }

    /// <summary>Name of the column by sex and age; null when either is unknown.</summary>
    private static string? ColumnOf(Fact visit) =>
        visit.Years is >= 0 and { } age && visit.Sex is not Sex.Unknown
            ? $"{(visit.Sex is Sex.Male ? "male" : "female")}_{Array.FindLast(Bands, band => band.From <= age).Name}"
            : null;

    private static (string Name, string Vietnamese, string English, int From) BandOf(
        string column
    ) => Bands.Single(band => column[(column.IndexOf('_') + 1)..] == band.Name);

    private static IEnumerable<ExportColumn> BySex(string sex, Words group) =>
        Bands.Select(band => new ExportColumn(
            $"{sex}_{band.Name}",
            new(band.Vietnamese, band.English),
            8,
            group
        ));

    private List<ExportRow> Rows(IReadOnlyList<Fact> visits)
    {
        var byChapter = visits.ToLookup(visit =>
            visit.Category is { } category ? diseases.ChapterOf(category)?.Number : null
        );
        var rows = new List<ExportRow>();
        foreach (var chapter in diseases.Chapters)
        {
            var inChapter = byChapter[chapter.Number];
            rows.Add(
                Row(
                    Chapter,
                    $"{chapter.First}–{chapter.Last}",
                    $"Chương {chapter.Number}. {chapter.Vietnamese}",
                    inChapter,
                    isTotal: true
                )
            );
            rows.AddRange(
                inChapter
                    .GroupBy(visit => visit.Category!)
                    .OrderBy(category => category.Key, StringComparer.Ordinal)
                    .Select(category =>
                        Row(Category, category.Key, diseases.NameOf(category.Key), category)
                    )
            );
        }
        rows.Add(Row(Chapter, NoCode, "Chưa mã hóa ICD-10", byChapter[null], isTotal: true));
        rows.Add(Row(Total, null, "Tổng số", visits, isTotal: true));
        return rows;
    }

    private static ExportRow Row(
        string level,
        string? code,
        string? name,
        IEnumerable<Fact> counted,
        bool isTotal = false
    )
    {
        var visits = counted.ToList();
        var bands = new long[2 * Bands.Length];
        var other = 0L;
        foreach (var visit in visits)
        {
            if (visit.Years is >= 0 and { } age && visit.Sex is not Sex.Unknown)
            {
                var band = Array.FindLastIndex(Bands, band => band.From <= age);
                bands[visit.Sex is Sex.Male ? band : Bands.Length + band]++;
            }
            else
            {
                other++;
            }
        }
        return new(
            [
                level,
                code,
                name,
                (long)visits.Count,
                (long)visits.Count(visit => visit.Sex is Sex.Female),
                (long)visits.Count(visit => visit.Years is >= 0 and < 15),
                (long)visits.DistinctBy(visit => visit.Patient).Count(),
                .. bands.Cast<object>(),
                other,
            ],
            isTotal
        );
    }
}
