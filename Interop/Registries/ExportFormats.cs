using System.Globalization;
using System.Text.Json;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>Writes the rows of an export as JSON for programs and as XLSX for people; the same rows give the same bytes.</summary>
internal static class ExportFormats
{
    public static readonly IReadOnlyDictionary<string, string> MediaTypes = new Dictionary<
        string,
        string
    >
    {
        ["json"] = "application/json",
        ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ["dhis2"] = "application/json",
        ["adx"] = "application/adx+xml",
        ["fhir"] = "application/fhir+json",
        ["sdmx"] = "application/vnd.sdmx.data+csv; version=2.0.0",
        ["uis"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };

    public static string ExtensionOf(string format) =>
        format switch
        {
            "dhis2" => ".dhis2.json",
            "adx" => ".adx.xml",
            "fhir" => ".fhir.json",
            "sdmx" => ".sdmx.csv",
            "uis" => ".uis.xlsx",
            _ => $".{format}",
        };

    /// <summary>On buttons.</summary>
    public static string Title(string format) =>
        format switch
        {
            "xlsx" => "Excel",
            "dhis2" => "DHIS2",
            "adx" => "ADX",
            "fhir" => "FHIR",
            "sdmx" => "SDMX",
            "uis" => "UIS (Excel)",
            _ => format.ToUpperInvariant(),
        };

    /// <param name="complete">False while the period is not over: the figures are provisional.</param>
    public static IReadOnlyList<(string Format, byte[] Content)> Write(
        ExportDefinition definition,
        IExport export,
        Period period,
        bool complete,
        IReadOnlyList<ExportRow> rows
    )
    {
        // The files are Vietnamese whoever asks for them: their recipient is an authority.
        var asked = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = T.Vietnamese;
        try
        {
            var context = new ExportContext(definition, period, complete, rows);
            return
            [
                ("json", Json(definition, export, period, complete, rows)),
                ("xlsx", export.Sheet(context) ?? Xlsx(definition, export, period, complete, rows)),
                .. export.MoreFiles(context),
            ];
        }
        finally
        {
            CultureInfo.CurrentUICulture = asked;
        }
    }

    private static byte[] Json(
        ExportDefinition definition,
        IExport export,
        Period period,
        bool complete,
        IReadOnlyList<ExportRow> rows
    )
    {
        using var content = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                content,
                new()
                {
                    Indented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            )
        )
        {
            json.WriteStartObject();
            json.WriteString("export", definition.Name);
            json.WriteString("title", definition.Title.Vietnamese);
            json.WriteString("law", definition.Law);
            json.WriteString("period", period.ToString());
            json.WriteString("first", period.First.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("last", period.Last.ToString("O", CultureInfo.InvariantCulture));
            json.WriteBoolean("complete", complete);
            json.WriteStartArray("columns");
            foreach (var column in export.Columns)
            {
                json.WriteStartObject();
                json.WriteString("name", column.Name);
                json.WriteString("vi", Title(column, T.Vietnamese));
                json.WriteString("en", Title(column, T.English));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("rows");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                for (var index = 0; index < export.Columns.Count; index++)
                {
                    json.WritePropertyName(export.Columns[index].Name);
                    JsonSerializer.Serialize(json, row.Values[index]);
                }
                if (row.IsTotal)
                {
                    json.WriteBoolean("isTotal", true);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return content.ToArray();
    }

    private static string Title(ExportColumn column, CultureInfo language)
    {
        var isEnglish = language == T.English;
        var title = isEnglish ? column.Title.English : column.Title.Vietnamese;
        return column.Group is not { } group
            ? title
            : $"{(isEnglish ? group.English : group.Vietnamese)}: {title}";
    }

    private static byte[] Xlsx(
        ExportDefinition definition,
        IExport export,
        Period period,
        bool complete,
        IReadOnlyList<ExportRow> rows
    )
    {
        var notes = new List<string>
        {
            $"{period.Title} (từ {period.First.Text()} đến {period.Last.Text()})",
            definition.Law,
        };
        if (!complete)
        {
            notes.Add("Số liệu tạm tính: kỳ báo cáo chưa kết thúc.");
        }
        return Spreadsheet.Write(
            new Sheet(
                period.ToString(),
                definition.Title.Vietnamese,
                notes,
                [
                    .. export.Columns.Select(column => new SheetColumn(
                        column.Title.Vietnamese,
                        column.Width,
                        column.Group?.Vietnamese,
                        column.NumberFormat
                    )),
                ],
                [.. rows.Select(row => row.Values)],
                index => rows[index].IsTotal
            )
        );
    }
}
