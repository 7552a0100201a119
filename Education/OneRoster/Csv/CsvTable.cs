using System.Globalization;
using System.Text.RegularExpressions;

namespace Education.OneRoster.Csv;

internal enum CsvType
{
    Text,
    Id,
    Ids,
    Date,
    Boolean,
    Number,
    Year,
}

/// <param name="References">File whose sourcedId it must be.</param>
/// <param name="Values">What it may be; <c>ext:…</c> is always allowed.</param>
internal sealed record CsvColumn(
    string Name,
    CsvType Type = CsvType.Text,
    bool Required = false,
    string? References = null,
    string[]? Values = null
);

/// <summary>
/// The files of a OneRoster 1.2 CSV package that are read, column by column, as the binding gives them
/// (https://www.imsglobal.org/sites/default/files/spec/oneroster/v1p2/rostering-csvbinding/OneRosterv1p2CSVBindingv1p2.html).
/// </summary>
internal sealed partial record CsvTable(string Name, IReadOnlyList<CsvColumn> Columns)
{
    private static readonly CsvColumn[] Head =
    [
        new("sourcedId", CsvType.Id, Required: true),
        new("status"),
        new("dateLastModified"),
    ];

    public static readonly CsvTable AcademicSessions = Of(
        "academicSessions",
        new("title", Required: true),
        new("type", Required: true, Values: ["gradingPeriod", "semester", "schoolYear", "term"]),
        new("startDate", CsvType.Date, Required: true),
        new("endDate", CsvType.Date, Required: true),
        new("parentSourcedId", CsvType.Id, References: "academicSessions"),
        new("schoolYear", CsvType.Year, Required: true)
    );

    public static readonly CsvTable Orgs = Of(
        "orgs",
        new("name", Required: true),
        new(
            "type",
            Required: true,
            Values: ["department", "school", "district", "local", "state", "national"]
        ),
        new("identifier"),
        new("parentSourcedId", CsvType.Id, References: "orgs")
    );

    public static readonly CsvTable Courses = Of(
        "courses",
        new("schoolYearSourcedId", CsvType.Id, References: "academicSessions"),
        new("title", Required: true),
        new("courseCode"),
        new("grades"),
        new("orgSourcedId", CsvType.Id, Required: true, References: "orgs"),
        new("subjects"),
        new("subjectCodes")
    );

    public static readonly CsvTable Classes = Of(
        "classes",
        new("title", Required: true),
        new("grades"),
        new("courseSourcedId", CsvType.Id, Required: true, References: "courses"),
        new("classCode"),
        new("classType", Required: true, Values: ["homeroom", "scheduled"]),
        new("location"),
        new("schoolSourcedId", CsvType.Id, Required: true, References: "orgs"),
        new("termSourcedIds", CsvType.Ids, Required: true, References: "academicSessions"),
        new("subjects"),
        new("subjectCodes"),
        new("periods")
    );

    public static readonly CsvTable Users = Of(
        "users",
        new("enabledUser", CsvType.Boolean, Required: true),
        new("username"),
        new("userIds"),
        new("givenName", Required: true),
        new("familyName", Required: true),
        new("middleName"),
        new("identifier"),
        new("email"),
        new("sms"),
        new("phone"),
        new("agentSourcedIds", CsvType.Ids, References: "users"),
        new("grades"),
        new("password"),
        new("userMasterIdentifier"),
        new("preferredGivenName"),
        new("preferredMiddleName"),
        new("preferredFamilyName"),
        new("primaryOrgSourcedId", CsvType.Id, References: "orgs"),
        new("pronouns")
    );

    public static readonly CsvTable Roles = Of(
        "roles",
        new("userSourcedId", CsvType.Id, Required: true, References: "users"),
        new("roleType", Required: true, Values: ["primary", "secondary"]),
        new(
            "role",
            Required: true,
            Values:
            [
                "aide",
                "counselor",
                "districtAdministrator",
                "guardian",
                "parent",
                "principal",
                "proctor",
                "relative",
                "siteAdministrator",
                "student",
                "systemAdministrator",
                "teacher",
            ]
        ),
        new("beginDate", CsvType.Date),
        new("endDate", CsvType.Date),
        new("orgSourcedId", CsvType.Id, Required: true, References: "orgs"),
        new("userProfileSourcedId", CsvType.Id)
    );

    public static readonly CsvTable Enrollments = Of(
        "enrollments",
        new("classSourcedId", CsvType.Id, Required: true, References: "classes"),
        new("schoolSourcedId", CsvType.Id, Required: true, References: "orgs"),
        new("userSourcedId", CsvType.Id, Required: true, References: "users"),
        new("role", Required: true, Values: ["administrator", "proctor", "student", "teacher"]),
        new("primary", CsvType.Boolean),
        new("beginDate", CsvType.Date),
        new("endDate", CsvType.Date)
    );

    public static readonly CsvTable Demographics = new(
        "demographics",
        [
            new("sourcedId", CsvType.Id, Required: true, References: "users"),
            .. Head[1..],
            new("birthDate", CsvType.Date),
            new("sex", Values: ["male", "female", "unspecified", "other"]),
            new("americanIndianOrAlaskaNative", CsvType.Boolean),
            new("asian", CsvType.Boolean),
            new("blackOrAfricanAmerican", CsvType.Boolean),
            new("nativeHawaiianOrOtherPacificIslander", CsvType.Boolean),
            new("white", CsvType.Boolean),
            new("demographicRaceTwoOrMoreRaces", CsvType.Boolean),
            new("hispanicOrLatinoEthnicity", CsvType.Boolean),
            new("countryOfBirthCode"),
            new("stateOfBirthAbbreviation"),
            new("cityOfBirth"),
            new("publicSchoolResidenceStatus"),
        ]
    );

    public static readonly CsvTable Categories = Of(
        "categories",
        new("title", Required: true),
        new("weight", CsvType.Number)
    );

    public static readonly CsvTable LineItems = Of(
        "lineItems",
        new("title", Required: true),
        new("description"),
        new("assignDate", CsvType.Date, Required: true),
        new("dueDate", CsvType.Date, Required: true),
        new("classSourcedId", CsvType.Id, Required: true, References: "classes"),
        new("categorySourcedId", CsvType.Id, Required: true, References: "categories"),
        new("academicSessionSourcedId", CsvType.Id, References: "academicSessions"),
        new("resultValueMin", CsvType.Number),
        new("resultValueMax", CsvType.Number),
        new("schoolSourcedId", CsvType.Id, Required: true, References: "orgs")
    );

    public static readonly CsvTable Results = Of(
        "results",
        new("lineItemSourcedId", CsvType.Id, Required: true, References: "lineItems"),
        new("studentSourcedId", CsvType.Id, Required: true, References: "users"),
        new(
            "scoreStatus",
            Required: true,
            Values: ["exempt", "fully graded", "not submitted", "partially graded", "submitted"]
        ),
        new("score", CsvType.Number),
        new("scoreDate", CsvType.Date, Required: true),
        new("comment"),
        new("textScore"),
        new("classSourcedId", CsvType.Id, References: "classes"),
        new("inProgress", CsvType.Boolean),
        new("incomplete", CsvType.Boolean),
        new("late", CsvType.Boolean),
        new("missing", CsvType.Boolean)
    );

    /// <summary>In the order in which they are written: what is referred to comes first.</summary>
    public static readonly IReadOnlyList<CsvTable> Read =
    [
        AcademicSessions,
        Orgs,
        Courses,
        Classes,
        Users,
        Roles,
        Demographics,
        Enrollments,
        Categories,
        LineItems,
        Results,
    ];

    /// <summary>
    /// What OneRoster 1.1 has otherwise: the role and the schools of a person stand in the users' file (a file of roles there was not), and a line item
    /// has no school and names its term as grading period.
    /// </summary>
    public static CsvTable Of11(CsvTable table) =>
        table.Name switch
        {
            "users" => new(
                table.Name,
                [
                    .. table.Columns,
                    new("orgSourcedIds", CsvType.Ids, Required: true, References: "orgs"),
                    new("role", Required: true),
                ]
            ),
            "lineItems" => new(
                table.Name,
                [
                    .. table.Columns.Select(column =>
                        column with
                        {
                            Required = column.Required && column.Name != "schoolSourcedId",
                        }
                    ),
                ]
            ),
            _ => table,
        };

    /// <summary>Columns that 1.1 calls otherwise.</summary>
    public static string NameOf11(string column) =>
        column == "gradingPeriodSourcedId" ? "academicSessionSourcedId" : column;

    /// <summary>Files that came with 1.2.</summary>
    public static readonly IReadOnlyList<string> Since12 =
    [
        "lineItemLearningObjectiveIds",
        "lineItemScoreScales",
        "resultLearningObjectiveIds",
        "resultScoreScales",
        "roles",
        "scoreScales",
        "userProfiles",
        "userResources",
    ];

    /// <summary>Files of the binding that have no place in a learning record yet; a manifest names them too.</summary>
    public static readonly IReadOnlyList<string> NotRead =
    [
        "classResources",
        "courseResources",
        "lineItemLearningObjectiveIds",
        "lineItemScoreScales",
        "resources",
        "resultLearningObjectiveIds",
        "resultScoreScales",
        "scoreScales",
        "userProfiles",
        "userResources",
    ];

    /// <summary>What is wrong with a value by its type alone, or null.</summary>
    public static string? Fault(CsvColumn column, string value)
    {
        if (value.Length == 0)
        {
            return column.Required ? "a value is required" : null;
        }
        if (
            column.Values is { } values
            && !values.Contains(value)
            && !value.StartsWith("ext:", StringComparison.Ordinal)
        )
        {
            return $"'{value}' is none of {string.Join(", ", values)}";
        }
        return column.Type switch
        {
            CsvType.Id when !SourcedId().IsMatch(value) => $"'{value}' is not a sourcedId",
            CsvType.Ids when value.Split(',').Any(id => !SourcedId().IsMatch(id.Trim())) =>
                $"'{value}' is not a list of sourcedIds",
            CsvType.Date when !TryDate(value, out _) =>
                $"'{value}' is not a date: write yyyy-MM-dd",
            CsvType.Boolean when value is not ("true" or "false") =>
                $"'{value}' is neither true nor false",
            CsvType.Number
                when !decimal.TryParse(
                    value,
                    NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out _
                ) => $"'{value}' is not a number",
            CsvType.Year when !(value.Length == 4 && value.All(char.IsAsciiDigit)) =>
                $"'{value}' is not a year: write the year in which the school year ends",
            _ => null,
        };
    }

    public static bool TryDate(string value, out DateOnly date) =>
        DateOnly.TryParseExact(
            value,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out date
        );

    private static CsvTable Of(string name, params CsvColumn[] columns) =>
        new(name, [.. Head, .. columns]);

    [GeneratedRegex("^[0-9A-Za-z./@_-]{1,255}$")]
    private static partial Regex SourcedId();
}
