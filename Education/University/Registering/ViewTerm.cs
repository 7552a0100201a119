using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Registering;

public sealed record SectionSummary(
    Guid Id,
    string Course,
    string Name,
    int Credits,
    string Number,
    IReadOnlyList<SectionSlot> Slots,
    string? Teacher,
    string? Room,
    int Capacity,
    int Taken,
    int Waiting,
    DateTimeOffset? PublishedAt
);

public sealed record TermSummary(
    int Year,
    int Number,
    DateOnly Starts,
    DateOnly Ends,
    DateTimeOffset Opens,
    DateTimeOffset Closes
);

public sealed record UniversityName(string Code, string Name);

public sealed record StudentName(Guid Id, string Code, string Name);

/// <param name="Term">The one that is shown; null while none is planned.</param>
public sealed record TermView(
    UniversityName University,
    IReadOnlyList<UniversityName> Others,
    IReadOnlyList<TermSummary> Terms,
    TermSummary? Term,
    IReadOnlyList<SectionSummary> Sections,
    IReadOnlyList<UniversityName> Courses,
    IReadOnlyList<StudentName> Students
);

/// <summary>A term's sections with their seats for who manages the university, and a teacher's own sections.</summary>
public sealed class ViewTerm(UniversityDb db, UniversityAccess access, IAudit audit) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/university-terms",
                (
                    string? university,
                    int? year,
                    int? number,
                    ViewTerm feature,
                    CancellationToken cancel
                ) => feature.Run(university, year, number, cancel)
            )
            .Requires(Permission.ManageUniversity);
        routes
            .MapGet(
                "/education/my-sections",
                (ViewTerm feature, CancellationToken cancel) => feature.Mine(cancel)
            )
            .Requires(Permission.WriteMarks);
    }

    /// <param name="university">Null for the first that the caller reaches.</param>
    /// <param name="year">Null, with <paramref name="number"/>, for the latest term.</param>
    /// <exception cref="NotFound">The caller reaches no university.</exception>
    public async Task<TermView> Run(
        string? university,
        int? year,
        int? number,
        CancellationToken cancel = default
    )
    {
        var reached = (
            await db
                .Institutions.OrderBy(one => one.Name)
                .Select(one => new UniversityName(one.Code, one.Name))
                .ToListAsync(cancel)
        )
            .Where(one => access.May(Permission.ManageUniversity, one.Code))
            .ToList();
        if (university is not null)
        {
            await access.Demand(Permission.ManageUniversity, university);
        }
        var shown =
            reached.Find(one => university is null || one.Code == university)
            ?? throw new NotFound("University");
        var terms = await db
            .Terms.AsNoTracking()
            .Where(term => term.InstitutionCode == shown.Code)
            .OrderByDescending(term => term.Year)
            .ThenByDescending(term => term.Number)
            .ToListAsync(cancel);
        var term = terms.Find(one => year is null || (one.Year == year && one.Number == number));
        var courses = await db
            .Courses.Where(course => course.InstitutionCode == shown.Code)
            .OrderBy(course => course.Code)
            .Select(course => new UniversityName(course.Code, course.Name))
            .ToListAsync(cancel);
        var students = await db
            .Students.Where(student => student.InstitutionCode == shown.Code)
            .OrderBy(student => student.Code)
            .Take(200)
            .Select(student => new
            {
                Line = new StudentName(student.Id, student.Code, student.FullName),
                student.CitizenId,
            })
            .ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"University/{shown.Code}/students",
                [.. students.Select(student => student.CitizenId.ToString())]
            ),
            cancel
        );
        return new(
            shown,
            reached,
            [.. terms.Select(Summary)],
            term is null ? null : Summary(term),
            term is null
                ? []
                : await Sections(db.Sections.Where(section => section.TermId == term.Id), cancel),
            courses,
            [.. students.Select(student => student.Line)]
        );
    }

    /// <summary>The sections that the caller teaches, the unpublished ones first.</summary>
    public Task<IReadOnlyList<SectionSummary>> Mine(CancellationToken cancel = default)
    {
        var account = access.Caller.Id;
        return Sections(db.Sections.Where(section => section.TeacherAccount == account), cancel);
    }

    private async Task<IReadOnlyList<SectionSummary>> Sections(
        IQueryable<Section> which,
        CancellationToken cancel
    )
    {
        var sections = await which
            .AsNoTracking()
            .Include(section => section.Slots)
            .ToListAsync(cancel);
        var ids = sections.Select(section => section.CourseId).Distinct().ToList();
        var courses = await db
            .Courses.AsNoTracking()
            .Where(course => ids.Contains(course.Id))
            .ToDictionaryAsync(course => course.Id, cancel);
        return
        [
            .. sections
                .Select(section => new SectionSummary(
                    section.Id,
                    courses[section.CourseId].Code,
                    courses[section.CourseId].Name,
                    courses[section.CourseId].Credits,
                    section.Number,
                    [.. section.Slots.OrderBy(slot => slot.Day).ThenBy(slot => slot.First)],
                    section.TeacherName,
                    section.Room,
                    section.Capacity,
                    section.Taken,
                    section.Waiting,
                    section.PublishedAt
                ))
                .OrderBy(section => section.PublishedAt is not null)
                .ThenBy(section => section.Course, StringComparer.Ordinal)
                .ThenBy(section => section.Number, StringComparer.Ordinal),
        ];
    }

    private static TermSummary Summary(UniversityTerm term) =>
        new(term.Year, term.Number, term.Starts, term.Ends, term.Opens, term.Closes);
}
