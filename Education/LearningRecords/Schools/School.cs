namespace Education.LearningRecords.Schools;

/// <summary>Nhóm cấp học of the national education database: 02 primary, 03 lower secondary, 04 upper secondary.</summary>
public enum SchoolLevel
{
    Primary = 2,
    LowerSecondary = 3,
    UpperSecondary = 4,
}

/// <summary>A school under its code in the ministry's database (mã trường, up to 20 characters).</summary>
public sealed class School
{
    public required string Code { get; init; }
    public required string Name { get; set; }
    public required SchoolLevel Level { get; set; }

    /// <summary>Five digits, in force since 2025-07-01.</summary>
    public string? CommuneCode { get; set; }

    public static SchoolLevel LevelOf(int grade) =>
        grade switch
        {
            <= 5 => SchoolLevel.Primary,
            <= 9 => SchoolLevel.LowerSecondary,
            _ => SchoolLevel.UpperSecondary,
        };
}

/// <summary>A school year as this school holds it; the province sets the dates, so they differ from place to place.</summary>
public sealed class SchoolYear
{
    public required string SchoolCode { get; init; }

    /// <summary>Year in which it begins: 2026 for 2026–2027.</summary>
    public required int Year { get; init; }
    public required DateOnly Starts { get; set; }
    public required DateOnly Ends { get; set; }

    public static string Title(int year) => $"{year}–{year + 1}";
}

/// <summary>Học kì I or II.</summary>
public sealed class Term
{
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public required int Number { get; init; }
    public required DateOnly Starts { get; set; }
    public required DateOnly Ends { get; set; }
}
