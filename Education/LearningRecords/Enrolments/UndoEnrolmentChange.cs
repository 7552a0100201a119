using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <summary>
/// Takes back the last change of a pupil's enrolment: a transfer out or in, a change of class, a leave, an enrolment by mistake. The row is
/// kept as undone and the one before holds again. Marks never moved with the pupil, so nothing else is to be brought back.
/// </summary>
public sealed class UndoEnrolmentChange(
    LearningRecordsDb db,
    SchoolAccess access,
    ICitizens citizens,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/students/{student:guid}/changes/undo",
                async (
                    Guid id,
                    Guid student,
                    UndoEnrolmentChange feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, new CitizenId(student), cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <param name="classId">The class of the row that holds now.</param>
    /// <exception cref="Conflict">
    /// No row of this class holds, another school has taken the pupil in since, or marks were given after the change.
    /// </exception>
    public async Task Run(Guid classId, CitizenId student, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var rows = await db
            .Enrolments.Where(enrolment =>
                enrolment.StudentId == student
                && enrolment.SchoolCode == schoolClass.SchoolCode
                && enrolment.Year == schoolClass.Year
            )
            .OrderBy(enrolment => enrolment.From)
            .ThenBy(enrolment => enrolment.Id)
            .ToListAsync(cancel);
        var last =
            rows.Find(row => row.Until is null && row.ClassId == classId)
            ?? throw new Conflict(
                T.Of(
                    "Học sinh không ở lớp này; hãy mở lớp hiện tại của học sinh.",
                    "The pupil is not in this class now; open the pupil's present class."
                )
            );
        var before = rows.FindLast(row => row != last && row.Until == last.From.AddDays(-1));
        if (before is not null && !last.Present)
        {
            await RefuseWhenElsewhere(last, cancel);
        }
        if (last.Present && last.ClassId != before?.ClassId)
        {
            await RefuseWhenAssessed(last, cancel);
        }
        if (before is null && !last.Present)
        {
            throw new Conflict(T.Of("Không có gì để hoàn tác.", "There is nothing to undo."));
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // In two steps, since the one open row is unique in the database.
        last.Undo(clock.GetUtcNow(), access.Caller.Name);
        await db.SaveChangesAsync(cancel);
        if (before is not null)
        {
            before.Until = null;
            await db.SaveChangesAsync(cancel);
        }
        await transaction.CommitAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"Class/{classId}",
                [student.ToString()],
                Detail: $"undo {(int)last.Status:D2}"
            ),
            cancel
        );
    }

    private async Task RefuseWhenElsewhere(Enrolment left, CancellationToken cancel)
    {
        var ids =
            (await citizens.RecordsOf(left.StudentId, cancel))?.All.ToList() ?? [left.StudentId];
        var elsewhere = await db.Enrolments.FirstOrDefaultAsync(
            row =>
                ids.Contains(row.StudentId)
                && row.Year == left.Year
                && row.SchoolCode != left.SchoolCode
                && row.Present
                && row.Until == null,
            cancel
        );
        if (elsewhere is not null)
        {
            throw new Conflict(
                T.Of(
                    $"Trường {elsewhere.SchoolCode} đã nhận học sinh; trường đó phải hoàn tác việc nhận trước.",
                    $"School {elsewhere.SchoolCode} has taken the pupil in; it must undo that first."
                )
            );
        }
    }

    private async Task RefuseWhenAssessed(Enrolment entered, CancellationToken cancel)
    {
        var marks =
            from mark in db.Marks
            where mark.StudentId == entered.StudentId && mark.Value != null
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            where subject.ClassId == entered.ClassId
            select mark;
        var judged = db.TermConducts.Where(conduct =>
            conduct.StudentId == entered.StudentId && conduct.ClassId == entered.ClassId
        );
        if (await marks.AnyAsync(cancel) || await judged.AnyAsync(cancel))
        {
            throw new Conflict(
                T.Of(
                    "Lớp này đã cho điểm hoặc đánh giá học sinh: không hoàn tác được, hãy ghi một thay đổi mới.",
                    "This class has assessed the pupil already: it cannot be undone, record a new change instead."
                )
            );
        }
    }
}
