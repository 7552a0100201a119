using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Org.BouncyCastle.Security;
using Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace SharedKernel.Documents.Signing;

/// <summary>What the authority says about a certificate, as far as the moment of a signature is concerned (Decree 23/2025/NĐ-CP).</summary>
public enum RevocationState
{
    /// <summary>No list and no responder is configured; nothing is claimed.</summary>
    NotAsked,

    /// <summary>Good, or revoked only after the signature.</summary>
    Good,

    /// <summary>Revoked before the signature, or its key was in other hands then.</summary>
    Revoked,

    /// <summary>Nobody could say: the responder is down, the list is out of date or is not of this authority. Never taken for good.</summary>
    Unknown,
}

/// <param name="Why">For people and logs: who said so, or why nobody could.</param>
/// <param name="Since">Since when it is revoked, also where that was after the signature.</param>
public sealed record RevocationAnswer(
    RevocationState State,
    string Why,
    DateTimeOffset? Since = null
);

/// <summary>
/// Asks a configured responder (<c>Signing:Ocsp</c>, RFC 6960) and configured lists (<c>Signing:Crl:0…</c>, files or addresses, RFC 5280) whether a
/// certificate was revoked. The addresses that stand in certificates are not followed: whoever signs must not choose whom this server asks.
/// </summary>
public sealed class Revocation(RevocationOptions options, HttpClient http, TimeProvider clock)
{
    private readonly CertificateLists lists = new(options, http, clock);
    private readonly OcspResponder? responder = options.Ocsp is { Length: > 0 } address
        ? new(new Uri(address), http, clock)
        : null;
    private readonly ConcurrentDictionary<
        string,
        (RevocationStatus Status, DateTimeOffset At)
    > told = new();

    /// <summary>Once for the installation, whichever modules read signatures.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.TryAddSingleton(provider => new Revocation(
            provider
                .GetRequiredService<IConfiguration>()
                .GetSection("Signing")
                .Get<RevocationOptions>()
                ?? new RevocationOptions(),
            new HttpClient
            {
                Timeout = RevocationOptions.Patience,
                MaxResponseContentBufferSize = RevocationOptions.LargestAnswer,
            },
            provider.GetRequiredService<TimeProvider>()
        ));

    /// <summary>The verdict on a signature with what is known of its certificates.</summary>
    public async Task<SignatureCheck> Ask(
        SignatureCheck check,
        CancellationToken cancel = default
    ) =>
        check is { Trusted: true, SignedAt: { } at, Chain.Count: > 1 }
            ? check with
            {
                Revocation = await Of(check.Chain, at, cancel),
            }
            : check;

    /// <param name="chain">From the signer's up to the authority's own, which nobody revokes.</param>
    /// <param name="signedAt">The moment that counts.</param>
    public async Task<RevocationAnswer> Of(
        IReadOnlyList<X509Certificate2> chain,
        DateTimeOffset signedAt,
        CancellationToken cancel = default
    )
    {
        if (responder is null && options.Crl.Count == 0)
        {
            return new(
                RevocationState.NotAsked,
                "neither Signing:Ocsp nor Signing:Crl is configured"
            );
        }
        RevocationAnswer worst = new(RevocationState.Good, "");
        for (var i = 0; i + 1 < chain.Count; i++)
        {
            var answer = (
                await Status(Read(chain[i]), Read(chain[i + 1]), isSigner: i == 0, cancel)
            ).At(signedAt);
            if (i == 0 || answer.State > worst.State || answer.State is RevocationState.Revoked)
            {
                worst = answer;
            }
            if (worst.State is RevocationState.Revoked)
            {
                break;
            }
        }
        return worst;
    }

    private async Task<RevocationStatus> Status(
        Certificate certificate,
        Certificate issuer,
        bool isSigner,
        CancellationToken cancel
    )
    {
        var name = $"{certificate.IssuerDN}#{certificate.SerialNumber}";
        var now = clock.GetUtcNow();
        if (
            told.TryGetValue(name, out var known)
            && (now - known.At).Duration() < RevocationOptions.Remembered
        )
        {
            return known.Status;
        }
        var reasons = new List<string>();
        RevocationStatus? status = null;
        // A responder answers for the signer's authority; what stands above is told by lists.
        if (responder is not null && (isSigner || options.Crl.Count == 0))
        {
            status = await responder.Ask(certificate, issuer, reasons, cancel);
        }
        status ??= await lists.Ask(certificate, issuer, reasons, cancel);
        if (status is null)
        {
            return RevocationStatus.Unknown(string.Join("; ", reasons));
        }
        told[name] = (status, now);
        return status;
    }

    private static Certificate Read(X509Certificate2 certificate) =>
        DotNetUtilities.FromX509Certificate(certificate);
}

/// <summary>Of the configuration's section <c>Signing</c>.</summary>
public sealed class RevocationOptions
{
    internal const int LargestAnswer = 64 << 20;

    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    /// <summary>Address of a responder.</summary>
    public string? Ocsp { get; set; }

    /// <summary>Files or addresses of revocation lists, DER or PEM.</summary>
    public IReadOnlyList<string> Crl { get; set; } = [];
}

/// <param name="RevokedAt">Null when it is not revoked.</param>
/// <param name="InvalidSince">Since when the key may have been in other hands.</param>
internal sealed record RevocationStatus(
    bool IsKnown,
    string Why,
    DateTimeOffset? RevokedAt = null,
    DateTimeOffset? InvalidSince = null,
    bool IsCompromised = false
)
{
    public static RevocationStatus Unknown(string why) =>
        new(false, why.Length == 0 ? "nobody was asked" : why);

    /// <summary>
    /// A signature of before the revocation stays good, unless the key was compromised and nobody knows since when: then its time proves
    /// nothing, as whoever has the key can write any.
    /// </summary>
    public RevocationAnswer At(DateTimeOffset signedAt) =>
        !IsKnown ? new(RevocationState.Unknown, Why)
        : RevokedAt is not { } revoked ? new(RevocationState.Good, Why)
        : (InvalidSince ?? revoked) <= signedAt ? new(RevocationState.Revoked, Why, revoked)
        : IsCompromised && InvalidSince is null
            ? new(
                RevocationState.Unknown,
                Why + ": the key was compromised, and it is not said since when",
                revoked
            )
        : new(RevocationState.Good, Why, revoked);
}
