using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using SharedKernel.Documents.Signing;

namespace Interop.Registries.Insurance;

/// <summary>
/// One case as the gateway takes it: <c>GIAMDINHHS</c> with each table as base64 of its own XML, in the order of the annexes. The unit's signature
/// covers the element THONGTINHOSO as it stands in the file (its UTF-8 bytes): a detached JSON Web Signature with the certificate, in CHUKYDONVI.
/// </summary>
public static class ClaimEnvelope
{
    public static byte[] Write(ClaimCase claim, DateOnly made, SigningKey? key, DateTimeOffset now)
    {
        var files = InsuranceTables
            .All.Where(table => claim.Rows(table.Name).Count > 0)
            .Select(table => new XElement(
                "FILEHOSO",
                new XElement("LOAIHOSO", table.Name),
                new XElement(
                    "NOIDUNGFILE",
                    Convert.ToBase64String(Table(table, claim.Rows(table.Name), claim.Ended))
                )
            ));
        var content = new XElement(
            "THONGTINHOSO",
            new XElement("NGAYLAP", made.ToString("yyyyMMdd", CultureInfo.InvariantCulture)),
            new XElement("SOLUONGHOSO", 1),
            new XElement("DANHSACHHOSO", new XElement("HOSO", files))
        ).ToString(SaveOptions.DisableFormatting);
        var signature = key is null
            ? ""
            : DetachedJws.Sign(Encoding.UTF8.GetBytes(content), key, now);
        // Written by hand around the signed part, so that its bytes stay as they were signed.
        return Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<GIAMDINHHS><THONGTINDONVI><MACSKCB>{claim.Facility}</MACSKCB></THONGTINDONVI>{content}<CHUKYDONVI>{signature}</CHUKYDONVI></GIAMDINHHS>"
        );
    }

    /// <summary>The tables of an envelope, for whoever receives one.</summary>
    /// <exception cref="XmlException">It is no envelope.</exception>
    public static ClaimCase Read(byte[] envelope)
    {
        var root = Parse(envelope).Root!;
        var tables = new Dictionary<string, IReadOnlyList<ClaimRow>>();
        foreach (var file in root.Descendants("FILEHOSO"))
        {
            var name = file.Element("LOAIHOSO")?.Value ?? "";
            if (InsuranceTables.All.FirstOrDefault(one => one.Name == name) is not { } table)
            {
                throw new XmlException($"LOAIHOSO '{name}' is none of XML0 to XML15.");
            }
            var content = Parse(Convert.FromBase64String(file.Element("NOIDUNGFILE")?.Value ?? ""));
            IEnumerable<XElement> rows = [content.Root!];
            foreach (var element in table.Path.Skip(1))
            {
                rows = rows.Elements(element);
            }
            tables[name] =
            [
                .. rows.Select(element =>
                {
                    var row = new ClaimRow();
                    foreach (var field in element.Elements())
                    {
                        row[field.Name.LocalName] = field.Value;
                    }
                    return row;
                }),
            ];
        }
        var left = tables.GetValueOrDefault("XML1")?.FirstOrDefault()?["NGAY_RA"];
        return new(
            root.Element("THONGTINDONVI")?.Element("MACSKCB")?.Value ?? "",
            left is { Length: 12 }
            && DateOnly.TryParseExact(
                left[..8],
                "yyyyMMdd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
                ? day
                : DateOnly.MaxValue,
            tables,
            []
        );
    }

    private static byte[] Table(ClaimTable table, IReadOnlyList<ClaimRow> rows, DateOnly day)
    {
        var fields = InsuranceTables.FieldsOn(table.Name, day);
        var elements = rows.Select(row => new XElement(
                table.Path[^1],
                fields.Select(field => new XElement(field.Name, row[field.Name] ?? ""))
            ))
            .ToList();
        XElement root;
        if (table.Path.Count == 1)
        {
            root = elements.Single();
        }
        else
        {
            root = new XElement(table.Path[^2], elements);
            foreach (var outer in table.Path.SkipLast(2).Reverse())
            {
                root = new XElement(outer, root);
            }
        }
        using var content = new MemoryStream();
        using (var writer = XmlWriter.Create(content, new() { Encoding = new UTF8Encoding(false) }))
        {
            root.Save(writer);
        }
        return content.ToArray();
    }

    /// <summary>No document type, no entity: what comes from outside expands to nothing.</summary>
    private static XDocument Parse(byte[] content)
    {
        using var reader = XmlReader.Create(
            new MemoryStream(content),
            new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }
        );
        return XDocument.Load(reader);
    }
}
