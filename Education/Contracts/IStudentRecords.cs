using SharedKernel.Contracts;

namespace Education.Contracts;

/// <summary>What other modules may ask of the learning records.</summary>
public interface IStudentRecords
{
    /// <summary>One row per school, grade, sex and level, for one school year (such as 2026 for 2026–2027).</summary>
    IAsyncEnumerable<SchoolResultRow> YearResults(
        int schoolYear,
        CancellationToken cancel = default
    );
}

/// <param name="Level">Học tập level of Circular 22/2021 (Tốt, Khá, Đạt, Chưa đạt), or null when not all marks are there.</param>
public sealed record SchoolResultRow(
    string SchoolCode,
    string SchoolName,
    int Grade,
    Sex Sex,
    string? Level,
    int Pupils
);
