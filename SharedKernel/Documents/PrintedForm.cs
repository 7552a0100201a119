using ClosedXML.Excel;

namespace SharedKernel.Documents;

/// <param name="Heads">From the outermost to the innermost; neighbours with the same ones share a merged cell.</param>
/// <param name="Width">In characters.</param>
public sealed record PrintedColumn(IReadOnlyList<string> Heads, double Width);

/// <param name="Cells">string, long or null, in the order of the columns.</param>
public sealed record PrintedRow(IReadOnlyList<object?> Cells, bool IsTotal = false);

/// <param name="Number">Number of the form, top right.</param>
/// <param name="Unit">Who reports, top left.</param>
/// <param name="Law">Printed under the number.</param>
public sealed record PrintedSheet(
    string Name,
    string Number,
    string Unit,
    string Title,
    string Period,
    IReadOnlyList<string> Notes,
    IReadOnlyList<PrintedColumn> Columns,
    IReadOnlyList<PrintedRow> Rows,
    string Law
);

/// <summary>
/// Writes a report form of an authority as .xlsx, ready to be printed on A4 and signed: heads of several levels, the number of each
/// column, signatures. The same content gives the same bytes.
/// </summary>
public static class PrintedForm
{
    public static byte[] Write(IReadOnlyList<PrintedSheet> sheets)
    {
        using var raw = new MemoryStream();
        using (var book = new XLWorkbook())
        {
            book.Style.Font.FontName = "Times New Roman";
            book.Style.Font.FontSize = 10;
            foreach (var sheet in sheets)
            {
                Fill(book.AddWorksheet(sheet.Name), sheet);
            }
            book.SaveAs(raw);
        }
        return Spreadsheet.WithoutTimes(raw);
    }

    private static void Fill(IXLWorksheet page, PrintedSheet sheet)
    {
        var width = sheet.Columns.Count;
        var half = Math.Max(1, width / 2);
        Across(page, 1, 1, half, sheet.Unit).Font.SetBold();
        Across(page, 1, half + 1, width, sheet.Number).Font.SetBold();
        Across(page, 2, half + 1, width, sheet.Law).Font.SetItalic().Font.SetFontSize(9);
        Across(page, 4, 1, width, sheet.Title).Font.SetBold().Font.SetFontSize(14);
        Across(page, 5, 1, width, sheet.Period).Font.SetItalic();
        var row = 6;
        foreach (var note in sheet.Notes)
        {
            Across(page, row++, 1, width, note).Font.SetItalic();
        }
        var first = row + 1;
        var levels = sheet.Columns.Max(column => column.Heads.Count);
        Head(page, sheet.Columns, first, levels);
        var numbers = first + levels;
        for (var index = 0; index < width; index++)
        {
            page.Cell(numbers, index + 1).SetValue(index + 1);
            page.Column(index + 1).Width = sheet.Columns[index].Width;
        }
        page.Range(numbers, 1, numbers, width)
            .Style.Font.SetItalic()
            .Font.SetFontSize(8)
            .Alignment.SetHorizontal(XLAlignmentHorizontalValues.Center);
        var at = numbers;
        foreach (var line in sheet.Rows)
        {
            at++;
            for (var index = 0; index < width; index++)
            {
                Put(page.Cell(at, index + 1), line.Cells[index]);
            }
            if (line.IsTotal)
            {
                page.Range(at, 1, at, width).Style.Font.SetBold();
            }
        }
        var table = page.Range(first, 1, at, width);
        table.Style.Border.SetInsideBorder(XLBorderStyleValues.Thin);
        table.Style.Border.SetOutsideBorder(XLBorderStyleValues.Thin);
        table.Style.Alignment.SetVertical(XLAlignmentVerticalValues.Center);
        Sign(page, at + 2, half, width);
        page.SheetView.FreezeRows(numbers);
        page.PageSetup.PaperSize = XLPaperSize.A4Paper;
        page.PageSetup.PageOrientation =
            sheet.Columns.Sum(column => column.Width) > 95
                ? XLPageOrientation.Landscape
                : XLPageOrientation.Portrait;
        page.PageSetup.FitToPages(1, 0);
        page.PageSetup.SetRowsToRepeatAtTop(first, numbers);
    }

    /// <summary>Equal neighbours are merged sideways under equal parents; a column with fewer levels reaches down.</summary>
    private static void Head(
        IXLWorksheet page,
        IReadOnlyList<PrintedColumn> columns,
        int first,
        int levels
    )
    {
        for (var index = 0; index < columns.Count; index++)
        {
            var heads = columns[index].Heads;
            for (var level = 0; level < heads.Count; level++)
            {
                if (index > 0 && Shares(columns[index - 1].Heads, heads, level))
                {
                    continue;
                }
                var end = index;
                while (end + 1 < columns.Count && Shares(columns[end + 1].Heads, heads, level))
                {
                    end++;
                }
                var bottom = level == heads.Count - 1 ? levels - 1 : level;
                page.Cell(first + level, index + 1).SetValue(heads[level]);
                if (end > index || bottom > level)
                {
                    page.Range(first + level, index + 1, first + bottom, end + 1).Merge();
                }
            }
        }
        var style = page.Range(first, 1, first + levels - 1, columns.Count).Style;
        style.Font.SetBold();
        style.Alignment.SetWrapText();
        style.Alignment.SetHorizontal(XLAlignmentHorizontalValues.Center);
        style.Fill.SetBackgroundColor(XLColor.FromArgb(0xE6, 0xEC, 0xF2));
    }

    /// <summary>The innermost head is each column's own.</summary>
    private static bool Shares(
        IReadOnlyList<string> left,
        IReadOnlyList<string> right,
        int level
    ) =>
        level < left.Count - 1
        && level < right.Count - 1
        && left.Take(level + 1).SequenceEqual(right.Take(level + 1));

    private static void Sign(IXLWorksheet page, int row, int half, int width)
    {
        Across(page, row, half + 1, width, "Ngày …… tháng …… năm ………").Font.SetItalic();
        Across(page, row + 1, 1, half, "NGƯỜI LẬP BIỂU").Font.SetBold();
        Across(page, row + 1, half + 1, width, "THỦ TRƯỞNG ĐƠN VỊ").Font.SetBold();
        Across(page, row + 2, 1, half, "(Ký, ghi rõ họ tên)").Font.SetItalic();
        Across(page, row + 2, half + 1, width, "(Ký, đóng dấu)").Font.SetItalic();
    }

    private static IXLStyle Across(IXLWorksheet page, int row, int from, int to, string text)
    {
        page.Cell(row, from).SetValue(text);
        var range = page.Range(row, from, row, to);
        range.Merge();
        range.Style.Alignment.SetWrapText();
        range.Style.Alignment.SetHorizontal(XLAlignmentHorizontalValues.Center);
        return range.Style;
    }

    private static void Put(IXLCell cell, object? value)
    {
        switch (value)
        {
            case string text:
                cell.SetValue(text).SetDataType(XLDataType.Text);
                cell.Style.Alignment.SetWrapText();
                break;
            case long number:
                cell.SetValue((double)number);
                cell.Style.NumberFormat.SetFormat("#,##0");
                break;
        }
    }
}
