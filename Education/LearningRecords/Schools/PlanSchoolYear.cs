using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="Year">Year in which the school year begins.</param>
public sealed record SchoolYearRequest(
    int Year,
    DateOnly Starts,
    DateOnly Term2Starts,
    DateOnly Ends
);

/// <summary>Sets the dates of a school's year and its two terms, as the province has decided them for the year.</summary>
public sealed class PlanSchoolYear(LearningRecordsDb db, SchoolAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/schools/{school}/years/{year:int}",
                (
                    string school,
                    int year,
                    SchoolYearRequest request,
                    PlanSchoolYear feature,
                    CancellationToken cancel
                ) => feature.Run(school, request with { Year = year }, cancel)
            )
            .Requires(Permission.ManageSchool);

    public async Task<SchoolYear> Run(
        string school,
        SchoolYearRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        if (!await db.Schools.AnyAsync(known => known.Code == school, cancel))
        {
            throw new NotFound($"School {school}");
        }
        if (request.Starts.Year != request.Year)
        {
            throw new InvalidInput("starts", "A school year begins in the year it is named by.");
        }
        if (!(request.Starts < request.Term2Starts && request.Term2Starts < request.Ends))
        {
            throw new InvalidInput("term2Starts", "Term II begins within the school year.");
        }
        var year = await db.SchoolYears.FirstOrDefaultAsync(
            known => known.SchoolCode == school && known.Year == request.Year,
            cancel
        );
        if (year is null)
        {
            year = new SchoolYear
            {
                SchoolCode = school,
                Year = request.Year,
                Starts = request.Starts,
                Ends = request.Ends,
            };
            db.SchoolYears.Add(year);
        }
        year.Starts = request.Starts;
        year.Ends = request.Ends;
        await SetTerm(school, request.Year, 1, request.Starts, request.Term2Starts.AddDays(-1));
        await SetTerm(school, request.Year, 2, request.Term2Starts, request.Ends);
        await db.SaveChangesAsync(cancel);
        return year;
    }

    private async Task SetTerm(string school, int year, int number, DateOnly starts, DateOnly ends)
    {
        if (await db.Terms.FindAsync(school, year, number) is { } term)
        {
            term.Starts = starts;
            term.Ends = ends;
            return;
        }
        db.Terms.Add(
            new Term
            {
                SchoolCode = school,
                Year = year,
                Number = number,
                Starts = starts,
                Ends = ends,
            }
        );
    }
}
