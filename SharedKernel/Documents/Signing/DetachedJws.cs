using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Documents.Signing;

/// <summary>
/// A JSON Web Signature whose payload is kept elsewhere (RFC 7515 Appendix F), by a personal X.509 certificate: the whole chain
/// is in <c>x5c</c>, the time of signing in <c>iat</c> (seconds), both under the signature. This is the form in which FHIR R4
/// carries signatures (https://hl7.org/fhir/R4/signatures.html).
/// </summary>
public static class DetachedJws
{
    public const string MediaType = "application/jose";

    public static string Sign(ReadOnlySpan<byte> content, SigningKey key, DateTimeOffset at)
    {
        var header = new JsonObject
        {
            ["alg"] = "ES256",
            ["iat"] = at.ToUnixTimeSeconds(),
            ["x5c"] = new JsonArray([
                .. new[] { key.Certificate }
                    .Concat(key.Chain)
                    .Select(certificate => (JsonNode)Convert.ToBase64String(certificate.RawData)),
            ]),
        };
        var encodedHeader = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()));
        using var secret =
            key.Elliptic()
            ?? throw new Conflict("The signing certificate must have an elliptic-curve key.");
        var signature = secret.SignData(
            SigningInput(encodedHeader, content),
            HashAlgorithmName.SHA256
        );
        return $"{encodedHeader}..{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Whether the signature is of exactly this content and its chain was good when it was made.</summary>
    public static SignatureCheck Verify(
        ReadOnlySpan<byte> content,
        string jws,
        X509Certificate2Collection trusted
    )
    {
        try
        {
            if (jws.Split('.') is not [var encodedHeader, "", var encodedSignature])
            {
                return SignatureCheck.Unreadable;
            }
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(encodedHeader));
            var at = DateTimeOffset.FromUnixTimeSeconds(
                header.RootElement.GetProperty("iat").GetInt64()
            );
            var certificates = header
                .RootElement.GetProperty("x5c")
                .EnumerateArray()
                .Select(encoded =>
                    X509CertificateLoader.LoadCertificate(encoded.GetBytesFromBase64())
                )
                .ToList();
            using var key = certificates[0].GetECDsaPublicKey();
            var intact =
                header.RootElement.GetProperty("alg").GetString() == "ES256"
                && key is not null
                && key.VerifyData(
                    SigningInput(encodedHeader, content),
                    Base64Url.DecodeFromChars(encodedSignature),
                    HashAlgorithmName.SHA256
                );
            return new SignatureCheck(
                intact,
                ChainIsGood(certificates, trusted, at, out var chain),
                certificates[0].GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                at
            )
            {
                Chain = chain,
            };
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or JsonException
                        or CryptographicException
                        or KeyNotFoundException
                        or InvalidOperationException
                        or ArgumentOutOfRangeException
            )
        {
            return SignatureCheck.Unreadable;
        }
    }

    internal static bool ChainIsGood(
        List<X509Certificate2> certificates,
        X509Certificate2Collection trusted,
        DateTimeOffset at,
        out IReadOnlyList<X509Certificate2> upToTheAuthority
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Skip(1).ToArray());
        chain.ChainPolicy.VerificationTime = at.LocalDateTime;
        // Revocation is asked of what is configured, and not of whom the certificate names: see Revocation.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        var isGood = chain.Build(certificates[0]);
        upToTheAuthority = [.. chain.ChainElements.Select(element => element.Certificate)];
        return isGood;
    }

    private static byte[] SigningInput(string encodedHeader, ReadOnlySpan<byte> content) =>
        Encoding.ASCII.GetBytes($"{encodedHeader}.{Base64Url.EncodeToString(content)}");
}

/// <param name="Intact">Not a byte of the content was changed.</param>
/// <param name="Trusted">The chain led to a trusted authority at the time of signing, and no certificate of it had ended.</param>
public sealed record SignatureCheck(
    bool Intact,
    bool Trusted,
    string? Signer,
    DateTimeOffset? SignedAt
)
{
    public static readonly SignatureCheck Unreadable = new(false, false, null, null);

    /// <summary>Whether the authority had taken a certificate back; see <see cref="Signing.Revocation"/>.</summary>
    public RevocationAnswer Revocation { get; init; } = new(RevocationState.NotAsked, "");

    /// <summary>The verdict in the reader's language.</summary>
    public string Text() =>
        !Intact ? T.Of("Chữ ký không khớp với nội dung.", "The signature does not fit the content.")
        : !Trusted
            ? T.Of(
                "Nội dung nguyên vẹn nhưng chứng thư không do tổ chức được tin cậy cấp, hoặc không còn hạn khi ký.",
                "The content is intact, but the certificate is not from a trusted authority, or had ended when it signed."
            )
        : Revocation switch
        {
            { State: RevocationState.Revoked, Since: var since } => T.Of(
                $"Chứng thư của {Signer} đã bị thu hồi từ {since?.Text()}, trước khi ký: chữ ký không có giá trị.",
                $"The certificate of {Signer} was revoked on {since?.Text()}, before it signed: the signature does not count."
            ),
            { State: RevocationState.Unknown, Why: var why } => T.Of(
                $"Nội dung nguyên vẹn, {Signer} ký lúc {SignedAt?.Text()}, nhưng chưa kiểm tra được chứng thư có bị thu hồi không ({why}).",
                $"The content is intact, signed by {Signer} on {SignedAt?.Text()}, but it is not known whether the certificate was revoked ({why})."
            ),
            { Since: { } later } => T.Of(
                $"Chữ ký số hợp lệ: {Signer}, {SignedAt?.Text()}. Chứng thư bị thu hồi sau đó, từ {later.Text()}.",
                $"Valid digital signature: {Signer}, {SignedAt?.Text()}. The certificate was revoked later, on {later.Text()}."
            ),
            { State: RevocationState.Good } => T.Of(
                $"Chữ ký số hợp lệ: {Signer}, {SignedAt?.Text()}. Chứng thư không bị thu hồi.",
                $"Valid digital signature: {Signer}, {SignedAt?.Text()}. The certificate is not revoked."
            ),
            _ => T.Of(
                $"Chữ ký số hợp lệ: {Signer}, {SignedAt?.Text()}.",
                $"Valid digital signature: {Signer}, {SignedAt?.Text()}."
            ),
        };

    /// <summary>From the signer's certificate up to the authority's; empty when there is none.</summary>
    [JsonIgnore]
    public IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>Not where nobody could say whether a certificate was revoked.</summary>
    public bool IsGood =>
        Intact && Trusted && Revocation.State is (RevocationState.Good or RevocationState.NotAsked);
}
