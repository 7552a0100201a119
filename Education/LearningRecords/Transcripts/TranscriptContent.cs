using Education.LearningRecords.Assessment;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Transcripts;

/// <summary>What a học bạ số says, as frozen: words and numbers of that day, nothing that is looked up later.</summary>
/// <param name="RuleSet">The circular by which the results were computed.</param>
/// <param name="Subjects">In the order of the curriculum.</param>
/// <param name="Outcome">Of the year, such as <c>Được lên lớp</c>.</param>
/// <param name="Award">Danh hiệu; null for none.</param>
public sealed record TranscriptContent(
    Guid Id,
    int Version,
    Guid? Replaces,
    string? Why,
    string RuleSet,
    FrozenSchool School,
    FrozenPupil Pupil,
    IReadOnlyList<FrozenSubject> Subjects,
    IReadOnlyList<FrozenTerm> Terms,
    string? Learning,
    string? Conduct,
    FrozenOutcome? Outcome,
    string? Award
);

/// <param name="Year">In which the school year begins.</param>
public sealed record FrozenSchool(string Code, string Name, int Year, string Class, int Grade);

/// <param name="Code">Mã học sinh; null while it is a temporary one, which holds the personal ID.</param>
/// <param name="PersonalId">Null when the pupil has none.</param>
public sealed record FrozenPupil(
    string? Code,
    string Name,
    PartialDate? BirthDate,
    Sex Sex,
    HashedNumber? PersonalId
);

public sealed record FrozenSubject(
    string Code,
    string Name,
    AssessmentKind Kind,
    int AnnualPeriods,
    IReadOnlyList<FrozenSubjectTerm> Terms,
    string? Year
);

/// <param name="Result">ĐTBmhk or Đ/CĐ.</param>
public sealed record FrozenSubjectTerm(int Number, IReadOnlyList<FrozenMark> Marks, string? Result);

public sealed record FrozenMark(ColumnKind Column, int Number, string Value);

/// <summary>Học tập and rèn luyện of a term, sessions missed, the homeroom teacher's comment.</summary>
public sealed record FrozenTerm(
    int Number,
    string? Learning,
    string? Conduct,
    int Absences,
    string? Comment
);

/// <param name="Article">Of the rule set, such as <c>12.1</c>.</param>
public sealed record FrozenOutcome(YearOutcome Code, string Text, string Article);
