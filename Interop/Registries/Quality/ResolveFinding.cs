using Interop.Registries.Sending;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries.Quality;

/// <summary>Explains one finding, so that the figures may be sent as they are; who wants other figures corrects the records and runs again.</summary>
public sealed class ResolveFinding(
    RegistriesDb db,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="Explanation">Why the figure is right, 5 to 1,000 characters.</param>
    public sealed record Request(string? Explanation);

    /// <exception cref="InvalidInput">The explanation is too short or too long.</exception>
    /// <exception cref="Conflict">It was resolved already.</exception>
    public async Task<QualityFinding> Run(Guid id, string? explanation, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.RunExports);
        var text = explanation?.Trim() ?? "";
        if (text.Length is < 5 or > 1000)
        {
            throw new InvalidInput(
                "explanation",
                T.Of(
                    "Hãy giải trình bằng 5 đến 1000 ký tự vì sao số liệu này đúng.",
                    "Explain in 5 to 1,000 characters why the figure is right."
                )
            );
        }
        var finding =
            await db.Findings.FindAsync([id], cancel) ?? throw new NotFound($"Finding {id}");
        if (finding.ResolvedAt is not null)
        {
            throw new Conflict(
                T.Of(
                    $"Cảnh báo này đã được {finding.ResolvedBy} giải trình.",
                    $"{finding.ResolvedBy} has resolved this finding already."
                )
            );
        }
        finding.Resolution = text;
        finding.ResolvedById = current.Caller.Id;
        finding.ResolvedBy = current.Caller.Name;
        finding.ResolvedAt = clock.GetUtcNow();
        await audit.Record(
            current.Caller,
            new(AuditAction.Update, $"Export/{finding.Export}/{finding.Period}/finding/{id}", []),
            cancel
        );
        await db.SaveChangesAsync(cancel);
        return finding;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/exports/findings/{id:guid}/resolve",
                async (
                    Guid id,
                    Request request,
                    ResolveFinding resolve,
                    CancellationToken cancel
                ) =>
                {
                    await resolve.Run(id, request.Explanation, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.RunExports);
}
