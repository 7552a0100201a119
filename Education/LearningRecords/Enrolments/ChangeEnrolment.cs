using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Enrolments;

/// <param name="Class">The class the pupil goes to within the school; null to stay.</param>
public sealed record EnrolmentChangeRequest(
    EnrolmentStatus Status,
    DateOnly On,
    Guid? Class = null,
    string? Reason = null
);

/// <summary>
/// Moves a pupil to another class or status (transfer out, leave, return: codes 01–12). The row that held is closed and the next
/// one added; nothing of the past is overwritten.
/// </summary>
public sealed class ChangeEnrolment(LearningRecordsDb db, SchoolAccess access, IAudit audit)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/students/{student:guid}/changes",
                async (
                    Guid id,
                    Guid student,
                    EnrolmentChangeRequest request,
                    ChangeEnrolment feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, new CitizenId(student), request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <exception cref="Conflict">The pupil has no open row in this class.</exception>
    public async Task Run(
        Guid classId,
        CitizenId student,
        EnrolmentChangeRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var target =
            request.Class is { } other && other != classId
                ? await access.Class(other, Permission.ManageSchool, cancel)
                : schoolClass;
        if (!Enum.IsDefined(request.Status))
        {
            throw new InvalidInput("status", "The codes are 01 to 12.");
        }
        if (target.SchoolCode != schoolClass.SchoolCode || target.Year != schoolClass.Year)
        {
            throw new InvalidInput(
                "class",
                "The class is of another school or year; a transfer leaves here and enters there."
            );
        }
        var open =
            await db.Enrolments.FirstOrDefaultAsync(
                enrolment =>
                    enrolment.StudentId == student
                    && enrolment.ClassId == classId
                    && enrolment.Until == null,
                cancel
            ) ?? throw new Conflict("The pupil is not in this class now.");
        if (request.On <= open.From)
        {
            throw new InvalidInput(
                "on",
                $"The present row began on {open.From:yyyy-MM-dd}; the change comes after it."
            );
        }
        await Enrolment.Replace(
            db,
            open,
            Enrolment.Of(student, target, request.Status, request.On, request.Reason),
            cancel
        );
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"Class/{classId}",
                [student.ToString()],
                Detail: $"{(int)request.Status:D2}"
            ),
            cancel
        );
    }
}
