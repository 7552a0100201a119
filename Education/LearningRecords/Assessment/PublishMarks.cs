using Education.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <summary>
/// Shows a class's marks in a subject and term to the pupils and their parents. Published is not locked: a mark can still be
/// corrected, with a reason.
/// </summary>
public sealed class PublishMarks(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/gradebook/{subject}/publish",
                async (
                    Guid id,
                    string subject,
                    int term,
                    PublishMarks feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, subject, term, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);

    /// <summary>Publishing again changes nothing and tells nobody.</summary>
    public async Task Run(
        Guid classId,
        string subject,
        int term,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        var (taught, gradebook) = await gradebooks.Find(schoolClass, subject, term, cancel);
        await access.DemandMarks(schoolClass, taught, cancel);
        if (gradebook.PublishedAt is not null)
        {
            return;
        }
        gradebook.PublishedAt = clock.GetUtcNow();
        gradebook.PublishedBy = access.Caller.Name;
        var students = (await gradebooks.Roster(classId, cancel))
            .Select(row => row.Student.Id)
            .ToList();
        db.Publish(
            new GradePublished(
                Guid.CreateVersion7(),
                clock.GetUtcNow(),
                schoolClass.SchoolCode,
                schoolClass.Year,
                classId,
                subject,
                term,
                students
            )
        );
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Execute,
                $"Class/{classId}/gradebook/{subject}/{term}/publish",
                [.. students.Select(student => student.ToString())]
            ),
            cancel
        );
    }
}
