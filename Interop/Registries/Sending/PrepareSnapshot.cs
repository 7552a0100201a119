using Interop.Registries.Quality;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Modules;

namespace Interop.Registries.Sending;

/// <summary>
/// Enters what a run wrote as a snapshot that waits for approval, with what the quality rules found in it; the versions before it are
/// corrected by it, whatever became of them.
/// </summary>
public sealed class PrepareSnapshot(RegistriesDb db, CheckFigures check, TimeProvider clock)
    : IFeature
{
    /// <summary>Adds to the caller's transaction and saves nothing.</summary>
    public async Task Run(
        ExportRun run,
        IExport export,
        IReadOnlyList<ExportRow> rows,
        bool complete,
        CancellationToken cancel
    )
    {
        var known = await db
            .Snapshots.Where(snapshot =>
                snapshot.Export == run.Export && snapshot.Period == run.Period
            )
            .ToListAsync(cancel);
        // An unchanged run finds its version there already, except when it was written before snapshots were kept.
        if (known.Any(snapshot => snapshot.Version == run.Version))
        {
            return;
        }
        foreach (var earlier in known.Where(earlier => earlier.Version < run.Version))
        {
            earlier.State = SnapshotState.Corrected;
            earlier.NextAttemptAt = null;
            earlier.Revision++;
        }
        db.Add(
            new Snapshot
            {
                Export = run.Export,
                Period = run.Period,
                Version = run.Version!.Value,
                Key = Guid.CreateVersion7(),
                ContentHash = run.ContentHash!,
                Complete = complete,
                PreparedAt = clock.GetUtcNow(),
            }
        );
        foreach (var found in await check.Run(run, export, rows, cancel))
        {
            db.Add(
                new QualityFinding
                {
                    Id = Guid.CreateVersion7(),
                    Export = run.Export,
                    Period = run.Period,
                    Version = run.Version.Value,
                    Rule = found.Rule,
                    Place = Short(found.Place, 400),
                    Message = Short(found.Message, 1000),
                }
            );
        }
    }

    private static string Short(string text, int most) =>
        text.Length <= most ? text : text[..(most - 1)] + "…";
}
