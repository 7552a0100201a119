using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using QRCoder;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Sessions.SecondFactor;

/// <param name="Key">Base 32, for who cannot scan.</param>
/// <param name="Qr">The <c>otpauth</c> address as SVG.</param>
public sealed record Enrolment(string Key, string Qr);

/// <summary>
/// Gives an account a second factor: an authenticator app (RFC 6238) and ten recovery codes, each of which works once; or takes it
/// away again.
/// </summary>
public sealed class SetUpSecondFactor(
    UserManager<Account> accounts,
    SignInManager<Account> signIn,
    IAccess access,
    ICurrentCaller current,
    SecondFactorPolicy policy,
    IAudit audit
) : IFeature
{
    private const int RecoveryCodes = 10;
    private const string Issuer = "Records";

    /// <summary>The account whose second factor this request may set up: who signed in, or who gave the password and must have one first.</summary>
    /// <exception cref="AccessDenied">Neither.</exception>
    public async Task<Account> Owner()
    {
        var account =
            current.Caller is { IsSignedIn: true, Scopes: null, Id: var id }
                ? await accounts.FindByIdAsync(id)
            : await signIn.GetTwoFactorAuthenticationUserAsync()
                is { TwoFactorEnabled: false } pending
                ? pending
            : null;
        return account ?? throw new AccessDenied(Permission.ReadOwnAudit);
    }

    /// <summary>What the app is to scan. The key stays the same until it was confirmed.</summary>
    public async Task<Enrolment> Begin(Account account)
    {
        if (account.TwoFactorEnabled)
        {
            throw new Conflict(
                T.Of(
                    "Tài khoản đã có lớp xác thực thứ hai.",
                    "The account has a second factor already."
                )
            );
        }
        var key = await accounts.GetAuthenticatorKeyAsync(account);
        if (key is not { Length: > 0 })
        {
            await accounts.ResetAuthenticatorKeyAsync(account);
            key = await accounts.GetAuthenticatorKeyAsync(account);
        }
        var address =
            $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer={Issuer}&algorithm=SHA1&digits={Totp.Digits}&period={Totp.Step.TotalSeconds}";
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return new(key!, svg.GetGraphic(5));
    }

    /// <summary>Turns it on once the app has shown that it makes the right codes; signs who was on the way in in.</summary>
    /// <returns>The recovery codes, shown this once; their hashes are kept.</returns>
    /// <exception cref="InvalidInput">The code is wrong.</exception>
    public async Task<IReadOnlyList<string>> Confirm(
        Account account,
        string? code,
        CancellationToken cancel = default
    )
    {
        if (account.TwoFactorEnabled || !await IsRight(account, code))
        {
            throw new InvalidInput(
                "code",
                T.Of(
                    "Mã không đúng. Hãy nhập mã đang hiện trong ứng dụng.",
                    "The code is wrong. Type the one that the app shows now."
                )
            );
        }
        await accounts.SetTwoFactorEnabledAsync(account, true);
        var codes = await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes);
        await Record(account, "second factor set up", cancel);
        // SetTwoFactorEnabled ends every other session of the account by a new security stamp.
        await signIn.Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await signIn.SignInAsync(account, isPersistent: false);
        return [.. codes!];
    }

    /// <summary>Takes one's own second factor away; a code shows that it is not somebody at an open browser.</summary>
    public async Task Remove(Account account, string? code, CancellationToken cancel = default)
    {
        if (policy.Demands(account))
        {
            throw new Conflict(
                T.Of(
                    "Vai trò của bạn bắt buộc có lớp xác thực thứ hai.",
                    "Your role must have a second factor."
                )
            );
        }
        if (!await IsRight(account, code))
        {
            throw new InvalidInput("code", T.Of("Mã không đúng.", "The code is wrong."));
        }
        await TurnOff(account, "second factor removed", cancel);
        await signIn.RefreshSignInAsync(account);
    }

    /// <summary>For an administrator, when a phone and the recovery codes are lost. Ends the account's sessions.</summary>
    public async Task Reset(string accountId, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var account =
            await accounts.FindByIdAsync(accountId) ?? throw new NotFound($"Account {accountId}");
        await TurnOff(account, "second factor reset by an administrator", cancel);
    }

    private async Task TurnOff(Account account, string why, CancellationToken cancel)
    {
        await accounts.SetTwoFactorEnabledAsync(account, false);
        await accounts.ResetAuthenticatorKeyAsync(account);
        await Record(account, why, cancel);
    }

    /// <summary>Wrong codes count towards the lock-out, here as at sign-in.</summary>
    private async Task<bool> IsRight(Account account, string? code)
    {
        if (await accounts.IsLockedOutAsync(account))
        {
            return false;
        }
        var right = await accounts.VerifyTwoFactorTokenAsync(
            account,
            accounts.Options.Tokens.AuthenticatorTokenProvider,
            code?.Replace(" ", "", StringComparison.Ordinal) ?? ""
        );
        if (!right)
        {
            await accounts.AccessFailedAsync(account);
        }
        return right;
    }

    private ValueTask Record(Account account, string detail, CancellationToken cancel) =>
        audit.Record(
            current.Caller.IsSignedIn ? current.Caller : CallerClaims.CallerOf(account),
            new(AuditAction.Update, $"Account/{account.Id}", [], Detail: detail),
            cancel
        );
}
