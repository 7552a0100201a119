using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Sessions.SecondFactor;

/// <summary>
/// The second half of a sign-in: a code of the authenticator app, or a recovery code. Who is signing in stands in a cookie of five
/// minutes that <see cref="SignIn"/> gave for the right password and that opens nothing else. Five wrong codes lock the account.
/// </summary>
public sealed class SignInSecondFactor(SignInManager<Account> signIn, IAudit audit) : IFeature
{
    /// <summary>Recovery codes are <c>XXXXX-XXXXX</c>.</summary>
    private const int LongestCode = 20;

    /// <summary>The account whose password was right; null when there is none, or the five minutes are over.</summary>
    public Task<Account?> Pending() => signIn.GetTwoFactorAuthenticationUserAsync();

    public async Task<SignInOutcome> Run(string? code, CancellationToken cancel = default)
    {
        if (await Pending() is not { } account)
        {
            return SignInOutcome.Wrong;
        }
        code = code?.Replace(" ", "", StringComparison.Ordinal) ?? "";
        var result =
            code.Length > LongestCode ? SignInResult.Failed
            : code.Length > Totp.Digits
                ? await signIn.TwoFactorRecoveryCodeSignInAsync(code.ToUpperInvariant())
            : await signIn.TwoFactorAuthenticatorSignInAsync(
                code,
                isPersistent: false,
                rememberClient: false
            );
        var outcome = SignIn.OutcomeOf(result);
        await audit.Record(
            CallerClaims.CallerOf(account),
            new(
                AuditAction.Execute,
                "sign-in",
                [],
                outcome is SignInOutcome.SignedIn,
                $"second factor: {outcome}"
            ),
            cancel
        );
        return outcome;
    }
}
