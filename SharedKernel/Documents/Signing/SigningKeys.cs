using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SharedKernel.Contracts;

namespace SharedKernel.Documents.Signing;

/// <summary>
/// Personal signing certificates as PKCS#12 files, one per account (<c>keys/{account}.p12</c>), and the authorities that are
/// trusted (<c>keys/trusted/*.cer</c>). A demo makes its own authority and certificates at first use; elsewhere a certificate
/// issued by a licensed authority is placed there, and nobody without one can sign.
/// </summary>
/// <param name="token">Asked first; whoever has no key there may have a file.</param>
public sealed partial class SigningKeys(
    string folder,
    bool makeDemoKeys,
    TimeProvider clock,
    ISigningToken? token = null
)
{
    private const string DemoAuthority = "demo-authority";
    private const int RsaBits = 2048;

    private readonly Lock making = new();

    /// <summary>Once for the installation, whichever modules sign: the folder <c>keys</c> beside its data.</summary>
    public static void AddTo(IServiceCollection services) =>
        services.TryAddSingleton(provider =>
        {
            var configuration = provider.GetRequiredService<IConfiguration>();
            return new SigningKeys(
                Path.Combine(configuration["data"] ?? "data", "keys"),
                configuration.GetValue<bool>("demo") || configuration.GetValue<bool>("open"),
                provider.GetRequiredService<TimeProvider>(),
                Pkcs11Token.Of(configuration)
            );
        });

    /// <param name="kind">A person may hold a certificate of each kind; one that is not elliptic is <c>{account}.rsa.p12</c>.</param>
    /// <exception cref="Conflict">The account has no certificate.</exception>
    public SigningKey Of(Caller caller, KeyKind kind = KeyKind.Elliptic)
    {
        if (!FileName().IsMatch(caller.Id))
        {
            throw new Conflict($"The account {caller.Id} can have no signing certificate.");
        }
        if (token?.Of(caller.Id) is { } inToken && inToken.IsOf(kind))
        {
            return inToken;
        }
        var name = caller.Id + (kind is KeyKind.Rsa ? ".rsa.p12" : ".p12");
        var file = Path.Combine(folder, name);
        lock (making)
        {
            if (!File.Exists(file))
            {
                if (!makeDemoKeys)
                {
                    throw new Conflict(
                        $"{caller.Name} has no signing certificate; place it as keys/{name}."
                    );
                }
                Make(file, Subject(caller.Name), Authority(), kind);
            }
        }
        // The other certificates of the file are its chain up to the authority.
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password: null);
        var own = all.First(certificate => certificate.HasPrivateKey);
        return new SigningKey(own, [.. all.Where(certificate => certificate != own)]);
    }

    /// <summary>The authorities whose signatures count.</summary>
    public X509Certificate2Collection Trusted()
    {
        var trusted = new X509Certificate2Collection();
        var place = Path.Combine(folder, "trusted");
        if (Directory.Exists(place))
        {
            foreach (var file in Directory.EnumerateFiles(place, "*.cer"))
            {
                trusted.Add(X509CertificateLoader.LoadCertificateFromFile(file));
            }
        }
        return trusted;
    }

    private X509Certificate2 Authority()
    {
        var file = Path.Combine(folder, DemoAuthority + ".p12");
        if (!File.Exists(file))
        {
            Make(
                file,
                Subject("Records demo authority - not for real prescriptions"),
                issuer: null
            );
            var trusted = Directory.CreateDirectory(Path.Combine(folder, "trusted")).FullName;
            using var authority = X509CertificateLoader.LoadPkcs12FromFile(file, password: null);
            File.WriteAllBytes(
                Path.Combine(trusted, DemoAuthority + ".cer"),
                authority.Export(X509ContentType.Cert)
            );
        }
        return X509CertificateLoader.LoadPkcs12FromFile(file, password: null);
    }

    private void Make(
        string file,
        X500DistinguishedName subject,
        X509Certificate2? issuer,
        KeyKind kind = KeyKind.Elliptic
    )
    {
        using var rsa = kind is KeyKind.Rsa ? RSA.Create(RsaBits) : null;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = rsa is null
            ? new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            : new CertificateRequest(
                subject,
                rsa,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(issuer is null, issuer is null, 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                issuer is null
                    ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign
                    : X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation,
                critical: true
            )
        );
        // The demo's visits lie in the past, and their signatures must be good then.
        var from = issuer?.NotBefore ?? clock.GetUtcNow().AddYears(-1).UtcDateTime;
        var to = issuer?.NotAfter ?? clock.GetUtcNow().AddYears(10).UtcDateTime;
        using var made = issuer is null
            ? request.CreateSelfSigned(from, to)
            : request
            // Named by its signer, since the authority's key may be of another kind than the certificate's.
            .Create(
                issuer.SubjectName,
                X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!),
                from,
                to,
                RandomNumberGenerator.GetBytes(16)
            );
        using var certificate =
            issuer is null ? made
            : rsa is null ? made.CopyWithPrivateKey(key)
            : made.CopyWithPrivateKey(rsa);
        var chain = new X509Certificate2Collection(certificate);
        if (issuer is not null)
        {
            chain.Add(X509CertificateLoader.LoadCertificate(issuer.RawData));
        }
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(file, chain.Export(X509ContentType.Pkcs12)!);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static X500DistinguishedName Subject(string name)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        subject.AddOrganizationName("Records demo");
        subject.AddCountryOrRegion("VN");
        return subject.Build();
    }

    [GeneratedRegex("^[A-Za-z0-9_.-]{1,64}$")]
    private static partial Regex FileName();
}

/// <summary>JSON signatures take an elliptic key; XML signatures of .NET and of most readers know RSA alone.</summary>
public enum KeyKind
{
    Elliptic,
    Rsa,
}

/// <param name="Chain">From the issuer up to the authority.</param>
public record SigningKey(X509Certificate2 Certificate, IReadOnlyList<X509Certificate2> Chain)
{
    /// <summary>RFC 3279, 2.3.1 and 2.3.5.</summary>
    private const string RsaKey = "1.2.840.113549.1.1.1";
    private const string EllipticKey = "1.2.840.10045.2.1";

    public bool IsOf(KeyKind kind) =>
        Certificate.PublicKey.Oid.Value == (kind is KeyKind.Rsa ? RsaKey : EllipticKey);

    /// <summary>What signs; null when the key is of another kind. To be disposed of by the caller.</summary>
    public virtual ECDsa? Elliptic() => Certificate.GetECDsaPrivateKey();

    /// <inheritdoc cref="Elliptic"/>
    public virtual RSA? Rsa() => Certificate.GetRSAPrivateKey();
}
