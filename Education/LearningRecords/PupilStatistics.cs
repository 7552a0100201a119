using System.Runtime.CompilerServices;
using Education.Contracts;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords;

/// <summary>Counts the pupils of one school after another, so that a province never lies in memory.</summary>
public sealed class PupilStatistics(LearningRecordsDb db) : IPupilStatistics
{
    public async IAsyncEnumerable<PupilCount> Pupils(
        int schoolYear,
        DateOnly day,
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
            var pupils = await (
                from enrolment in db.Enrolments
                where
                    enrolment.SchoolCode == school.Code
                    && enrolment.Year == schoolYear
                    && enrolment.Present
                    && enrolment.From <= day
                    && (enrolment.Until == null || enrolment.Until >= day)
                join student in db.Students on enrolment.StudentId equals student.Id
                join schoolClass in db.Classes on enrolment.ClassId equals schoolClass.Id
                select new
                {
                    student.Id,
                    student.Sex,
                    student.BirthDate,
                    student.Ethnicity,
                    schoolClass.Grade,
                }
            ).ToListAsync(cancel);
            var repeaters = await Repeaters(school.Code, schoolYear, cancel);
            var conduct = await Conduct(school.Code, schoolYear, cancel);
            var counts = pupils
                .GroupBy(pupil =>
                    (
                        pupil.Grade,
                        pupil.Sex,
                        BirthYear: pupil.BirthDate?.Year,
                        pupil.Ethnicity,
                        Repeats: repeaters.Contains((pupil.Id, pupil.Grade)),
                        Conduct: conduct.GetValueOrDefault(pupil.Id)
                    )
                )
                .OrderBy(group => group.Key.Grade)
                .ThenBy(group => group.Key.Sex)
                .ThenBy(group => group.Key.BirthYear)
                .ThenBy(group => group.Key.Ethnicity, StringComparer.Ordinal)
                .ThenBy(group => group.Key.Repeats)
                .ThenBy(group => group.Key.Conduct);
            foreach (var count in counts)
            {
                var (grade, sex, birthYear, ethnicity, repeats, level) = count.Key;
                yield return new(
                    school.Code,
                    school.Name,
                    $"{(int)School.LevelOf(grade):D2}",
                    grade,
                    sex,
                    birthYear,
                    ethnicity,
                    repeats,
                    level?.Official(),
                    count.Count()
                );
            }
        }
    }

    /// <summary>Pupils of this school with the grades in which they were last year, wherever they were.</summary>
    private async Task<HashSet<(CitizenId, int)>> Repeaters(
        string school,
        int schoolYear,
        CancellationToken cancel
    )
    {
        var before = await (
            from now in db.Enrolments
            where now.SchoolCode == school && now.Year == schoolYear
            join last in db.Enrolments on now.StudentId equals last.StudentId
            where last.Year == schoolYear - 1 && last.Present
            join schoolClass in db.Classes on last.ClassId equals schoolClass.Id
            select new { now.StudentId, schoolClass.Grade }
        )
            .Distinct()
            .ToListAsync(cancel);
        return [.. before.Select(pupil => (pupil.StudentId, pupil.Grade))];
    }

    private async Task<Dictionary<CitizenId, Level?>> Conduct(
        string school,
        int schoolYear,
        CancellationToken cancel
    )
    {
        var terms = await (
            from conduct in db.TermConducts
            where conduct.Year == schoolYear && conduct.Level != null
            join schoolClass in db.Classes on conduct.ClassId equals schoolClass.Id
            where schoolClass.SchoolCode == school
            select new
            {
                conduct.StudentId,
                conduct.Term,
                conduct.Level,
            }
        ).ToListAsync(cancel);
        return terms
            .GroupBy(term => term.StudentId)
            .ToDictionary(
                pupil => pupil.Key,
                pupil =>
                    pupil.FirstOrDefault(term => term.Term == 1)?.Level is { } first
                    && pupil.FirstOrDefault(term => term.Term == 2)?.Level is { } second
                        ? Circular22.YearConduct(first, second)
                        : (Level?)null
            );
    }
}
