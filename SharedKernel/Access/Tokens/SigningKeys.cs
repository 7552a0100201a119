using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using SharedKernel.Persistence;

namespace SharedKernel.Access.Tokens;

/// <summary>The keys of the token service, made once and kept in the data folder: a restart signs nobody out.</summary>
internal static class SigningKeys
{
    private const int RsaBits = 2048;

    public static RsaSecurityKey Signing(string folder)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(
            OwnerOnly.ReadOrMake(
                Path.Combine(folder, "token-signing.pem"),
                () =>
                {
                    using var made = RSA.Create(RsaBits);
                    return made.ExportPkcs8PrivateKeyPem();
                }
            )
        );
        var key = new RsaSecurityKey(rsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
        return key;
    }

    /// <summary>For codes and refresh tokens, which only this server reads.</summary>
    public static SymmetricSecurityKey Encryption(string folder) =>
        new(
            Convert.FromBase64String(
                OwnerOnly.ReadOrMake(
                    Path.Combine(folder, "token-encryption.key"),
                    () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))
                )
            )
        );
}
