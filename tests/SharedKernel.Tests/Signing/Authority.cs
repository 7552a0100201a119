using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using SharedKernel.Documents.Signing;

namespace SharedKernel.Tests.Signing;

/// <summary>An authority of a test: it issues certificates, revokes them, and says so by a list and by a responder on loopback.</summary>
internal sealed class Authority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 own;
    private readonly Dictionary<string, (DateTimeOffset At, int Reason)> revoked = [];
    private HttpListener? listener;

    public Authority(string name, DateTimeOffset now)
    {
        Now = now;
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
                true
            )
        );
        request.CertificateExtensions.Add(
            new X509SubjectKeyIdentifierExtension(request.PublicKey, false)
        );
        own = request.CreateSelfSigned(now.AddYears(-5), now.AddYears(5));
    }

    public DateTimeOffset Now { get; }

    public X509Certificate2Collection Trusted => [Public(own)];

    /// <summary>How often the responder was asked.</summary>
    public int Asked { get; private set; }

    public SigningKey Issue(string name, DateTimeOffset from, DateTimeOffset to)
    {
        using var personal = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(
            Certificate(name, personal, from, to).CopyWithPrivateKey(personal),
            [Public(own)]
        );
    }

    public X509Certificate2 Certificate(
        string name,
        ECDsa personal,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        var request = new CertificateRequest($"CN={name}", personal, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true)
        );
        var serial = RandomNumberGenerator.GetBytes(12);
        serial[0] = (byte)(serial[0] & 0x7F | 1);
        return request.Create(own, from, to, serial);
    }

    public void Revoke(SigningKey signer, DateTimeOffset at, int reason = CrlReason.Superseded) =>
        revoked[signer.Certificate.SerialNumber] = (at, reason);

    /// <param name="nextUpdate">A day from now unless it is said.</param>
    public byte[] List(DateTimeOffset? nextUpdate = null, DateTimeOffset? thisUpdate = null)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var (serial, (at, reason)) in revoked)
        {
            list.AddEntry(Convert.FromHexString(serial), at, (X509RevocationReason)reason);
        }
        return list.Build(
            own,
            1,
            nextUpdate ?? Now.AddDays(1),
            HashAlgorithmName.SHA256,
            thisUpdate: thisUpdate ?? Now.AddDays(-1)
        );
    }

    /// <param name="signedBy">Null signs by the authority itself.</param>
    /// <param name="age">How old its answers are.</param>
    public string Respond(Authority? signedBy = null, TimeSpan age = default)
    {
        for (var attempt = 0; ; attempt++)
        {
            var port = Random.Shared.Next(20_000, 60_000);
            listener = new HttpListener();
            listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            try
            {
                listener.Start();
                _ = Serve(listener, signedBy ?? this, age);
                return $"http://127.0.0.1:{port}/";
            }
            catch (HttpListenerException) when (attempt < 20) { }
        }
    }

    private async Task Serve(HttpListener on, Authority signer, TimeSpan age)
    {
        while (on.IsListening)
        {
            HttpListenerContext call;
            try
            {
                call = await on.GetContextAsync();
            }
            catch (Exception) when (!on.IsListening)
            {
                return;
            }
            Asked++;
            using var body = new MemoryStream();
            await call.Request.InputStream.CopyToAsync(body);
            if (call.Request.HttpMethod == "GET")
            {
                await call.Response.OutputStream.WriteAsync(List());
            }
            else
            {
                await call.Response.OutputStream.WriteAsync(
                    Answer(new OcspReq(body.ToArray()), signer, age)
                );
            }
            call.Response.Close();
        }
    }

    private byte[] Answer(OcspReq request, Authority signer, TimeSpan age)
    {
        var issuer = DotNetUtilities.FromX509Certificate(signer.own);
        var answer = new BasicOcspRespGenerator(issuer.GetPublicKey());
        foreach (var one in request.GetRequestList())
        {
            var id = one.GetCertID();
            var serial = Convert.ToHexString(id.SerialNumber.ToByteArrayUnsigned());
            answer.AddResponse(
                id,
                revoked.TryGetValue(serial, out var entry)
                    ? new RevokedStatus(entry.At.UtcDateTime, entry.Reason)
                    : CertificateStatus.Good,
                (Now - age).UtcDateTime,
                (Now - age).AddHours(1).UtcDateTime,
                null
            );
        }
        if (
            request.GetExtensionValue(
                Org.BouncyCastle.Asn1.Ocsp.OcspObjectIdentifiers.PkixOcspNonce
            ) is
            { } nonce
        )
        {
            var echo = new X509ExtensionsGenerator();
            echo.AddExtension(
                Org.BouncyCastle.Asn1.Ocsp.OcspObjectIdentifiers.PkixOcspNonce,
                false,
                nonce.GetOctets()
            );
            answer.SetResponseExtensions(echo.Generate());
        }
        var basic = answer.Generate(
            new Asn1SignatureFactory(
                "SHA256withECDSA",
                PrivateKeyFactory.CreateKey(signer.key.ExportPkcs8PrivateKey())
            ),
            [issuer],
            Now.UtcDateTime
        );
        return new OCSPRespGenerator().Generate(OcspRespStatus.Successful, basic).GetEncoded();
    }

    private static X509Certificate2 Public(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadCertificate(certificate.RawData);

    public void Dispose()
    {
        listener?.Close();
        own.Dispose();
        key.Dispose();
    }
}
