using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SharedKernel.Access.Audit;

/// <summary>Signs a tree head on each day in Viet Nam on which the trail has grown; asked again every quarter of an hour.</summary>
internal sealed partial class SignDaily(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<SignDaily> log
) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Between, clock);
        do
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope
                    .ServiceProvider.GetRequiredService<SignTreeHead>()
                    .RunDaily(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Failed(error);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Error, "The head of the audit trail could not be signed")]
    private partial void Failed(Exception error);
}
