using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace Interop.Registries.Forms;

/// <summary>
/// A form as the ministry prints it: number in the corner, unit and period on top, heads of several levels with their numbers under them,
/// lines for place, date and the two signatures; a sheet for all facilities and one for each.
/// </summary>
internal static class FormSheet
{
    public static byte[] Write(FormDefinition form, ExportContext context)
    {
        var sheets = context
            .Rows.GroupBy(row => (Code: (string)row.Values[0]!, Name: (string)row.Values[1]!))
            .Select(block => Sheet(form, context, block.Key.Code, block.Key.Name, [.. block]))
            .ToList();
        return PrintedForm.Write(sheets);
    }

    private static PrintedSheet Sheet(
        FormDefinition form,
        ExportContext context,
        string facility,
        string name,
        IReadOnlyList<ExportRow> rows
    )
    {
        var period = context.Period;
        var notes = new List<string>();
        if (!context.Complete)
        {
            notes.Add("Số liệu tạm tính: kỳ báo cáo chưa kết thúc.");
        }
        var withCode = form.Heads.Count > 2;
        return new(
            facility == StatisticForm.AllFacilities ? "Tổng hợp" : facility,
            $"Biểu: {form.Number}",
            $"Đơn vị báo cáo: {name}",
            form.Title.ToUpperInvariant(),
            $"{period.Title} (từ {period.First.Text()} đến {period.Last.Text()})",
            notes,
            [
                new([form.Heads[0]], 6),
                new([form.Heads[1]], 42),
                .. withCode ? new[] { new PrintedColumn([form.Heads[2]], 10) } : [],
                .. form.Columns.Select(column => new PrintedColumn(column.Heads, 7.5)),
            ],
            [
                .. rows.Select(row => new PrintedRow(
                    [
                        row.Values[2],
                        row.Values[4],
                        .. withCode ? new[] { row.Values[3] } : [],
                        .. row.Values.Skip(StatisticForm.Fixed),
                    ],
                    row.IsTotal
                )),
            ],
            form.Law
        );
    }
}
