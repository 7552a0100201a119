using Education.LearningRecords.Assessment;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <summary>Takes the passage of a school into the next year back as a whole, until that year begins.</summary>
public sealed class UndoRollOver(
    LearningRecordsDb db,
    SchoolAccess access,
    ClassResults results,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete(
                "/education/schools/{school}/years/{year:int}/roll-over",
                async (string school, int year, UndoRollOver feature, CancellationToken cancel) =>
                {
                    await feature.Run(school, year, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <summary>Takes back the enrolments of the passage, and its classes where nobody else was enrolled by hand.</summary>
    /// <exception cref="Conflict">There is none, the new year has begun, or marks were given in it already.</exception>
    public async Task Run(string school, int year, CancellationToken cancel = default)
    {
        await access.Demand(Permission.ManageSchool, school);
        var rollOver =
            await db.RollOverOf(school, year, cancel)
            ?? throw new Conflict(
                T.Of(
                    "Chưa chuyển năm học nên không có gì để hoàn tác.",
                    "There is no passage into the next year to undo."
                )
            );
        if (clock.Today() >= await results.Opening(school, year + 1, cancel))
        {
            throw new Conflict(
                T.Of(
                    "Năm học mới đã bắt đầu: không hoàn tác cả trường được nữa; hãy chuyển từng học sinh.",
                    "The new year has begun: it cannot be undone as a whole; change single pupils instead."
                )
            );
        }
        var id = rollOver.Id;
        var written = await (
            from mark in db.Marks
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where schoolClass.SchoolCode == school && schoolClass.Year == year + 1
            select mark.StudentId
        ).AnyAsync(cancel);
        if (written)
        {
            throw new Conflict(
                T.Of(
                    "Năm học mới đã có điểm: không hoàn tác được.",
                    "Marks were given in the new year already: it cannot be undone."
                )
            );
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var enrolments = await db
            .Enrolments.IgnoreQueryFilters()
            .Where(enrolment => enrolment.RollOverId == id)
            .ToListAsync(cancel);
        // These rows never held; the audit trail and the passage's own row keep that they were there.
        db.Enrolments.RemoveRange(enrolments);
        rollOver.UndoneAt = clock.GetUtcNow();
        rollOver.UndoneBy = access.Caller.Name;
        await db.SaveChangesAsync(cancel);
        await RemoveClasses(id, cancel);
        await transaction.CommitAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Delete,
                $"School/{school}/roll-over/{year}",
                [.. enrolments.Select(enrolment => enrolment.StudentId.ToString())]
            ),
            cancel
        );
    }

    private async Task RemoveClasses(Guid rollOver, CancellationToken cancel)
    {
        var classes = await db
            .Classes.Include(known => known.Subjects)
                .ThenInclude(subject => subject.Assignments)
            .Where(known =>
                known.RollOverId == rollOver
                && !db.Enrolments.IgnoreQueryFilters().Any(row => row.ClassId == known.Id)
                && !db.TermConducts.Any(row => row.ClassId == known.Id)
            )
            .AsSplitQuery()
            .ToListAsync(cancel);
        var subjects = classes.SelectMany(known => known.Subjects).ToList();
        var ids = subjects.ConvertAll(subject => subject.Id);
        var gradebooks = await db
            .Gradebooks.Include(gradebook => gradebook.Columns)
            .Where(gradebook => ids.Contains(gradebook.ClassSubjectId))
            .ToListAsync(cancel);
        db.MarkColumns.RemoveRange(gradebooks.SelectMany(gradebook => gradebook.Columns));
        db.Gradebooks.RemoveRange(gradebooks);
        db.Assignments.RemoveRange(subjects.SelectMany(subject => subject.Assignments));
        db.ClassSubjects.RemoveRange(subjects);
        db.Classes.RemoveRange(classes);
        await db.SaveChangesAsync(cancel);
    }
}
