using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="Status">What holds now, 01–12; present or not.</param>
public sealed record ClassMember(
    CitizenId Student,
    string Code,
    string Name,
    PartialDate? BirthDate,
    Sex Sex,
    EnrolmentStatus Status,
    DateOnly Since
);

public sealed record ClassSubjectView(
    string Code,
    string Name,
    AssessmentKind Kind,
    IReadOnlyList<string> Teachers,
    bool MayWrite,
    IReadOnlyList<int> PublishedTerms,
    IReadOnlyList<int> LockedTerms
)
{
    public bool Published(int term) => PublishedTerms.Contains(term);

    public bool Locked(int term) => LockedTerms.Contains(term);
}

public sealed record ClassView(
    Guid Id,
    string Name,
    int Grade,
    int Year,
    SchoolSummary School,
    string? Homeroom,
    IReadOnlyList<ClassMember> Members,
    IReadOnlyList<ClassSubjectView> Subjects,
    bool MayManage,
    bool MayJudgeConduct
);

/// <summary>One class: its pupils in the order of the register, its subjects and who teaches them.</summary>
public sealed class ViewClass(LearningRecordsDb db, SchoolAccess access, IAudit audit) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/classes/{id:guid}",
                (Guid id, ViewClass feature, CancellationToken cancel) => feature.Run(id, cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    public async Task<ClassView> Run(Guid id, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(id, Permission.ReadLearningRecords, cancel);
        var school = await db.Schools.FirstAsync(
            known => known.Code == schoolClass.SchoolCode,
            cancel
        );
        var teachers = await db
            .Teachers.Where(teacher => teacher.SchoolCode == school.Code)
            .ToDictionaryAsync(teacher => teacher.Id, teacher => teacher.FullName, cancel);
        var gradebooks = await (
            from subject in db.ClassSubjects
            join gradebook in db.Gradebooks on subject.Id equals gradebook.ClassSubjectId
            where subject.ClassId == id
            orderby gradebook.Term
            select new
            {
                subject.Subject,
                gradebook.Term,
                gradebook.PublishedAt,
                gradebook.LockedAt,
            }
        ).ToListAsync(cancel);
        var bySubject = gradebooks.ToLookup(gradebook => gradebook.Subject);
        var subjects = new List<ClassSubjectView>();
        foreach (var subject in schoolClass.Subjects.InCatalogueOrder())
        {
            subjects.Add(
                new(
                    subject.Subject,
                    subject.Name,
                    subject.Kind,
                    [
                        .. subject
                            .Assignments.Where(assignment => assignment.Until is null)
                            .Select(assignment => teachers[assignment.TeacherId]),
                    ],
                    await access.MayWriteMarks(schoolClass, subject, cancel),
                    [
                        .. bySubject[subject.Subject]
                            .Where(book => book.PublishedAt is not null)
                            .Select(book => book.Term),
                    ],
                    [
                        .. bySubject[subject.Subject]
                            .Where(book => book.LockedAt is not null)
                            .Select(book => book.Term),
                    ]
                )
            );
        }
        var members = await Members(id, cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"Class/{id}",
                [.. members.Select(member => member.Student.ToString())]
            ),
            cancel
        );
        return new(
            id,
            schoolClass.Name,
            schoolClass.Grade,
            schoolClass.Year,
            new(school.Code, school.Name),
            schoolClass.HomeroomTeacherId is { } homeroom ? teachers[homeroom] : null,
            members,
            subjects,
            access.May(Permission.ManageSchool, school.Code),
            await access.MayWriteConduct(schoolClass, cancel)
        );
    }

    private async Task<List<ClassMember>> Members(Guid id, CancellationToken cancel)
    {
        var rows = await (
            from enrolment in db.Enrolments
            where enrolment.ClassId == id && enrolment.Until == null
            join student in db.Students on enrolment.StudentId equals student.Id
            select new { student, enrolment }
        ).ToListAsync(cancel);
        return
        [
            .. rows.Select(row => new ClassMember(
                    row.student.Id,
                    row.student.Code,
                    row.student.FullName,
                    row.student.BirthDate,
                    row.student.Sex,
                    row.enrolment.Status,
                    row.enrolment.From
                ))
                .OrderByDescending(member => member.Status.IsPresent())
                .ThenBy(member => member.Name, VietnameseNames.Order),
        ];
    }
}
