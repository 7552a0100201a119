using Interop.Registries.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>
/// Runs one export for one period and enters it in the ledger. The same records give the same figures and no new file; changed
/// records give a correction beside what was written before, never over it.
/// </summary>
public sealed class RunExport(
    RegistriesDb db,
    ExportCatalogue catalogue,
    ExportLeases leases,
    ExportFolder folder,
    PrepareSnapshot prepare,
    IServiceScopeFactory scopes,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="Period">Such as <c>2026-10</c> or <c>2026-2027</c>; null for the newest one that is over.</param>
    public sealed record Request(string? Period = null);

    /// <exception cref="NotFound">There is no such export.</exception>
    /// <exception cref="InvalidInput">The period is none, or has not begun.</exception>
    /// <exception cref="Conflict">The same period is running already.</exception>
    public async Task<ExportRun> Run(string name, string? asked, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.RunExports);
        var definition = catalogue.Get(name);
        var now = clock.GetUtcNow();
        var period = asked is { Length: > 0 }
            ? Period.Parse(definition.Period, asked)
            : Period.LastEnded(definition.Period, now);
        if (period.Start > now)
        {
            throw new InvalidInput(
                "period",
                T.Of($"{period.Title} chưa bắt đầu.", $"{period.Title} has not begun.")
            );
        }
        var run = new ExportRun
        {
            Id = Guid.CreateVersion7(),
            Export = name,
            Period = period.ToString(),
            RequestedById = current.Caller.Id,
            RequestedBy = current.Caller.Name,
            StartedAt = now,
        };
        var input = new ExportInput();
        await using var lease = await leases.Take(name, run.Period, run.Id, cancel, input);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, lease.Stopped);
        db.Add(run);
        await db.SaveChangesAsync(cancel);
        // People's records are about to be read, though only counts leave.
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"Export/{name}/{run.Period}", []),
            cancel
        );
        try
        {
            await Carry(run, definition, period, input, lease, either.Token);
        }
        catch (Exception error)
        {
            db.ChangeTracker.Clear();
            db.Attach(run);
            run.State = lease.Stopped.IsCancellationRequested
                ? RunState.Cancelled
                : RunState.Failed;
            run.Version = null;
            run.Error = error.Message.Length > 2000 ? error.Message[..2000] : error.Message;
            run.FinishedAt = clock.GetUtcNow();
            await db.SaveChangesAsync(CancellationToken.None);
            if (lease.Stopped.IsCancellationRequested)
            {
                throw new Conflict(T.Of("Lượt chạy đã được dừng.", "The run was stopped."));
            }
            throw;
        }
        return run;
    }

    private async Task Carry(
        ExportRun run,
        ExportDefinition definition,
        Period period,
        ExportInput input,
        ExportLeases.Held lease,
        CancellationToken cancel
    )
    {
        // Counting is the system's work: whoever asked may see the counts, and need not see the records.
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var export = (IExport)scope.ServiceProvider.GetRequiredService(definition.Export);
        var rows = await export.Query(period, input, cancel);
        var complete = period.End <= run.StartedAt;
        var files = ExportFormats.Write(definition, export, period, complete, rows);
        var hash = ExportFolder.Hash(files.Single(file => file.Format == "json").Content);

        var newest = await db
            .Files.Where(file => file.Export == run.Export && file.Period == run.Period)
            .OrderByDescending(file => file.Version)
            .Take(20)
            .ToListAsync(cancel);
        var last = newest.FirstOrDefault()?.Version ?? 0;
        var unchanged = newest.Any(file => file.Version == last && file.ContentHash == hash);
        if (!unchanged)
        {
            last++;
        }
        foreach (var (format, content) in files)
        {
            var known = newest.FirstOrDefault(file =>
                file.Version == last && file.Format == format
            );
            // A version that was lost from the disk is written again; it has the same bytes.
            if (known is null || !folder.Has(known))
            {
                await WriteFile(run, last, format, content, hash, known, cancel);
            }
        }
        run.State =
            unchanged ? RunState.Unchanged
            : last == 1 ? RunState.Written
            : RunState.Corrected;
        run.Version = last;
        run.ContentHash = hash;
        run.Rows = rows.Count;
        run.InputRecords = input.Records;
        run.InputLatest = input.Latest;
        run.FinishedAt = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        if (!await lease.IsOurs(db, cancel))
        {
            throw new Conflict("The run took so long that another one took its place.");
        }
        await prepare.Run(run, export, rows, complete, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task WriteFile(
        ExportRun run,
        int version,
        string format,
        byte[] content,
        string contentHash,
        ExportFile? known,
        CancellationToken cancel
    )
    {
        var path =
            known?.Path
            ?? $"{run.Export}/{run.Period}/{run.Export}_{run.Period}_v{version}_{contentHash[..8]}{ExportFormats.ExtensionOf(format)}";
        await folder.Write(path, content, cancel);
        if (known is null)
        {
            db.Add(
                new ExportFile
                {
                    Export = run.Export,
                    Period = run.Period,
                    Version = version,
                    Format = format,
                    Path = path,
                    Bytes = content.Length,
                    Sha256 = ExportFolder.Hash(content),
                    ContentHash = contentHash,
                    RunId = run.Id,
                    WrittenAt = clock.GetUtcNow(),
                }
            );
        }
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/exports/{name}/runs",
                async (string name, Request? request, RunExport run, CancellationToken cancel) =>
                {
                    var made = await run.Run(name, request?.Period, cancel);
                    return Results.Created($"/api/exports/{name}/runs/{made.Id}", RunView.Of(made));
                }
            )
            .Requires(Permission.RunExports);
}
