using System.Globalization;
using AutoMapper;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>
/// Rows to things, by ProjectTo: the database is asked for the columns that a thing needs and no more. The address of this
/// installation is a parameter, since every reference is a whole url.
/// </summary>
internal sealed class Mapping : Profile
{
    /// <summary>A temporary code of the ministry's database holds the personal ID, which goes to nobody.</summary>
    private const string TemporaryCode = "TAM-";

    public Mapping()
    {
        // Set by ProjectTo from its parameters, by name.
        string address = null!;
        CreateMap<OrgRow, Org>()
            .ForMember(org => org.SourcedId, map => map.MapFrom(row => row.School.Code))
            .ForMember(org => org.Name, map => map.MapFrom(row => row.School.Name))
            .ForMember(org => org.Identifier, map => map.MapFrom(row => row.School.Code))
            .ForMember(org => org.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<SessionRow, AcademicSession>()
            .ForMember(
                session => session.SourcedId,
                map => map.MapFrom(row => Refs.SessionId(row.School, row.Year, row.Number))
            )
            .ForMember(
                session => session.Title,
                map => map.MapFrom(row => SessionTitle(row.Year, row.Number))
            )
            .ForMember(session => session.StartDate, map => map.MapFrom(row => row.Starts))
            .ForMember(session => session.EndDate, map => map.MapFrom(row => row.Ends))
            .ForMember(
                session => session.Type,
                map => map.MapFrom(row => row.Number == 0 ? "schoolYear" : "semester")
            )
            .ForMember(
                session => session.Parent,
                map =>
                    map.MapFrom(row =>
                        row.Number == 0 ? null : Refs.Session(address, row.School, row.Year, 0)
                    )
            )
            .ForMember(
                session => session.SchoolYear,
                map => map.MapFrom(row => EndingYear(row.Year))
            )
            .ForMember(
                session => session.DateLastModified,
                map => map.MapFrom(row => row.ChangedAt)
            );
        CreateMap<ClassRow, Class>()
            .ForMember(of => of.SourcedId, map => map.MapFrom(row => Refs.Text(row.Id)))
            .ForMember(
                of => of.Title,
                map => map.MapFrom(row => ClassTitle(row.Name, row.SubjectName))
            )
            .ForMember(of => of.ClassCode, map => map.MapFrom(row => row.Name))
            .ForMember(
                of => of.ClassType,
                map => map.MapFrom(row => row.Subject == null ? "homeroom" : "scheduled")
            )
            .ForMember(of => of.Grades, map => map.MapFrom(row => Grades(row.Grade)))
            .ForMember(of => of.Subjects, map => map.MapFrom(row => OneOrNone(row.SubjectName)))
            .ForMember(of => of.SubjectCodes, map => map.MapFrom(row => OneOrNone(row.Subject)))
            .ForMember(
                of => of.Course,
                map =>
                    map.MapFrom(row =>
                        Refs.Course(address, row.School, row.Year, row.Grade, row.Subject)
                    )
            )
            .ForMember(of => of.School, map => map.MapFrom(row => Refs.Org(address, row.School)))
            .ForMember(
                of => of.Terms,
                map => map.MapFrom(row => Terms(address, row.School, row.Year))
            )
            .ForMember(of => of.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<CourseRow, Course>()
            .ForMember(
                course => course.SourcedId,
                map =>
                    map.MapFrom(row => Refs.CourseId(row.School, row.Year, row.Grade, row.Subject))
            )
            .ForMember(
                course => course.Title,
                map => map.MapFrom(row => CourseTitle(row.Grade, row.SubjectName))
            )
            .ForMember(
                course => course.SchoolYear,
                map => map.MapFrom(row => Refs.Session(address, row.School, row.Year, 0))
            )
            .ForMember(
                course => course.CourseCode,
                map => map.MapFrom(row => row.Subject ?? Refs.Homeroom)
            )
            .ForMember(course => course.Grades, map => map.MapFrom(row => Grades(row.Grade)))
            .ForMember(
                course => course.Subjects,
                map => map.MapFrom(row => OneOrNone(row.SubjectName))
            )
            .ForMember(
                course => course.SubjectCodes,
                map => map.MapFrom(row => OneOrNone(row.Subject))
            )
            .ForMember(
                course => course.Org,
                map => map.MapFrom(row => Refs.Org(address, row.School))
            )
            .ForMember(course => course.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<UserRow, User>()
            .ForMember(
                user => user.SourcedId,
                map => map.MapFrom(row => Refs.UserId(row.Student, row.Teacher))
            )
            .ForMember(user => user.FamilyName, map => map.MapFrom(row => Family(row.FullName)))
            .ForMember(user => user.MiddleName, map => map.MapFrom(row => Middle(row.FullName)))
            .ForMember(user => user.GivenName, map => map.MapFrom(row => Given(row.FullName)))
            .ForMember(user => user.Identifier, map => map.MapFrom(row => Code(row.Code)))
            .ForMember(user => user.UserIds, map => map.MapFrom(row => UserIds(row.Code)))
            .ForMember(
                user => user.Roles,
                map => map.MapFrom(row => Roles(address, row.School, row.Student))
            )
            .ForMember(
                user => user.PrimaryOrg,
                map => map.MapFrom(row => Refs.Org(address, row.School))
            )
            .ForMember(user => user.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<EnrollmentRow, Enrollment>()
            .ForMember(
                enrollment => enrollment.SourcedId,
                map =>
                    map.MapFrom(row =>
                        Refs.EnrollmentId(row.Enrolment, row.Assignment, row.Class, row.Homeroom)
                    )
            )
            .ForMember(
                enrollment => enrollment.Status,
                map => map.MapFrom(row => row.End == null ? "active" : "tobedeleted")
            )
            .ForMember(
                enrollment => enrollment.User,
                map => map.MapFrom(row => Refs.User(address, row.Student, row.Teacher))
            )
            .ForMember(
                enrollment => enrollment.Class,
                map => map.MapFrom(row => Refs.Class(address, row.Class))
            )
            .ForMember(
                enrollment => enrollment.School,
                map => map.MapFrom(row => Refs.Org(address, row.School))
            )
            .ForMember(
                enrollment => enrollment.Role,
                map => map.MapFrom(row => row.Student == null ? "teacher" : "student")
            )
            .ForMember(
                enrollment => enrollment.BeginDate,
                map => map.MapFrom(row => (DateOnly?)row.Begin)
            )
            .ForMember(enrollment => enrollment.EndDate, map => map.MapFrom(row => row.End))
            .ForMember(
                enrollment => enrollment.DateLastModified,
                map => map.MapFrom(row => row.ChangedAt)
            );
        CreateMap<DemographicsRow, Demographics>()
            .ForMember(
                known => known.SourcedId,
                map => map.MapFrom(row => Refs.UserId(row.Student, null))
            )
            .ForMember(known => known.BirthDate, map => map.MapFrom(row => WholeDay(row.BirthDate)))
            .ForMember(
                known => known.Sex,
                map =>
                    map.MapFrom(row =>
                        row.Sex == Sex.Male ? "male"
                        : row.Sex == Sex.Female ? "female"
                        : "unspecified"
                    )
            )
            .ForMember(known => known.Metadata, map => map.MapFrom(row => Ethnicity(row.Ethnicity)))
            .ForMember(known => known.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<LineItemRow, LineItem>()
            .ForMember(item => item.SourcedId, map => map.MapFrom(row => Refs.Text(row.Id)))
            .ForMember(
                item => item.Title,
                map =>
                    map.MapFrom(row =>
                        row.Title ?? OpenGradebook.Label(row.Assessment, row.Kind, row.Number)
                    )
            )
            .ForMember(item => item.AssignDate, map => map.MapFrom(row => Morning(row.Starts)))
            .ForMember(item => item.DueDate, map => map.MapFrom(row => Morning(row.Ends)))
            .ForMember(
                item => item.Class,
                map => map.MapFrom(row => Refs.Class(address, row.Class))
            )
            .ForMember(
                item => item.School,
                map => map.MapFrom(row => Refs.Org(address, row.School))
            )
            .ForMember(
                item => item.Category,
                map => map.MapFrom(row => Refs.Category(address, Categories.IdOf(row.Kind)))
            )
            .ForMember(
                item => item.AcademicSession,
                map => map.MapFrom(row => Refs.Session(address, row.School, row.Year, row.Term))
            )
            .ForMember(
                item => item.ScoreScale,
                map =>
                    map.MapFrom(row =>
                        row.Assessment == AssessmentKind.Comment
                            ? Refs.ScoreScale(address, row.Class)
                            : null
                    )
            )
            .ForMember(
                item => item.ResultValueMin,
                map =>
                    map.MapFrom(row => row.Assessment == AssessmentKind.Scored ? 0 : (decimal?)null)
            )
            .ForMember(
                item => item.ResultValueMax,
                map =>
                    map.MapFrom(row =>
                        row.Assessment == AssessmentKind.Scored ? 10 : (decimal?)null
                    )
            )
            .ForMember(item => item.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<ResultRow, Result>()
            .ForMember(
                result => result.SourcedId,
                map => map.MapFrom(row => Refs.ResultId(row.Student, row.LineItem))
            )
            .ForMember(
                result => result.LineItem,
                map => map.MapFrom(row => Refs.LineItem(address, row.LineItem))
            )
            .ForMember(
                result => result.Student,
                map => map.MapFrom(row => Refs.User(address, row.Student, null))
            )
            .ForMember(
                result => result.Class,
                map => map.MapFrom(row => Refs.Class(address, row.Class))
            )
            .ForMember(result => result.Score, map => map.MapFrom(row => Score(row.Value)))
            .ForMember(result => result.TextScore, map => map.MapFrom(row => TextScore(row.Value)))
            .ForMember(
                result => result.ScoreScale,
                map => map.MapFrom(row => ScaleOf(address, row.Value, row.Class))
            )
            .ForMember(
                result => result.ScoreDate,
                map => map.MapFrom(row => row.ChangedAt.VietnamDay())
            )
            .ForMember(result => result.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
        CreateMap<ScoreScaleRow, ScoreScale>()
            .ForMember(
                scale => scale.SourcedId,
                map => map.MapFrom(row => Refs.ScoreScaleId(row.Class))
            )
            .ForMember(
                scale => scale.Title,
                map => map.MapFrom(row => "Đạt / Chưa đạt, " + row.SubjectName)
            )
            .ForMember(scale => scale.Type, map => map.MapFrom(row => "nhận xét"))
            .ForMember(
                scale => scale.Class,
                map => map.MapFrom(row => Refs.Class(address, row.Class))
            )
            .ForMember(scale => scale.ScoreScaleValue, map => map.Ignore())
            .ForMember(scale => scale.DateLastModified, map => map.MapFrom(row => row.ChangedAt));
    }

    /// <summary>A term's ends with its number, by which readers of a package know it.</summary>
    private static string SessionTitle(int year, int number) =>
        $"Năm học {SchoolYear.Title(year)}"
        + number switch
        {
            0 => "",
            1 => ", học kì I",
            _ => ", học kì II",
        };

    private static string EndingYear(int year) => (year + 1).ToString(CultureInfo.InvariantCulture);

    private static string ClassTitle(string name, string? subject) =>
        subject is null ? name : $"{subject} {name}";

    private static string CourseTitle(int grade, string? subject) =>
        $"{subject ?? "Chủ nhiệm"} {grade.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>As CEDS writes them: 01 to 12.</summary>
    private static string[] Grades(int grade) =>
        [grade.ToString("00", CultureInfo.InvariantCulture)];

    private static string[]? OneOrNone(string? text) => text is null ? null : [text];

    private static Ref[] Terms(string address, string school, int year) =>
        [Refs.Session(address, school, year, 1), Refs.Session(address, school, year, 2)];

    /// <summary>Vietnamese names begin with the family's and end with the given one.</summary>
    private static string Family(string name) => name.Split(' ')[0];

    private static string? Middle(string name) =>
        name.Split(' ') is [_, .. { Length: > 0 } middle, _] ? string.Join(' ', middle) : null;

    private static string Given(string name) => name.Split(' ')[^1];

    private static string? Code(string? code) =>
        code?.StartsWith(TemporaryCode, StringComparison.Ordinal) == false ? code : null;

    private static UserId[]? UserIds(string? code) =>
        Code(code) is { } known ? [new("ma-hoc-sinh", known)] : null;

    private static UserRole[] Roles(string address, string school, CitizenId? student) =>
        [new("primary", student is null ? "teacher" : "student", Refs.Org(address, school))];

    private static DateOnly? WholeDay(PartialDate? date) =>
        date is { Day: not null } whole ? whole.First : null;

    private static Dictionary<string, string>? Ethnicity(string? code) =>
        code is null ? null : new() { ["vn.danToc"] = code };

    /// <summary>A date of the plan, as the time at which the day begins in Viet Nam.</summary>
    private static DateTimeOffset Morning(DateOnly day) =>
        new(day.ToDateTime(TimeOnly.MinValue), VietnamTime.Offset);

    private static decimal? Score(MarkValue value) =>
        value.Kind is AssessmentKind.Scored ? value.Points : null;

    private static string? TextScore(MarkValue value) =>
        value.Kind switch
        {
            AssessmentKind.Scored => null,
            AssessmentKind.Comment => value.IsPassed ? "Đạt" : "Chưa đạt",
            _ => value.ToString(),
        };

    private static Ref? ScaleOf(string address, MarkValue value, Guid subject) =>
        value.Kind is AssessmentKind.Comment ? Refs.ScoreScale(address, subject) : null;
}
