using System.Text.Json.Serialization;

namespace Education.OneRoster.Rest;

/// <summary>What OneRoster 1.2 says of everything it tells. Booleans are texts there, and what is not known is left out.</summary>
public abstract class Thing
{
    public string SourcedId { get; set; } = "";

    /// <summary><c>active</c> or <c>tobedeleted</c>.</summary>
    public string Status { get; set; } = "active";
    public DateTimeOffset DateLastModified { get; set; }
    public Dictionary<string, string>? Metadata { get; set; }
}

public sealed record Ref(string Href, string SourcedId, string Type);

public sealed class Org : Thing
{
    public string Name { get; set; } = "";
    public string Type { get; set; } = "school";
    public string Identifier { get; set; } = "";
}

public sealed class AcademicSession : Thing
{
    public string Title { get; set; } = "";
    public DateOnly StartDate { get; set; }
    public DateOnly EndDate { get; set; }
    public string Type { get; set; } = "";
    public Ref? Parent { get; set; }

    /// <summary>The calendar year in which it ends.</summary>
    public string SchoolYear { get; set; } = "";
}

public sealed class Course : Thing
{
    public string Title { get; set; } = "";
    public Ref? SchoolYear { get; set; }
    public string CourseCode { get; set; } = "";
    public string[] Grades { get; set; } = [];
    public string[]? Subjects { get; set; }
    public Ref? Org { get; set; }
    public string[]? SubjectCodes { get; set; }
}

public sealed class Class : Thing
{
    public string Title { get; set; } = "";
    public string? ClassCode { get; set; }
    public string ClassType { get; set; } = "";
    public string[] Grades { get; set; } = [];
    public string[]? Subjects { get; set; }
    public Ref? Course { get; set; }
    public Ref? School { get; set; }
    public Ref[] Terms { get; set; } = [];
    public string[]? SubjectCodes { get; set; }
}

public sealed record UserId(string Type, string Identifier);

/// <param name="RoleName">Is called <c>role</c> outside.</param>
public sealed record UserRole(
    string RoleType,
    [property: JsonPropertyName("role")] string RoleName,
    Ref Org
);

public sealed class User : Thing
{
    public UserId[]? UserIds { get; set; }
    public string EnabledUser { get; set; } = "true";
    public string GivenName { get; set; } = "";
    public string FamilyName { get; set; } = "";
    public string? MiddleName { get; set; }
    public UserRole[] Roles { get; set; } = [];
    public Ref? PrimaryOrg { get; set; }
    public string? Identifier { get; set; }
}

public sealed class Enrollment : Thing
{
    public Ref? User { get; set; }
    public Ref? Class { get; set; }
    public Ref? School { get; set; }
    public string Role { get; set; } = "";
    public string? Primary { get; set; }
    public DateOnly? BeginDate { get; set; }
    public DateOnly? EndDate { get; set; }
}

public sealed class Demographics : Thing
{
    public DateOnly? BirthDate { get; set; }
    public string? Sex { get; set; }
}

public sealed class Category : Thing
{
    public string Title { get; set; } = "";
    public decimal Weight { get; set; }
}

public sealed class LineItem : Thing
{
    public string Title { get; set; } = "";
    public DateTimeOffset AssignDate { get; set; }
    public DateTimeOffset DueDate { get; set; }
    public Ref? Class { get; set; }
    public Ref? School { get; set; }
    public Ref? Category { get; set; }
    public Ref? AcademicSession { get; set; }
    public Ref? ScoreScale { get; set; }
    public decimal? ResultValueMin { get; set; }
    public decimal? ResultValueMax { get; set; }
}

public sealed class Result : Thing
{
    public Ref? LineItem { get; set; }
    public Ref? Student { get; set; }
    public Ref? Class { get; set; }
    public Ref? ScoreScale { get; set; }
    public string ScoreStatus { get; set; } = "fully graded";
    public decimal? Score { get; set; }
    public string? TextScore { get; set; }
    public DateOnly ScoreDate { get; set; }
}

/// <param name="ItemValueLHS">What is given.</param>
/// <param name="ItemValueRHS">What it means.</param>
public sealed record ScoreScaleValue(
    [property: JsonPropertyName("itemValueLHS")] string ItemValueLHS,
    [property: JsonPropertyName("itemValueRHS")] string ItemValueRHS
);

public sealed class ScoreScale : Thing
{
    public string Title { get; set; } = "";
    public string Type { get; set; } = "";
    public Ref? Class { get; set; }

    /// <summary>The circular knows no other.</summary>
    public ScoreScaleValue[] ScoreScaleValue { get; set; } =
    [new("Đạt", "Đ"), new("Chưa đạt", "CĐ")];
}

/// <summary>Of a kind that is not kept here.</summary>
public sealed class Nothing : Thing;
