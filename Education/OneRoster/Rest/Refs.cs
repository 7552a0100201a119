using System.Globalization;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>Our ids as OneRoster's, and where a thing is found by its id.</summary>
public static class Refs
{
    /// <summary>Stands in a course's id for the homeroom, which is taught no subject.</summary>
    public const string Homeroom = "LOP";
    private const string HomeroomTeacher = ".gvcn";

    public static Ref Org(string address, string school) =>
        Of(address, OpenApiDocument.Rostering, "orgs", school, "org");

    public static Ref Session(string address, string school, int year, int number) =>
        Of(
            address,
            OpenApiDocument.Rostering,
            "academicSessions",
            SessionId(school, year, number),
            "academicSession"
        );

    public static Ref Course(string address, string school, int year, int grade, string? subject) =>
        Of(
            address,
            OpenApiDocument.Rostering,
            "courses",
            CourseId(school, year, grade, subject),
            "course"
        );

    public static Ref Class(string address, Guid id) =>
        Of(address, OpenApiDocument.Rostering, "classes", Text(id), "class");

    public static Ref User(string address, CitizenId? student, Guid? teacher) =>
        Of(address, OpenApiDocument.Rostering, "users", UserId(student, teacher), "user");

    public static Ref Category(string address, string id) =>
        Of(address, OpenApiDocument.Gradebook, "categories", id, "category");

    public static Ref LineItem(string address, Guid id) =>
        Of(address, OpenApiDocument.Gradebook, "lineItems", Text(id), "lineItem");

    public static Ref ScoreScale(string address, Guid subject) =>
        Of(address, OpenApiDocument.Gradebook, "scoreScales", ScoreScaleId(subject), "scoreScale");

    public static string Text(Guid id) => id.ToString("D");

    public static string UserId(CitizenId? student, Guid? teacher) =>
        student?.ToString() ?? Text(teacher!.Value);

    /// <summary>School and the year in which it begins, then the term: <c>0100100001-2026-1</c>.</summary>
    public static string SessionId(string school, int year, int number) =>
        number == 0
            ? $"{school}-{year.ToString(CultureInfo.InvariantCulture)}"
            : $"{SessionId(school, year, 0)}-{number.ToString(CultureInfo.InvariantCulture)}";

    public static (string School, int Year, int Number)? ReadSession(string id) =>
        id.Split('-') switch
        {
            [var school, var year] when Number(year) is { } begins => (school, begins, 0),
            [var school, var year, var term]
                when Number(year) is { } begins && Number(term) is { } number and > 0 => (
                school,
                begins,
                number
            ),
            _ => null,
        };

    public static string CourseId(string school, int year, int grade, string? subject) =>
        $"{SessionId(school, year, 0)}-{grade.ToString(CultureInfo.InvariantCulture)}-{subject ?? Homeroom}";

    public static (string School, int Year, int Grade, string? Subject)? ReadCourse(string id) =>
        id.Split('-') is [var school, var year, var grade, var subject]
        && Number(year) is { } begins
        && Number(grade) is { } number
            ? (school, begins, number, subject == Homeroom ? null : subject)
            : null;

    /// <summary>
    /// A pupil's row in the homeroom class is the enrolment itself; in a subject's class it carries that too. A homeroom teacher has the
    /// class's.
    /// </summary>
    public static string EnrollmentId(
        Guid? enrolment,
        Guid? assignment,
        Guid schoolClass,
        Guid homeroom
    ) =>
        enrolment is { } pupil
            ? schoolClass == homeroom
                ? Text(pupil)
                : $"{Text(pupil)}.{Text(schoolClass)}"
            : assignment is { } teaches
                ? Text(teaches)
                : Text(homeroom) + HomeroomTeacher;

    /// <returns>The homeroom class; null for another form.</returns>
    public static Guid? ReadHomeroomTeacher(string id) =>
        id.EndsWith(HomeroomTeacher, StringComparison.Ordinal)
        && Guid.TryParse(id[..^HomeroomTeacher.Length], out var homeroom)
            ? homeroom
            : null;

    public static string ResultId(CitizenId student, Guid lineItem) =>
        $"{student}.{Text(lineItem)}";

    public static string ScoreScaleId(Guid subject) => Text(subject) + ".dat";

    /// <summary>Two ids with a dot between; null for another form.</summary>
    public static (Guid First, Guid Second)? ReadPair(string id) =>
        id.Split('.') is [var first, var second]
        && Guid.TryParse(first, out var one)
        && Guid.TryParse(second, out var two)
            ? (one, two)
            : null;

    public static Guid? ReadScoreScale(string id) =>
        id.EndsWith(".dat", StringComparison.Ordinal) && Guid.TryParse(id[..^4], out var subject)
            ? subject
            : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static Ref Of(
        string address,
        OpenApiDocument service,
        string collection,
        string id,
        string type
    ) => new($"{address}{service.Base}/{collection}/{Uri.EscapeDataString(id)}", id, type);
}
