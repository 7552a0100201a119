using System.Linq.Expressions;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>One kind of thing: what it is called, from which rows it comes, how rows are found, ordered and counted to people.</summary>
/// <param name="Schema">Of one thing in the OpenAPI document.</param>
/// <param name="ById">Null for a text that can be no id of this kind.</param>
/// <param name="ByKey">The order in which pages are stable, after another when one is given.</param>
/// <param name="People">Whose data a thing is, by ids of citizens; null where it is nobody's.</param>
public sealed record Kind<TRow, TThing>(
    string Plural,
    string Single,
    string Schema,
    Func<LearningRecordsDb, IQueryable<TRow>> Rows,
    FieldSet<TRow> Fields,
    Func<string, Expression<Func<TRow, bool>>?> ById,
    Func<IQueryable<TRow>, IOrderedQueryable<TRow>?, IOrderedQueryable<TRow>> ByKey,
    Func<TThing, string?>? People = null
)
    where TThing : Thing;

/// <summary>All kinds that have rows.</summary>
public static class Kinds
{
    public static readonly Kind<OrgRow, Org> Orgs = new(
        "orgs",
        "org",
        "OrgDType",
        Rows.Orgs,
        Common(new FieldSet<OrgRow>(), row => row.ChangedAt)
            .Text("sourcedId", row => row.School.Code)
            .Text("name", row => row.School.Name)
            .Text("identifier", row => row.School.Code)
            .Always("type", "school"),
        id => row => row.School.Code == id,
        (rows, ordered) =>
            ordered?.ThenBy(row => row.School.Code) ?? rows.OrderBy(row => row.School.Code)
    );

    public static readonly Kind<SessionRow, AcademicSession> Sessions = new(
        "academicSessions",
        "academicSession",
        "AcademicSessionDType",
        Rows.Sessions,
        Common(new FieldSet<SessionRow>(), row => row.ChangedAt)
            .Matched("sourcedId", SessionById)
            .Matched(
                "parent.sourcedId",
                id =>
                    Refs.ReadSession(id) is { Number: 0 } year
                        ? row =>
                            row.School == year.School && row.Year == year.Year && row.Number > 0
                        : null
            )
            .Matched(
                "type",
                type =>
                    type switch
                    {
                        "schoolYear" => row => row.Number == 0,
                        "semester" => row => row.Number > 0,
                        _ => null,
                    }
            )
            .Number("schoolYear", row => row.Year + 1)
            .Day("startDate", row => row.Starts)
            .Day("endDate", row => row.Ends),
        SessionById,
        (rows, ordered) =>
            (ordered?.ThenBy(row => row.School) ?? rows.OrderBy(row => row.School))
                .ThenBy(row => row.Year)
                .ThenBy(row => row.Number)
    );

    public static readonly Kind<ClassRow, Class> Classes = new(
        "classes",
        "class",
        "ClassDType",
        Rows.Classes,
        Common(new FieldSet<ClassRow>(), row => row.ChangedAt)
            .Id("sourcedId", row => row.Id)
            .Text(
                "title",
                row => row.SubjectName == null ? row.Name : row.SubjectName + " " + row.Name
            )
            .Text("classCode", row => row.Name)
            .Matched(
                "classType",
                type =>
                    type switch
                    {
                        "homeroom" => row => row.Subject == null,
                        "scheduled" => row => row.Subject != null,
                        _ => null,
                    }
            )
            .Text("subjects", row => row.SubjectName)
            .Text("subjectCodes", row => row.Subject)
            .Text("school.sourcedId", row => row.School)
            .Matched("course.sourcedId", id => OfCourse(id)),
        id => Guid.TryParse(id, out var known) ? row => row.Id == known : null,
        (rows, ordered) => ordered?.ThenBy(row => row.Id) ?? rows.OrderBy(row => row.Id)
    );

    public static readonly Kind<CourseRow, Course> Courses = new(
        "courses",
        "course",
        "CourseDType",
        Rows.Courses,
        Common(new FieldSet<CourseRow>(), row => row.ChangedAt)
            .Matched("sourcedId", CourseById)
            .Text("courseCode", row => row.Subject)
            .Text("subjects", row => row.SubjectName)
            .Text("subjectCodes", row => row.Subject)
            .Text("org.sourcedId", row => row.School),
        CourseById,
        (rows, ordered) =>
            (ordered?.ThenBy(row => row.School) ?? rows.OrderBy(row => row.School))
                .ThenBy(row => row.Year)
                .ThenBy(row => row.Grade)
                .ThenBy(row => row.Subject)
                .ThenBy(row => row.SubjectName)
    );

    public static readonly Kind<UserRow, User> Users = new(
        "users",
        "user",
        "UserDType",
        Rows.Users,
        Common(new FieldSet<UserRow>(), row => row.ChangedAt)
            .Matched("sourcedId", UserById)
            .Text("familyName", row => row.FullName)
            .Text("givenName", row => row.FullName)
            .Text("identifier", row => row.Code)
            .Text("primaryOrg.sourcedId", row => row.School)
            .Text("roles.org.sourcedId", row => row.School)
            .Matched(
                "roles.role",
                role =>
                    role switch
                    {
                        "student" => row => row.Student != null,
                        "teacher" => row => row.Teacher != null,
                        _ => null,
                    }
            )
            .Always("enabledUser", "true"),
        UserById,
        (rows, ordered) =>
            (ordered?.ThenBy(row => row.Student) ?? rows.OrderBy(row => row.Student)).ThenBy(row =>
                row.Teacher
            ),
        user => user.Roles is [{ RoleName: "student" }, ..] ? user.SourcedId : null
    );

    public static readonly Kind<EnrollmentRow, Enrollment> Enrollments = new(
        "enrollments",
        "enrollment",
        "EnrollmentDType",
        Rows.Enrollments,
        new FieldSet<EnrollmentRow>()
            .Time("dateLastModified", row => row.ChangedAt)
            .Matched(
                "status",
                status =>
                    status switch
                    {
                        "active" => row => row.End == null,
                        "tobedeleted" => row => row.End != null,
                        _ => null,
                    }
            )
            .Matched("sourcedId", EnrollmentById)
            .Matched(
                "role",
                role =>
                    role switch
                    {
                        "student" => row => row.Student != null,
                        "teacher" => row => row.Teacher != null,
                        _ => null,
                    }
            )
            .Matched("user.sourcedId", EnrollmentOfUser)
            .Id("class.sourcedId", row => row.Class)
            .Text("school.sourcedId", row => row.School)
            .Day("beginDate", row => row.Begin)
            .Day("endDate", row => row.End),
        EnrollmentById,
        (rows, ordered) =>
            (ordered?.ThenBy(row => row.Enrolment) ?? rows.OrderBy(row => row.Enrolment))
                .ThenBy(row => row.Class)
                .ThenBy(row => row.Assignment),
        enrollment => enrollment.Role == "student" ? enrollment.User!.SourcedId : null
    );

    public static readonly Kind<DemographicsRow, Demographics> Demographics = new(
        "demographics",
        "demographics",
        "DemographicsDType",
        Rows.Demographics,
        Common(new FieldSet<DemographicsRow>(), row => row.ChangedAt)
            .Id("sourcedId", row => row.Student)
            .Matched(
                "sex",
                sex =>
                    sex switch
                    {
                        "male" => row => row.Sex == Sex.Male,
                        "female" => row => row.Sex == Sex.Female,
                        "unspecified" => row => row.Sex == Sex.Unknown,
                        _ => null,
                    }
            )
            .Matched(
                "birthDate",
                day =>
                    PartialDate.TryParse(day, null, out var born)
                        ? row => row.BirthDate == born
                        : null
            ),
        id => CitizenId.TryParse(id, null, out var known) ? row => row.Student == known : null,
        (rows, ordered) => ordered?.ThenBy(row => row.Student) ?? rows.OrderBy(row => row.Student),
        known => known.SourcedId
    );

    public static readonly Kind<LineItemRow, LineItem> LineItems = new(
        "lineItems",
        "lineItem",
        "LineItemDType",
        Rows.LineItems,
        Common(new FieldSet<LineItemRow>(), row => row.ChangedAt)
            .Id("sourcedId", row => row.Id)
            .Text("title", row => row.Title)
            .Id("class.sourcedId", row => row.Class)
            .Text("school.sourcedId", row => row.School)
            .Matched(
                "category.sourcedId",
                id => Categories.KindOf(id) is { } kind ? row => row.Kind == kind : null
            )
            .Matched(
                "academicSession.sourcedId",
                id =>
                    Refs.ReadSession(id) is { } of
                        ? row =>
                            row.School == of.School && row.Year == of.Year && row.Term == of.Number
                        : null
            ),
        id => Guid.TryParse(id, out var known) ? row => row.Id == known : null,
        (rows, ordered) => ordered?.ThenBy(row => row.Id) ?? rows.OrderBy(row => row.Id)
    );

    public static readonly Kind<ResultRow, Result> Results = new(
        "results",
        "result",
        "ResultDType",
        Rows.Results,
        Common(new FieldSet<ResultRow>(), row => row.ChangedAt)
            .Matched("sourcedId", ResultById)
            .Id("lineItem.sourcedId", row => row.LineItem)
            .Id("student.sourcedId", row => row.Student)
            .Id("class.sourcedId", row => row.Class)
            .Always("scoreStatus", "fully graded"),
        ResultById,
        (rows, ordered) =>
            (ordered?.ThenBy(row => row.Student) ?? rows.OrderBy(row => row.Student)).ThenBy(row =>
                row.LineItem
            ),
        result => result.Student!.SourcedId
    );

    public static readonly Kind<ScoreScaleRow, ScoreScale> ScoreScales = new(
        "scoreScales",
        "scoreScale",
        "ScoreScaleDType",
        Rows.ScoreScales,
        Common(new FieldSet<ScoreScaleRow>(), row => row.ChangedAt)
            .Matched("sourcedId", ScaleById)
            .Id("class.sourcedId", row => row.Class),
        ScaleById,
        (rows, ordered) => ordered?.ThenBy(row => row.Class) ?? rows.OrderBy(row => row.Class)
    );

    public static readonly Kind<Category, Category> Category = new(
        "categories",
        "category",
        "CategoryDType",
        _ => Categories.Things,
        Common(new FieldSet<Category>(), row => row.DateLastModified)
            .Text("sourcedId", row => row.SourcedId)
            .Text("title", row => row.Title),
        id => row => row.SourcedId == id,
        (rows, ordered) =>
            ordered?.ThenBy(row => row.SourcedId) ?? rows.OrderBy(row => row.SourcedId)
    );

    /// <summary>A kind of which nothing is kept here.</summary>
    internal static Kind<Nothing, Nothing> None(string plural, string single, string schema) =>
        new(
            plural,
            single,
            schema,
            _ => Enumerable.Empty<Nothing>().AsQueryable(),
            Common(new FieldSet<Nothing>(), row => row.DateLastModified)
                .Text("sourcedId", row => row.SourcedId)
                .Text("title", row => null),
            id => row => row.SourcedId == id,
            (rows, ordered) =>
                ordered?.ThenBy(row => row.SourcedId) ?? rows.OrderBy(row => row.SourcedId)
        );

    /// <summary>Whether a class belongs to a course.</summary>
    internal static Expression<Func<ClassRow, bool>>? OfCourse(string id)
    {
        if (Refs.ReadCourse(id) is not { } course)
        {
            return null;
        }
        return row =>
            row.School == course.School
            && row.Year == course.Year
            && row.Grade == course.Grade
            && row.Subject == course.Subject;
    }

    private static FieldSet<TRow> Common<TRow>(
        FieldSet<TRow> fields,
        Expression<Func<TRow, DateTimeOffset>> changed
    ) => fields.Time("dateLastModified", changed).Always("status", "active");

    private static Expression<Func<SessionRow, bool>>? SessionById(string id) =>
        Refs.ReadSession(id) is { } of
            ? row => row.School == of.School && row.Year == of.Year && row.Number == of.Number
            : null;

    private static Expression<Func<CourseRow, bool>>? CourseById(string id) =>
        Refs.ReadCourse(id) is { } of
            ? row =>
                row.School == of.School
                && row.Year == of.Year
                && row.Grade == of.Grade
                && row.Subject == of.Subject
            : null;

    private static Expression<Func<UserRow, bool>>? UserById(string id)
    {
        if (!Guid.TryParse(id, out var known))
        {
            return null;
        }
        var student = new CitizenId(known);
        return row => row.Student == student || row.Teacher == known;
    }

    private static Expression<Func<EnrollmentRow, bool>>? EnrollmentOfUser(string id)
    {
        if (!Guid.TryParse(id, out var known))
        {
            return null;
        }
        var student = new CitizenId(known);
        return row => row.Student == student || row.Teacher == known;
    }

    private static Expression<Func<EnrollmentRow, bool>>? EnrollmentById(string id)
    {
        if (Guid.TryParse(id, out var known))
        {
            return row =>
                (row.Enrolment == known && row.Class == row.Homeroom) || row.Assignment == known;
        }
        if (Refs.ReadHomeroomTeacher(id) is { } homeroom)
        {
            return row => row.Enrolment == null && row.Assignment == null && row.Class == homeroom;
        }
        return Refs.ReadPair(id) is { } pair
            ? row => row.Enrolment == pair.First && row.Class == pair.Second
            : null;
    }

    private static Expression<Func<ResultRow, bool>>? ResultById(string id)
    {
        if (Refs.ReadPair(id) is not { } pair)
        {
            return null;
        }
        var student = new CitizenId(pair.First);
        return row => row.Student == student && row.LineItem == pair.Second;
    }

    private static Expression<Func<ScoreScaleRow, bool>>? ScaleById(string id) =>
        Refs.ReadScoreScale(id) is { } subject ? row => row.Class == subject : null;
}
