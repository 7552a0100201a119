using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Progress;

/// <param name="OutcomesMet">Foreign language, defence, physical education; null takes a confirmation back.</param>
/// <param name="Disciplined">With a warning (cảnh cáo) or more.</param>
public sealed record StandingRequest(bool? OutcomesMet, bool Disciplined, bool Suspended);

/// <summary>What no marks say and graduation asks: outcomes, discipline, suspension (article 14).</summary>
public sealed class ConfirmStanding(UniversityDb db, UniversityAccess access, IAudit audit)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/university-students/{student:guid}/standing",
                async (
                    Guid student,
                    StandingRequest request,
                    ConfirmStanding feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(student, request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageUniversity);

    public async Task Run(
        Guid studentId,
        StandingRequest request,
        CancellationToken cancel = default
    )
    {
        var student =
            await db.Students.FirstOrDefaultAsync(known => known.Id == studentId, cancel)
            ?? throw new NotFound($"Student {studentId}");
        await access.Demand(Permission.ManageUniversity, student.InstitutionCode);
        student.OutcomesMet = request.OutcomesMet;
        student.Disciplined = request.Disciplined;
        student.Suspended = request.Suspended;
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"UniversityStudent/{studentId}/standing",
                [student.CitizenId.ToString()]
            ),
            cancel
        );
    }
}
