using System.Globalization;
using System.Text.RegularExpressions;
using ClosedXML.Excel;
using Education.LearningRecords.Schools;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace Education.LearningRecords.Students;

/// <summary>One line of such a workbook: a pupil's year.</summary>
/// <param name="Cell">Of the pupil code.</param>
/// <param name="Results">Subject and what is written there, in the order of the columns.</param>
public sealed record OldYearLine(
    string Cell,
    string Code,
    int Year,
    int? Grade,
    string Class,
    string School,
    string RuleSet,
    string? Learning,
    string? Conduct,
    string? Title,
    string? Outcome,
    IReadOnlyList<(string Subject, string Text)> Results
);

/// <summary>
/// Results of former years as an Excel table: one line per pupil and year. Headings are found by name, with or without diacritics, in any order;
/// a column of another name is a subject, and its cells are kept as they are written.
/// </summary>
public static partial class OldYearsWorkbook
{
    private const int HeadingRows = 30;
    private const int MostLines = 5000;
    private const string Former = "Thông tư 58/2011/TT-BGDĐT";

    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["code"] = ["ma hoc sinh", "ma hs"],
        ["year"] = ["nam hoc"],
        ["grade"] = ["khoi", "khoi lop"],
        ["class"] = ["lop", "ten lop"],
        ["school"] = ["truong", "ten truong"],
        ["rules"] = ["quy dinh", "thong tu", "van ban"],
        ["learning"] = ["hoc luc", "xep loai hoc luc"],
        ["conduct"] = ["hanh kiem", "xep loai hanh kiem"],
        ["title"] = ["danh hieu"],
        ["outcome"] = ["ket qua", "len lop"],
        [""] = ["stt", "ho va ten", "ho ten", "ngay sinh", "gioi tinh"],
    };

    /// <exception cref="InvalidInput">It is no workbook, or has no such table.</exception>
    public static (List<OldYearLine> Lines, List<CellError> Errors) Read(Stream file)
    {
        using var workbook = Workbook.Open(file);
        foreach (var sheet in workbook.Worksheets)
        {
            for (
                var row = 1;
                row <= Math.Min(sheet.LastRowUsed()?.RowNumber() ?? 0, HeadingRows);
                row++
            )
            {
                var columns = Columns(sheet, row);
                if (columns.Values.Contains("code") && columns.Values.Contains("year"))
                {
                    return Read(sheet, row, columns);
                }
            }
        }
        throw Workbook.Bad(
            T.Of(
                "không thấy bảng: cần một dòng tiêu đề có cột Mã học sinh và Năm học.",
                "no table was found: a heading row needs Mã học sinh (pupil code) and Năm học (school year)."
            )
        );
    }

    /// <summary>What each column is: a key of <see cref="Known"/>, or <c>=</c> and the heading of a subject.</summary>
    private static Dictionary<int, string> Columns(IXLWorksheet sheet, int row)
    {
        var columns = new Dictionary<int, string>();
        for (var at = 1; at <= (sheet.LastColumnUsed()?.ColumnNumber() ?? 0); at++)
        {
            var heading = sheet.Cell(row, at).GetFormattedString().Trim();
            if (heading.Length is 0 or > 100)
            {
                continue;
            }
            var plain = Workbook.Plain(heading);
            columns[at] =
                Known.FirstOrDefault(known => known.Value.Contains(plain)).Key ?? "=" + heading;
        }
        return columns;
    }

    private static (List<OldYearLine>, List<CellError>) Read(
        IXLWorksheet sheet,
        int heading,
        Dictionary<int, string> columns
    )
    {
        var lines = new List<OldYearLine>();
        var errors = new List<CellError>();
        var last = sheet.LastRowUsed()!.RowNumber();
        if (last - heading > MostLines)
        {
            throw Workbook.Bad(
                T.Of($"nhiều hơn {MostLines} dòng.", $"more than {MostLines} lines.")
            );
        }
        for (var row = heading + 1; row <= last; row++)
        {
            if (Of("code").Length > 0)
            {
                ReadLine();
            }

            void ReadLine()
            {
                var before = errors.Count;
                if (YearText().Match(Of("year")) is not { Success: true } year)
                {
                    errors.Add(
                        new(
                            CellOf("year"),
                            T.Of(
                                $"'{Of("year")}' không phải năm học; viết 2019-2020.",
                                $"'{Of("year")}' is no school year; write 2019-2020."
                            )
                        )
                    );
                    return;
                }
                int? grade = null;
                if (Of("grade") is { Length: > 0 } gradeText)
                {
                    if (int.TryParse(gradeText, out var number) && number is >= 1 and <= 12)
                    {
                        grade = number;
                    }
                    else
                    {
                        errors.Add(
                            new(CellOf("grade"), T.Of("Khối từ 1 đến 12.", "A grade is 1 to 12."))
                        );
                    }
                }
                foreach (
                    var (at, _) in columns.Where(column =>
                        Text(sheet.Cell(row, column.Key)).Length > 200
                    )
                )
                {
                    errors.Add(
                        new(
                            sheet.Cell(row, at).Address.ToString()!,
                            T.Of("Dài quá 200 ký tự.", "Longer than 200 characters.")
                        )
                    );
                }
                if (errors.Count > before)
                {
                    return;
                }
                lines.Add(
                    new(
                        CellOf("code"),
                        Of("code"),
                        int.Parse(year.Groups[1].Value, CultureInfo.InvariantCulture),
                        grade,
                        Of("class"),
                        Of("school"),
                        Of("rules") is { Length: > 0 } rules ? rules : Former,
                        Or("learning"),
                        Or("conduct"),
                        Or("title"),
                        Or("outcome"),
                        [
                            .. columns
                                .Where(column => column.Value.StartsWith('='))
                                .OrderBy(column => column.Key)
                                .Select(column =>
                                    (column.Value[1..], Text(sheet.Cell(row, column.Key)))
                                )
                                .Where(result => result.Item2.Length > 0)
                                .DistinctBy(result => result.Item1),
                        ]
                    )
                );
            }

            string Of(string key) =>
                columns.FirstOrDefault(column => column.Value == key) is { Key: > 0 } column
                    ? Text(sheet.Cell(row, column.Key))
                    : "";

            string? Or(string key) => Of(key) is { Length: > 0 } text ? text : null;

            string CellOf(string key) =>
                sheet
                    .Cell(row, columns.First(column => column.Value == key).Key)
                    .Address.ToString()!;
        }
        return (lines, errors);
    }

    private static string Text(IXLCell cell) =>
        cell.DataType is XLDataType.Number
            ? Math.Round(cell.GetDouble(), 6).ToString(T.Vietnamese)
            : cell.GetFormattedString().Trim();

    [GeneratedRegex(@"^((?:19|20)\d\d)(?:\s*[-–]\s*(?:19|20)\d\d)?$")]
    private static partial Regex YearText();
}
