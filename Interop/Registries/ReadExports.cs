using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>A run as the API tells it.</summary>
public sealed record RunView(
    Guid Id,
    string Export,
    string Period,
    string State,
    string RequestedBy,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    long InputRecords,
    DateTimeOffset? InputLatest,
    int Rows,
    int? Version,
    string? ContentHash,
    string? Error
)
{
    public static RunView Of(ExportRun run) =>
        new(
            run.Id,
            run.Export,
            run.Period,
            run.State.ToString(),
            run.RequestedBy,
            run.StartedAt,
            run.FinishedAt,
            run.InputRecords,
            run.InputLatest,
            run.Rows,
            run.Version,
            run.ContentHash,
            run.Error
        );
}

/// <summary>The exports, their ledger and their files.</summary>
public sealed class ReadExports(
    RegistriesDb db,
    ExportCatalogue catalogue,
    ExportFolder folder,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    public sealed record Overview(
        ExportDefinition Export,
        DateTimeOffset? NextRun,
        ExportRun? LastRun
    );

    /// <param name="Progress">Records read so far, while it runs.</param>
    public sealed record Details(
        ExportRun Run,
        ExportDefinition Export,
        IReadOnlyList<ExportFile> Files,
        long? Progress
    );

    public async Task<IReadOnlyList<Overview>> Run(CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var overview = new List<Overview>();
        foreach (var export in catalogue.All)
        {
            var last = await db
                .Runs.AsNoTracking()
                .Where(run => run.Export == export.Name)
                .OrderByDescending(run => run.StartedAt)
                .FirstOrDefaultAsync(cancel);
            overview.Add(new(export, export.NextRun(clock.GetUtcNow()), last));
        }
        return overview;
    }

    /// <summary>Newest first; of one export, or of all.</summary>
    public async Task<IReadOnlyList<ExportRun>> Ledger(
        string? export,
        int limit,
        CancellationToken cancel
    )
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        return await db
            .Runs.AsNoTracking()
            .Where(run => export == null || run.Export == export)
            .OrderByDescending(run => run.StartedAt)
            .Take(limit)
            .ToListAsync(cancel);
    }

    /// <exception cref="NotFound">There is no such run.</exception>
    public async Task<Details> Look(Guid id, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadStatistics);
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel);
        if (run is null)
        {
            throw new NotFound($"Run {id}");
        }
        var files = await db
            .Files.AsNoTracking()
            .Where(file =>
                file.Export == run.Export
                && file.Period == run.Period
                && file.Version == run.Version
            )
            .OrderBy(file => file.Format)
            .ToListAsync(cancel);
        var progress =
            run.State is RunState.Running
                ? await db
                    .Leases.Where(lease => lease.RunId == id)
                    .Select(lease => (long?)lease.Records)
                    .SingleOrDefaultAsync(cancel)
                : null;
        return new(run, catalogue.Get(run.Export), files, progress);
    }

    /// <summary>One file, checked against the ledger's hash.</summary>
    public async Task<(ExportFile File, byte[] Content)> Download(
        Guid id,
        string format,
        CancellationToken cancel
    )
    {
        var files = (await Look(id, cancel)).Files;
        var file =
            files.FirstOrDefault(file => file.Format == format)
            ?? throw new NotFound($"A {format} file of run {id}");
        return (file, await folder.Read(file, cancel));
    }

    /// <summary>The JSON file, for showing the figures.</summary>
    public async Task<JsonObject> Figures(Guid id, CancellationToken cancel)
    {
        var (_, content) = await Download(id, "json", cancel);
        return JsonNode.Parse(content)!.AsObject();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var exports = routes.MapGroup("/api/exports").Requires(Permission.ReadStatistics);
        exports.MapGet(
            "",
            async (ReadExports read, CancellationToken cancel) =>
                Results.Ok(
                    (await read.Run(cancel)).Select(entry => new
                    {
                        entry.Export.Name,
                        Title = entry.Export.Title.ToString(),
                        Period = entry.Export.Period.ToString(),
                        entry.Export.Cron,
                        entry.NextRun,
                        LastRun = entry.LastRun is null ? null : RunView.Of(entry.LastRun),
                    })
                )
        );
        exports.MapGet(
            "/{name}/runs",
            async (string name, ReadExports read, CancellationToken cancel) =>
                (await read.Ledger(read.Known(name), 200, cancel)).Select(RunView.Of)
        );
        exports.MapGet(
            "/{name}/runs/{id:guid}",
            async (string name, Guid id, ReadExports read, CancellationToken cancel) =>
            {
                var (run, _, files, progress) = await read.Look(id, cancel);
                return Results.Ok(
                    new
                    {
                        Run = RunView.Of(run),
                        Progress = progress,
                        Files = files.Select(file => new
                        {
                            file.Format,
                            file.Bytes,
                            file.Sha256,
                            Href = $"/api/exports/{name}/runs/{id}/files/{file.Format}",
                        }),
                    }
                );
            }
        );
        exports.MapGet(
            "/{name}/runs/{id:guid}/files/{format}",
            async (Guid id, string format, ReadExports read, CancellationToken cancel) =>
            {
                var (file, content) = await read.Download(id, format, cancel);
                return Results.File(
                    content,
                    ExportFormats.MediaTypes[format],
                    Path.GetFileName(file.Path)
                );
            }
        );
    }

    private string Known(string name) => catalogue.Get(name).Name;
}
