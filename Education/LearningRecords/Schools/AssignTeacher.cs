using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="AccountId">Account the teacher signs in with; null when there is none yet.</param>
public sealed record TeacherRequest(string FullName, string? AccountId = null);

/// <param name="Subjects">Codes of the subjects taught to the class; empty when only homeroom teacher.</param>
public sealed record AssignmentRequest(
    Guid Teacher,
    IReadOnlyList<string> Subjects,
    bool Homeroom = false
);

/// <summary>Puts teachers before classes: who is assigned to a subject writes its marks, who is homeroom teacher judges rèn luyện.</summary>
public sealed class AssignTeacher(LearningRecordsDb db, SchoolAccess access, TimeProvider clock)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/education/schools/{school}/teachers",
                async (
                    string school,
                    TeacherRequest request,
                    AssignTeacher feature,
                    CancellationToken cancel
                ) =>
                {
                    var teacher = await feature.Register(school, request, cancel);
                    return Results.Created($"/education/teachers/{teacher.Id}", teacher);
                }
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPost(
                "/education/classes/{id:guid}/assignments",
                async (
                    Guid id,
                    AssignmentRequest request,
                    AssignTeacher feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
    }

    public async Task<Teacher> Register(
        string school,
        TeacherRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        if (string.IsNullOrWhiteSpace(request.FullName))
        {
            throw new InvalidInput("fullName", "A teacher has a name.");
        }
        if (!await db.Schools.AnyAsync(known => known.Code == school, cancel))
        {
            throw new NotFound($"School {school}");
        }
        var teacher = new Teacher
        {
            SchoolCode = school,
            FullName = request.FullName.Trim(),
            AccountId = request.AccountId,
        };
        db.Teachers.Add(teacher);
        await db.SaveChangesAsync(cancel);
        return teacher;
    }

    public async Task Run(
        Guid classId,
        AssignmentRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ManageSchool, cancel);
        var known = await db.Teachers.AnyAsync(
            teacher =>
                teacher.Id == request.Teacher && teacher.SchoolCode == schoolClass.SchoolCode,
            cancel
        );
        if (!known)
        {
            throw new InvalidInput("teacher", "This teacher is not of the class's school.");
        }
        foreach (var (code, i) in request.Subjects.Select((code, i) => (code, i)))
        {
            var subject =
                schoolClass.Subjects.Find(taught => taught.Subject == code)
                ?? throw new InvalidInput($"subjects[{i}]", $"The class is not taught {code}.");
            if (!subject.Assignments.Exists(a => a.TeacherId == request.Teacher && a.Until is null))
            {
                db.Assignments.Add(
                    new Assignment
                    {
                        ClassSubjectId = subject.Id,
                        TeacherId = request.Teacher,
                        From = clock.Today(),
                    }
                );
            }
        }
        if (request.Homeroom)
        {
            schoolClass.HomeroomTeacherId = request.Teacher;
        }
        await db.SaveChangesAsync(cancel);
    }
}
