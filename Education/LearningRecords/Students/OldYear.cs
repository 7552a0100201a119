using SharedKernel.Contracts;

namespace Education.LearningRecords.Students;

/// <summary>
/// A school year that was assessed before the rules of today (Circular 58/2011 amended by 26/2020, or 22/2016 in primary school), as its học bạ
/// states it: words and figures of another time, kept as text and never computed anew.
/// </summary>
public sealed class OldYear
{
    public required CitizenId StudentId { get; init; }

    /// <summary>Year in which it began.</summary>
    public required int Year { get; init; }
    public int? Grade { get; set; }
    public required string Class { get; set; }
    public required string School { get; set; }

    /// <summary>The circular that it was assessed by, as stated.</summary>
    public required string RuleSet { get; set; }

    /// <summary>Học lực: Giỏi, Khá, Trung bình, Yếu, Kém.</summary>
    public string? Learning { get; set; }

    /// <summary>Hạnh kiểm: Tốt, Khá, Trung bình, Yếu.</summary>
    public string? Conduct { get; set; }

    /// <summary>Danh hiệu: Học sinh giỏi, Học sinh tiên tiến.</summary>
    public string? Title { get; set; }

    /// <summary>Được lên lớp, ở lại lớp, …</summary>
    public string? Outcome { get; set; }
    public DateTimeOffset ImportedAt { get; set; }
    public required string ImportedBy { get; set; }
    public List<OldResult> Results { get; } = [];
}

/// <summary>One subject of such a year: its average or comment, as written.</summary>
public sealed class OldResult
{
    public required CitizenId StudentId { get; init; }
    public required int Year { get; init; }

    /// <summary>Name of the subject in the document.</summary>
    public required string Subject { get; init; }

    /// <summary>Its place in the document.</summary>
    public required int Place { get; init; }
    public required string Text { get; set; }
}
