using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Health.Fhir.Api.Formats;

/// <summary>
/// XML at the edge (https://hl7.org/fhir/R4/xml.html): the store keeps JSON, so XML is read into it on the way in and made
/// from it on the way out, both through Firely's model.
/// </summary>
public static partial class FhirXml
{
    private static readonly BaseFhirXmlDeserializer XmlReader = new FhirXmlDeserializer(
        new DeserializerSettings().UsingMode(DeserializationMode.Strict)
    );

    private static readonly BaseFhirXmlSerializer XmlWriter = new FhirXmlSerializer();

    private static readonly XmlReaderSettings Safe = new()
    {
        // No entity bombs, no fetching of anything.
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersFromEntities = 0,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>
    /// What a lenient reader of the JSON mends or refuses in its turn: a primitive that is no literal of its type, a resource with nothing
    /// in it, a narrative without its namespace. The model keeps all of it as it was sent.
    /// </summary>
    private static readonly HashSet<string> LeftToTheReader =
    [
        "PVAL124",
        "PVAL105",
        "PVAL129",
        "XML107",
    ];

    /// <param name="isLenient">Leaves to the reader of the JSON what it may mend.</param>
    /// <exception cref="FhirRefusal">400: not XML, or not a resource; each error with its place.</exception>
    public static byte[] ToJson(ReadOnlyMemory<byte> xml, bool isLenient)
    {
        try
        {
            CheckDepth(xml);
            using var reader = System.Xml.XmlReader.Create(Open(xml), Safe);
            XmlReader.TryDeserializeResource(reader, out var resource, out var found);
            var problems = isLenient
                ? found.Where(problem => !LeftToTheReader.Contains(problem.ErrorCode)).ToList()
                : [.. found];
            if (problems.Count > 0 || resource is null)
            {
                throw new FhirRefusal(
                    400,
                    [
                        .. problems
                            .Take(20)
                            .Select(problem => Issue.Error("structure", problem.Message)),
                    ]
                );
            }
            if (isLenient)
            {
                DropWrongNamespaces(resource);
            }
            return FhirJson.Write(resource);
        }
        catch (XmlException malformed)
        {
            throw new FhirRefusal(
                400,
                "structure",
                $"This is not well-formed XML: {malformed.Message}"
            );
        }
    }

    public static byte[] FromJson(ReadOnlyMemory<byte> json, bool pretty) =>
        XmlWriter.SerializeToBytes(FhirJson.Parse(json), pretty: pretty);

    /// <summary>A narrative whose elements are in FHIR's namespace, or in none: to the reader of the JSON one without a namespace.</summary>
    private static void DropWrongNamespaces(Base element)
    {
        if (element is Narrative { Div: { } div } narrative)
        {
            narrative.Div = WrongNamespace().Replace(div, "<div");
        }
        foreach (var (_, child) in element.EnumerateElements())
        {
            foreach (var one in child as IEnumerable<Base> ?? (child is Base only ? [only] : []))
            {
                DropWrongNamespaces(one);
            }
        }
    }

    [GeneratedRegex("^<div xmlns=\"(http://hl7.org/fhir)?\"")]
    private static partial Regex WrongNamespace();

    /// <summary>The model reads by recursion: a bomb of a hundred thousand nested elements must not reach it.</summary>
    private static void CheckDepth(ReadOnlyMemory<byte> xml)
    {
        using var reader = System.Xml.XmlReader.Create(Open(xml), Safe);
        while (reader.Read())
        {
            if (reader.Depth > Limits.NestingDepth)
            {
                var line = (IXmlLineInfo)reader;
                throw new FhirRefusal(
                    400,
                    "too-costly",
                    $"Elements are nested deeper than {Limits.NestingDepth} at line {line.LineNumber}, position {line.LinePosition}."
                );
            }
        }
    }

    private static StreamReader Open(ReadOnlyMemory<byte> xml) =>
        new(
            new MemoryStream(xml.ToArray(), writable: false),
            new UTF8Encoding(false, throwOnInvalidBytes: false)
        );
}
