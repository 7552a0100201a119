using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace SharedKernel.Access.Accounts;

/// <summary>
/// A fresh installation has nobody who could make accounts. Its first start makes one administrator with a random password,
/// which only the owner of the data folder can read.
/// </summary>
internal sealed partial class FirstAdministrator(
    IServiceScopeFactory scopes,
    IConfiguration configuration,
    ILogger<FirstAdministrator> log
) : IHostedService
{
    private const string UserName = "admin";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        if (await db.Accounts.AnyAsync(account => !account.IsDemo, cancellationToken))
        {
            return;
        }
        var password = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 20);
        var file = Path.Combine(configuration["data"]!, "first-administrator.txt");
        OwnerOnly.Write(file, $"user {UserName}\npassword {password}\n");
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        await scope
            .ServiceProvider.GetRequiredService<CreateAccount>()
            .Run(
                new Account
                {
                    UserName = UserName,
                    FullName = "Quản trị hệ thống",
                    Roles = [Role.Administrator],
                },
                password,
                cancellationToken
            );
        Made(UserName, file);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(
        LogLevel.Warning,
        "The first administrator {UserName} was made; the password is in {File}: sign in, make accounts, delete the file"
    )]
    private partial void Made(string userName, string file);
}
