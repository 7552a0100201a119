using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using SharedKernel.Access.Accounts;

namespace SharedKernel.Access.Sessions;

/// <summary>Identity asks here before every sign-in and before every token.</summary>
internal sealed class DemoAccountsOnlyInDemo(IConfiguration configuration)
    : IUserConfirmation<Account>
{
    public Task<bool> IsConfirmedAsync(UserManager<Account> manager, Account user) =>
        Task.FromResult(!user.IsDemo || configuration.GetValue<bool>("demo"));
}
