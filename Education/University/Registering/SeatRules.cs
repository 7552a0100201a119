using Education.University.Programmes;
using SharedKernel.Ui;

namespace Education.University.Registering;

/// <summary>A section with its course, as a student holds or wants it.</summary>
public sealed record HeldSection(Section Section, Course Course);

/// <summary>What stands between a student and a section, whether there are seats or not. Pure.</summary>
public static class SeatRules
{
    public static bool Clash(Section one, Section other) =>
        one.Slots.Exists(slot => other.Slots.Exists(slot.Meets));

    /// <summary>Empty when the student may take a seat or a place in the line. A place in the line holds its hours and credits like a seat.</summary>
    /// <param name="held">Seats and waiting places of the term.</param>
    /// <param name="missing">Codes of prerequisites that the student has not passed.</param>
    public static IReadOnlyList<string> Refusals(
        HeldSection wanted,
        UniversityTerm term,
        DateTimeOffset at,
        Student student,
        IReadOnlyCollection<HeldSection> held,
        IReadOnlyCollection<string> missing,
        int mostCredits
    )
    {
        var refusals = new List<string>();
        if (Closed(term, at) is { } closed)
        {
            refusals.Add(closed);
        }
        if (student.InstitutionCode != term.InstitutionCode)
        {
            refusals.Add(
                T.Of(
                    "Bạn không phải là sinh viên của trường này.",
                    "You are no student of this university."
                )
            );
        }
        if (student.Suspended)
        {
            refusals.Add(T.Of("Bạn đang bị đình chỉ học tập.", "You are suspended from study."));
        }
        if (held.FirstOrDefault(one => one.Course.Id == wanted.Course.Id) is { } same)
        {
            refusals.Add(
                T.Of(
                    $"Đã đăng ký học phần này ở lớp {same.Section.Number}; hãy hủy lớp đó trước.",
                    $"You have this course in section {same.Section.Number}; give that back first."
                )
            );
        }
        if (missing.Count > 0)
        {
            refusals.Add(
                T.Of("Chưa đạt học phần tiên quyết: ", "Prerequisites are not passed: ")
                    + string.Join(", ", missing)
                    + "."
            );
        }
        var credits = held.Sum(one => one.Course.Credits) + wanted.Course.Credits;
        if (credits > mostCredits)
        {
            refusals.Add(
                T.Of(
                    $"Sẽ có {credits} tín chỉ, nhiều nhất {mostCredits} trong một học kỳ.",
                    $"That makes {credits} credits; {mostCredits} are the most in a term."
                )
            );
        }
        refusals.AddRange(
            held.Where(one =>
                    one.Course.Id != wanted.Course.Id && Clash(one.Section, wanted.Section)
                )
                .Select(one =>
                    T.Of(
                        $"Trùng giờ với {one.Course.Code} lớp {one.Section.Number}.",
                        $"It meets at the time of {one.Course.Code}, section {one.Section.Number}."
                    )
                )
        );
        return refusals;
    }

    /// <summary>Why registration is not open; null when it is.</summary>
    public static string? Closed(UniversityTerm term, DateTimeOffset at) =>
        at < term.Opens
            ? T.Of(
                $"Đăng ký mở lúc {term.Opens.Text()}.",
                $"Registration opens at {term.Opens.Text()}."
            )
        : at >= term.Closes
            ? T.Of(
                $"Đăng ký đã đóng lúc {term.Closes.Text()}.",
                $"Registration closed at {term.Closes.Text()}."
            )
        : null;
}
