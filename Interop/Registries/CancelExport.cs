using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries;

/// <summary>Stops a run, on whichever host it is; it ends within some seconds and has written nothing.</summary>
public sealed class CancelExport(
    RegistriesDb db,
    ExportLeases leases,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    /// <exception cref="NotFound">There is no such run.</exception>
    /// <exception cref="Conflict">It is over.</exception>
    public async Task Run(Guid id, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.RunExports);
        var run =
            await db.Runs.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancel)
            ?? throw new NotFound($"Run {id}");
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"Export/{run.Export}/{run.Period}/cancel", []),
            cancel
        );
        if (run.State is not RunState.Running || !await leases.Cancel(id, cancel))
        {
            throw new Conflict(T.Of("Lượt chạy này đã kết thúc.", "This run is over."));
        }
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/exports/runs/{id:guid}/cancel",
                async (Guid id, CancelExport feature, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.Accepted();
                }
            )
            .Requires(Permission.RunExports);
}
