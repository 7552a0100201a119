using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Registering;

/// <param name="Opens">The moment in which registration opens, to the second.</param>
public sealed record TermRequest(
    DateOnly Starts,
    DateOnly Ends,
    DateTimeOffset Opens,
    DateTimeOffset Closes
);

/// <summary>Sets the days of a term and when its registration opens and closes.</summary>
public sealed class PlanTerm(UniversityDb db, UniversityAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/universities/{university}/terms/{year:int}/{number:int}",
                (
                    string university,
                    int year,
                    int number,
                    TermRequest request,
                    PlanTerm feature,
                    CancellationToken cancel
                ) => feature.Run(university, year, number, request, cancel)
            )
            .Requires(Permission.ManageUniversity);

    /// <param name="year">Year in which the academic year begins.</param>
    /// <param name="number">1, 2, or 3 for the summer.</param>
    public async Task<UniversityTerm> Run(
        string university,
        int year,
        int number,
        TermRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Managed(university, cancel);
        if (number is < 1 or > 3 || year is < 2000 or > 2100)
        {
            throw new InvalidInput(
                "number",
                T.Of("Học kỳ là 1, 2 hoặc 3 (hè).", "A term is 1, 2 or 3 (summer).")
            );
        }
        if (request.Ends <= request.Starts || request.Closes <= request.Opens)
        {
            throw new InvalidInput(
                "ends",
                T.Of("Kết thúc phải sau bắt đầu.", "The end comes after the beginning.")
            );
        }
        var term = await db.Terms.FirstOrDefaultAsync(
            known =>
                known.InstitutionCode == university && known.Year == year && known.Number == number,
            cancel
        );
        if (term is null)
        {
            term = new UniversityTerm
            {
                Id = Guid.CreateVersion7(),
                InstitutionCode = university,
                Year = year,
                Number = number,
                Starts = request.Starts,
                Ends = request.Ends,
                Opens = request.Opens,
                Closes = request.Closes,
            };
            db.Terms.Add(term);
        }
        (term.Starts, term.Ends) = (request.Starts, request.Ends);
        (term.Opens, term.Closes) = (request.Opens, request.Closes);
        await db.SaveChangesAsync(cancel);
        return term;
    }
}
