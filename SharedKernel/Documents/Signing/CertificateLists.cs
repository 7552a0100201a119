using System.Collections.Concurrent;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace SharedKernel.Documents.Signing;

/// <summary>The configured revocation lists (RFC 5280, 5 and 6.3): signed by the authority itself, and in force now.</summary>
internal sealed class CertificateLists(
    RevocationOptions options,
    HttpClient http,
    TimeProvider clock
)
{
    private readonly ConcurrentDictionary<string, (X509Crl List, DateTimeOffset At)> kept = new();

    /// <param name="reasons">Told why no list could say.</param>
    public async Task<RevocationStatus?> Ask(
        X509Certificate certificate,
        X509Certificate issuer,
        List<string> reasons,
        CancellationToken cancel
    )
    {
        foreach (var place in options.Crl)
        {
            try
            {
                var list = await Read(place, cancel);
                if (!list.IssuerDN.Equivalent(issuer.SubjectDN))
                {
                    reasons.Add($"{place} is a list of another authority");
                    continue;
                }
                list.Verify(issuer.GetPublicKey());
                var now = clock.GetUtcNow().UtcDateTime;
                if (list.NextUpdate is not { } next || next < now || list.ThisUpdate > now)
                {
                    reasons.Add($"{place} is out of date");
                    continue;
                }
                return Status(list.GetRevokedCertificate(certificate.SerialNumber), place);
            }
            catch (Exception error)
                when (error
                        is IOException
                            or HttpRequestException
                            or TaskCanceledException
                            or GeneralSecurityException
                            or UnauthorizedAccessException
                            or ArgumentException
                            or InvalidOperationException
                    && !cancel.IsCancellationRequested
                )
            {
                reasons.Add($"{place} cannot be used: {error.Message}");
            }
        }
        return null;
    }

    private static RevocationStatus Status(X509CrlEntry? entry, string place)
    {
        var why = $"list {place}";
        if (entry is null)
        {
            return new(true, why);
        }
        var reason = entry.GetExtensionValue(X509Extensions.ReasonCode) is { } code
            ? DerEnumerated.GetInstance(Asn1Object.FromByteArray(code.GetOctets())).IntValueExact
            : CrlReason.Unspecified;
        if (reason == CrlReason.RemoveFromCrl)
        {
            return new(true, why);
        }
        var invalid = entry.GetExtensionValue(X509Extensions.InvalidityDate) is { } date
            ? (DateTimeOffset?)
                Asn1GeneralizedTime
                    .GetInstance(Asn1Object.FromByteArray(date.GetOctets()))
                    .ToDateTime()
            : null;
        return new(
            true,
            why,
            new DateTimeOffset(entry.RevocationDate.ToUniversalTime(), TimeSpan.Zero),
            invalid,
            reason is CrlReason.KeyCompromise or CrlReason.CACompromise
        );
    }

    private async Task<X509Crl> Read(string place, CancellationToken cancel)
    {
        var isAddress =
            Uri.TryCreate(place, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https";
        if (!isAddress)
        {
            return Parse(await File.ReadAllBytesAsync(place, cancel), place);
        }
        var now = clock.GetUtcNow();
        if (
            kept.TryGetValue(place, out var had)
            && (now - had.At).Duration() < RevocationOptions.Remembered
        )
        {
            return had.List;
        }
        var list = Parse(await http.GetByteArrayAsync(address, cancel), place);
        kept[place] = (list, now);
        return list;
    }

    private static X509Crl Parse(byte[] bytes, string place) =>
        new X509CrlParser().ReadCrl(bytes)
        ?? throw new IOException($"{place} holds no revocation list");
}
