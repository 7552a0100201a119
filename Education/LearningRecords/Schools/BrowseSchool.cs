using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="Mine">Subjects of this class that the caller is assigned to.</param>
public sealed record ClassSummary(
    Guid Id,
    string Name,
    int Grade,
    string? Homeroom,
    int Pupils,
    IReadOnlyList<TaughtSubject> Mine,
    string? Campus = null
);

public sealed record TaughtSubject(string Code, string Name);

public sealed record SchoolSummary(string Code, string Name);

/// <param name="Others">Schools to choose from, for a caller who sees more than one.</param>
/// <param name="Term">The term that today lies in; 1 when none.</param>
public sealed record SchoolView(
    SchoolSummary? School,
    int Year,
    int Term,
    IReadOnlyList<int> Years,
    IReadOnlyList<ClassSummary> Classes,
    IReadOnlyList<SchoolSummary> Others,
    bool MayManage
);

/// <summary>The classes of the caller's school in a school year.</summary>
public sealed class BrowseSchool(LearningRecordsDb db, SchoolAccess access, TimeProvider clock)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/classes",
                (string? school, int? year, BrowseSchool feature, CancellationToken cancel) =>
                    feature.Run(school, year, cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    /// <param name="school">Null for the caller's own school, or the first one when the caller sees all.</param>
    /// <param name="year">Null for the latest.</param>
    public async Task<SchoolView> Run(
        string? school = null,
        int? year = null,
        CancellationToken cancel = default
    )
    {
        var schools = access.SeesAllSchools
            ? await db
                .Schools.OrderBy(known => known.Name)
                .Take(200)
                .Select(known => new SchoolSummary(known.Code, known.Name))
                .ToListAsync(cancel)
            : [];
        var code = school ?? access.Caller.Organisation ?? schools.FirstOrDefault()?.Code ?? "";
        await access.Demand(Permission.ReadLearningRecords, code);
        var found = await db
            .Schools.Where(known => known.Code == code)
            .Select(known => new SchoolSummary(known.Code, known.Name))
            .FirstOrDefaultAsync(cancel);
        var years = await db
            .SchoolYears.Where(known => known.SchoolCode == code)
            .OrderByDescending(known => known.Year)
            .Select(known => known.Year)
            .ToListAsync(cancel);
        var shown = year ?? years.FirstOrDefault(clock.Today().Year);
        return new(
            found,
            shown,
            await TermOf(code, shown, cancel),
            years,
            await ClassesOf(code, shown, cancel),
            schools,
            access.May(Permission.ManageSchool, code)
        );
    }

    private async Task<int> TermOf(string school, int year, CancellationToken cancel)
    {
        var today = clock.Today();
        var second = await db.Terms.AnyAsync(
            term =>
                term.SchoolCode == school
                && term.Year == year
                && term.Number == 2
                && term.Starts <= today,
            cancel
        );
        return second ? 2 : 1;
    }

    private async Task<List<ClassSummary>> ClassesOf(
        string school,
        int year,
        CancellationToken cancel
    )
    {
        var today = clock.Today();
        var account = access.Caller.Id;
        var classes = await db
            .Classes.Where(known => known.SchoolCode == school && known.Year == year)
            .Select(known => new
            {
                known.Id,
                known.Name,
                known.Grade,
                known.CampusCode,
                Homeroom = db
                    .Teachers.Where(teacher => teacher.Id == known.HomeroomTeacherId)
                    .Select(teacher => teacher.FullName)
                    .FirstOrDefault(),
                Pupils = db.Enrolments.Count(enrolment =>
                    enrolment.ClassId == known.Id && enrolment.Present && enrolment.Until == null
                ),
            })
            .ToListAsync(cancel);
        var mine = await (
            from schoolClass in db.Classes
            where schoolClass.SchoolCode == school && schoolClass.Year == year
            join subject in db.ClassSubjects on schoolClass.Id equals subject.ClassId
            join assignment in db.Assignments on subject.Id equals assignment.ClassSubjectId
            join teacher in db.Teachers on assignment.TeacherId equals teacher.Id
            where
                teacher.AccountId == account
                && assignment.From <= today
                && (assignment.Until == null || assignment.Until >= today)
            select new
            {
                schoolClass.Id,
                subject.Subject,
                subject.Name,
            }
        ).ToListAsync(cancel);
        return
        [
            .. classes
                .OrderBy(known => known.Grade)
                .ThenBy(known => known.Name, StringComparer.Ordinal)
                .Select(known => new ClassSummary(
                    known.Id,
                    known.Name,
                    known.Grade,
                    known.Homeroom,
                    known.Pupils,
                    [
                        .. mine.Where(subject => subject.Id == known.Id)
                            .Select(subject => new TaughtSubject(subject.Subject, subject.Name)),
                    ],
                    known.CampusCode
                )),
        ];
    }
}
