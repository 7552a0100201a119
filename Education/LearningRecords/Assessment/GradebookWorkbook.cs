using System.Globalization;
using System.Text.RegularExpressions;
using ClosedXML.Excel;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Cell">Of the workbook, such as <c>E12</c>.</param>
/// <param name="Version">Of the mark as it was when the file was compared.</param>
public sealed record MarkDifference(
    string Cell,
    Guid Student,
    Guid Column,
    string Name,
    string Label,
    string? Old,
    string New,
    int Version
);

/// <param name="Unchanged">Cells that say what the gradebook says.</param>
/// <param name="NotInFile">Pupils of the class that the file does not name; their marks stay.</param>
public sealed record GradebookDifference(
    IReadOnlyList<MarkDifference> Changes,
    IReadOnlyList<CellError> Errors,
    int Unchanged,
    IReadOnlyList<string> NotInFile
);

/// <summary>
/// A gradebook as an Excel workbook, out and in. Coming in, the table is found by its headings, with or without diacritics, in any
/// order; an empty cell leaves the mark as it is; every wrong cell is named.
/// </summary>
public static partial class GradebookWorkbook
{
    private const int HeadingRows = 30;
    private const int HeadingColumns = 100;
    private const int MostRows = 500;

    public static byte[] Write(GradebookView book)
    {
        var isComment = book.Kind is AssessmentKind.Comment;
        var hasResult = book.Kind is AssessmentKind.Scored or AssessmentKind.Comment;
        return Spreadsheet.Write(
            new Sheet(
                $"{book.ClassName} HK{book.Term}",
                $"SỔ ĐIỂM LỚP {book.ClassName} – {book.SubjectName}",
                [
                    $"{book.SchoolName}, năm học {Schools.SchoolYear.Title(book.Year)}, học kì {(book.Term == 1 ? "I" : "II")}",
                ],
                [
                    new("STT", 6),
                    new("Mã học sinh", 16),
                    new("Họ và tên", 28),
                    .. book.Columns.Select(column => new SheetColumn(
                        column.Label,
                        10,
                        null,
                        "0.#"
                    )),
                    .. hasResult
                        ? [new SheetColumn(isComment ? "Kết quả" : "ĐTBmhk", 10, null, "0.0")]
                        : Array.Empty<SheetColumn>(),
                ],
                [
                    .. book
                        .Rows.Where(row => !row.Left)
                        .Select(
                            (row, i) =>
                                (IReadOnlyList<object?>)
                                    [
                                        i + 1,
                                        row.Code,
                                        row.Name,
                                        .. row.Cells.Select(cell => Value(cell.Value)),
                                        .. hasResult ? [Value(row.Result)] : Array.Empty<object?>(),
                                    ]
                        ),
                ]
            )
        );

        object? Value(string? mark) =>
            double.TryParse(mark, CultureInfo.InvariantCulture, out var points) ? points : mark;
    }

    /// <summary>What a file would change. Nothing is written.</summary>
    /// <exception cref="InvalidInput">It is no workbook, or has no table of marks.</exception>
    public static GradebookDifference Compare(Stream file, GradebookView book)
    {
        using var workbook = Workbook.Open(file);
        var table =
            workbook
                .Worksheets.Select(sheet => FindTable(sheet, book))
                .FirstOrDefault(found => found is not null)
            ?? throw Workbook.Bad(
                T.Of(
                    "không thấy bảng điểm: cần một dòng tiêu đề có cột Mã học sinh hoặc Họ và tên và ít nhất một cột điểm (ĐĐGtx 1, ĐĐGgk, ĐĐGck).",
                    "no table of marks was found: a heading row needs Mã học sinh (pupil code) or Họ và tên (name), and at least one column of marks (ĐĐGtx 1, ĐĐGgk, ĐĐGck)."
                )
            );
        var changes = new List<MarkDifference>();
        var errors = new List<CellError>();
        var unchanged = 0;
        var seen = new Dictionary<Guid, int>();
        var last = Math.Min(table.Sheet.LastRowUsed()?.RowNumber() ?? 0, table.Heading + MostRows);
        for (var at = table.Heading + 1; at <= last; at++)
        {
            var (row, problem) = PupilOf(table, at, book);
            if (row is null)
            {
                if (problem is not null)
                {
                    errors.Add(problem);
                }
                continue;
            }
            if (!seen.TryAdd(row.Student, at))
            {
                errors.Add(
                    new(
                        table.NameCell(at),
                        T.Of(
                            $"{row.Name} đã có ở dòng {seen[row.Student]}.",
                            $"{row.Name} stands in row {seen[row.Student]} already."
                        )
                    )
                );
                continue;
            }
            foreach (var (index, column) in table.Marks)
            {
                var cell = table.Sheet.Cell(at, column);
                var typed = Text(cell);
                if (typed.Length == 0)
                {
                    continue;
                }
                var known = row.Cells[index];
                var takes = book.Columns[index].Takes;
                if (!TryRead(typed, takes, out var value))
                {
                    errors.Add(
                        new(
                            cell.Address.ToString()!,
                            T.Of(
                                $"'{typed}' không nhận được. {takes.Expected()}",
                                $"'{typed}' is not accepted. {takes.Expected()}"
                            )
                        )
                    );
                }
                else if (value == known.Value)
                {
                    unchanged++;
                }
                else
                {
                    changes.Add(
                        new(
                            cell.Address.ToString()!,
                            row.Student,
                            known.Column,
                            row.Name,
                            book.Columns[index].Label,
                            known.Value,
                            value,
                            known.Version
                        )
                    );
                }
            }
        }
        return new(
            changes,
            errors,
            unchanged,
            [
                .. book
                    .Rows.Where(row => !row.Left && !seen.ContainsKey(row.Student))
                    .Select(row => row.Name),
            ]
        );
    }

    /// <param name="Marks">Index of the gradebook's column, column of the sheet.</param>
    private sealed record Table(
        IXLWorksheet Sheet,
        int Heading,
        int? Code,
        int? Name,
        IReadOnlyList<(int Index, int Column)> Marks
    )
    {
        public string NameCell(int row) => Sheet.Cell(row, Name ?? Code ?? 1).Address.ToString()!;
    }

    private static Table? FindTable(IXLWorksheet sheet, GradebookView book)
    {
        var lastRow = Math.Min(sheet.LastRowUsed()?.RowNumber() ?? 0, HeadingRows);
        var lastColumn = Math.Min(sheet.LastColumnUsed()?.ColumnNumber() ?? 0, HeadingColumns);
        for (var row = 1; row <= lastRow; row++)
        {
            int? code = null;
            int? name = null;
            var marks = new List<(int Index, int Column)>();
            for (var column = 1; column <= lastColumn; column++)
            {
                var heading = Workbook.Plain(sheet.Cell(row, column).GetFormattedString());
                if (
                    heading.StartsWith("ma hoc sinh", StringComparison.Ordinal)
                    || heading == "ma hs"
                )
                {
                    code ??= column;
                }
                else if (heading is "ho va ten" or "ho ten" or "ho va ten hoc sinh" or "name")
                {
                    name ??= column;
                }
                else if (IndexOf(heading, book.Columns) is var index and >= 0)
                {
                    if (marks.TrueForAll(known => known.Index != index))
                    {
                        marks.Add((index, column));
                    }
                }
            }
            if ((code ?? name) is not null && marks.Count > 0)
            {
                return new(sheet, row, code, name, marks);
            }
        }
        return null;
    }

    private static int IndexOf(string heading, IReadOnlyList<GradebookColumn> columns)
    {
        for (var index = 0; index < columns.Count; index++)
        {
            if (Workbook.Plain(columns[index].Label) == heading)
            {
                return index;
            }
        }
        var (kind, number) =
            Regular().Match(heading) is { Success: true } regular
                ? (
                    ColumnKind.Regular,
                    int.Parse(regular.Groups["n"].Value, CultureInfo.InvariantCulture)
                )
            : Midterm().IsMatch(heading) ? (ColumnKind.Midterm, 1)
            : Final().IsMatch(heading) ? (ColumnKind.Final, 1)
            : (ColumnKind.Regular, 0);
        return number == 0
            ? -1
            : columns
                .Select((column, index) => (column, index))
                .Where(known =>
                    known.column.Kind == kind
                    && (kind is not ColumnKind.Regular || known.column.Number == number)
                )
                .Select(known => known.index)
                .DefaultIfEmpty(-1)
                .First();
    }

    private static (GradebookRow? Row, CellError? Problem) PupilOf(
        Table table,
        int at,
        GradebookView book
    )
    {
        var code = table.Code is { } codeColumn ? Text(table.Sheet.Cell(at, codeColumn)) : "";
        var name = table.Name is { } nameColumn ? Text(table.Sheet.Cell(at, nameColumn)) : "";
        if (code.Length == 0 && name.Length == 0)
        {
            return (null, null);
        }
        var rows = book
            .Rows.Where(row =>
                code.Length > 0
                    ? row.Code == code
                    : string.Equals(
                        row.Name.Trim().Normalize(),
                        name.Normalize(),
                        StringComparison.OrdinalIgnoreCase
                    )
            )
            .ToList();
        var who = code.Length > 0 ? $"{code} {name}".Trim() : name;
        return rows switch
        {
            [{ Left: false } row] => (row, null),
            [{ Left: true }] => Problem(T.Of($"{who} đã rời lớp.", $"{who} has left the class.")),
            [] when HasNoMark(table, at) => (null, null),
            [] => Problem(
                T.Of(
                    $"Không có học sinh {who} trong lớp {book.ClassName}.",
                    $"There is no pupil {who} in class {book.ClassName}."
                )
            ),
            _ => Problem(
                T.Of(
                    $"Lớp có nhiều học sinh tên {name}; hãy điền mã học sinh.",
                    $"The class has several pupils named {name}; fill in the pupil code."
                )
            ),
        };

        (GradebookRow?, CellError?) Problem(string message) =>
            (null, new(table.NameCell(at), message));
    }

    /// <summary>A line under the table: a signature, a total.</summary>
    private static bool HasNoMark(Table table, int at) =>
        table.Marks.All(mark => Text(table.Sheet.Cell(at, mark.Column)).Length == 0);

    private static string Text(IXLCell cell) =>
        cell.DataType is XLDataType.Number
            ? Math.Round(cell.GetDouble(), 6).ToString(CultureInfo.InvariantCulture)
            : cell.GetFormattedString().Trim();

    private static bool TryRead(string typed, ValueKind kind, out string value)
    {
        var text = (kind, Workbook.Plain(typed)) switch
        {
            (ValueKind.Passed, "d" or "dat") => "Đ",
            (ValueKind.Passed, "cd" or "chua dat") => "CĐ",
            (ValueKind.Level, "t" or "tot" or "hoan thanh tot") => "T",
            (ValueKind.Level, "h" or "hoan thanh") => "H",
            (ValueKind.Level, "c" or "chua hoan thanh") => "C",
            (ValueKind.Trait, "t" or "tot") => "T",
            (ValueKind.Trait, "d" or "dat") => "Đ",
            (ValueKind.Trait, "c" or "can co gang") => "C",
            _ => typed,
        };
        var fine = MarkValue.TryParse(text, kind, out var mark);
        value = fine ? mark.ToString() : "";
        return fine;
    }

    [GeneratedRegex(
        @"^(ddg ?)?(tx|thuong xuyen|danh gia thuong xuyen|diem thuong xuyen) ?(?<n>[1-9])$"
    )]
    private static partial Regex Regular();

    [GeneratedRegex(@"^(ddg ?)?gk$|\bgiua (ki|ky)\b")]
    private static partial Regex Midterm();

    [GeneratedRegex(@"^(ddg ?)?ck$|\bcuoi (ki|ky)\b")]
    private static partial Regex Final();
}
