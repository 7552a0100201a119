using SharedKernel.Contracts;

namespace Education.Contracts;

/// <summary>Counts of pupils for the statistics of a school year; counts alone, never a person.</summary>
public interface IPupilStatistics
{
    /// <summary>
    /// Those who were at school on <paramref name="day"/>, one row for each combination that occurs, one school after another.
    /// </summary>
    /// <param name="schoolYear">2026 for 2026–2027.</param>
    IAsyncEnumerable<PupilCount> Pupils(
        int schoolYear,
        DateOnly day,
        CancellationToken cancel = default
    );
}

/// <param name="Level">02 primary, 03 lower secondary, 04 upper secondary (nhóm cấp học of the national education database).</param>
/// <param name="BirthYear">Null when it is not known.</param>
/// <param name="Ethnicity">Two digits (01 Kinh … 55 foreigner), or null.</param>
/// <param name="Repeats">Whether the pupil was in the same grade in the year before, at whichever school.</param>
/// <param name="Conduct">Rèn luyện of the year (Circular 22/2021, Art. 8): Tốt, Khá, Đạt, Chưa đạt; null until both terms are judged.</param>
public sealed record PupilCount(
    string SchoolCode,
    string SchoolName,
    string Level,
    int Grade,
    Sex Sex,
    int? BirthYear,
    string? Ethnicity,
    bool Repeats,
    string? Conduct,
    int Pupils
);
