namespace Education.LearningRecords.Schools;

/// <summary>A place where a school teaches (điểm trường): the main one or another; small schools have none recorded.</summary>
public sealed class Campus
{
    public required string SchoolCode { get; init; }

    /// <summary>Within the school, up to 35 characters (mã điểm trường of the national education database).</summary>
    public required string Code { get; init; }
    public required string Name { get; set; }
    public bool IsMain { get; set; }

    /// <summary>Five digits; a remote campus may lie in another commune.</summary>
    public string? CommuneCode { get; set; }
}
