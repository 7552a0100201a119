using Education.LearningRecords.Schools;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>What may be entered at the end of a year, and for whom; every wrong field is named with the pupil.</summary>
internal static class YearEntryCheck
{
    /// <param name="mayDecide">The caller manages the school.</param>
    /// <exception cref="InvalidInput">Names all that is wrong.</exception>
    public static void Demand(
        SchoolClass schoolClass,
        IReadOnlyList<YearEntry> entries,
        Dictionary<CitizenId, PupilResult> pupils,
        Dictionary<CitizenId, YearReview> reviews,
        bool mayDecide
    )
    {
        var errors = new List<FieldError>();
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            var student = new CitizenId(entry.Student);
            if (!pupils.TryGetValue(student, out var pupil))
            {
                errors.Add(new($"[{i}].student", "The pupil is not in this class now."));
                continue;
            }
            var review = reviews.GetValueOrDefault(student);
            if (entry.SummerConduct is { } level && level != review?.SummerConduct)
            {
                if (!Enum.IsDefined(level))
                {
                    Wrong("summerConduct", "Good, Fair, Satisfactory or Unsatisfactory.");
                }
                else if (pupil.Year.ConductOfYear is not Level.Unsatisfactory)
                {
                    Wrong(
                        "summerConduct",
                        T.Of(
                            "Chỉ đánh giá lại rèn luyện của học sinh có kết quả cả năm Chưa đạt (Thông tư 22/2021, Điều 13).",
                            "Conduct is judged again only where the year's is unsatisfactory (Circular 22/2021, article 13)."
                        )
                    );
                }
            }
            if (entry.Promoted != review?.Promoted)
            {
                if (!mayDecide)
                {
                    Wrong(
                        "promoted",
                        T.Of(
                            "Việc lên lớp của học sinh chưa hoàn thành do hiệu trưởng quyết định.",
                            "Whether a pupil who has not completed the grade goes up is the principal's decision."
                        )
                    );
                }
                else if (
                    entry.Promoted is not null
                    && pupil.Year.Primary?.Year?.Level is not PrimaryLevel.NotCompleted
                )
                {
                    Wrong(
                        "promoted",
                        T.Of(
                            "Chỉ quyết định cho học sinh tiểu học có kết quả Chưa hoàn thành (Thông tư 27/2020, Điều 11).",
                            "There is a decision only for pupils of primary school who have not completed the grade (Circular 27/2020, article 11)."
                        )
                    );
                }
            }
            if (entry.Promoted is not null && string.IsNullOrWhiteSpace(entry.Reason))
            {
                Wrong("reason", T.Of("Quyết định cần ghi lý do.", "A decision needs its reason."));
            }
            if (
                !string.IsNullOrWhiteSpace(entry.RecognisedFor)
                && pupil.Year.Primary?.Year?.Level is not PrimaryLevel.CompletedWell
                && review?.RecognisedFor != Trimmed(entry.RecognisedFor)
            )
            {
                Wrong(
                    "recognisedFor",
                    T.Of(
                        "Danh hiệu Học sinh Tiêu biểu dành cho học sinh Hoàn thành tốt (Thông tư 27/2020, Điều 13).",
                        "This award is for pupils who have completed the year well (Circular 27/2020, article 13)."
                    )
                );
            }
            if (entry.Reason?.Length > 500 || entry.RecognisedFor?.Length > 500)
            {
                Wrong("reason", T.Of("Nhiều nhất 500 ký tự.", "At most 500 characters."));
            }
            foreach (var (subject, text) in entry.Retests ?? new Dictionary<string, string?>())
            {
                if (RetestProblem(schoolClass, pupil, subject, text) is { } problem)
                {
                    Wrong($"retests.{subject}", problem);
                }
            }

            void Wrong(string field, string message) =>
                errors.Add(new($"[{i}].{field}", $"{pupil.Student.FullName}: {message}"));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    private static string? RetestProblem(
        SchoolClass schoolClass,
        PupilResult pupil,
        string subject,
        string? text
    )
    {
        if (Kind(schoolClass, subject) is not { } kind)
        {
            return T.Of($"Lớp không học môn {subject}.", $"The class is not taught {subject}.");
        }
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        if (!MarkValue.TryParse(text, kind, out _))
        {
            return kind.Expected();
        }
        var sheet = pupil.Year.Sheet;
        var result = sheet.Subjects.FirstOrDefault(known => known.Subject.Subject == subject)?.Year;
        return
            sheet.Year?.Level is Level.Unsatisfactory
            && result is not null
            && Circular22.MayRetest(result)
            ? null
            : T.Of(
                "Chỉ kiểm tra lại môn dưới 5,0 hoặc Chưa đạt của học sinh có kết quả học tập cả năm Chưa đạt (Thông tư 22/2021, Điều 14).",
                "Only subjects below 5.0 or not passed are assessed again, where the year's learning is unsatisfactory (Circular 22/2021, article 14)."
            );
    }

    /// <summary>What a re-test in the subject takes; null when the class is not taught it.</summary>
    public static ValueKind? Kind(SchoolClass schoolClass, string subject) =>
        schoolClass.Subjects.Find(taught => taught.Subject == subject) is { } taught
            ? ColumnKind.Final.Takes(taught.Kind)
            : null;

    public static string? Trimmed(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
