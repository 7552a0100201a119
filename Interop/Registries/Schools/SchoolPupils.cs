using System.Text.Json.Nodes;
using Education.Contracts;
using Interop.Registries.Quality;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries.Schools;

/// <summary>
/// Pupils of a school year by school, grade, sex, age, ethnic group, repeaters and conduct: the facts of Circular 24/2018/TT-BGDĐT and 03/2024/TT-BGDĐT, of the UNESCO tables
/// A3, A5 and A6, and of SDMX. As of 31 May, the day of the year-end report, or of the day of the run while the year is not over. Age is that of 31 December of the first
/// year, by difference of years, as Viet Nam counts it.
/// </summary>
public sealed class SchoolPupils(IPupilStatistics statistics, TimeProvider clock)
    : IExport,
        IHaveRules
{
    public static ExportDefinition Definition { get; } =
        new(
            "school-pupils",
            new(
                "Học sinh theo khối, giới, tuổi, dân tộc, lưu ban",
                "Pupils by grade, sex, age, ethnic group, repeaters"
            ),
            Part.Education,
            PeriodKind.SchoolYear,
            "0 30 2 1 6 ?",
            new(
                "02:30 ngày 1 tháng 6, cho năm học vừa xong",
                "02:30 on 1 June, for the year just over"
            ),
            "Thông tư 24/2018/TT-BGDĐT; hệ thống chỉ tiêu Thông tư 03/2024/TT-BGDĐT; UIS/E/A3, A5, A6",
            typeof(SchoolPupils)
        );

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("school_code", new("Mã trường", "School code"), 14, IsCount: false),
        new("school", new("Trường", "School"), 34, IsCount: false),
        new("level", new("Cấp học", "Level"), 8, IsCount: false),
        new("grade", new("Khối", "Grade"), 8, IsCount: false),
        new("sex", new("Giới", "Sex"), 8, IsCount: false),
        new("age", new("Tuổi", "Age"), 8, IsCount: false),
        new("ethnicity", new("Dân tộc", "Ethnic group"), 10, IsCount: false),
        new("repeater", new("Lưu ban", "Repeater"), 10, IsCount: false),
        new("conduct", new("Rèn luyện", "Conduct"), 12, IsCount: false),
        new("pupils", new("Số học sinh", "Pupils"), 12),
    ];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var today = clock.Today();
        var day = today < period.Last ? today : period.Last;
        var rows = new List<ExportRow>();
        var all = 0L;
        await foreach (var count in statistics.Pupils(period.Year, day, cancel))
        {
            input.Saw();
            all += count.Pupils;
            rows.Add(
                new([
                    count.SchoolCode,
                    count.SchoolName,
                    count.Level,
                    (long)count.Grade,
                    Sex(count.Sex),
                    count.BirthYear is { } born ? (long)(period.Year - born) : null,
                    count.Ethnicity,
                    count.Repeats ? "Y" : "N",
                    count.Conduct,
                    (long)count.Pupils,
                ])
            );
        }
        rows.Add(
            new(
                [null, "Tất cả các trường", null, null, null, null, null, null, null, all],
                IsTotal: true
            )
        );
        return rows;
    }

    public CellSource SourceOf(Period period, JsonObject row, string column) =>
        new(
            $"IPupilStatistics.Pupils({period.Year})",
            string.Join(
                ", ",
                Columns
                    .Where(one => !one.IsCount && row[one.Name] is not null)
                    .Select(one => $"{one.Title.Vietnamese.ToLowerInvariant()} {row[one.Name]}")
            )
        );

    /// <summary>Grades and ages that cannot be: younger than 5 or more than 12 years above the grade's usual age.</summary>
    public IEnumerable<Finding> Check(IReadOnlyList<ExportRow> rows) =>
        from row in rows
        where row.Values[3] is long && row.Values[5] is long
        let grade = (long)row.Values[3]!
        let age = (long)row.Values[5]!
        where age < grade + 3 || age > grade + 17
        select new Finding(
            "impossible",
            $"{row.Values[1]}, khối {grade}",
            $"{row.Values[9]} học sinh {age} tuổi ở khối {grade} (tuổi đúng là {grade + 5})."
        );

    public IEnumerable<(string Format, byte[] Content)> MoreFiles(ExportContext context) =>
        [("sdmx", SdmxPupils.Write(context)), ("uis", UisTables.Write(context))];

    private static string Sex(Sex sex) =>
        sex switch
        {
            SharedKernel.Contracts.Sex.Male => "M",
            SharedKernel.Contracts.Sex.Female => "F",
            _ => "_U",
        };
}
