using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <summary>
/// Khóa sổ điểm: from now on marks of a term change only by a request that someone else approves. Done by whoever manages the school,
/// for one subject or for all subjects of a class; locking again changes nothing, and nothing unlocks.
/// </summary>
public sealed class LockGradebook(
    LearningRecordsDb db,
    SchoolAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/lock",
                async (
                    Guid id,
                    int term,
                    string? subject,
                    LockGradebook feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, term, subject, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <param name="subject">Null: every subject of the class.</param>
    /// <returns>How many gradebooks were locked that were open.</returns>
    /// <exception cref="NotFound">The class is not taught the subject, or the term is not 1 or 2.</exception>
    public async Task<int> Run(
        Guid classId,
        int term,
        string? subject = null,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var taught = schoolClass
            .Subjects.Where(known => subject is null || known.Subject == subject)
            .Select(known => known.Id)
            .ToList();
        var gradebooks = await db
            .Gradebooks.Where(known => taught.Contains(known.ClassSubjectId) && known.Term == term)
            .ToListAsync(cancel);
        if (gradebooks.Count == 0)
        {
            throw new NotFound($"Gradebook {subject} of class {schoolClass.Name} in term {term}");
        }
        var open = gradebooks.FindAll(gradebook => gradebook.LockedAt is null);
        foreach (var gradebook in open)
        {
            gradebook.LockedAt = clock.GetUtcNow();
            gradebook.LockedBy = access.Caller.Name;
        }
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Execute,
                $"Class/{classId}/gradebook/{subject ?? "*"}/{term}/lock",
                []
            ),
            cancel
        );
        return open.Count;
    }
}
