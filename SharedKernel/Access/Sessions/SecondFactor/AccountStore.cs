using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using SharedKernel.Access.Accounts;

namespace SharedKernel.Access.Sessions.SecondFactor;

/// <summary>Identity's store with the keys of authenticator apps encrypted and recovery codes hashed: a copy of the database makes no codes.</summary>
public sealed class AccountStore(
    AccessDb context,
    IDataProtectionProvider protection,
    IdentityErrorDescriber? describer = null
) : UserOnlyStore<Account, AccessDb>(context, describer)
{
    private readonly IDataProtector protector = protection.CreateProtector("authenticator-key");

    private const string Hashed = "sha256:";

    public override Task SetAuthenticatorKeyAsync(
        Account user,
        string key,
        CancellationToken cancellationToken
    ) => base.SetAuthenticatorKeyAsync(user, protector.Protect(key), cancellationToken);

    public override async Task<string?> GetAuthenticatorKeyAsync(
        Account user,
        CancellationToken cancellationToken
    )
    {
        var kept = await base.GetAuthenticatorKeyAsync(user, cancellationToken);
        try
        {
            return kept is null ? null : protector.Unprotect(kept);
        }
        catch (CryptographicException)
        {
            // Keys of another installation: the demo's data served for real. No code can be right.
            return null;
        }
    }

    /// <remarks>The base calls this again with what is left after a code was used: those are hashes already.</remarks>
    public override Task ReplaceCodesAsync(
        Account user,
        IEnumerable<string> recoveryCodes,
        CancellationToken cancellationToken
    ) =>
        base.ReplaceCodesAsync(
            user,
            recoveryCodes.Select(code =>
                code.StartsWith(Hashed, StringComparison.Ordinal) ? code : Hash(code)
            ),
            cancellationToken
        );

    public override Task<bool> RedeemCodeAsync(
        Account user,
        string code,
        CancellationToken cancellationToken
    ) => base.RedeemCodeAsync(user, Hash(code), cancellationToken);

    /// <summary>Recovery codes are random, some 50 bits: no salt or slow hash is needed.</summary>
    private static string Hash(string code) =>
        Hashed
        + Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(code)));
}
