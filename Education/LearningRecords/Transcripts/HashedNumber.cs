using System.Security.Cryptography;
using System.Text;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// A person's number that can be compared and not read: SHA-256 over number and salt, as Open Badges 3.0 writes an identityHash
/// (<c>sha256$…</c>, https://www.imsglobal.org/spec/ob/v3p0/#identityobject). Who knows the number can check it; each document has
/// its own salt, so two documents do not show that they are about one person. Twelve digits can be tried out by machine: the hash
/// hides the number from readers, not from an attacker who holds the document.
/// </summary>
public sealed record HashedNumber(string Salt, string Hash)
{
    private const int SaltBytes = 16;

    public static HashedNumber Of(string number) =>
        Of(number, RandomNumberGenerator.GetHexString(2 * SaltBytes, lowercase: true));

    public bool Is(string number) => Of(number, Salt) == this;

    private static HashedNumber Of(string number, string salt) =>
        new(
            salt,
            "sha256$"
                + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(number + salt)))
        );
}
