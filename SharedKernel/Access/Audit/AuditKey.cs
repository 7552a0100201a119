using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;
using SharedKernel.Persistence;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The key that signs tree heads: Ed25519 (RFC 8032), made once and kept in the data folder for its owner alone. Whoever has it
/// can sign another history, so the heads must also be kept elsewhere, by others.
/// </summary>
public sealed class AuditKey
{
    public const int SignatureBytes = 64;

    private readonly byte[] secret;

    private AuditKey(byte[] secret) => this.secret = secret;

    /// <param name="folder">Where the keys of this installation are.</param>
    public static AuditKey In(string folder) =>
        new(
            Convert.FromBase64String(
                OwnerOnly.ReadOrMake(
                    Path.Combine(folder, "audit-signing.key"),
                    () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))
                )
            )
        );

    public AuditPublicKey Public(string name)
    {
        var key = new byte[32];
        Ed25519.GeneratePublicKey(secret, 0, key, 0);
        return new(name, key);
    }

    public byte[] Id(string name) => Public(name).Id;

    public byte[] Sign(byte[] message)
    {
        var signature = new byte[SignatureBytes];
        Ed25519.Sign(secret, 0, message, 0, message.Length, signature, 0);
        return signature;
    }
}

/// <summary>A verifier key as https://c2sp.org/signed-note writes it: <c>name+id in hex+base64 of 1 and the key</c>.</summary>
/// <param name="Key">Ed25519, 32 bytes.</param>
public sealed record AuditPublicKey(string Name, byte[] Key)
{
    private const byte Ed25519Algorithm = 1;

    public byte[] Id { get; } =
        SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), (byte)'\n', Ed25519Algorithm, .. Key])[
            ..4
        ];

    public bool Verifies(byte[] message, byte[] signature) =>
        Ed25519.Verify(signature, 0, Key, 0, message, 0, message.Length);

    /// <summary>Null when the text is no verifier key.</summary>
    public static AuditPublicKey? Parse(string text)
    {
        var bytes = new byte[33];
        return
            text.Trim().Split('+', 3) is [var name, var id, var encoded]
            && Convert.TryFromBase64String(encoded, bytes, out var length)
            && length == bytes.Length
            && bytes[0] == Ed25519Algorithm
            && new AuditPublicKey(name, bytes[1..]) is var key
            && Convert.ToHexStringLower(key.Id) == id
            ? key
            : null;
    }

    public override string ToString() =>
        $"{Name}+{Convert.ToHexStringLower(Id)}+{Convert.ToBase64String([Ed25519Algorithm, .. Key])}";
}
