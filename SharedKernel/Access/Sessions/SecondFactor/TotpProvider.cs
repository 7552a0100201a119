using System.Globalization;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;

namespace SharedKernel.Access.Sessions.SecondFactor;

/// <summary>
/// Judges the codes of an account's authenticator app. A code works once (OWASP ASVS 5.0, 6.5.1), which the framework's own
/// provider does not see to; and the clock is ours, so that a test can turn it.
/// </summary>
internal sealed class TotpProvider(TimeProvider clock) : IUserTwoFactorTokenProvider<Account>
{
    private const string Own = "[Records]";
    private const string LastStep = "TotpStep";

    /// <summary>The app makes the codes.</summary>
    public Task<string> GenerateAsync(string purpose, UserManager<Account> manager, Account user) =>
        Task.FromResult("");

    public async Task<bool> ValidateAsync(
        string purpose,
        string token,
        UserManager<Account> manager,
        Account user
    )
    {
        if (await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } key)
        {
            return false;
        }
        var last = await manager.GetAuthenticationTokenAsync(user, Own, LastStep);
        var step = Totp.Match(
            Totp.FromBase32(key),
            token,
            clock.GetUtcNow(),
            last is null ? -1 : long.Parse(last, CultureInfo.InvariantCulture)
        );
        // The account's concurrency stamp lets one of two who send the same code at once through.
        return step is { } used
            && (
                await manager.SetAuthenticationTokenAsync(
                    user,
                    Own,
                    LastStep,
                    used.ToString(CultureInfo.InvariantCulture)
                )
            ).Succeeded;
    }

    public async Task<bool> CanGenerateTwoFactorTokenAsync(
        UserManager<Account> manager,
        Account user
    ) => await manager.GetAuthenticatorKeyAsync(user) is { Length: > 0 };
}
