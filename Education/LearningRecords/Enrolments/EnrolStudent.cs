using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Enrolments;

/// <param name="Citizen">The kernel's id of the person; register the person with the kernel first.</param>
/// <param name="Code">Mã học sinh; null keeps the one the pupil has, or makes a temporary one (<c>TAM-…</c>).</param>
/// <param name="Status">Null: transferred in (02, 06 or 10 by the day) when another school had the pupil in the year, otherwise studying.</param>
/// <param name="From">First day; null for the first day of the school year, or today when that is later.</param>
public sealed record EnrolmentRequest(
    Guid Citizen,
    string? Code = null,
    EnrolmentStatus? Status = null,
    DateOnly? From = null
);

/// <summary>
/// Puts a citizen into a class, as pupil of the school for the year. The person is the kernel's; a pupil who is still at another
/// school must leave it first.
/// </summary>
public sealed class EnrolStudent(
    LearningRecordsDb db,
    SchoolAccess access,
    ICitizens citizens,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/students",
                async (
                    Guid id,
                    EnrolmentRequest request,
                    EnrolStudent feature,
                    CancellationToken cancel
                ) =>
                {
                    var student = await feature.Run(id, request, cancel);
                    return Results.Created(
                        $"/education/students/{student.Id}",
                        new { Id = student.Id.Value, student.Code }
                    );
                }
            )
            .Requires(Permission.ManageSchool);

    public async Task<Student> Run(
        Guid classId,
        EnrolmentRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        if (request.Status?.IsPresent() == false)
        {
            throw new InvalidInput("status", "A pupil enters with a status of being at school.");
        }
        var citizen =
            await citizens.Find(new CitizenId(request.Citizen), cancel)
            ?? throw new InvalidInput("citizen", "No such person is registered.");
        // A pupil whose records were merged may be enrolled under any of them.
        var ids = (await citizens.RecordsOf(citizen.Id, cancel))!.All.ToList();
        var open = await db
            .Enrolments.Where(enrolment =>
                ids.Contains(enrolment.StudentId)
                && enrolment.Year == schoolClass.Year
                && enrolment.Until == null
            )
            .ToListAsync(cancel);
        if (open.Find(enrolment => enrolment.Present) is { } present)
        {
            throw new Conflict(
                present.SchoolCode == schoolClass.SchoolCode
                    ? "The pupil is in a class of this school already; change the class instead."
                    : $"The pupil is still at school {present.SchoolCode}, which must record the transfer out first."
            );
        }
        var from = request.From ?? await DefaultStart(schoolClass, cancel);
        var status =
            request.Status
            ?? (
                open.Exists(row => row.SchoolCode != schoolClass.SchoolCode)
                    ? EnrolmentMove.Arrive.In(await db.PeriodOf(schoolClass, from, cancel))
                    : EnrolmentStatus.Studying
            );
        var student = await StudentOf(citizen, ids, request.Code, cancel);
        try
        {
            await Enrolment.Replace(
                db,
                open.Find(row => row.SchoolCode == schoolClass.SchoolCode),
                Enrolment.Of(student.Id, schoolClass, status, from),
                cancel
            );
        }
        catch (DbUpdateException)
        {
            throw new Conflict("The pupil was enrolled by someone else at the same moment.");
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(AuditAction.Create, $"Class/{classId}", [student.Id.ToString()]),
            cancel
        );
        return student;
    }

    private async Task<DateOnly> DefaultStart(
        Schools.SchoolClass schoolClass,
        CancellationToken cancel
    )
    {
        var starts = await db
            .SchoolYears.Where(year =>
                year.SchoolCode == schoolClass.SchoolCode && year.Year == schoolClass.Year
            )
            .Select(year => year.Starts)
            .FirstAsync(cancel);
        var today = clock.Today();
        return today > starts ? today : starts;
    }

    private async Task<Student> StudentOf(
        Citizen citizen,
        List<CitizenId> ids,
        string? code,
        CancellationToken cancel
    )
    {
        var student = await db
            .Students.Where(known => ids.Contains(known.Id))
            .OrderByDescending(known => known.Id == citizen.Id)
            .FirstOrDefaultAsync(cancel);
        if (student is null)
        {
            student = new Student
            {
                Id = citizen.Id,
                Code = code ?? Student.TemporaryCode(citizen.Id),
                FullName = citizen.Details.FullName,
            };
            db.Students.Add(student);
        }
        student.Code = code ?? student.Code;
        student.Follow(citizen);
        if (
            await db.Students.AnyAsync(
                other => other.Code == student.Code && other.Id != student.Id,
                cancel
            )
        )
        {
            throw new Conflict($"Another pupil has the code {student.Code}.");
        }
        return student;
    }
}
