using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Students;

/// <param name="Citizen">The kernel's id of the parent or guardian.</param>
public sealed record GuardianRequest(Guid Citizen);

/// <summary>
/// Lets a parent or guardian see a pupil's published record, as the pupil's school states it; the relation is checked on every read
/// (Law on Personal Data Protection 91/2025/QH15).
/// </summary>
public sealed class LinkGuardian(
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
                "/education/students/{id:guid}/guardians",
                async (
                    Guid id,
                    GuardianRequest request,
                    LinkGuardian feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(new CitizenId(id), new CitizenId(request.Citizen), cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);

    /// <summary>Linking twice changes nothing.</summary>
    public async Task Run(CitizenId student, CitizenId guardian, CancellationToken cancel = default)
    {
        var school =
            await db
                .Enrolments.Where(row => row.StudentId == student && row.Until == null)
                .OrderByDescending(row => row.Year)
                .ThenByDescending(row => row.From)
                .Select(row => row.SchoolCode)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Student {student}");
        await access.Demand(Permission.ManageSchool, school);
        if (guardian == student || await citizens.Find(guardian, cancel) is null)
        {
            throw new InvalidInput("citizen", "A guardian is another registered person.");
        }
        if (await db.Guardians.FindAsync([student, guardian], cancel) is not null)
        {
            return;
        }
        db.Guardians.Add(
            new Guardian
            {
                StudentId = student,
                CitizenId = guardian,
                From = clock.Today(),
            }
        );
        await db.SaveChangesAsync(cancel);
        await citizens.NoteGuardian(student, guardian, FactSource.Education, cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Create,
                $"Student/{student}/guardian",
                [student.ToString(), guardian.ToString()]
            ),
            cancel
        );
    }
}
