using Education.University.Programmes;
using Education.University.Registering;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.University;

/// <summary>
/// Who may do what at a university: staff in their own institution, a teacher in the own sections, a student for oneself. What is refused
/// here leaves its audit row too.
/// </summary>
public sealed class UniversityAccess(
    UniversityDb db,
    ICitizens citizens,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
)
{
    public Caller Caller => current.Caller;

    public bool May(Permission permission, string institution) =>
        access.Reaches(Caller, permission, institution);

    /// <exception cref="AccessDenied">The permission does not reach this institution.</exception>
    public ValueTask Demand(Permission permission, string institution) =>
        May(permission, institution)
            ? ValueTask.CompletedTask
            : Refuse(permission, $"University/{institution}");

    /// <summary>For who manages an institution.</summary>
    /// <exception cref="NotFound">There is no such institution.</exception>
    public async Task<Institution> Managed(string code, CancellationToken cancel)
    {
        await Demand(Permission.ManageUniversity, code);
        return await db
                .Institutions.Include(known => known.Letters)
                .FirstOrDefaultAsync(known => known.Code == code, cancel)
            ?? throw new NotFound($"University {code}");
    }

    /// <summary>Where the caller studies, latest first; empty for whoever is no student.</summary>
    public async Task<IReadOnlyList<Student>> Own(CancellationToken cancel)
    {
        if (
            Caller.Citizen is not { } me
            || access.ReachOf(Caller, Permission.RegisterCourses) is Reach.None
        )
        {
            return [];
        }
        // A person whose records were merged may have been admitted under any of them.
        var mine = (await citizens.RecordsOf(me, cancel))?.All.ToList() ?? [me];
        return await db
            .Students.AsNoTracking()
            .Where(student => mine.Contains(student.CitizenId))
            .OrderByDescending(student => student.Since)
            .ToListAsync(cancel);
    }

    /// <summary>The section, for its teacher or who manages the institution.</summary>
    /// <exception cref="AccessDenied">It is somebody else's.</exception>
    public async Task<(Section Section, UniversityTerm Term)> Taught(
        Guid id,
        CancellationToken cancel
    )
    {
        var section =
            await db.Sections.FirstOrDefaultAsync(known => known.Id == id, cancel)
            ?? throw new NotFound($"Section {id}");
        var term = await db.Terms.FirstAsync(known => known.Id == section.TermId, cancel);
        var teaches =
            May(Permission.WriteMarks, term.InstitutionCode) && section.TeacherAccount == Caller.Id;
        if (!teaches && !May(Permission.ManageUniversity, term.InstitutionCode))
        {
            await Refuse(Permission.WriteMarks, $"Section/{id}");
        }
        return (section, term);
    }

    public ValueTask Refuse(Permission permission, string what, CitizenId? student = null) =>
        audit.Refuse(Caller, permission, what, student);
}
