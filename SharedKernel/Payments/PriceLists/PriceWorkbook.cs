using System.Globalization;
using ClosedXML.Excel;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace SharedKernel.Payments.PriceLists;

/// <summary>
/// Reads a price list from an Excel workbook as facilities keep it: columns are found by their heading, in any order, with or
/// without diacritics; every wrong cell is named.
/// </summary>
public static class PriceWorkbook
{
    private const int MaximumLines = 100_000;
    private const int HeadingRows = 20;
    private const int ErrorsShown = 200;

    public sealed record Sheet(IReadOnlyList<PriceLine> Lines, IReadOnlyList<CellError> Errors);

    private enum Column
    {
        Kind,
        Code,
        Name,
        Unit,
        Registration,
        Insurance,
        SelfPay,
        OnDemand,
        Support,
    }

    /// <summary>Headings without diacritics and signs; a heading that starts with one of them is that column.</summary>
    private static readonly (Column Column, string[] Headings)[] Headings =
    [
        (Column.Kind, ["loai", "nhom", "kind", "item kind"]),
        (Column.Code, ["ma", "code"]),
        (Column.Name, ["ten", "danh muc", "noi dung", "name"]),
        (Column.Unit, ["don vi", "dvt", "unit"]),
        (Column.Registration, ["so dang ky", "sdk", "so luu hanh", "gpluuhanh", "registration"]),
        (Column.Insurance, ["gia bhyt", "gia bao hiem", "bhyt", "insurance"]),
        (
            Column.SelfPay,
            [
                "gia khong bhyt",
                "gia thu phi",
                "gia tu chi tra",
                "gia tu tra",
                "tu tra",
                "self pay",
                "don gia",
                "gia ban",
            ]
        ),
        (Column.OnDemand, ["gia yeu cau", "gia theo yeu cau", "theo yeu cau", "on demand"]),
        (Column.Support, ["gia dich vu ho tro", "gia ho tro", "dich vu ho tro", "support"]),
    ];

    private static readonly Dictionary<string, PriceItemKind> Kinds = new()
    {
        ["dich vu"] = PriceItemKind.Service,
        ["dv"] = PriceItemKind.Service,
        ["dvkt"] = PriceItemKind.Service,
        ["service"] = PriceItemKind.Service,
        ["thuoc"] = PriceItemKind.Drug,
        ["drug"] = PriceItemKind.Drug,
        ["thiet bi"] = PriceItemKind.Device,
        ["thiet bi y te"] = PriceItemKind.Device,
        ["vat tu"] = PriceItemKind.Device,
        ["vat tu y te"] = PriceItemKind.Device,
        ["vtyt"] = PriceItemKind.Device,
        ["device"] = PriceItemKind.Device,
    };

    /// <exception cref="InvalidInput">It is no workbook, or has no table of prices.</exception>
    public static Sheet Read(Stream file)
    {
        using var book = Workbook.Open(file);
        var (sheet, heading, columns) = book
            .Worksheets.Select(FindTable)
            .FirstOrDefault(table => table.Columns.Count > 0)
            is { Columns.Count: > 0 } found
            ? found
            : throw Workbook.Bad(
                T.Of(
                    "không thấy bảng giá: cần một dòng tiêu đề có ít nhất các cột Mã, Tên, Đơn vị và một cột giá (Giá BHYT, Giá không BHYT, Giá yêu cầu, Giá hỗ trợ).",
                    "no price table was found: a heading row needs at least the columns Code, Name, Unit and one price (Insurance, Self pay, On demand, Support)."
                )
            );
        var lines = new List<PriceLine>();
        var errors = new List<CellError>();
        var seen = new Dictionary<(PriceItemKind, string), int>();
        var last = sheet.LastRowUsed().RowNumber();
        if (last - heading > MaximumLines)
        {
            throw Workbook.Bad(
                T.Of(
                    $"có hơn {MaximumLines:N0} dòng; hãy chia nhỏ.",
                    $"it has more than {MaximumLines:N0} rows; split it."
                )
            );
        }
        for (var row = heading + 1; row <= last && errors.Count < ErrorsShown; row++)
        {
            if (columns.Values.All(column => sheet.Cell(row, column).IsEmpty()))
            {
                continue;
            }
            var before = errors.Count;
            var line = ReadLine(sheet, row, columns, errors);
            foreach (var error in CheckPriceLine.Errors(line))
            {
                errors.Add(new(CellOf(sheet, row, columns, error.Field), error.Message));
            }
            if (errors.Count == before)
            {
                if (!seen.TryAdd((line.ItemKind, line.Code), row))
                {
                    errors.Add(
                        new(
                            CellOf(sheet, row, columns, "code"),
                            T.Of(
                                $"mã {line.Code} đã có ở dòng {seen[(line.ItemKind, line.Code)]}.",
                                $"code {line.Code} stands in row {seen[(line.ItemKind, line.Code)]} already."
                            )
                        )
                    );
                }
                lines.Add(line);
            }
        }
        if (lines.Count == 0 && errors.Count == 0)
        {
            throw Workbook.Bad(
                T.Of("bảng không có dòng nào dưới tiêu đề.", "no row stands below the heading.")
            );
        }
        return new(lines, errors);
    }

    private static (IXLWorksheet Sheet, int Heading, Dictionary<Column, int> Columns) FindTable(
        IXLWorksheet sheet
    )
    {
        var lastRow = Math.Min(sheet.LastRowUsed()?.RowNumber() ?? 0, HeadingRows);
        var lastColumn = Math.Min(sheet.LastColumnUsed()?.ColumnNumber() ?? 0, 100);
        for (var row = 1; row <= lastRow; row++)
        {
            var columns = new Dictionary<Column, int>();
            for (var column = 1; column <= lastColumn; column++)
            {
                if (ColumnOf(sheet.Cell(row, column).GetFormattedString()) is { } found)
                {
                    columns.TryAdd(found, column);
                }
            }
            if (
                columns.ContainsKey(Column.Code)
                && columns.ContainsKey(Column.Name)
                && columns.ContainsKey(Column.Unit)
                && columns.Keys.Any(column => column >= Column.Insurance)
            )
            {
                return (sheet, row, columns);
            }
        }
        return (sheet, 0, []);
    }

    private static Column? ColumnOf(string heading)
    {
        var words = Workbook.Plain(heading);
        return Headings
            .SelectMany(column => column.Headings.Select(text => (column.Column, Text: text)))
            .Where(known =>
                words == known.Text || words.StartsWith(known.Text + " ", StringComparison.Ordinal)
            )
            // "gia bhyt" before "gia", "gia theo yeu cau" before "gia".
            .OrderByDescending(known => known.Text.Length)
            .Select(known => (Column?)known.Column)
            .FirstOrDefault();
    }

    private static PriceLine ReadLine(
        IXLWorksheet sheet,
        int row,
        Dictionary<Column, int> columns,
        List<CellError> errors
    )
    {
        return new PriceLine(
            Kind(),
            Text(Column.Code),
            Text(Column.Name),
            Text(Column.Unit),
            Text(Column.Registration),
            Price(Column.Insurance),
            Price(Column.SelfPay),
            Price(Column.OnDemand),
            Price(Column.Support)
        ).Tidy();

        string Text(Column column) =>
            columns.TryGetValue(column, out var at) ? sheet.Cell(row, at).GetFormattedString() : "";

        PriceItemKind Kind()
        {
            var text = Workbook.Plain(Text(Column.Kind));
            if (text.Length == 0)
            {
                return PriceItemKind.Service;
            }
            if (Kinds.TryGetValue(text, out var kind))
            {
                return kind;
            }
            errors.Add(
                new(
                    CellOf(sheet, row, columns, "itemKind"),
                    T.Of(
                        $"'{Text(Column.Kind)}' không phải loại; hãy ghi Dịch vụ, Thuốc hoặc Thiết bị.",
                        $"'{Text(Column.Kind)}' is not a kind; write Service, Drug or Device."
                    )
                )
            );
            return PriceItemKind.Service;
        }

        long? Price(Column column)
        {
            if (!columns.TryGetValue(column, out var at) || sheet.Cell(row, at).IsEmpty())
            {
                return null;
            }
            var cell = sheet.Cell(row, at);
            var text = cell.GetFormattedString().Trim();
            if (text is "" or "-")
            {
                return null;
            }
            var amount =
                cell.DataType is XLDataType.Number ? Whole(cell.GetDouble()) : ParseDong(text);
            if (amount is null)
            {
                errors.Add(
                    new(
                        cell.Address.ToString()!,
                        T.Of(
                            $"'{text}' không phải số tiền đồng nguyên, ví dụ 125000 hoặc 125.000.",
                            $"'{text}' is not a whole amount of đồng, such as 125000 or 125.000."
                        )
                    )
                );
            }
            return amount;
        }
    }

    private static long? Whole(double number) =>
        number is > -1e15 and < 1e15 && number == Math.Floor(number) ? (long)number : null;

    /// <summary><c>125000</c>, <c>125.000</c>, <c>125,000 đ</c>; dots and commas only between groups of three.</summary>
    internal static long? ParseDong(string text)
    {
        var digits = text.Trim().TrimEnd('đ', 'Đ', '₫').Replace("VND", "").Trim();
        foreach (var separator in (char[])['.', ',', ' ', '\u00a0'])
        {
            var groups = digits.Split(separator);
            if (
                groups.Length > 1
                && groups[0].Length is >= 1 and <= 3
                && groups.Skip(1).All(group => group.Length == 3)
            )
            {
                digits = string.Concat(groups);
                break;
            }
        }
        return long.TryParse(
            digits,
            NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var amount
        )
            ? amount
            : null;
    }

    private static string CellOf(
        IXLWorksheet sheet,
        int row,
        Dictionary<Column, int> columns,
        string field
    )
    {
        var column = field switch
        {
            "itemKind" => Column.Kind,
            "code" => Column.Code,
            "name" => Column.Name,
            "unit" => Column.Unit,
            "registration" => Column.Registration,
            "insurance" => Column.Insurance,
            "onDemand" => Column.OnDemand,
            "support" => Column.Support,
            _ => Column.SelfPay,
        };
        var at = columns.TryGetValue(column, out var known)
            ? known
            : columns.First(entry => entry.Key >= Column.Insurance).Value;
        return sheet.Cell(row, at).Address.ToString()!;
    }
}
