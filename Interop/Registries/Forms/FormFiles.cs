using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using SharedKernel.Contracts;

namespace Interop.Registries.Forms;

/// <summary>
/// The figures of a form for programs: DHIS2 <c>dataValueSets</c> (https://docs.dhis2.org/, Web API, data values), IHE ADX (QRPH Aggregate Data Exchange,
/// <c>urn:ihe:qrph:adx:2015</c>) and FHIR R4 MeasureReport. A data element is <c>{form}_{row}</c>, its column <c>C{n}</c>, the unit the
/// facility's code; the sum over all facilities is left to the receiver. Zeros and empty cells are not sent, as DHIS2 advises.
/// </summary>
internal static class FormFiles
{
    private const string Canonical = "http://fhir.ehealth.gov.vn/core";

    /// <param name="Row">Code of the row.</param>
    private sealed record Value(string Facility, string Row, string Column, long Number);

    public static IEnumerable<(string Format, byte[] Content)> Write(
        FormDefinition form,
        ExportContext context
    )
    {
        var values = Values(form, context.Rows).ToList();
        yield return ("dhis2", Dhis2(form, context, values));
        yield return ("adx", Adx(form, context, values));
        yield return ("fhir", MeasureReports(form, context, values));
    }

    private static IEnumerable<Value> Values(FormDefinition form, IReadOnlyList<ExportRow> rows) =>
        from row in rows
        let facility = (string)row.Values[0]!
        where facility != StatisticForm.AllFacilities
        from column in form.Columns.Index()
        where row.Values[StatisticForm.Fixed + column.Index] is long and > 0
        select new Value(
            facility,
            CodeOf((string?)row.Values[3]),
            $"C{column.Item.N.ToString(CultureInfo.InvariantCulture)}",
            (long)row.Values[StatisticForm.Fixed + column.Index]!
        );

    /// <summary>Letters, digits and dots only, as identifiers have them.</summary>
    private static string CodeOf(string? row) =>
        row switch
        {
            null => "TOTAL",
            "?" => "UNCODED",
            _ => row.Replace('-', '_'),
        };

    private static byte[] Dhis2(
        FormDefinition form,
        ExportContext context,
        IReadOnlyList<Value> values
    ) =>
        Bytes(
            new JsonObject
            {
                ["dataSet"] = form.Code,
                ["completeDate"] = context.Complete ? Day(context.Period.Last) : null,
                ["period"] = $"{context.Period.Year:D4}{context.Period.Month:D2}",
                ["dataElementIdScheme"] = "CODE",
                ["categoryOptionComboIdScheme"] = "CODE",
                ["orgUnitIdScheme"] = "CODE",
                ["dataValues"] = new JsonArray([
                    .. values.Select(value => new JsonObject
                    {
                        ["dataElement"] = $"{form.Code}_{value.Row}",
                        ["categoryOptionCombo"] = value.Column,
                        ["orgUnit"] = value.Facility,
                        ["value"] = value.Number.ToString(CultureInfo.InvariantCulture),
                    }),
                ]),
            }
        );

    private static byte[] Adx(
        FormDefinition form,
        ExportContext context,
        IReadOnlyList<Value> values
    )
    {
        XNamespace adx = "urn:ihe:qrph:adx:2015";
        var document = new XDocument(
            new XElement(
                adx + "adx",
                // The moment from which these figures can be final, so that the same figures are the same bytes.
                new XAttribute(
                    "exported",
                    context.Period.End.ToString(
                        "yyyy-MM-dd'T'HH:mm:sszzz",
                        CultureInfo.InvariantCulture
                    )
                ),
                values
                    .GroupBy(value => value.Facility)
                    .Select(facility => new XElement(
                        adx + "group",
                        new XAttribute("orgUnit", facility.Key),
                        new XAttribute("period", $"{Day(context.Period.First)}/P1M"),
                        new XAttribute("dataSet", form.Code),
                        context.Complete
                            ? new XAttribute("completeDate", Day(context.Period.Last))
                            : null,
                        facility.Select(value => new XElement(
                            adx + "dataValue",
                            new XAttribute("dataElement", $"{form.Code}_{value.Row}"),
                            new XAttribute("COLUMN", value.Column),
                            new XAttribute("value", value.Number)
                        ))
                    ))
            )
        );
        using var content = new MemoryStream();
        using (
            var writer = System.Xml.XmlWriter.Create(
                content,
                new()
                {
                    Indent = true,
                    NewLineChars = "\n",
                    Encoding = new System.Text.UTF8Encoding(false),
                }
            )
        )
        {
            document.Save(writer);
        }
        return content.ToArray();
    }

    private static byte[] MeasureReports(
        FormDefinition form,
        ExportContext context,
        IReadOnlyList<Value> values
    ) =>
        Bytes(
            new JsonObject
            {
                ["resourceType"] = "Bundle",
                ["type"] = "collection",
                ["entry"] = new JsonArray([
                    .. values
                        .GroupBy(value => value.Facility)
                        .Select(facility => new JsonObject
                        {
                            ["resource"] = Report(form, context, facility.Key, facility),
                        }),
                ]),
            }
        );

    private static JsonObject Report(
        FormDefinition form,
        ExportContext context,
        string facility,
        IEnumerable<Value> values
    ) =>
        new()
        {
            ["resourceType"] = "MeasureReport",
            ["status"] = context.Complete ? "complete" : "pending",
            ["type"] = "summary",
            ["measure"] = $"{Canonical}/Measure/{form.Form}|{Day(form.ValidFrom)}",
            ["reporter"] = new JsonObject
            {
                ["identifier"] = new JsonObject
                {
                    ["system"] = $"{Canonical}/sid/facility_code",
                    ["value"] = facility,
                },
            },
            ["period"] = new JsonObject
            {
                ["start"] = Day(context.Period.First),
                ["end"] = Day(context.Period.Last),
            },
            ["group"] = new JsonArray([
                .. values
                    .GroupBy(value => value.Row)
                    .Select(row => new JsonObject
                    {
                        ["code"] = Concept("row", $"{form.Code}_{row.Key}"),
                        ["population"] = new JsonArray([
                            .. row.Select(value => new JsonObject
                            {
                                ["code"] = Concept("column", value.Column),
                                ["count"] = value.Number,
                            }),
                        ]),
                    }),
            ]),
        };

    private static JsonObject Concept(string kind, string code) =>
        new()
        {
            ["coding"] = new JsonArray(
                new JsonObject
                {
                    ["system"] = $"{Canonical}/CodeSystem/statistics-{kind}",
                    ["code"] = code,
                }
            ),
        };

    private static byte[] Bytes(JsonObject json) =>
        JsonSerializer.SerializeToUtf8Bytes(
            json,
            new JsonSerializerOptions
            {
                WriteIndented = true,
                Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );

    private static string Day(DateOnly day) =>
        day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
