using Education.University.Programmes;
using Education.University.Registering;
using Education.University.Rules;
using Microsoft.EntityFrameworkCore;

namespace Education.University.Marks;

/// <summary>One time that a student took a course, or had it recognised.</summary>
/// <param name="Term">Null where it was recognised.</param>
/// <param name="Mark">Null where it was recognised.</param>
public sealed record CourseResult(
    Guid Student,
    Course Course,
    UniversityTerm? Term,
    CourseMark? Mark,
    Attempt Attempt
);

/// <summary>Results of courses, computed from published marks and recognised credits; none of it is stored.</summary>
public sealed class StudentResults(UniversityDb db)
{
    /// <summary>By student, in the order of terms; a student without results is left out.</summary>
    /// <param name="courses">Only of these; null for all.</param>
    public async Task<IReadOnlyDictionary<Guid, IReadOnlyList<CourseResult>>> Of(
        IReadOnlyCollection<Guid> students,
        IReadOnlyCollection<Guid>? courses = null,
        CancellationToken cancel = default
    )
    {
        var seats = await (
            from seat in db.Registrations.AsNoTracking()
            where students.Contains(seat.StudentId) && seat.Place == Place.Seat
            where courses == null || courses.Contains(seat.CourseId)
            join section in db.Sections on seat.SectionId equals section.Id
            where section.PublishedAt != null
            select new
            {
                seat.StudentId,
                seat.SectionId,
                seat.CourseId,
                seat.TermId,
            }
        ).ToListAsync(cancel);
        var recognised = await db
            .RecognisedCourses.AsNoTracking()
            .Where(one =>
                students.Contains(one.StudentId)
                && (courses == null || courses.Contains(one.CourseId))
            )
            .ToListAsync(cancel);
        if (seats.Count == 0 && recognised.Count == 0)
        {
            return new Dictionary<Guid, IReadOnlyList<CourseResult>>();
        }
        var sectionIds = seats.Select(seat => seat.SectionId).Distinct().ToList();
        var marks = (
            await db
                .Marks.AsNoTracking()
                .Where(mark =>
                    students.Contains(mark.StudentId) && sectionIds.Contains(mark.SectionId)
                )
                .ToListAsync(cancel)
        ).ToLookup(mark => (mark.StudentId, mark.SectionId));
        var courseIds = seats
            .Select(seat => seat.CourseId)
            .Concat(recognised.Select(one => one.CourseId))
            .Distinct()
            .ToList();
        var courseOf = await db
            .Courses.AsNoTracking()
            .Include(course => course.Components)
            .Where(course => courseIds.Contains(course.Id))
            .ToDictionaryAsync(course => course.Id, cancel);
        var termIds = seats.Select(seat => seat.TermId).Distinct().ToList();
        var terms = await db
            .Terms.AsNoTracking()
            .Where(term => termIds.Contains(term.Id))
            .ToDictionaryAsync(term => term.Id, cancel);
        var codes = courseOf.Values.Select(course => course.InstitutionCode).Distinct().ToList();
        var institutions = await db
            .Institutions.AsNoTracking()
            .Include(institution => institution.Letters)
            .Where(institution => codes.Contains(institution.Code))
            .ToDictionaryAsync(institution => institution.Code, cancel);
        var inProgramme = (
            await (
                from student in db.Students
                where students.Contains(student.Id)
                join course in db.ProgrammeCourses on student.ProgrammeId equals course.ProgrammeId
                where courseIds.Contains(course.CourseId)
                select new { student.Id, course.CourseId }
            ).ToListAsync(cancel)
        )
            .Select(one => (one.Id, one.CourseId))
            .ToHashSet();
        var results = seats.Select(seat =>
        {
            var (course, term) = (courseOf[seat.CourseId], terms[seat.TermId]);
            // The rules of the term's end: that is when the result comes about.
            var rules = RuleSet.On(term.Ends);
            var mark = MarkOf(rules, course, [.. marks[(seat.StudentId, seat.SectionId)]]);
            var grade = institutions[course.InstitutionCode]
                .Scale(rules)
                .Of(mark.Value, course.PassOnly);
            return new CourseResult(
                seat.StudentId,
                course,
                term,
                mark,
                new(
                    course.Code,
                    course.Credits,
                    term.Order,
                    grade,
                    inProgramme.Contains((seat.StudentId, course.Id))
                )
            );
        });
        var elsewhere = recognised.Select(one =>
        {
            var course = courseOf[one.CourseId];
            return new CourseResult(
                one.StudentId,
                course,
                null,
                null,
                new(
                    course.Code,
                    course.Credits,
                    0,
                    new(GradeScale.Recognised, null, true),
                    inProgramme.Contains((one.StudentId, course.Id))
                )
            );
        });
        return results
            .Concat(elsewhere)
            .GroupBy(result => result.Student)
            .ToDictionary(
                group => group.Key,
                group =>
                    (IReadOnlyList<CourseResult>)
                        [
                            .. group
                                .OrderBy(result => result.Attempt.Term)
                                .ThenBy(result => result.Course.Code, StringComparer.Ordinal),
                        ]
            );
    }

    /// <param name="marks">Of one student in one section, in any order.</param>
    public static CourseMark MarkOf(
        RuleSet rules,
        Course course,
        IReadOnlyCollection<SectionMark> marks
    ) =>
        CourseMark.Of(
            rules,
            course.ComponentList,
            [
                .. course
                    .Components.OrderBy(component => component.Number)
                    .Select(component =>
                        marks.FirstOrDefault(mark => mark.Component == component.Number) is { } mark
                            ? mark.Tenths / 10m
                            : (decimal?)null
                    ),
            ]
        );
}
