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

/// <param name="Level">
/// Học tập level of Circular 22/2021 (Tốt, Khá, Đạt, Chưa đạt), in grades 1–5 the result of the year of Circular 27/2020 (Hoàn thành xuất sắc,
/// Hoàn thành tốt, Hoàn thành, Chưa hoàn thành); null when not all of it is there.
/// </param>
public sealed record SchoolResultRow(
    string SchoolCode,
    string SchoolName,
    int Grade,
    Sex Sex,
    string? Level,
    int Pupils
);
