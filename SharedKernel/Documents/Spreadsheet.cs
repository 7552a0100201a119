using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using ClosedXML.Excel;

namespace SharedKernel.Documents;

/// <param name="Width">In characters.</param>
/// <param name="Group">A heading over this and its neighbours of the same group.</param>
public sealed record SheetColumn(
    string Title,
    double Width,
    string? Group = null,
    string NumberFormat = "#,##0"
);

/// <param name="Notes">Lines under the title: period, source, when it holds.</param>
/// <param name="Rows">Cells are string, int, long, double, DateOnly or null, in the order of the columns.</param>
/// <param name="IsTotal">Which rows are printed bold.</param>
public sealed record Sheet(
    string Name,
    string Title,
    IReadOnlyList<string> Notes,
    IReadOnlyList<SheetColumn> Columns,
    IReadOnlyList<IReadOnlyList<object?>> Rows,
    Func<int, bool>? IsTotal = null
);

/// <summary>
/// Writes one sheet as .xlsx (ECMA-376) that prints well, and always the same bytes for the same content, so that a file's hash
/// tells whether its content changed.
/// </summary>
public static partial class Spreadsheet
{
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Write(Sheet sheet)
    {
        using var raw = new MemoryStream();
        using (var book = new XLWorkbook())
        {
            book.Style.Font.FontName = "Times New Roman";
            book.Style.Font.FontSize = 11;
            Fill(book.AddWorksheet(sheet.Name), sheet);
            book.SaveAs(raw);
        }
        return WithoutTimes(raw);
    }

    private static void Fill(IXLWorksheet page, Sheet sheet)
    {
        var width = sheet.Columns.Count;
        var row = 1;
        page.Cell(row, 1).SetValue(sheet.Title).Style.Font.SetBold().Font.SetFontSize(14);
        page.Range(row, 1, row, width).Merge();
        foreach (var note in sheet.Notes)
        {
            row++;
            page.Cell(row, 1).SetValue(note).Style.Font.SetItalic();
            page.Range(row, 1, row, width).Merge();
        }
        row += 2;
        var grouped = sheet.Columns.Any(column => column.Group is not null);
        var first = row;
        var last = grouped ? row + 1 : row;
        Head(page, sheet.Columns, first, last);
        for (var index = 0; index < sheet.Rows.Count; index++)
        {
            var at = last + 1 + index;
            for (var column = 0; column < width; column++)
            {
                Put(
                    page.Cell(at, column + 1),
                    sheet.Rows[index][column],
                    sheet.Columns[column].NumberFormat
                );
            }
            if (sheet.IsTotal?.Invoke(index) == true)
            {
                page.Range(at, 1, at, width).Style.Font.SetBold();
            }
        }
        var table = page.Range(first, 1, last + sheet.Rows.Count, width);
        table.Style.Border.SetInsideBorder(XLBorderStyleValues.Thin);
        table.Style.Border.SetOutsideBorder(XLBorderStyleValues.Thin);
        table.Style.Alignment.SetVertical(XLAlignmentVerticalValues.Top);
        page.SheetView.FreezeRows(last);
        page.PageSetup.PaperSize = XLPaperSize.A4Paper;
        page.PageSetup.PageOrientation =
            sheet.Columns.Sum(column => column.Width) > 95
                ? XLPageOrientation.Landscape
                : XLPageOrientation.Portrait;
        page.PageSetup.FitToPages(1, 0);
        page.PageSetup.SetRowsToRepeatAtTop(first, last);
    }

    private static void Head(
        IXLWorksheet page,
        IReadOnlyList<SheetColumn> columns,
        int first,
        int last
    )
    {
        for (var index = 0; index < columns.Count; index++)
        {
            // ClosedXML's AdjustToContents needs GDI, which is not on Linux.
            page.Column(index + 1).Width = columns[index].Width;
            page.Cell(last, index + 1).SetValue(columns[index].Title);
            if (last == first)
            {
                continue;
            }
            if (columns[index].Group is not { } group)
            {
                page.Cell(first, index + 1).SetValue(columns[index].Title);
                page.Cell(last, index + 1).SetValue("");
                page.Range(first, index + 1, last, index + 1).Merge();
            }
            else if (index == 0 || columns[index - 1].Group != group)
            {
                var end = index;
                while (end + 1 < columns.Count && columns[end + 1].Group == group)
                {
                    end++;
                }
                page.Cell(first, index + 1).SetValue(group);
                page.Range(first, index + 1, first, end + 1).Merge();
            }
        }
        var head = page.Range(first, 1, last, columns.Count).Style;
        head.Font.SetBold();
        head.Fill.SetBackgroundColor(XLColor.FromArgb(0xE6, 0xEC, 0xF2));
        head.Alignment.SetWrapText();
        head.Alignment.SetHorizontal(XLAlignmentHorizontalValues.Center);
    }

    private static void Put(IXLCell cell, object? value, string numberFormat)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                // A text stays a text: "0123" keeps its zero and "=1+1" is no formula.
                cell.SetValue(text).SetDataType(XLDataType.Text);
                cell.Style.Alignment.SetWrapText();
                break;
            case DateOnly date:
                cell.SetValue(date.ToDateTime(TimeOnly.MinValue));
                cell.Style.DateFormat.SetFormat("dd/mm/yyyy");
                break;
            case int or long or double:
                cell.SetValue(Convert.ToDouble(value, null));
                cell.Style.NumberFormat.SetFormat(numberFormat);
                break;
            default:
                throw new ArgumentException($"A cell cannot hold {value.GetType().Name}.");
        }
    }

    /// <summary>Repacks with one fixed time, names in order, and no random part names or times of writing.</summary>
    internal static byte[] WithoutTimes(Stream raw)
    {
        using var clean = new MemoryStream();
        using (var from = new ZipArchive(raw, ZipArchiveMode.Read))
        using (var to = new ZipArchive(clean, ZipArchiveMode.Create, leaveOpen: true))
        {
            var core = from.Entries.FirstOrDefault(entry =>
                entry.FullName.EndsWith(".psmdcp", StringComparison.Ordinal)
            );
            const string fixedCore = "docProps/core.psmdcp";
            foreach (
                var entry in from.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal)
            )
            {
                var name = entry == core ? fixedCore : entry.FullName;
                using var content = new StreamReader(entry.Open(), Encoding.UTF8);
                var text = content.ReadToEnd();
                if (core is not null)
                {
                    text = text.Replace(core.FullName, fixedCore);
                }
                if (name == fixedCore)
                {
                    text = W3CTime().Replace(text, "1980-01-01T00:00:00Z");
                }
                if (name.EndsWith(".rels", StringComparison.Ordinal))
                {
                    var count = 0;
                    text = RandomId().Replace(text, _ => $"Id=\"part{++count}\"");
                }
                var written = to.CreateEntry(name, CompressionLevel.Optimal);
                written.LastWriteTime = NoTime;
                using var writer = new StreamWriter(written.Open(), new UTF8Encoding(false));
                writer.Write(text);
            }
        }
        return clean.ToArray();
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")]
    private static partial Regex W3CTime();

    /// <summary>The package's own relations have random ids that nothing refers to.</summary>
    [GeneratedRegex("Id=\"R[0-9a-f]{16,}\"")]
    private static partial Regex RandomId();
}
