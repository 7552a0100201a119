using System.Runtime.CompilerServices;
using Education.Contracts;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords;

/// <summary>What the statistics export reads: one school after another, so that a province never lies in memory.</summary>
public sealed class StudentRecords(LearningRecordsDb db) : IStudentRecords
{
    public async IAsyncEnumerable<SchoolResultRow> YearResults(
        int schoolYear,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        var schools = await (
            from year in db.SchoolYears
            where year.Year == schoolYear
            join school in db.Schools on year.SchoolCode equals school.Code
            orderby school.Code
            select new { school.Code, school.Name }
        ).ToListAsync(cancel);
        foreach (var school in schools)
        {
            var results = new List<(int Grade, Sex Sex, Level? Level)>();
            var classes = await db
                .Classes.AsNoTracking()
                .Include(schoolClass => schoolClass.Subjects)
                .Where(schoolClass =>
                    schoolClass.SchoolCode == school.Code && schoolClass.Year == schoolYear
                )
                .ToListAsync(cancel);
            foreach (var schoolClass in classes)
            {
                results.AddRange(await ResultsOf(schoolClass, cancel));
            }
            foreach (
                var row in results
                    .GroupBy(result => result)
                    .OrderBy(group => group.Key.Grade)
                    .ThenBy(group => group.Key.Sex)
                    .ThenByDescending(group => group.Key.Level)
            )
            {
                yield return new(
                    school.Code,
                    school.Name,
                    row.Key.Grade,
                    row.Key.Sex,
                    row.Key.Level?.Official(),
                    row.Count()
                );
            }
        }
    }

    private async Task<List<(int Grade, Sex Sex, Level? Level)>> ResultsOf(
        SchoolClass schoolClass,
        CancellationToken cancel
    )
    {
        var pupils = await (
            from enrolment in db.Enrolments
            where
                enrolment.ClassId == schoolClass.Id && enrolment.Present && enrolment.Until == null
            join student in db.Students on enrolment.StudentId equals student.Id
            select new { student.Id, student.Sex }
        ).ToListAsync(cancel);
        // By pupil and not by column: a pupil who changed class within the year brings the marks of both.
        var marks = await (
            from enrolment in db.Enrolments
            where
                enrolment.ClassId == schoolClass.Id && enrolment.Present && enrolment.Until == null
            join mark in db.Marks on enrolment.StudentId equals mark.StudentId
            where mark.Value != null
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join of in db.Classes on subject.ClassId equals of.Id
            where of.Year == schoolClass.Year
            select new
            {
                mark.StudentId,
                Mark = new AssessedMark(
                    subject.Subject,
                    gradebook.Term,
                    column.Kind,
                    column.Number,
                    mark.Value!.Value
                ),
            }
        ).ToListAsync(cancel);
        var byPupil = marks.ToLookup(row => row.StudentId, row => row.Mark);
        return
        [
            .. pupils.Select(pupil =>
                (
                    schoolClass.Grade,
                    pupil.Sex,
                    YearSheet.Of(schoolClass.Subjects, byPupil[pupil.Id]).Year?.Level
                )
            ),
        ];
    }
}
