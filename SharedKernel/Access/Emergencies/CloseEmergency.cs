using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Emergencies;

/// <summary>Ends an emergency access before its time: by who opened it, or by the data protection officer.</summary>
public sealed class CloseEmergency(
    AccessDb db,
    IEnumerable<IRecordDoor> doors,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/emergencies/{id:guid}/close",
                async (Guid id, CloseEmergency feature, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.NoContent();
                }
            )
            .RequireAuthorization();

    /// <exception cref="NotFound">It is none of the caller's.</exception>
    public async Task Run(Guid id, CancellationToken cancel = default)
    {
        var caller = current.Caller;
        var reviews = access.ReachOf(caller, Permission.ReviewEmergencies) is Reach.All;
        if (!reviews)
        {
            access.Demand(caller, Permission.OpenInEmergency);
        }
        var row =
            await db.Emergencies.SingleOrDefaultAsync(
                row => row.Id == id && (reviews || row.Account == caller.Id),
                cancel
            ) ?? throw new NotFound($"Emergency {id}");
        var now = clock.GetUtcNow();
        if (!row.IsOpen(now))
        {
            return;
        }
        // First the door: what the list calls closed is closed.
        foreach (var door in doors)
        {
            await door.Close(row.ToEmergency(), cancel);
        }
        row.Closed = now;
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            caller,
            new(AuditAction.Update, $"Emergency/{id}", [row.Patient], Detail: "closed"),
            cancel
        );
    }
}
