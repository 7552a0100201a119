using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="Code">Mã trường of the ministry's database.</param>
public sealed record SchoolRequest(
    string Code,
    string Name,
    SchoolLevel Level,
    string? CommuneCode = null
);

/// <summary>Registers a school under its code in the ministry's database; the same code again corrects its name and level.</summary>
public sealed class RegisterSchool(LearningRecordsDb db, SchoolAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/schools",
                async (SchoolRequest request, RegisterSchool feature, CancellationToken cancel) =>
                {
                    var school = await feature.Run(request, cancel);
                    return Results.Created($"/education/schools/{school.Code}", school);
                }
            )
            .Requires(Permission.ManageSchool);

    public async Task<School> Run(SchoolRequest request, CancellationToken cancel = default)
    {
        await access.Demand(Permission.ManageSchool, request.Code);
        if (request.Code is not { Length: > 0 and <= 20 })
        {
            throw new InvalidInput("code", "A school's code has 1 to 20 characters.");
        }
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw new InvalidInput("name", "A school has a name.");
        }
        var school = await db.Schools.FirstOrDefaultAsync(
            known => known.Code == request.Code,
            cancel
        );
        if (school is null)
        {
            school = new School
            {
                Code = request.Code,
                Name = request.Name.Trim(),
                Level = request.Level,
            };
            db.Schools.Add(school);
        }
        school.Name = request.Name.Trim();
        school.Level = request.Level;
        school.CommuneCode = request.CommuneCode;
        await db.SaveChangesAsync(cancel);
        return school;
    }
}
