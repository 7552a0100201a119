using System.Runtime.CompilerServices;
using Education.Contracts;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords;

/// <summary>What the statistics export reads: one school after another, so that a province never lies in memory.</summary>
public sealed class StudentRecords(LearningRecordsDb db, ClassResults classResults)
    : IStudentRecords
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
            var results = new List<(int Grade, Sex Sex, string? Level)>();
            var classes = await db
                .Classes.AsNoTracking()
                .Include(schoolClass => schoolClass.Subjects)
                .Where(schoolClass =>
                    schoolClass.SchoolCode == school.Code && schoolClass.Year == schoolYear
                )
                .ToListAsync(cancel);
            foreach (var schoolClass in classes)
            {
                var pupils = await classResults.Of(schoolClass, afterSummer: false, cancel);
                results.AddRange(
                    pupils.Select(pupil =>
                        (
                            schoolClass.Grade,
                            pupil.Student.Sex,
                            pupil.Year.Primary is { } primary
                                ? primary.Year?.Level.Official()
                                : pupil.Year.Sheet.Year?.Level.Official()
                        )
                    )
                );
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
                    row.Key.Level,
                    row.Count()
                );
            }
        }
    }
}
