using Education.University.Registering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Marks;

/// <summary>Shows a section's marks to its students; from then on they count, and a change needs a reason.</summary>
public sealed class PublishSectionMarks(
    UniversityDb db,
    UniversityAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/sections/{id:guid}/marks/publish",
                async (Guid id, PublishSectionMarks feature, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);

    /// <summary>Publishing again changes nothing. Whoever has a mark missing gets an X until it is there.</summary>
    public async Task Run(Guid id, CancellationToken cancel = default)
    {
        var (section, _) = await access.Taught(id, cancel);
        if (section.PublishedAt is not null)
        {
            return;
        }
        section.PublishedAt = clock.GetUtcNow();
        await db.SaveChangesAsync(cancel);
        var citizens = await (
            from seat in db.Registrations
            where seat.SectionId == id && seat.Place == Place.Seat
            join student in db.Students on seat.StudentId equals student.Id
            select student.CitizenId
        ).ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Execute,
                $"Section/{id}/marks/publish",
                [.. citizens.Select(citizen => citizen.ToString())]
            ),
            cancel
        );
    }
}
