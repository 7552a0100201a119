using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;
using SharedKernel.Contracts;

namespace SharedKernel.Documents.Signing;

/// <summary>
/// Signatures inside an XML document (https://www.w3.org/TR/xmldsig-core1/): RSA-SHA256 over parts of the same document by their
/// <c>Id</c>, each canonicalised by itself (exc-c14n), so that other signatures may stand beside. A signature that names an earlier
/// one's <c>Id</c> covers it.
/// </summary>
public static class XmlSignatures
{
    /// <summary>Reads a document as it was signed: every blank counts, and nothing is fetched from outside.</summary>
    /// <exception cref="XmlException">It is no XML, or has a document type.</exception>
    public static XmlDocument Load(string xml)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        using var reader = XmlReader.Create(
            new StringReader(xml),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                IgnoreWhitespace = false,
            }
        );
        document.Load(reader);
        return document;
    }

    /// <summary>Adds a signature at the end of <paramref name="place"/>, with the signer's whole chain of certificates.</summary>
    /// <param name="id">Of the new signature.</param>
    /// <param name="covered">Ids of what it signs.</param>
    /// <exception cref="Conflict">The certificate has no RSA key.</exception>
    public static void Sign(
        XmlElement place,
        string id,
        IReadOnlyList<string> covered,
        SigningKey key
    )
    {
        using var secret =
            key.Rsa() ?? throw new Conflict("The signing certificate must have an RSA key.");
        var signed = new SignedXml(place.OwnerDocument) { SigningKey = secret };
        signed.Signature.Id = id;
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        foreach (var part in covered)
        {
            var reference = new Reference("#" + part) { DigestMethod = SignedXml.XmlDsigSHA256Url };
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
        }
        var chain = new KeyInfoX509Data(key.Certificate);
        foreach (var issuer in key.Chain)
        {
            chain.AddCertificate(issuer);
        }
        signed.KeyInfo.AddClause(chain);
        signed.ComputeSignature();
        place.AppendChild(place.OwnerDocument.ImportNode(signed.GetXml(), deep: true));
    }

    /// <summary>Whether a signature covers exactly these parts as they are now, by a certificate that was good at the time.</summary>
    /// <param name="covered">In the order of signing; a signature over less or more is not intact.</param>
    public static SignatureCheck Verify(
        XmlElement signature,
        IReadOnlyList<string> covered,
        DateTimeOffset at,
        X509Certificate2Collection trusted
    )
    {
        try
        {
            var signed = new SignedXml(signature.OwnerDocument);
            signed.LoadXml(signature);
            var certificates = signed
                .KeyInfo.OfType<KeyInfoX509Data>()
                .SelectMany(data => (data.Certificates ?? []).OfType<X509Certificate2>())
                .ToList();
            using var key = certificates.FirstOrDefault()?.GetRSAPublicKey();
            return key is null
                ? SignatureCheck.Unreadable
                : new SignatureCheck(
                    IsOfOurForm(signed, covered) && signed.CheckSignature(key),
                    DetachedJws.ChainIsGood(certificates, trusted, at, out var chain),
                    certificates[0].GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                    at
                )
                {
                    Chain = chain,
                };
        }
        catch (Exception error)
            when (error is CryptographicException or FormatException or XmlException)
        {
            return SignatureCheck.Unreadable;
        }
    }

    /// <summary>A signature of another form may sign less than it seems to: other transforms could cut a part out before it is digested.</summary>
    private static bool IsOfOurForm(SignedXml signed, IReadOnlyList<string> covered) =>
        signed.SignatureMethod == SignedXml.XmlDsigRSASHA256Url
        && signed.SignedInfo!.CanonicalizationMethod == SignedXml.XmlDsigExcC14NTransformUrl
        && signed
            .SignedInfo.References.OfType<Reference>()
            .Select(reference => reference.Uri)
            .SequenceEqual(covered.Select(part => "#" + part))
        && signed
            .SignedInfo.References.OfType<Reference>()
            .All(reference =>
                reference.DigestMethod == SignedXml.XmlDsigSHA256Url
                && reference.TransformChain.Count == 1
                && reference.TransformChain[0] is XmlDsigExcC14NTransform
            );
}
