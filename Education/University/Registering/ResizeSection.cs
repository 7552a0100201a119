using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Registering;

public sealed record CapacityRequest(int Capacity);

/// <summary>Changes how many seats a section has. New seats go to those who wait, in order; taken seats cannot be taken away.</summary>
public sealed class ResizeSection(
    UniversityDb db,
    UniversityAccess access,
    RegistrationDesk desk,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/sections/{id:guid}/capacity",
                async (
                    Guid id,
                    CapacityRequest request,
                    ResizeSection feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, request.Capacity, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="Conflict">More seats are taken than that.</exception>
    public async Task Run(Guid id, int capacity, CancellationToken cancel = default)
    {
        var institution =
            await (
                from section in db.Sections
                where section.Id == id
                join term in db.Terms on section.TermId equals term.Id
                select term.InstitutionCode
            ).FirstOrDefaultAsync(cancel) ?? throw new NotFound($"Section {id}");
        await access.Demand(Permission.ManageUniversity, institution);
        var answer = await desk.Run(new SeatRequest(id, null, SeatWish.Resize, Checked(capacity)));
        await RegisterForSection.RecordMoves(audit, id, answer, cancel);
        if (answer.Refusals.Count > 0)
        {
            throw new Conflict(string.Join(" ", answer.Refusals));
        }
    }

    internal static int Checked(int capacity) =>
        capacity is >= 1 and <= 2000
            ? capacity
            : throw new InvalidInput(
                "capacity",
                T.Of("Lớp có 1 đến 2000 chỗ.", "A section has 1 to 2000 seats.")
            );
}
