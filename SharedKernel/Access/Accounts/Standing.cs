using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using OpenIddict.Abstractions;
using SharedKernel.Access.Sessions;
using SharedKernel.Access.Tokens;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Accounts;

/// <inheritdoc cref="IStanding"/>
internal sealed class Standing(
    UserManager<Account> accounts,
    IUserConfirmation<Account> confirmation,
    IOpenIddictApplicationManager applications,
    IConfiguration configuration,
    TimeProvider clock
) : IStanding
{
    /// <summary>Wrong passwords lock an account for minutes, which anybody can bring about; an administrator's lock is longer.</summary>
    private static readonly TimeSpan Closed = TimeSpan.FromDays(1);

    public async Task<Caller?> Now(Caller earlier, CancellationToken cancel = default)
    {
        if (earlier.Id == Caller.TheSystem.Id && earlier.Scopes is null)
        {
            return earlier;
        }
        if (configuration.GetValue<bool>("open") && earlier.Id == OpenAuthentication.CallerId)
        {
            return earlier;
        }
        return await accounts.FindByIdAsync(earlier.Id) is { } account
            ? await OfAccount(account, earlier)
            : await OfProgram(earlier, cancel);
    }

    private async Task<Caller?> OfAccount(Account account, Caller earlier) =>
        await confirmation.IsConfirmedAsync(accounts, account)
        && !(account.LockoutEnd > clock.GetUtcNow() + Closed)
            ? CallerClaims.CallerOf(account) with
            {
                Scopes = earlier.Scopes,
                Patient = earlier.Patient,
            }
            : null;

    private async Task<Caller?> OfProgram(Caller earlier, CancellationToken cancel)
    {
        if (
            earlier.Scopes is not { } then
            || await applications.FindByClientIdAsync(earlier.Id, cancel) is not { } client
            || (
                (await applications.GetPropertiesAsync(client, cancel)).ContainsKey(
                    IssueToken.DemoProperty
                ) && !configuration.GetValue<bool>("demo")
            )
        )
        {
            return null;
        }
        var permitted = await IssueToken.PermittedScopes(applications, client);
        return earlier with
        {
            Scopes = then.Where(scope => Scopes.Grant([scope], permitted, []) is not null)
                .ToHashSet(),
        };
    }
}
