using System.Net.Http.Headers;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace SharedKernel.Documents.Signing;

/// <summary>A responder for the state of one certificate (RFC 6960, over HTTP as its Appendix A says).</summary>
internal sealed class OcspResponder(Uri address, HttpClient http, TimeProvider clock)
{
    /// <summary>Between this server's clock and the responder's.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <param name="reasons">Told why it could not say.</param>
    public async Task<RevocationStatus?> Ask(
        X509Certificate certificate,
        X509Certificate issuer,
        List<string> reasons,
        CancellationToken cancel
    )
    {
        try
        {
            var id = new CertificateID(CertificateID.DigestSha1, issuer, certificate.SerialNumber);
            var nonce = new byte[16];
            new SecureRandom().NextBytes(nonce);
            var extensions = new X509ExtensionsGenerator();
            extensions.AddExtension(
                OcspObjectIdentifiers.PkixOcspNonce,
                false,
                new Org.BouncyCastle.Asn1.DerOctetString(nonce)
            );
            var request = new OcspReqGenerator();
            request.AddRequest(id);
            request.SetRequestExtensions(extensions.Generate());
            using var body = new ByteArrayContent(request.Generate().GetEncoded());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using var answer = await http.PostAsync(address, body, cancel);
            answer.EnsureSuccessStatusCode();
            var response = new OcspResp(await answer.Content.ReadAsByteArrayAsync(cancel));
            if (response.Status != OcspRespStatus.Successful)
            {
                reasons.Add($"{address} answers with status {response.Status}");
                return null;
            }
            var basic = (BasicOcspResp)response.GetResponseObject();
            if (!IsSignedFor(basic, issuer))
            {
                reasons.Add($"the answer of {address} is not signed for the authority");
                return null;
            }
            if (
                basic.GetExtensionValue(OcspObjectIdentifiers.PkixOcspNonce) is { } echoed
                && !echoed.GetOctets().AsSpan().EndsWith(nonce)
            )
            {
                reasons.Add($"{address} answers another question (nonce)");
                return null;
            }
            var now = clock.GetUtcNow().UtcDateTime;
            var one = Array.Find(
                basic.Responses,
                single =>
                    single.GetCertID().SerialNumber.Equals(certificate.SerialNumber)
                    && single.GetCertID().MatchesIssuer(issuer)
            );
            if (one is null)
            {
                reasons.Add($"{address} says nothing of the certificate");
                return null;
            }
            if (
                one.ThisUpdate > now + Skew
                || (
                    one.NextUpdate is { } next
                        ? next < now - Skew
                        : one.ThisUpdate < now.AddDays(-1)
                )
            )
            {
                reasons.Add($"the answer of {address} is out of date");
                return null;
            }
            return Status((CertificateStatus?)one.GetCertStatus(), reasons);
        }
        catch (Exception error)
            when (error
                    is HttpRequestException
                        or TaskCanceledException
                        or IOException
                        or OcspException
                        or GeneralSecurityException
                        or InvalidCastException
                        or ArgumentException
                && !cancel.IsCancellationRequested
            )
        {
            reasons.Add($"{address} does not answer: {error.Message}");
            return null;
        }
    }

    private RevocationStatus? Status(CertificateStatus? status, List<string> reasons)
    {
        var why = $"responder {address}";
        switch (status)
        {
            case null:
                return new(true, why);
            case RevokedStatus revoked:
                return new(
                    true,
                    why,
                    new DateTimeOffset(revoked.RevocationTime.ToUniversalTime(), TimeSpan.Zero),
                    IsCompromised: revoked.HasRevocationReason
                        && revoked.RevocationReason
                            is CrlReason.KeyCompromise
                                or CrlReason.CACompromise
                );
            default:
                reasons.Add($"{address} does not know the certificate");
                return null;
        }
    }

    /// <summary>By the authority itself, or by one whom it has made its responder (RFC 6960, 4.2.2.2).</summary>
    private bool IsSignedFor(BasicOcspResp answer, X509Certificate issuer)
    {
        if (answer.Verify(issuer.GetPublicKey()))
        {
            return true;
        }
        var now = clock.GetUtcNow().UtcDateTime;
        foreach (var responder in answer.GetCerts())
        {
            if (
                responder.IssuerDN.Equivalent(issuer.SubjectDN)
                && responder.IsValid(now)
                && responder
                    .GetExtendedKeyUsage()
                    ?.Any(usage => usage.Id == KeyPurposeID.id_kp_OCSPSigning.Id) == true
            )
            {
                responder.Verify(issuer.GetPublicKey());
                if (answer.Verify(responder.GetPublicKey()))
                {
                    return true;
                }
            }
        }
        return false;
    }
}
