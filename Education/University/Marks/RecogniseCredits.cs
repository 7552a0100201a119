using Education.University.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Marks;

/// <param name="Courses">Codes of courses of the student's programme that what was learnt elsewhere stands for.</param>
/// <param name="Evidence">Where it was passed, and the decision's number.</param>
public sealed record RecognitionRequest(IReadOnlyList<string> Courses, string Evidence);

/// <summary>Recognises credits of elsewhere, at most half of the programme (article 13): the courses get the letter R.</summary>
public sealed class RecogniseCredits(
    UniversityDb db,
    UniversityAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/university-students/{student:guid}/recognised",
                async (
                    Guid student,
                    RecognitionRequest request,
                    RecogniseCredits feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(student, request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="Conflict">It would be more than half of the programme.</exception>
    public async Task Run(
        Guid studentId,
        RecognitionRequest request,
        CancellationToken cancel = default
    )
    {
        var student =
            await db.Students.FirstOrDefaultAsync(known => known.Id == studentId, cancel)
            ?? throw new NotFound($"Student {studentId}");
        await access.Demand(Permission.ManageUniversity, student.InstitutionCode);
        if (string.IsNullOrWhiteSpace(request.Evidence) || request.Evidence.Length > 200)
        {
            throw new InvalidInput(
                "evidence",
                T.Of(
                    "Ghi nơi đã học và số quyết định, nhiều nhất 200 ký tự.",
                    "Say where it was passed and by which decision, in at most 200 characters."
                )
            );
        }
        // One clerk at a time: two halves recognised at once would be a whole.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await db
            .Programmes.Where(one => one.Id == student.ProgrammeId)
            .ExecuteUpdateAsync(set => set.SetProperty(one => one.Name, one => one.Name), cancel);
        var programme = await db
            .Programmes.AsNoTracking()
            .Include(one => one.Courses)
            .FirstAsync(one => one.Id == student.ProgrammeId, cancel);
        var ids = programme.Courses.Select(one => one.CourseId).ToList();
        var courses = await db
            .Courses.AsNoTracking()
            .Where(course => ids.Contains(course.Id))
            .ToListAsync(cancel);
        var before = await db
            .RecognisedCourses.Where(one => one.StudentId == studentId)
            .Select(one => one.CourseId)
            .ToListAsync(cancel);
        var wanted = request
            .Courses.Distinct()
            .Select(code =>
                courses.Find(course => course.Code == code)
                ?? throw new InvalidInput(
                    "courses",
                    T.Of(
                        $"Chương trình không có học phần {code}.",
                        $"The programme has no course {code}."
                    )
                )
            )
            .Where(course => !before.Contains(course.Id))
            .ToList();
        var credits =
            wanted.Sum(course => course.Credits)
            + courses.Where(course => before.Contains(course.Id)).Sum(course => course.Credits);
        GraduationAudit.CheckRecognition(RuleSet.On(clock.Today()), programme.Credits, credits);
        db.RecognisedCourses.AddRange(
            wanted.Select(course => new RecognisedCourse
            {
                StudentId = studentId,
                CourseId = course.Id,
                Evidence = request.Evidence.Trim(),
                At = clock.GetUtcNow(),
                By = access.Caller.Name,
            })
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Create,
                $"UniversityStudent/{studentId}/recognised",
                [student.CitizenId.ToString()]
            ),
            cancel
        );
    }
}
