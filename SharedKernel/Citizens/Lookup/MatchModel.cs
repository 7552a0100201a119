using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens.Match;
using SharedKernel.Citizens.Places;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens.Lookup;

/// <summary>
/// The model by which look-ups are weighed: the one that the last de-duplication of the register learned, or the schema's
/// expectations while there is none. One for the process; another host's new model is seen within a minute.
/// </summary>
public sealed class MatchModel(AdministrativeUnits units, Vault vault, TimeProvider clock)
{
    /// <summary>
    /// A register smaller than this has too few matching pairs to learn from, and is taken to be a part of a larger one: the
    /// schema's expectations serve it.
    /// </summary>
    internal const int FewestPeople = 1000;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim loading = new(1);
    private volatile Loaded? loaded;

    private sealed record Loaded(
        Weigher Weigher,
        DateTimeOffset LearnedAt,
        DateTimeOffset LookedAt
    );

    public LinkageSchema Schema { get; } = CitizenSchema.Create(units.CommuneNow);

    public MatchKeys Keys => field ??= new MatchKeys(Schema, vault);

    internal LinkageModel Expected => LinkageModel.Expected(Schema, 1.0 / FewestPeople);

    /// <summary>Called when this host has learned a new one.</summary>
    internal void Forget() => loaded = null;

    internal async ValueTask<Weigher> Weigher(CitizensDb db, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (loaded is { } current && (now - current.LookedAt).Duration() < LookAgain)
        {
            return current.Weigher;
        }
        await loading.WaitAsync(cancel);
        try
        {
            var learnedAt = await db
                .Models.Select(model => (DateTimeOffset?)model.LearnedAt)
                .SingleOrDefaultAsync(cancel);
            loaded =
                loaded is { } same && same.LearnedAt == (learnedAt ?? default)
                    ? same with
                    {
                        LookedAt = now,
                    }
                    : new(await Read(db, cancel), learnedAt ?? default, now);
            return loaded.Weigher;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<Weigher> Read(CitizensDb db, CancellationToken cancel)
    {
        var stored = await db.Models.AsNoTracking().SingleOrDefaultAsync(cancel);
        var learned = stored is null ? null : ModelFile.Read(stored.Body, Schema);
        return new(learned ?? Expected);
    }
}
