using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Xml;
using System.Xml.Schema;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Education.LearningRecords.Transcripts;

/// <param name="Signer">As the signature says.</param>
/// <param name="Check">Of this signature by itself.</param>
/// <param name="IsGood">This signature and all before it hold.</param>
public sealed record SignatureReading(
    int Number,
    SignatureRole Role,
    string? Subject,
    string Signer,
    DateTimeOffset At,
    SignatureCheck Check,
    bool IsGood
);

/// <summary>
/// The chain of signatures of a học bạ số. Each covers the content, the line that says who signs as what and when, and the signature
/// before it: whoever changes a mark breaks all, whoever removes or exchanges a signature breaks those after it.
/// </summary>
public static class TranscriptSignatures
{
    private static readonly Dictionary<SignatureRole, string> RoleCodes = new()
    {
        [SignatureRole.Subject] = "GVBM",
        [SignatureRole.Homeroom] = "GVCN",
        [SignatureRole.Principal] = "HIEUTRUONG",
        [SignatureRole.Release] = "PHATHANH",
    };

    /// <summary>The document with one more signature.</summary>
    public static string Sign(
        string xml,
        SignatureRole role,
        string? subject,
        string signer,
        SigningKey key,
        DateTimeOffset at
    )
    {
        var document = XmlSignatures.Load(xml);
        var place = Place(document);
        var number = Lines(place).Count + 1;
        var line = document.CreateElement("LanKi", TranscriptXml.Namespace);
        line.SetAttribute("Id", LineId(number));
        line.SetAttribute("VaiTro", RoleCodes[role]);
        if (subject is not null)
        {
            line.SetAttribute("Mon", subject);
        }
        line.SetAttribute("HoTen", signer);
        line.SetAttribute(
            "Luc",
            at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
        );
        place.AppendChild(line);
        XmlSignatures.Sign(place, SignatureId(number), Covered(number), key);
        return document.OuterXml;
    }

    /// <summary>Reads every signature and checks it and those before it.</summary>
    /// <exception cref="InvalidInput">It is no học bạ số: says why.</exception>
    public static IReadOnlyList<SignatureReading> Verify(
        string xml,
        X509Certificate2Collection trusted
    )
    {
        XmlElement place;
        try
        {
            // The schema fixes where content and signatures stand, so that nothing signed can be moved aside for something that is not.
            if (TranscriptXml.Errors(xml) is { Count: > 0 } errors)
            {
                throw new InvalidInput("xml", string.Join(" ", errors));
            }
            place = Place(XmlSignatures.Load(xml));
        }
        catch (Exception error) when (error is XmlException or XmlSchemaException)
        {
            throw new InvalidInput("xml", error.Message);
        }
        var readings = new List<SignatureReading>();
        var good = true;
        foreach (var (line, i) in Lines(place).Select((line, i) => (line, i)))
        {
            var at = DateTimeOffset.Parse(
                line.GetAttribute("Luc"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            );
            var role = RoleCodes.First(known => known.Value == line.GetAttribute("VaiTro")).Key;
            var check =
                line.GetAttribute("Id") == LineId(i + 1)
                && line.NextSibling is XmlElement signature
                && signature.GetAttribute("Id") == SignatureId(i + 1)
                    ? XmlSignatures.Verify(signature, Covered(i + 1), at, trusted)
                    : SignatureCheck.Unreadable;
            good &= check.IsGood && (readings.Count == 0 || role >= readings[^1].Role);
            readings.Add(
                new(
                    i + 1,
                    role,
                    line.HasAttribute("Mon") ? line.GetAttribute("Mon") : null,
                    line.GetAttribute("HoTen"),
                    at,
                    check,
                    good
                )
            );
        }
        return readings;
    }

    private static IReadOnlyList<string> Covered(int number) =>
        number == 1
            ? [TranscriptXml.ContentId, LineId(1)]
            : [TranscriptXml.ContentId, LineId(number), SignatureId(number - 1)];

    private static string LineId(int number) => $"lk-{number}";

    private static string SignatureId(int number) => $"ck-{number}";

    private static XmlElement Place(XmlDocument document) =>
        (XmlElement)document.DocumentElement!.LastChild!;

    private static List<XmlElement> Lines(XmlElement place) =>
        [.. place.ChildNodes.OfType<XmlElement>().Where(child => child.LocalName == "LanKi")];
}
