using System.Text;
using System.Xml;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Health.Fhir.Api.Formats;

/// <summary>
/// XML at the edge (https://hl7.org/fhir/R4/xml.html): the store keeps JSON, so XML is read into it on the way in and made
/// from it on the way out, both through Firely's model.
/// </summary>
public static class FhirXml
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

    /// <exception cref="FhirRefusal">400: not XML, or not a resource; each error with its place.</exception>
    public static byte[] ToJson(ReadOnlyMemory<byte> xml)
    {
        try
        {
            CheckDepth(xml);
            using var reader = System.Xml.XmlReader.Create(Open(xml), Safe);
            if (!XmlReader.TryDeserializeResource(reader, out var resource, out var problems))
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
            return FhirJson.Write(resource!);
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
