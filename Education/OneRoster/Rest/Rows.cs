using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

// What the database is asked for: flat rows over our tables, one kind for each thing of OneRoster. Where two of our tables make one
// thing (a homeroom class and a class in a subject; pupils and teachers) they are joined by UNION ALL, whose columns must be of one
// type on both sides: a column that one side lacks is the null of a left join that never matches.

public sealed class OrgRow
{
    public required School School { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class SessionRow
{
    public required string School { get; init; }
    public required int Year { get; init; }

    /// <summary>0 for the year itself, 1 and 2 for its terms.</summary>
    public required int Number { get; init; }
    public required DateOnly Starts { get; init; }
    public required DateOnly Ends { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class ClassRow
{
    /// <summary>Of the homeroom class, or of the subject in it.</summary>
    public required Guid Id { get; init; }
    public required Guid Homeroom { get; init; }
    public required string Name { get; init; }
    public required string School { get; init; }
    public required int Year { get; init; }
    public required int Grade { get; init; }

    /// <summary>Null for the homeroom class itself.</summary>
    public required string? Subject { get; init; }
    public required string? SubjectName { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class CourseRow
{
    public required string School { get; init; }
    public required int Year { get; init; }
    public required int Grade { get; init; }
    public required string? Subject { get; init; }
    public required string? SubjectName { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class UserRow
{
    public required CitizenId? Student { get; init; }
    public required Guid? Teacher { get; init; }
    public required string FullName { get; init; }
    public required string? Code { get; init; }
    public required string School { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class EnrollmentRow
{
    /// <summary>Of a pupil's row; null for a teacher's.</summary>
    public required Guid? Enrolment { get; init; }

    /// <summary>Of a subject teacher's row; null for a pupil's and a homeroom teacher's.</summary>
    public required Guid? Assignment { get; init; }
    public required CitizenId? Student { get; init; }
    public required Guid? Teacher { get; init; }
    public required Guid Class { get; init; }
    public required Guid Homeroom { get; init; }
    public required string School { get; init; }
    public required DateOnly Begin { get; init; }
    public required DateOnly? End { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class DemographicsRow
{
    public required CitizenId Student { get; init; }
    public required PartialDate? BirthDate { get; init; }
    public required Sex Sex { get; init; }
    public required string? Ethnicity { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class LineItemRow
{
    public required Guid Id { get; init; }
    public required ColumnKind Kind { get; init; }
    public required int Number { get; init; }
    public required string? Title { get; init; }
    public required Guid Class { get; init; }
    public required Guid Homeroom { get; init; }
    public required string Subject { get; init; }
    public required string SubjectName { get; init; }
    public required AssessmentKind Assessment { get; init; }
    public required string School { get; init; }
    public required int Year { get; init; }
    public required int Term { get; init; }
    public required DateOnly Starts { get; init; }
    public required DateOnly Ends { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class ResultRow
{
    public required CitizenId Student { get; init; }
    public required Guid LineItem { get; init; }
    public required Guid Class { get; init; }
    public required Guid Homeroom { get; init; }
    public required MarkValue Value { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public sealed class ScoreScaleRow
{
    public required Guid Class { get; init; }
    public required string SubjectName { get; init; }
    public required string School { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
}

public static class Rows
{
    public static IQueryable<OrgRow> Orgs(LearningRecordsDb db) =>
        db.Schools.Select(school => new OrgRow
        {
            School = school,
            ChangedAt = EF.Property<DateTimeOffset>(school, LearningRecordsDb.ChangedAt),
        });

    public static IQueryable<SessionRow> Sessions(LearningRecordsDb db) =>
        db
            .SchoolYears.Select(year => new SessionRow
            {
                School = year.SchoolCode,
                Year = year.Year,
                Number = 0,
                Starts = year.Starts,
                Ends = year.Ends,
                ChangedAt = EF.Property<DateTimeOffset>(year, LearningRecordsDb.ChangedAt),
            })
            .Concat(
                db.Terms.Select(term => new SessionRow
                {
                    School = term.SchoolCode,
                    Year = term.Year,
                    Number = term.Number,
                    Starts = term.Starts,
                    Ends = term.Ends,
                    ChangedAt = EF.Property<DateTimeOffset>(term, LearningRecordsDb.ChangedAt),
                })
            );

    public static IQueryable<ClassRow> Classes(LearningRecordsDb db) =>
        (
            from schoolClass in db.Classes
            from none in db
                .ClassSubjects.Where(never =>
                    never.ClassId == schoolClass.Id && never.Id == Guid.Empty
                )
                .DefaultIfEmpty()
            select new ClassRow
            {
                Id = schoolClass.Id,
                Homeroom = schoolClass.Id,
                Name = schoolClass.Name,
                School = schoolClass.SchoolCode,
                Year = schoolClass.Year,
                Grade = schoolClass.Grade,
                Subject = none!.Subject,
                SubjectName = none!.Name,
                ChangedAt = EF.Property<DateTimeOffset>(schoolClass, LearningRecordsDb.ChangedAt),
            }
        ).Concat(
            from subject in db.ClassSubjects
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            select new ClassRow
            {
                Id = subject.Id,
                Homeroom = schoolClass.Id,
                Name = schoolClass.Name,
                School = schoolClass.SchoolCode,
                Year = schoolClass.Year,
                Grade = schoolClass.Grade,
                Subject = subject.Subject,
                SubjectName = subject.Name,
                ChangedAt = EF.Property<DateTimeOffset>(subject, LearningRecordsDb.ChangedAt),
            }
        );

    /// <summary>A course is a subject of a grade in a school's year; the homeroom is one too, without a subject.</summary>
    public static IQueryable<CourseRow> Courses(LearningRecordsDb db) =>
        Classes(db)
            .GroupBy(row => new
            {
                row.School,
                row.Year,
                row.Grade,
                row.Subject,
                row.SubjectName,
            })
            .Select(course => new CourseRow
            {
                School = course.Key.School,
                Year = course.Key.Year,
                Grade = course.Key.Grade,
                Subject = course.Key.Subject,
                SubjectName = course.Key.SubjectName,
                ChangedAt = course.Max(row => row.ChangedAt),
            });

    /// <summary>Pupils who are or were at a school, under the latest, and teachers.</summary>
    public static IQueryable<UserRow> Users(LearningRecordsDb db) =>
        (
            from student in db.Students
            where db.Enrolments.Any(row => row.StudentId == student.Id && row.Present)
            from none in db.Teachers.Where(never => never.Id == Guid.Empty).DefaultIfEmpty()
            select new UserRow
            {
                Student = student.Id,
                Teacher = (Guid?)none!.Id,
                FullName = student.FullName,
                Code = student.Code,
                School = db
                    .Enrolments.Where(row => row.StudentId == student.Id && row.Present)
                    .OrderByDescending(row => row.Year)
                    .ThenByDescending(row => row.From)
                    .ThenByDescending(row => row.Id)
                    .Select(row => row.SchoolCode)
                    .First(),
                ChangedAt = EF.Property<DateTimeOffset>(student, LearningRecordsDb.ChangedAt),
            }
        ).Concat(
            from teacher in db.Teachers
            from none in db.Students.Where(never => never.Code == "").DefaultIfEmpty()
            select new UserRow
            {
                Student = (CitizenId?)none!.Id,
                Teacher = teacher.Id,
                FullName = teacher.FullName,
                Code = none!.Code,
                School = teacher.SchoolCode,
                ChangedAt = EF.Property<DateTimeOffset>(teacher, LearningRecordsDb.ChangedAt),
            }
        );

    /// <summary>
    /// A pupil is in the homeroom class and in the class of each of its subjects; a teacher in the classes of the subjects taught, and
    /// a homeroom teacher in the homeroom class.
    /// </summary>
    public static IQueryable<EnrollmentRow> Enrollments(LearningRecordsDb db) =>
        (
            from enrolment in db.Enrolments
            where enrolment.Present
            join row in Classes(db) on enrolment.ClassId equals row.Homeroom
            from none in db.Assignments.Where(never => never.Id == Guid.Empty).DefaultIfEmpty()
            select new EnrollmentRow
            {
                Enrolment = enrolment.Id,
                Assignment = (Guid?)none!.Id,
                Student = enrolment.StudentId,
                Teacher = (Guid?)none!.TeacherId,
                Class = row.Id,
                Homeroom = row.Homeroom,
                School = enrolment.SchoolCode,
                Begin = enrolment.From,
                End = enrolment.Until,
                ChangedAt = EF.Property<DateTimeOffset>(enrolment, LearningRecordsDb.ChangedAt),
            }
        )
            .Concat(
                from assignment in db.Assignments
                join subject in db.ClassSubjects on assignment.ClassSubjectId equals subject.Id
                join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
                from none in db.Enrolments.Where(never => never.Id == Guid.Empty).DefaultIfEmpty()
                select new EnrollmentRow
                {
                    Enrolment = (Guid?)none!.Id,
                    Assignment = assignment.Id,
                    Student = (CitizenId?)none!.StudentId,
                    Teacher = assignment.TeacherId,
                    Class = subject.Id,
                    Homeroom = schoolClass.Id,
                    School = schoolClass.SchoolCode,
                    Begin = assignment.From,
                    End = assignment.Until,
                    ChangedAt = EF.Property<DateTimeOffset>(
                        assignment,
                        LearningRecordsDb.ChangedAt
                    ),
                }
            )
            .Concat(
                from schoolClass in db.Classes
                join year in db.SchoolYears
                    on new { schoolClass.SchoolCode, schoolClass.Year } equals new
                    {
                        year.SchoolCode,
                        year.Year,
                    }
                where schoolClass.HomeroomTeacherId != null
                from none in db.Enrolments.Where(never => never.Id == Guid.Empty).DefaultIfEmpty()
                from nobody in db
                    .Assignments.Where(never => never.Id == Guid.Empty)
                    .DefaultIfEmpty()
                select new EnrollmentRow
                {
                    Enrolment = (Guid?)none!.Id,
                    Assignment = (Guid?)nobody!.Id,
                    Student = (CitizenId?)none!.StudentId,
                    Teacher = schoolClass.HomeroomTeacherId,
                    Class = schoolClass.Id,
                    Homeroom = schoolClass.Id,
                    School = schoolClass.SchoolCode,
                    Begin = year.Starts,
                    End = none!.Until,
                    ChangedAt = EF.Property<DateTimeOffset>(
                        schoolClass,
                        LearningRecordsDb.ChangedAt
                    ),
                }
            );

    public static IQueryable<DemographicsRow> Demographics(LearningRecordsDb db) =>
        db.Students.Select(student => new DemographicsRow
        {
            Student = student.Id,
            BirthDate = student.BirthDate,
            Sex = student.Sex,
            Ethnicity = student.Ethnicity,
            ChangedAt = EF.Property<DateTimeOffset>(student, LearningRecordsDb.ChangedAt),
        });

    public static IQueryable<LineItemRow> LineItems(LearningRecordsDb db) =>
        from column in db.MarkColumns
        join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
        join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
        join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
        join term in db.Terms
            on new
            {
                schoolClass.SchoolCode,
                schoolClass.Year,
                Number = gradebook.Term,
            } equals new
            {
                term.SchoolCode,
                term.Year,
                term.Number,
            }
        select new LineItemRow
        {
            Id = column.Id,
            Kind = column.Kind,
            Number = column.Number,
            Title = column.Title,
            Class = subject.Id,
            Homeroom = schoolClass.Id,
            Subject = subject.Subject,
            SubjectName = subject.Name,
            Assessment = subject.Kind,
            School = schoolClass.SchoolCode,
            Year = schoolClass.Year,
            Term = gradebook.Term,
            Starts = term.Starts,
            Ends = term.Ends,
            ChangedAt = EF.Property<DateTimeOffset>(column, LearningRecordsDb.ChangedAt),
        };

    public static IQueryable<ResultRow> Results(LearningRecordsDb db) =>
        from mark in db.Marks
        where mark.Value != null
        join column in db.MarkColumns on mark.ColumnId equals column.Id
        join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
        join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
        select new ResultRow
        {
            Student = mark.StudentId,
            LineItem = column.Id,
            Class = subject.Id,
            Homeroom = subject.ClassId,
            Value = mark.Value!.Value,
            ChangedAt = mark.ChangedAt,
        };

    public static IQueryable<ScoreScaleRow> ScoreScales(LearningRecordsDb db) =>
        from subject in db.ClassSubjects
        where subject.Kind == AssessmentKind.Comment
        join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
        select new ScoreScaleRow
        {
            Class = subject.Id,
            SubjectName = subject.Name,
            School = schoolClass.SchoolCode,
            ChangedAt = EF.Property<DateTimeOffset>(subject, LearningRecordsDb.ChangedAt),
        };
}
