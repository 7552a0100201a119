using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using SharedKernel.Contracts;

namespace SharedKernel.Documents.Signing;

/// <summary>Where signing keys come from beside files: a security module or a card that never gives a key away.</summary>
public interface ISigningToken
{
    /// <summary>The key and certificate that carry the account's id as their label; null when there are none.</summary>
    /// <exception cref="Conflict">The token cannot be reached, or refuses the PIN.</exception>
    SigningKey? Of(string account);
}

/// <summary>
/// A token by PKCS#11 (OASIS, v2.40): <c>Signing:Pkcs11:Library</c> names the maker's library, <c>Token</c> its label, and the PIN comes from the
/// environment (<c>Signing__Pkcs11__Pin</c>). One session, one signature at a time: tokens are slow and many take no more.
/// </summary>
public sealed class Pkcs11Token(string library, string label, string pin)
    : ISigningToken,
        IDisposable
{
    private static readonly Pkcs11InteropFactories Make = new();

    /// <summary>The package opens the maker's library by <c>libdl</c>, whose name without a version only a compiler's machine has.</summary>
    static Pkcs11Token() =>
        NativeLibrary.SetDllImportResolver(
            typeof(Pkcs11InteropFactories).Assembly,
            (name, _, _) =>
                name == "libdl"
                && (
                    NativeLibrary.TryLoad("libdl.so.2", out var library)
                    || NativeLibrary.TryLoad("libc.so.6", out library)
                )
                    ? library
                    : IntPtr.Zero
        );

    private readonly Lock turn = new();
    private IPkcs11Library? loaded;
    private ISession? session;

    /// <summary>Null when none is configured.</summary>
    public static Pkcs11Token? Of(IConfiguration configuration) =>
        configuration["Signing:Pkcs11:Library"] is { Length: > 0 } library
            ? new(
                library,
                configuration["Signing:Pkcs11:Token"]
                    ?? throw new InvalidDataException("Signing:Pkcs11:Token names no token."),
                configuration["Signing:Pkcs11:Pin"] ?? ""
            )
            : null;

    public SigningKey? Of(string account)
    {
        lock (turn)
        {
            return Reach(open =>
            {
                if (Find(open, CKO.CKO_PRIVATE_KEY, account) is null)
                {
                    return null;
                }
                var certificates = open.FindAllObjects([
                        Make.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE),
                    ])
                    .ConvertAll(found => Certificate(open, found));
                var own = certificates.Find(certificate => certificate.Label == account);
                return own.Certificate is null
                    ? throw new Conflict(
                        $"The token {label} has a key {account} and no certificate of that label."
                    )
                    : new TokenKey(
                        this,
                        account,
                        own.Certificate,
                        [
                            .. certificates
                                .Where(other => IsAuthority(other.Certificate))
                                .Select(other => other.Certificate),
                        ]
                    );
            });
        }
    }

    /// <param name="mechanism">Such as <c>CKM_ECDSA</c> over a hash: the signature is r and s.</param>
    internal byte[] Sign(string account, CKM mechanism, byte[] data)
    {
        lock (turn)
        {
            return Reach(open =>
                open.Sign(
                    Make.MechanismFactory.Create(mechanism),
                    Find(open, CKO.CKO_PRIVATE_KEY, account)
                        ?? throw new Conflict($"The token {label} has no key {account} any more."),
                    data
                )
            );
        }
    }

    public void Dispose()
    {
        session?.Dispose();
        loaded?.Dispose();
    }

    /// <summary>A card that was pulled out is opened again the next time.</summary>
    private T Reach<T>(Func<ISession, T> use)
    {
        try
        {
            return use(session ??= Open());
        }
        catch (Exception error) when (error is Pkcs11Exception or LibraryNotFoundOrBroken)
        {
            session?.Dispose();
            session = null;
            throw new Conflict($"The signing token {label} cannot be used: {error.Message}");
        }
    }

    private ISession Open()
    {
        try
        {
            loaded ??= Make.Pkcs11LibraryFactory.LoadPkcs11Library(
                Make,
                library,
                AppType.MultiThreaded
            );
        }
        catch (Exception error) when (error is not Pkcs11Exception)
        {
            throw new LibraryNotFoundOrBroken($"{library}: {error.Message}");
        }
        var slot =
            loaded
                .GetSlotList(SlotsType.WithTokenPresent)
                .Find(slot => slot.GetTokenInfo().Label.Trim() == label)
            ?? throw new LibraryNotFoundOrBroken("there is no token of that label");
        var opened = slot.OpenSession(SessionType.ReadOnly);
        try
        {
            opened.Login(CKU.CKU_USER, pin);
        }
        catch (Pkcs11Exception error) when (error.RV is CKR.CKR_USER_ALREADY_LOGGED_IN) { }
        return opened;
    }

    private static IObjectHandle? Find(ISession open, CKO kind, string account) =>
        open.FindAllObjects([
                Make.ObjectAttributeFactory.Create(CKA.CKA_CLASS, kind),
                Make.ObjectAttributeFactory.Create(CKA.CKA_LABEL, account),
            ])
            .FirstOrDefault();

    private static (string Label, X509Certificate2 Certificate) Certificate(
        ISession open,
        IObjectHandle found
    )
    {
        var values = open.GetAttributeValue(found, [CKA.CKA_LABEL, CKA.CKA_VALUE]);
        return (
            values[0].GetValueAsString(),
            X509CertificateLoader.LoadCertificate(values[1].GetValueAsByteArray())
        );
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate
            .Extensions.OfType<X509BasicConstraintsExtension>()
            .Any(basic => basic.CertificateAuthority);

    private sealed class LibraryNotFoundOrBroken(string message) : Exception(message);

    /// <summary>The key stays in the token: what is signed goes there as a hash.</summary>
    private sealed record TokenKey(
        Pkcs11Token Token,
        string Account,
        X509Certificate2 Own,
        IReadOnlyList<X509Certificate2> Authorities
    ) : SigningKey(Own, Authorities)
    {
        public override ECDsa? Elliptic() =>
            Own.GetECDsaPublicKey() is { } key ? new TokenEcdsa(Token, Account, key) : null;

        public override RSA? Rsa() =>
            Own.GetRSAPublicKey() is { } key ? new TokenRsa(Token, Account, key) : null;
    }

    private sealed class TokenEcdsa(Pkcs11Token token, string account, ECDsa open) : ECDsa
    {
        public override byte[] SignHash(byte[] hash) => token.Sign(account, CKM.CKM_ECDSA, hash);

        public override bool VerifyHash(byte[] hash, byte[] signature) =>
            open.VerifyHash(hash, signature);

        public override ECParameters ExportParameters(bool includePrivateParameters) =>
            includePrivateParameters
                ? throw new CryptographicException("The key stays in the token.")
                : open.ExportParameters(false);

        protected override byte[] HashData(
            byte[] data,
            int offset,
            int count,
            HashAlgorithmName hashAlgorithm
        ) => CryptographicOperations.HashData(hashAlgorithm, data.AsSpan(offset, count));
    }

    private sealed class TokenRsa(Pkcs11Token token, string account, RSA open) : RSA
    {
        // DigestInfo of SHA-256 (RFC 8017, 9.2): the token pads and signs it.
        private static readonly byte[] Sha256 = Convert.FromHexString(
            "3031300D060960864801650304020105000420"
        );

        public override byte[] SignHash(
            byte[] hash,
            HashAlgorithmName hashAlgorithm,
            RSASignaturePadding padding
        ) =>
            hashAlgorithm == HashAlgorithmName.SHA256 && padding == RSASignaturePadding.Pkcs1
                ? token.Sign(account, CKM.CKM_RSA_PKCS, [.. Sha256, .. hash])
                : throw new CryptographicException("The token signs SHA-256 with PKCS#1 padding.");

        public override bool VerifyHash(
            byte[] hash,
            byte[] signature,
            HashAlgorithmName hashAlgorithm,
            RSASignaturePadding padding
        ) => open.VerifyHash(hash, signature, hashAlgorithm, padding);

        public override RSAParameters ExportParameters(bool includePrivateParameters) =>
            includePrivateParameters
                ? throw new CryptographicException("The key stays in the token.")
                : open.ExportParameters(false);

        public override void ImportParameters(RSAParameters parameters) =>
            throw new CryptographicException("The key stays in the token.");
    }
}
