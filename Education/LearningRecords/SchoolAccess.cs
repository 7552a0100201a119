using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords;

/// <summary>
/// Who may do what with a class: the permission must reach the class's school, and marks are written by the teachers assigned to
/// the subject (or whoever manages the school). What is refused here leaves its audit row too.
/// </summary>
public sealed class SchoolAccess(
    LearningRecordsDb db,
    ICitizens citizens,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
)
{
    public Caller Caller => current.Caller;

    public bool May(Permission permission, string schoolCode) =>
        access.Reaches(Caller, permission, schoolCode);

    public bool SeesAllSchools =>
        access.ReachOf(Caller, Permission.ReadLearningRecords) is Reach.All;

    /// <summary>A citizen, who sees only the own record.</summary>
    public bool SeesOwnOnly => access.ReachOf(Caller, Permission.ReadLearningRecords) is Reach.Own;

    /// <exception cref="AccessDenied">The permission does not reach this school.</exception>
    public ValueTask Demand(Permission permission, string schoolCode) =>
        May(permission, schoolCode)
            ? ValueTask.CompletedTask
            : Refuse(permission, $"School/{schoolCode}");

    public ValueTask Refuse(Permission permission, string what, CitizenId? student = null) =>
        audit.Refuse(Caller, permission, what, student);

    /// <summary>The pupil, or someone the school has stated to be the pupil's guardian.</summary>
    public async Task<bool> IsOwnOrGuardian(CitizenId student, CancellationToken cancel)
    {
        if (Caller.Citizen is not { } me)
        {
            return false;
        }
        var mine = (await citizens.RecordsOf(me, cancel))?.All.ToList() ?? [me];
        return mine.Contains(student)
            || await Care(mine).AnyAsync(guardian => guardian.StudentId == student, cancel);
    }

    /// <summary>What schools have stated of whose guardian a person is today.</summary>
    /// <param name="guardian">All records of the person: one who was registered twice is guardian under either.</param>
    public IQueryable<Guardian> Care(IReadOnlyList<CitizenId> guardian)
    {
        var today = clock.Today();
        return db.Guardians.Where(row =>
            guardian.Contains(row.CitizenId)
            && row.From <= today
            && (row.Until == null || row.Until >= today)
        );
    }

    /// <exception cref="NotFound">There is no such class.</exception>
    /// <exception cref="AccessDenied">It belongs to a school that the permission does not reach.</exception>
    public async Task<SchoolClass> Class(
        Guid id,
        Permission permission,
        CancellationToken cancel = default
    )
    {
        var schoolClass =
            await db
                .Classes.Include(found => found.Subjects)
                    .ThenInclude(subject => subject.Assignments)
                .AsSplitQuery()
                .FirstOrDefaultAsync(found => found.Id == id, cancel)
            ?? throw new NotFound($"Class {id}");
        await Demand(permission, schoolClass.SchoolCode);
        return schoolClass;
    }

    public async Task<bool> MayWriteMarks(
        SchoolClass schoolClass,
        ClassSubject subject,
        CancellationToken cancel = default
    )
    {
        if (!May(Permission.WriteMarks, schoolClass.SchoolCode))
        {
            return false;
        }
        if (subject.Kind is AssessmentKind.Trait)
        {
            return await MayWriteConduct(schoolClass, cancel);
        }
        var today = clock.Today();
        var teachers = subject
            .Assignments.Where(assignment =>
                assignment.From <= today && (assignment.Until is null || assignment.Until >= today)
            )
            .Select(assignment => assignment.TeacherId)
            .ToList();
        return May(Permission.ManageSchool, schoolClass.SchoolCode)
            || await IsOneOf(teachers, cancel);
    }

    /// <exception cref="AccessDenied">The caller is not assigned to the subject in this class.</exception>
    public async Task DemandMarks(
        SchoolClass schoolClass,
        ClassSubject subject,
        CancellationToken cancel = default
    )
    {
        if (!await MayWriteMarks(schoolClass, subject, cancel))
        {
            await Refuse(Permission.WriteMarks, $"Class/{schoolClass.Id}/{subject.Subject}");
        }
    }

    /// <summary>Rèn luyện and absences are the homeroom teacher's.</summary>
    public async Task<bool> MayWriteConduct(
        SchoolClass schoolClass,
        CancellationToken cancel = default
    ) =>
        May(Permission.ManageSchool, schoolClass.SchoolCode)
        || (
            May(Permission.WriteMarks, schoolClass.SchoolCode)
            && schoolClass.HomeroomTeacherId is { } homeroom
            && await IsOneOf([homeroom], cancel)
        );

    private Task<bool> IsOneOf(List<Guid> teachers, CancellationToken cancel)
    {
        var account = Caller.Id;
        return db.Teachers.AnyAsync(
            teacher => teachers.Contains(teacher.Id) && teacher.AccountId == account,
            cancel
        );
    }
}
