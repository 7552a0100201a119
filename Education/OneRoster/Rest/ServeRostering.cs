using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.OneRoster.Rest;

/// <summary>The rostering service of OneRoster 1.2: schools, their years, classes, people and who is where.</summary>
public sealed class ServeRostering : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        Things(new OneRosterRoutes(routes, OpenApiDocument.Rostering));

    private static void Things(OneRosterRoutes service)
    {
        service
            .Many("/academicSessions", Kinds.Sessions)
            .One("/academicSessions", Kinds.Sessions)
            .Many("/terms", Kinds.Sessions, only: row => row.Number > 0)
            .One("/terms", Kinds.Sessions, only: row => row.Number > 0)
            // A term is not divided further here.
            .Many("/gradingPeriods", Kinds.Sessions, only: row => false)
            .One("/gradingPeriods", Kinds.Sessions, only: row => false)
            .Many("/orgs", Kinds.Orgs)
            .One("/orgs", Kinds.Orgs)
            .Many("/schools", Kinds.Orgs)
            .One("/schools", Kinds.Orgs)
            .Many("/courses", Kinds.Courses)
            .One("/courses", Kinds.Courses)
            .Many("/classes", Kinds.Classes)
            .One("/classes", Kinds.Classes)
            .Many("/users", Kinds.Users)
            .One("/users", Kinds.Users)
            .Many("/students", Kinds.Users, only: row => row.Student != null)
            .One("/students", Kinds.Users, only: row => row.Student != null)
            .Many("/teachers", Kinds.Users, only: row => row.Teacher != null)
            .One("/teachers", Kinds.Users, only: row => row.Teacher != null)
            .Many("/enrollments", Kinds.Enrollments)
            .One("/enrollments", Kinds.Enrollments)
            .Many("/demographics", Kinds.Demographics)
            .One("/demographics", Kinds.Demographics);
        Nested(service);
    }

    private static void Nested(OneRosterRoutes service)
    {
        service
            .Within(
                "/schools/{schoolSourcedId}/classes",
                Kinds.Classes,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school;
                },
                School
            )
            .Within(
                "/schools/{schoolSourcedId}/courses",
                Kinds.Courses,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school;
                },
                School
            )
            .Within(
                "/schools/{schoolSourcedId}/enrollments",
                Kinds.Enrollments,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school;
                },
                School
            )
            .Within(
                "/schools/{schoolSourcedId}/students",
                Kinds.Users,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school && row.Student != null;
                },
                School
            )
            .Within(
                "/schools/{schoolSourcedId}/teachers",
                Kinds.Users,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school && row.Teacher != null;
                },
                School
            )
            .Within(
                "/schools/{schoolSourcedId}/terms",
                Kinds.Sessions,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school && row.Number > 0;
                },
                School
            )
            .Within(
                "/courses/{courseSourcedId}/classes",
                Kinds.Classes,
                (_, part) => Kinds.OfCourse(part("courseSourcedId")),
                (read, part, cancel) =>
                    read.DemandParent(Kinds.Courses, part("courseSourcedId"), cancel)
            )
            .Within(
                "/terms/{termSourcedId}/classes",
                Kinds.Classes,
                (_, part) =>
                    Refs.ReadSession(part("termSourcedId")) is { } term
                        ? row => row.School == term.School && row.Year == term.Year
                        : null,
                Term
            )
            .Within(
                "/terms/{termSourcedId}/gradingPeriods",
                Kinds.Sessions,
                (_, _) => row => false,
                Term
            );
        Members(service);
        ClassesOf(service);
    }

    /// <summary>Of a class, with and without its school in front.</summary>
    private static void Members(OneRosterRoutes service)
    {
        foreach (var before in new[] { "", "/schools/{schoolSourcedId}" })
        {
            Func<ReadOneRoster, Func<string, string>, CancellationToken, Task> parents =
                before.Length == 0
                    ? (read, part, cancel) =>
                        read.DemandParent(Kinds.Classes, part("classSourcedId"), cancel)
                    : ClassOfSchool;
            service
                .Within(
                    before + "/classes/{classSourcedId}/students",
                    Kinds.Users,
                    (db, part) =>
                        Guid.TryParse(part("classSourcedId"), out var id)
                            ? row =>
                                db.Enrolments.Any(known =>
                                    known.Present
                                    && known.Until == null
                                    && known.StudentId == row.Student
                                    && (
                                        known.ClassId == id
                                        || db.ClassSubjects.Any(subject =>
                                            subject.Id == id && subject.ClassId == known.ClassId
                                        )
                                    )
                                )
                            : null,
                    parents
                )
                .Within(
                    before + "/classes/{classSourcedId}/teachers",
                    Kinds.Users,
                    (db, part) =>
                        Guid.TryParse(part("classSourcedId"), out var id)
                            ? row =>
                                db.Assignments.Any(known =>
                                    known.TeacherId == row.Teacher
                                    && known.Until == null
                                    && known.ClassSubjectId == id
                                )
                                || db.Classes.Any(known =>
                                    known.Id == id && known.HomeroomTeacherId == row.Teacher
                                )
                            : null,
                    parents
                );
        }
        service.Within(
            "/schools/{schoolSourcedId}/classes/{classSourcedId}/enrollments",
            Kinds.Enrollments,
            (_, part) =>
                Guid.TryParse(part("classSourcedId"), out var id) ? row => row.Class == id : null,
            ClassOfSchool
        );
    }

    private static void ClassesOf(OneRosterRoutes service)
    {
        foreach (var role in new[] { "student", "teacher", "user" })
        {
            var parameter = role + "SourcedId";
            service.Within(
                $"/{role}s/{{{parameter}}}/classes",
                Kinds.Classes,
                (db, part) =>
                {
                    if (!Guid.TryParse(part(parameter), out var id))
                    {
                        return null;
                    }
                    var student = new CitizenId(id);
                    return row =>
                        db.Enrolments.Any(known =>
                            known.StudentId == student
                            && known.Present
                            && known.Until == null
                            && known.ClassId == row.Homeroom
                        )
                        || db.Assignments.Any(known =>
                            known.TeacherId == id
                            && known.Until == null
                            && known.ClassSubjectId == row.Id
                        )
                        || db.Classes.Any(known =>
                            known.Id == row.Id && known.HomeroomTeacherId == id
                        );
                },
                (read, part, cancel) => read.DemandParent(Kinds.Users, part(parameter), cancel)
            );
        }
    }

    private static Task School(
        ReadOneRoster read,
        Func<string, string> part,
        CancellationToken cancel
    ) => read.DemandParent(Kinds.Orgs, part("schoolSourcedId"), cancel);

    private static Task Term(
        ReadOneRoster read,
        Func<string, string> part,
        CancellationToken cancel
    ) => read.DemandParent(Kinds.Sessions, part("termSourcedId"), cancel);

    private static async Task ClassOfSchool(
        ReadOneRoster read,
        Func<string, string> part,
        CancellationToken cancel
    )
    {
        await School(read, part, cancel);
        await read.DemandParent(Kinds.Classes, part("classSourcedId"), cancel);
    }
}
