using System.Text.Json.Nodes;
using Education.Contracts;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>
/// Learning results of a school year by school, grade and sex, in the levels of Circular 22/2021/TT-BGDĐT, Art. 9, for the year-end
/// report of Circular 24/2018/TT-BGDĐT.
/// </summary>
public sealed class SchoolResults(IStudentRecords students) : IExport
{
    private static readonly (string Name, string Vietnamese, string English)[] Levels =
    [
        ("good", "Tốt", "Good"),
        ("fair", "Khá", "Fair"),
        ("satisfactory", "Đạt", "Satisfactory"),
        ("unsatisfactory", "Chưa đạt", "Unsatisfactory"),
    ];

    public static ExportDefinition Definition { get; } =
        new(
            "school-results",
            new("Kết quả học tập theo khối và giới", "School results by grade and sex"),
            Part.Education,
            PeriodKind.SchoolYear,
            "0 0 2 1 6 ?",
            new(
                "02:00 ngày 1 tháng 6, cho năm học vừa xong",
                "02:00 on 1 June, for the year just over"
            ),
            "Báo cáo cuối năm học, Thông tư 24/2018/TT-BGDĐT; mức đánh giá theo Thông tư 22/2021/TT-BGDĐT",
            typeof(SchoolResults)
        );

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("school_code", new("Mã trường", "School code"), 14, IsCount: false),
        new("school", new("Trường", "School"), 34, IsCount: false),
        new("grade", new("Khối", "Grade"), 8, IsCount: false),
        new("sex", new("Giới", "Sex"), 10, IsCount: false),
        new("pupils", new("Số học sinh", "Pupils"), 12),
        .. Levels.SelectMany(level =>
            LevelColumns(level.Name, new(level.Vietnamese, level.English))
        ),
        .. LevelColumns("open", new("Chưa xếp mức", "Not rated yet")),
    ];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var results = new List<SchoolResultRow>();
        await foreach (var result in students.YearResults(period.Year, cancel))
        {
            input.Saw();
            // This report counts levels of học tập, which primary school does not have.
            if (result.Grade > LastPrimaryGrade)
            {
                results.Add(result);
            }
        }
        var rows = new List<ExportRow>();
        foreach (
            var school in results
                .GroupBy(result => (result.SchoolCode, result.SchoolName))
                .OrderBy(school => school.Key.SchoolCode, StringComparer.Ordinal)
        )
        {
            var (code, name) = school.Key;
            foreach (var grade in school.GroupBy(result => result.Grade).OrderBy(g => g.Key))
            {
                rows.AddRange(BySex(code, name, grade.Key.ToString(), grade));
            }
            rows.AddRange(BySex(code, name, "Toàn trường", school));
        }
        rows.AddRange(BySex(null, "Tất cả các trường", "Tất cả", results));
        return rows;
    }

    public CellSource SourceOf(Period period, JsonObject row, string column)
    {
        var level = Levels
            .Where(level => column.StartsWith(level.Name, StringComparison.Ordinal))
            .Select(level => $", mức {level.Vietnamese}")
            .FirstOrDefault(
                column.StartsWith("open", StringComparison.Ordinal) ? ", chưa xếp mức" : ""
            );
        return new(
            $"IStudentRecords.YearResults({period.Year})",
            $"{row["school"]}, khối {row["grade"]}, giới {row["sex"]}{level}"
                + (
                    column.EndsWith("_share", StringComparison.Ordinal)
                        ? "; chia cho số học sinh của dòng"
                        : ""
                )
        );
    }

    private const int LastPrimaryGrade = 5;

    private static IEnumerable<ExportColumn> LevelColumns(string name, Words title) =>
        [
            new(name, new("Số lượng", "Count"), 10, title),
            new($"{name}_share", new("%", "%"), 8, title, NumberFormat: "0.0"),
        ];

    /// <summary>All, male, female, and unknown when there are any.</summary>
    private static IEnumerable<ExportRow> BySex(
        string? code,
        string school,
        string grade,
        IEnumerable<SchoolResultRow> counted
    )
    {
        var results = counted.ToList();
        yield return Row("Tổng số", results, isTotal: true);
        foreach (
            var (sex, name) in new[]
            {
                (Sex.Male, "Nam"),
                (Sex.Female, "Nữ"),
                (Sex.Unknown, "Chưa rõ"),
            }
        )
        {
            var ofSex = results.Where(result => result.Sex == sex).ToList();
            if (sex is not Sex.Unknown || ofSex.Count > 0)
            {
                yield return Row(name, ofSex, isTotal: false);
            }
        }

        ExportRow Row(string sex, List<SchoolResultRow> rows, bool isTotal)
        {
            var pupils = rows.Sum(row => (long)row.Pupils);
            var counts = Levels
                .Select(level =>
                    rows.Where(row => row.Level == level.Vietnamese).Sum(row => (long)row.Pupils)
                )
                .ToList();
            counts.Add(pupils - counts.Sum());
            return new(
                [
                    code,
                    school,
                    grade,
                    sex,
                    pupils,
                    .. counts.SelectMany(count => new object?[] { count, Share(count, pupils) }),
                ],
                isTotal
            );
        }
    }

    /// <summary>Percent with one decimal; null when there is nobody.</summary>
    private static double? Share(long count, long pupils) =>
        pupils == 0 ? null : Math.Round(100.0 * count / pupils, 1, MidpointRounding.AwayFromZero);
}
