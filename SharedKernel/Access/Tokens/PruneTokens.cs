using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;

namespace SharedKernel.Access.Tokens;

/// <summary>Removes, once a day, what tokens, codes, launches and assertions leave behind: all that has ended two weeks ago.</summary>
internal sealed partial class PruneTokens(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<PruneTokens> log
) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var daily = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        while (await daily.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Run(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(error);
            }
        }
    }

    internal async Task Run(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var before = clock.GetUtcNow() - Kept;
        await scope
            .ServiceProvider.GetRequiredService<IOpenIddictTokenManager>()
            .PruneAsync(before, cancel);
        await scope
            .ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>()
            .PruneAsync(before, cancel);
    }

    [LoggerMessage(LogLevel.Error, "Old tokens could not be removed; it is tried again tomorrow")]
    private partial void Failed(Exception error);
}
