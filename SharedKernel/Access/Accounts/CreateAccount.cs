using Microsoft.AspNetCore.Identity;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Accounts;

/// <summary>Makes an account. Only administrators do.</summary>
public sealed class CreateAccount(
    UserManager<Account> accounts,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <exception cref="InvalidInput">The user name is taken or has other signs than letters, digits and <c>-._@+</c>, or the password is too short.</exception>
    public async Task Run(Account account, string password, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var made = await accounts.CreateAsync(account, password);
        if (!made.Succeeded)
        {
            throw new InvalidInput([
                .. made.Errors.Select(error => new FieldError(
                    error.Code.StartsWith("Password", StringComparison.Ordinal)
                        ? "password"
                        : "userName",
                    error.Description
                )),
            ]);
        }
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Create,
                $"Account/{account.Id}",
                account.Citizen is { } citizen ? [citizen.ToString()] : [],
                Detail: $"{account.UserName}: {string.Join(", ", account.Roles)}"
            ),
            cancel
        );
    }
}
