using System.Globalization;
using SharedKernel.Documents;

namespace Interop.Registries.Schools;

/// <summary>
/// The tables of UNESCO's questionnaire A that the counts fill (UIS/E/A): A3 pupils by level, age and sex; A5 primary and A6 secondary by age, grade and sex, with repeaters by grade.
/// The layout is theirs in substance, not their spreadsheet.
/// </summary>
internal static class UisTables
{
    /// <param name="Grade">1–12.</param>
    private sealed record Cell(
        string Level,
        int Grade,
        string Sex,
        int? Age,
        bool Repeats,
        long Pupils
    );

    public static byte[] Write(ExportContext context)
    {
        var cells = context
            .Rows.Where(row => !row.IsTotal)
            .Select(row => new Cell(
                (string)row.Values[2]!,
                (int)(long)row.Values[3]!,
                (string)row.Values[4]!,
                (int?)(row.Values[5] as long?),
                (string?)row.Values[7] == "Y",
                (long)row.Values[9]!
            ))
            .ToList();
        return PrintedForm.Write([
            ByLevel(context, cells),
            ByGrade(context, cells, "A5", "Primary pupils by age, grade and sex", 1, 5),
            ByGrade(context, cells, "A6", "Secondary pupils by age, grade and sex", 6, 12),
        ]);
    }

    private static PrintedSheet ByLevel(ExportContext context, List<Cell> cells) =>
        Sheet(
            context,
            "A3",
            "Pupils by level of education, age and sex",
            [
                new(["Age"], 10),
                .. from level in new[] { "ISCED 1", "ISCED 2", "ISCED 3" }
                from sex in new[] { "All", "Female" }
                select new PrintedColumn([level, sex], 11),
            ],
            cells,
            of =>
                [
                    .. from level in new[] { "02", "03", "04" }
                    let inLevel = of.Where(cell => cell.Level == level).ToList()
                    from count in new[]
                    {
                        inLevel.Sum(cell => cell.Pupils),
                        inLevel.Where(cell => cell.Sex == "F").Sum(cell => cell.Pupils),
                    }
                    select (object?)count,
                ]
        );

    private static PrintedSheet ByGrade(
        ExportContext context,
        List<Cell> cells,
        string name,
        string title,
        int first,
        int last
    )
    {
        var grades = Enumerable.Range(first, last - first + 1).ToList();
        return Sheet(
            context,
            name,
            title,
            [
                new(["Age"], 12),
                .. from grade in grades
                from sex in new[] { "All", "Female" }
                select new PrintedColumn(
                    [$"Grade {grade.ToString(CultureInfo.InvariantCulture)}", sex],
                    8
                ),
            ],
            [.. cells.Where(cell => grades.Contains(cell.Grade))],
            of =>
                [
                    .. from grade in grades
                    let inGrade = of.Where(cell => cell.Grade == grade).ToList()
                    from count in new[]
                    {
                        inGrade.Sum(cell => cell.Pupils),
                        inGrade.Where(cell => cell.Sex == "F").Sum(cell => cell.Pupils),
                    }
                    select (object?)count,
                ],
            repeaters: true
        );
    }

    private static PrintedSheet Sheet(
        ExportContext context,
        string name,
        string title,
        IReadOnlyList<PrintedColumn> columns,
        List<Cell> cells,
        Func<IReadOnlyList<Cell>, IReadOnlyList<object?>> counts,
        bool repeaters = false
    )
    {
        var rows = new List<PrintedRow>();
        foreach (
            var age in cells.GroupBy(cell => cell.Age).OrderBy(group => group.Key ?? int.MaxValue)
        )
        {
            rows.Add(
                new([
                    age.Key?.ToString(CultureInfo.InvariantCulture) ?? "Unknown",
                    .. counts([.. age]),
                ])
            );
        }
        rows.Add(new(["Total", .. counts(cells)], IsTotal: true));
        if (repeaters)
        {
            rows.Add(new(["Repeaters", .. counts([.. cells.Where(cell => cell.Repeats)])]));
        }
        return new(
            name,
            $"UIS/E/A ({name})",
            "Viet Nam",
            title,
            $"School year {context.Period.Year}-{context.Period.Year + 1}, age on 31 December {context.Period.Year}",
            context.Complete ? [] : ["Provisional: the school year is not over."],
            columns,
            rows,
            "UNESCO Institute for Statistics, Survey of Formal Education"
        );
    }
}
