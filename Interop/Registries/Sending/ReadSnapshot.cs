using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries.Sending;

/// <summary>A snapshot as the API tells it.</summary>
public sealed record SnapshotView(
    string Export,
    string Period,
    int Version,
    string State,
    string ContentHash,
    bool Complete,
    DateTimeOffset PreparedAt,
    DateTimeOffset? ApprovedAt,
    string? ApprovedBy,
    DateTimeOffset? SentAt,
    DateTimeOffset? SettledAt,
    string? Receipt,
    string? Reason,
    int Attempts,
    DateTimeOffset? NextAttemptAt
)
{
    public static SnapshotView Of(Snapshot row) =>
        new(
            row.Export,
            row.Period,
            row.Version,
            row.State.ToString(),
            row.ContentHash,
            row.Complete,
            row.PreparedAt,
            row.ApprovedAt,
            row.ApprovedBy,
            row.SentAt,
            row.SettledAt,
            row.Receipt,
            row.Reason,
            row.Attempts,
            row.NextAttemptAt
        );
}

/// <summary>Where a version stands on its way to whoever must have it: state, attempts, findings.</summary>
public sealed class ReadSnapshot(
    RegistriesDb db,
    ExportCatalogue catalogue,
    Destinations destinations,
    IAccess access,
    ICurrentCaller current
) : IFeature
{
    /// <param name="Destination">Where it goes; null when it is handed over by hand.</param>
    public sealed record Details(
        Snapshot Snapshot,
        string? Destination,
        IReadOnlyList<DeliveryAttempt> Attempts,
        IReadOnlyList<QualityFinding> Findings
    );

    /// <summary>Null for a version that was written before snapshots were kept.</summary>
    public async Task<Details?> Run(
        string export,
        string period,
        int version,
        CancellationToken cancel
    )
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var snapshot = await db
            .Snapshots.AsNoTracking()
            .SingleOrDefaultAsync(
                row => row.Export == export && row.Period == period && row.Version == version,
                cancel
            );
        return snapshot is null
            ? null
            : new(
                snapshot,
                destinations.SettingOf(export)?.Address,
                await db
                    .Attempts.AsNoTracking()
                    .Where(row =>
                        row.Export == export && row.Period == period && row.Version == version
                    )
                    .OrderBy(row => row.Number)
                    .ToListAsync(cancel),
                await db
                    .Findings.AsNoTracking()
                    .Where(row =>
                        row.Export == export && row.Period == period && row.Version == version
                    )
                    .OrderBy(row => row.Id)
                    .ToListAsync(cancel)
            );
    }

    /// <summary>What waits for a person: to be approved, refused, or given up after many attempts. Oldest period first.</summary>
    public async Task<IReadOnlyList<Snapshot>> Waiting(CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var names = catalogue.All.Select(export => export.Name).ToList();
        return await db
            .Snapshots.AsNoTracking()
            .Where(row =>
                names.Contains(row.Export)
                && row.Complete
                && row.NextAttemptAt == null
                && (
                    row.State == SnapshotState.Prepared
                    || row.State == SnapshotState.Refused
                    || row.State == SnapshotState.Approved
                    || row.State == SnapshotState.Sent
                )
            )
            .OrderBy(row => row.Period)
            .ThenBy(row => row.Export)
            .Take(100)
            .ToListAsync(cancel);
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/exports/{name}/versions/{period}/{version:int}",
                async (
                    string name,
                    string period,
                    int version,
                    ReadSnapshot read,
                    CancellationToken cancel
                ) =>
                {
                    var details =
                        await read.Run(name, period, version, cancel)
                        ?? throw new NotFound($"Version {version} of {name} {period}");
                    return Results.Ok(
                        new
                        {
                            Snapshot = SnapshotView.Of(details.Snapshot),
                            details.Destination,
                            Attempts = details.Attempts.Select(attempt => new
                            {
                                attempt.Number,
                                attempt.StartedAt,
                                attempt.FinishedAt,
                                Outcome = attempt.Outcome.ToString(),
                                attempt.Detail,
                            }),
                            Findings = details.Findings.Select(finding => new
                            {
                                finding.Id,
                                finding.Rule,
                                finding.Place,
                                finding.Message,
                                finding.Resolution,
                                finding.ResolvedBy,
                                finding.ResolvedAt,
                            }),
                        }
                    );
                }
            )
            .Requires(Permission.ReadStatistics);
}
