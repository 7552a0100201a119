using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace SharedKernel.Tests.Signing;

/// <summary>A signature by a key that never leaves its token, made by SoftHSM (Debian's softhsm2); skipped where that is not installed.</summary>
public sealed partial class Pkcs11Tests : IDisposable
{
    private const string Pin = "246810";
    private const string Label = "records-test";
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Content = "Đơn thuốc"u8.ToArray();

    private static readonly string? Library = new[]
    {
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    }.FirstOrDefault(File.Exists);

    private readonly string folder = Directory.CreateTempSubdirectory("records-token-").FullName;

    [Fact]
    public void A_key_in_a_token_signs_what_its_certificate_verifies()
    {
        Assert.SkipWhen(Library is null, "softhsm2 is not installed");
        using var authority = new Authority("Token CA", Now);
        MakeToken();
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = authority.Certificate("BS. Thẻ", own, Now.AddYears(-1), Now.AddYears(1));
        Import(own.ExportPkcs8PrivateKeyPem(), "bacsi", "01");
        Put(certificate.RawData, "bacsi");
        Put(authority.Trusted[0].RawData, "authority");

        using var token = Token(Pin);
        var keys = new SigningKeys(folder, makeDemoKeys: false, TimeProvider.System, token);
        var doctor = new Caller("bacsi", "BS. Thẻ", new HashSet<Role> { Role.Doctor });
        var jws = DetachedJws.Sign(Content, keys.Of(doctor), Now);
        var check = DetachedJws.Verify(Content, jws, authority.Trusted);
        Assert.True(check is { Intact: true, Trusted: true, Signer: "BS. Thẻ" });
        Assert.False(DetachedJws.Verify([1], jws, authority.Trusted).Intact);

        // Who has no key in the token has none: no file stands in quietly.
        Assert.Throws<Conflict>(() =>
            keys.Of(new Caller("yta", "Y tá", new HashSet<Role> { Role.StationNurse }))
        );
        using var secret = keys.Of(doctor).Elliptic()!;
        Assert.Throws<CryptographicException>(() => secret.ExportParameters(true));
        // After the session that knows the PIN: a token lets in per process.
        token.Dispose();
        using var wrong = Token("000000");
        Assert.Contains(
            "PIN",
            Assert.Throws<Conflict>(() => wrong.Of("bacsi")).Message,
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Fact]
    public void A_token_that_is_not_there_is_said()
    {
        using var none = Pkcs11Token.Of(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["Signing:Pkcs11:Library"] = Path.Combine(folder, "none.so"),
                        ["Signing:Pkcs11:Token"] = "x",
                    }
                )
                .Build()
        )!;
        Assert.Contains(
            "none.so",
            Assert.Throws<Conflict>(() => none.Of("bacsi")).Message,
            StringComparison.Ordinal
        );
    }

    private static Pkcs11Token Token(string pin) => new(Library!, Label, pin);

    private void MakeToken()
    {
        var configuration = Path.Combine(folder, "softhsm2.conf");
        File.WriteAllText(
            configuration,
            $"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n"
        );
        // The library reads the process's own environment, not .NET's copy.
        Assert.Equal(0, SetEnvironment("SOFTHSM2_CONF", configuration, 1));
        Util("--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", "13579");
    }

    private void Import(string pem, string label, string id)
    {
        var file = Path.Combine(folder, "key.pem");
        File.WriteAllText(file, pem);
        Util("--import", file, "--token", Label, "--label", label, "--id", id, "--pin", Pin);
        File.Delete(file);
    }

    private static void Put(byte[] certificate, string label)
    {
        // Tells the package where the system's loader is.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
            typeof(Pkcs11Token).TypeHandle
        );
        var make = new Pkcs11InteropFactories();
        using var library = make.Pkcs11LibraryFactory.LoadPkcs11Library(
            make,
            Library!,
            AppType.MultiThreaded
        );
        var slot = library
            .GetSlotList(SlotsType.WithTokenPresent)
            .Find(slot => slot.GetTokenInfo().Label.Trim() == Label)!;
        using var session = slot.OpenSession(SessionType.ReadWrite);
        session.Login(CKU.CKU_USER, Pin);
        var subject = System
            .Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(
                certificate
            )
            .SubjectName.RawData;
        session.CreateObject([
            make.ObjectAttributeFactory.Create(CKA.CKA_CLASS, CKO.CKO_CERTIFICATE),
            make.ObjectAttributeFactory.Create(CKA.CKA_CERTIFICATE_TYPE, CKC.CKC_X_509),
            make.ObjectAttributeFactory.Create(CKA.CKA_TOKEN, true),
            make.ObjectAttributeFactory.Create(CKA.CKA_SUBJECT, subject),
            make.ObjectAttributeFactory.Create(CKA.CKA_LABEL, label),
            make.ObjectAttributeFactory.Create(CKA.CKA_VALUE, certificate),
        ]);
        session.Logout();
    }

    private void Util(params string[] arguments)
    {
        using var run = Process.Start(
            new ProcessStartInfo("softhsm2-util", arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                Environment = { ["SOFTHSM2_CONF"] = Path.Combine(folder, "softhsm2.conf") },
            }
        )!;
        var said = run.StandardError.ReadToEnd();
        run.WaitForExit();
        Assert.True(run.ExitCode == 0, said);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
