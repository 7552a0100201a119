using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Sessions;

public enum SignInOutcome
{
    SignedIn,

    /// <summary>No such account, or another password; which of the two is not told.</summary>
    Wrong,

    /// <summary>Too many wrong passwords; see <see cref="SignIn.LockedFor"/>.</summary>
    LockedOut,

    /// <summary>A demo account on a host that is not a demo.</summary>
    NotAllowed,
}

/// <summary>
/// Signs a person in with a password and a cookie. Five wrong passwords lock the account for a quarter of an hour (OWASP
/// ASVS 5.0, 6.3.1).
/// </summary>
public sealed class SignIn(SignInManager<Account> signIn, IAudit audit) : IFeature
{
    public const int MostFailures = 5;
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    /// <summary>Longer is no user's password, and hashing it would only keep the server busy.</summary>
    private const int LongestPassword = 200;

    /// <summary>Hashed once, so that an unknown user takes as long to refuse as a wrong password.</summary>
    private static readonly string Nobodys = new PasswordHasher<Account>().HashPassword(
        null!,
        "nobody's"
    );

    public async Task<SignInOutcome> Run(
        string? userName,
        string? password,
        CancellationToken cancel = default
    )
    {
        userName = userName?.Trim() ?? "";
        password ??= "";
        var tooLong =
            userName.Length > Account.LongestUserName || password.Length > LongestPassword;
        var account = tooLong ? null : await signIn.UserManager.FindByNameAsync(userName);
        if (account is null)
        {
            signIn.UserManager.PasswordHasher.VerifyHashedPassword(
                null!,
                Nobodys,
                tooLong ? "" : password
            );
            await Record(Caller.Nobody, SignInOutcome.Wrong, cancel);
            return SignInOutcome.Wrong;
        }
        var result = await signIn.PasswordSignInAsync(
            account,
            password,
            isPersistent: false,
            lockoutOnFailure: true
        );
        var outcome = result switch
        {
            { Succeeded: true } => SignInOutcome.SignedIn,
            { IsLockedOut: true } => SignInOutcome.LockedOut,
            { IsNotAllowed: true } => SignInOutcome.NotAllowed,
            _ => SignInOutcome.Wrong,
        };
        await Record(CallerClaims.CallerOf(account), outcome, cancel);
        return outcome;
    }

    private ValueTask Record(Caller caller, SignInOutcome outcome, CancellationToken cancel) =>
        audit.Record(
            caller,
            new(
                AuditAction.Execute,
                "sign-in",
                [],
                Allowed: outcome is SignInOutcome.SignedIn,
                outcome.ToString()
            ),
            cancel
        );
}
