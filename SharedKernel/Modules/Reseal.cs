using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Modules;

/// <summary>Brings everything under the newest key in the background, after a rotation and after the first start that seals.</summary>
public sealed partial class Reseal(
    IServiceScopeFactory scopes,
    Vault vault,
    Composition composition,
    TimeProvider clock,
    ILogger<Reseal> log
) : BackgroundService
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    /// <summary>Other hosts may seal under the key before for so long after a rotation.</summary>
    private static readonly TimeSpan KnownEverywhere = TimeSpan.FromSeconds(3);

    /// <summary>The key under which everything lies that this process runs; 0 when something never was brought under one.</summary>
    public int Under =>
        composition
            .Reseals.Select(part => vault.Ring.ResealedUnder(part.What))
            .DefaultIfEmpty()
            .Min();

    /// <summary>Names of all that seals, also of parts that do not run in this process.</summary>
    public IEnumerable<string> Everything =>
        composition.Reseals.Concat(composition.Elsewhere?.Reseals ?? []).Select(part => part.What);

    /// <summary>Until a walk over all modules finds nothing under an older key.</summary>
    /// <returns>Records brought under the newest key.</returns>
    public async Task<long> Run(CancellationToken cancel)
    {
        var (newest, total) = (vault.Ring.Keys[^1].Id, 0L);
        while (true)
        {
            var changed = 0L;
            await using var scope = scopes.CreateAsyncScope();
            foreach (var (_, by) in composition.Reseals)
            {
                changed += await ((IReseal)scope.ServiceProvider.GetRequiredService(by)).Pass(
                    cancel
                );
            }
            total += changed;
            if (changed == 0)
            {
                if (
                    vault.Ring.Keys.Length > 1
                    && vault.Ring.Keys[^1].CreatedAt + KnownEverywhere - clock.GetUtcNow()
                        is var left
                    && left > TimeSpan.Zero
                    && left <= KnownEverywhere
                )
                {
                    await Task.Delay(left, clock, cancel);
                    continue;
                }
                composition.Reseals.ForEach(part => vault.Ring.NoteResealed(part.What, newest));
                return total;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookAgain, clock);
        // Also where it cannot be noted: a ring that a secret store keeps is walked for once in each process.
        var done = 0;
        do
        {
            try
            {
                vault.Ring.Refresh();
                var newest = vault.Ring.Keys[^1].Id;
                if (Math.Max(done, Under) < newest)
                {
                    await Run(stoppingToken);
                    done = newest;
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                Failed(error);
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Bringing records under the newest key failed; it goes on within a minute."
    )]
    private partial void Failed(Exception error);
}
