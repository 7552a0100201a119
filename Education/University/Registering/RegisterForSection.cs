using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Registering;

/// <summary>
/// Takes a seat in a section for the calling student, or the next place of its waiting list; and gives it back, whereupon the first who waits moves
/// up. Asked twice, it answers the same.
/// </summary>
public sealed class RegisterForSection(
    UniversityDb db,
    UniversityAccess access,
    RegistrationDesk desk,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/education/sections/{id:guid}/registration",
                (Guid id, RegisterForSection feature, CancellationToken cancel) =>
                    feature.Run(id, SeatWish.Take, cancel)
            )
            .Requires(Permission.RegisterCourses);
        routes
            .MapDelete(
                "/education/sections/{id:guid}/registration",
                (Guid id, RegisterForSection feature, CancellationToken cancel) =>
                    feature.Run(id, SeatWish.GiveBack, cancel)
            )
            .Requires(Permission.RegisterCourses);
    }

    /// <exception cref="Conflict">A rule stands against it; says which.</exception>
    public async Task<SeatAnswer> Run(Guid id, SeatWish wish, CancellationToken cancel = default)
    {
        var institution =
            await (
                from section in db.Sections
                where section.Id == id
                join term in db.Terms on section.TermId equals term.Id
                select term.InstitutionCode
            ).FirstOrDefaultAsync(cancel) ?? throw new NotFound($"Section {id}");
        var student = (await access.Own(cancel)).FirstOrDefault(one =>
            one.InstitutionCode == institution
        );
        if (student is null)
        {
            await access.Refuse(Permission.RegisterCourses, $"Section/{id}");
        }
        var answer = await desk.Run(new SeatRequest(id, student!.Id, wish));
        // What was decided is on disk: from here on nothing is cancelled.
        await audit.Record(
            access.Caller,
            new AuditEntry(
                wish is SeatWish.Take ? AuditAction.Create : AuditAction.Delete,
                $"Section/{id}/registration",
                [student.CitizenId.ToString()],
                Allowed: answer.Refusals.Count == 0,
                Detail: answer.Place?.ToString()
            ),
            CancellationToken.None
        );
        await RecordMoves(audit, id, answer, CancellationToken.None);
        return answer.Refusals.Count == 0
            ? answer
            : throw new Conflict(string.Join(" ", answer.Refusals));
    }

    /// <summary>Nobody asked for a move up; the list itself did it.</summary>
    internal static async Task RecordMoves(
        IAudit audit,
        Guid section,
        SeatAnswer answer,
        CancellationToken cancel
    )
    {
        if (answer.MovedUp.Count > 0)
        {
            await audit.Record(
                Caller.TheSystem,
                new AuditEntry(
                    AuditAction.Update,
                    $"Section/{section}/registration",
                    [.. answer.MovedUp.Select(citizen => citizen.ToString())],
                    Detail: nameof(Place.Seat)
                ),
                cancel
            );
        }
    }
}
