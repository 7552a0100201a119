using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// A verifiable credential as JWT (VC-JWT of Open Badges 3.0, section 8.2, https://www.imsglobal.org/spec/ob/v3p0/#jwt-proof): the
/// credential at the top level of the payload beside the claims that repeat it, RS256.
/// </summary>
public static class CredentialJwt
{
    public const string MediaType = "application/vc+jwt";

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="keyUrl">Address at which the public key is read as JWK.</param>
    /// <exception cref="Conflict">The certificate has no RSA key.</exception>
    public static string Sign(JsonObject credential, SigningKey key, string keyUrl)
    {
        var payload = (JsonObject)credential.DeepClone();
        payload["iss"] = credential["issuer"]!["id"]!.DeepClone();
        payload["jti"] = credential["id"]!.DeepClone();
        payload["nbf"] = Seconds(credential["validFrom"]!);
        if (credential["validUntil"] is { } until)
        {
            payload["exp"] = Seconds(until);
        }
        if (credential["credentialSubject"]!["id"] is { } subject)
        {
            payload["sub"] = subject.DeepClone();
        }
        var header = new JsonObject
        {
            ["alg"] = "RS256",
            ["typ"] = "JWT",
            ["kid"] = keyUrl,
        };
        using var secret =
            key.Rsa() ?? throw new Conflict("The signing certificate must have an RSA key.");
        var input = $"{Encoded(header)}.{Encoded(payload)}";
        var signature = secret.SignData(
            Encoding.ASCII.GetBytes(input),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{input}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>The public key as JSON Web Key (RFC 7517), with its certificate, under the name that the signatures give it.</summary>
    public static JsonObject PublicKey(X509Certificate2 certificate, string keyUrl)
    {
        using var key =
            certificate.GetRSAPublicKey()
            ?? throw new Conflict("The signing certificate must have an RSA key.");
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = keyUrl,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
            ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)),
        };
    }

    /// <summary>SHA-256 of the certificate, so that a key is found by what it is.</summary>
    public static string KeyId(X509Certificate2 certificate) =>
        Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));

    private static string Encoded(JsonObject part) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString(Plain)));

    private static long Seconds(JsonNode time) =>
        DateTimeOffset
            .Parse(time.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture)
            .ToUnixTimeSeconds();
}
