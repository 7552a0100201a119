using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;

namespace SharedKernel.Tests.Audit;

/// <summary>Real processes that append to one trail and are killed with SIGKILL in the middle of it.</summary>
public sealed class KilledWriterTests(AuditStore store) : IClassFixture<AuditStore>
{
    private const int Kills = 50;
    private const int AtOnce = 2;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_and_the_chain_still_verifies()
    {
        var random = new Random(20261123);
        // How many acknowledged entries to let pass before each kill, and how long to spin into the next commit.
        var kills = Enumerable
            .Range(0, Kills)
            .Select(number => (number, Entries: random.Next(1, 60), Spin: random.Next(0, 200_000)))
            .ToList();
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            kills,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (kill, cancel) =>
            {
                foreach (var what in await RunAndKill(kill.number, kill.Entries, kill.Spin, cancel))
                {
                    acknowledged.Add(what);
                }
            }
        );

        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        var kept = await db.Rows.Select(row => row.What).ToHashSetAsync();
        Assert.DoesNotContain(acknowledged, what => !kept.Contains(what));
        Assert.True(acknowledged.Count >= Kills);
        var verdict = await store.Verify();
        Assert.Empty(verdict.Faults);
        Assert.Equal(kept.Count, verdict.Rows);
    }

    /// <returns>What the process had acknowledged when it died.</returns>
    private async Task<List<string>> RunAndKill(
        int number,
        int entries,
        int spin,
        CancellationToken cancel
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "AuditWriter.dll"),
                    store.Database.Provider.ToString(),
                    store.Database.Connection,
                    $"w{number}",
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var seen = new List<string>();
        while (
            seen.Count < entries && await process.StandardOutput.ReadLineAsync(cancel) is { } line
        )
        {
            seen.Add(line);
        }
        Thread.SpinWait(spin);
        process.Kill();
        while (await process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            // The last line may be cut; only whole ones were said.
            seen.Add(line);
        }
        await process.WaitForExitAsync(cancel);
        Assert.True(seen.Count >= entries, $"Writer {number} ended by itself: {process.ExitCode}");
        return [.. seen.Take(seen.Count - 1)];
    }
}
