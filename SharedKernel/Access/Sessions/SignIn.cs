using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Sessions.SecondFactor;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

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

    /// <summary>The password was right; <see cref="SignInSecondFactor"/> goes on.</summary>
    NeedsSecondFactor,
}

/// <summary>
/// Signs a person in with a password and a cookie, or half-way where a second factor is needed. Five wrong passwords lock the account for a quarter of an hour (OWASP
/// ASVS 5.0, 6.3.1).
/// </summary>
public sealed class SignIn(
    SignInManager<Account> signIn,
    SecondFactorPolicy secondFactor,
    IAudit audit
) : IFeature
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
        var outcome = OutcomeOf(
            await signIn.CheckPasswordSignInAsync(account, password, lockoutOnFailure: true)
        );
        outcome = await Enter(account, outcome);
        await Record(CallerClaims.CallerOf(account), outcome, cancel);
        return outcome;
    }

    /// <summary>For whoever has proved otherwise than by a password that this account is theirs.</summary>
    internal async Task<SignInOutcome> Proven(Account account, CancellationToken cancel)
    {
        var outcome =
            await signIn.UserManager.IsLockedOutAsync(account) ? SignInOutcome.LockedOut
            : !await signIn.CanSignInAsync(account) ? SignInOutcome.NotAllowed
            : await Enter(account, SignInOutcome.SignedIn);
        await Record(CallerClaims.CallerOf(account), outcome, cancel);
        return outcome;
    }

    private async Task<SignInOutcome> Enter(Account account, SignInOutcome outcome)
    {
        // The flag of the account counts, not whether its key can be read: a lost key opens no door.
        if (
            outcome is SignInOutcome.SignedIn
            && (account.TwoFactorEnabled || secondFactor.Demands(account))
        )
        {
            outcome = SignInOutcome.NeedsSecondFactor;
            await signIn.Context.SignInAsync(
                IdentityConstants.TwoFactorUserIdScheme,
                Halfway(account)
            );
        }
        else if (outcome is SignInOutcome.SignedIn)
        {
            await signIn.SignInAsync(account, isPersistent: false);
        }
        return outcome;
    }

    internal static SignInOutcome OutcomeOf(SignInResult result) =>
        result switch
        {
            { Succeeded: true } => SignInOutcome.SignedIn,
            { IsLockedOut: true } => SignInOutcome.LockedOut,
            { IsNotAllowed: true } => SignInOutcome.NotAllowed,
            _ => SignInOutcome.Wrong,
        };

    /// <summary>Back to where one was, never to another site: what is not a path of ours leads to the first page.</summary>
    internal static string LocalPath(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";

    internal static string LockedText =>
        T.Of(
            $"Tài khoản tạm khóa {LockedFor.TotalMinutes} phút vì nhập sai {MostFailures} lần. Hãy thử lại sau hoặc gặp quản trị.",
            $"The account is locked for {LockedFor.TotalMinutes} minutes after {MostFailures} wrong attempts. Try again later or see your administrator."
        );

    /// <summary>In the form in which Identity's own sign-in managers keep and read it.</summary>
    private static ClaimsPrincipal Halfway(Account account) =>
        new(
            new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, account.Id)],
                IdentityConstants.TwoFactorUserIdScheme
            )
        );

    private ValueTask Record(Caller caller, SignInOutcome outcome, CancellationToken cancel) =>
        audit.Record(
            caller,
            new(
                AuditAction.Execute,
                "sign-in",
                [],
                Allowed: outcome is SignInOutcome.SignedIn or SignInOutcome.NeedsSecondFactor,
                outcome.ToString()
            ),
            cancel
        );
}
