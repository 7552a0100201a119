using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Schools;

/// <param name="CommuneCode">Five digits; null when it lies in the school's commune.</param>
public sealed record CampusRequest(string Name, bool IsMain = false, string? CommuneCode = null);

/// <param name="Campus">Code of a campus of the class's school; null for none.</param>
public sealed record ClassCampusRequest(string? Campus);

/// <summary>The campuses (điểm trường) of a school, one of them the main one, and which class is taught where.</summary>
public sealed class KeepCampuses(LearningRecordsDb db, SchoolAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/schools/{school}/campuses",
                (string school, KeepCampuses feature, CancellationToken cancel) =>
                    feature.Read(school, cancel)
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapPut(
                "/education/schools/{school}/campuses/{code}",
                (
                    string school,
                    string code,
                    CampusRequest request,
                    KeepCampuses feature,
                    CancellationToken cancel
                ) => feature.Run(school, code, request, cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPut(
                "/education/classes/{id:guid}/campus",
                async (
                    Guid id,
                    ClassCampusRequest request,
                    KeepCampuses feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Place(id, request.Campus, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
    }

    /// <summary>The main one first.</summary>
    public async Task<IReadOnlyList<Campus>> Read(string school, CancellationToken cancel = default)
    {
        await access.Demand(Permission.ReadLearningRecords, school);
        return await db
            .Campuses.AsNoTracking()
            .Where(campus => campus.SchoolCode == school)
            .OrderByDescending(campus => campus.IsMain)
            .ThenBy(campus => campus.Name)
            .ToListAsync(cancel);
    }

    /// <summary>The same code again corrects the campus; a new main one takes the place of the old.</summary>
    public async Task<Campus> Run(
        string school,
        string code,
        CampusRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        code = code?.Trim() ?? "";
        if (code.Length is 0 or > 35)
        {
            throw new InvalidInput(
                "code",
                T.Of("Mã điểm trường có 1 đến 35 ký tự.", "A campus code has 1 to 35 characters.")
            );
        }
        if (request.Name?.Trim() is not { Length: > 0 and <= 200 } name)
        {
            throw new InvalidInput(
                "name",
                T.Of(
                    "Tên điểm trường có 1 đến 200 ký tự.",
                    "A campus name has 1 to 200 characters."
                )
            );
        }
        if (
            request.CommuneCode is { } commune
            && !(commune.Length == 5 && commune.All(char.IsAsciiDigit))
        )
        {
            throw new InvalidInput(
                "communeCode",
                T.Of("Mã xã có 5 chữ số.", "A commune code has 5 digits.")
            );
        }
        if (!await db.Schools.AnyAsync(known => known.Code == school, cancel))
        {
            throw new NotFound($"School {school}");
        }
        var campuses = await db
            .Campuses.Where(known => known.SchoolCode == school)
            .ToListAsync(cancel);
        var campus = campuses.Find(known => known.Code == code);
        if (campus is null)
        {
            campus = new Campus
            {
                SchoolCode = school,
                Code = code,
                Name = name,
            };
            db.Campuses.Add(campus);
        }
        campus.Name = name;
        campus.CommuneCode = request.CommuneCode;
        if (request.IsMain)
        {
            campuses.ForEach(other => other.IsMain = false);
        }
        campus.IsMain = request.IsMain;
        await db.SaveChangesAsync(cancel);
        return campus;
    }

    public async Task Place(Guid classId, string? campus, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        if (
            campus is not null
            && !await db.Campuses.AnyAsync(
                known => known.SchoolCode == schoolClass.SchoolCode && known.Code == campus,
                cancel
            )
        )
        {
            throw new InvalidInput(
                "campus",
                T.Of(
                    $"Trường không có điểm trường {campus}.",
                    $"The school has no campus {campus}."
                )
            );
        }
        schoolClass.CampusCode = campus;
        await db.SaveChangesAsync(cancel);
    }
}
