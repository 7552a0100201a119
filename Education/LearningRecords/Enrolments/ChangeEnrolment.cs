using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <param name="Class">The class the pupil goes to within the school; null to stay.</param>
public sealed record EnrolmentChangeRequest(
    EnrolmentStatus Status,
    DateOnly On,
    Guid? Class = null,
    string? Reason = null
);

/// <summary>What happens, in people's words; the code follows from the day.</summary>
/// <param name="Class">Where the pupil goes, for a change of class; null to stay.</param>
public sealed record MoveRequest(
    EnrolmentMove Move,
    DateOnly On,
    Guid? Class = null,
    string? Reason = null
);

/// <summary>
/// Moves a pupil to another class or status (transfer out, leave, return: codes 01–12). The row that held is closed and the next
/// one added; nothing of the past is overwritten.
/// </summary>
public sealed class ChangeEnrolment(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/education/classes/{id:guid}/students/{student:guid}/moves",
                async (
                    Guid id,
                    Guid student,
                    MoveRequest request,
                    ChangeEnrolment feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Move(id, new CitizenId(student), request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
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
    }

    /// <inheritdoc cref="Run"/>
    public async Task Move(
        Guid classId,
        CitizenId student,
        MoveRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var status = await db
            .Enrolments.Where(enrolment =>
                enrolment.StudentId == student
                && enrolment.ClassId == classId
                && enrolment.Until == null
            )
            .Select(enrolment => (EnrolmentStatus?)enrolment.Status)
            .FirstOrDefaultAsync(cancel);
        if (request.Move is EnrolmentMove.ChangeClass && request.Class is null)
        {
            throw new InvalidInput(
                "class",
                T.Of("Hãy chọn lớp chuyển đến.", "Choose the class to go to.")
            );
        }
        if (
            request.Move is EnrolmentMove.Arrive
            || status?.IsPresent() == (request.Move is EnrolmentMove.Return)
        )
        {
            throw new InvalidInput(
                "move",
                status?.IsPresent() == true
                    ? T.Of("Học sinh đang học ở lớp này.", "The pupil is in this class.")
                    : T.Of(
                        "Học sinh đã rời lớp: chỉ có thể học lại, hoặc hoàn tác.",
                        "The pupil has left the class: the pupil can only return, or the leave be undone."
                    )
            );
        }
        await Run(
            classId,
            student,
            new(
                request.Move is EnrolmentMove.ChangeClass && status is { } same
                    ? same
                    : request.Move.In(await db.PeriodOf(schoolClass, request.On, cancel)),
                request.On,
                request.Move is EnrolmentMove.ChangeClass ? request.Class : null,
                string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim()
            ),
            cancel
        );
    }

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
        if (request.Reason?.Length > 200)
        {
            throw new InvalidInput("reason", "At most 200 characters.");
        }
        if (request.On <= open.From)
        {
            throw new InvalidInput(
                "on",
                $"The present row began on {open.From:yyyy-MM-dd}; the change comes after it."
            );
        }
        if (!request.Status.IsPresent())
        {
            // Whoever leaves before the next year has begun does not go there, though the school's passage has said so.
            var promised = await db
                .Enrolments.Where(enrolment =>
                    enrolment.StudentId == student
                    && enrolment.SchoolCode == schoolClass.SchoolCode
                    && enrolment.Year == schoolClass.Year + 1
                    && enrolment.RollOverId != null
                    && enrolment.From > request.On
                )
                .ToListAsync(cancel);
            promised.ForEach(row => row.Undo(clock.GetUtcNow(), access.Caller.Name));
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
