using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Assessment;

public sealed record PupilResult(Student Student, PupilYear Year);

/// <summary>The school year of every pupil of a class, in five queries whatever its size; who may ask is the caller's business.</summary>
public sealed class ClassResults(LearningRecordsDb db, TimeProvider clock)
{
    /// <summary>Re-tests and summer training end when the new school year opens (Circular 22/2021, articles 13 and 14): 5 September where the school has no date yet.</summary>
    public async Task<bool> SummerIsOver(
        string school,
        int year,
        CancellationToken cancel = default
    )
    {
        var today = clock.Today();
        // A school year opens within the calendar year it is named by: most years need no look.
        return today.Year == year + 1
            ? today >= await Opening(school, year + 1, cancel)
            : today.Year > year + 1;
    }

    public async Task<DateOnly> Opening(
        string school,
        int year,
        CancellationToken cancel = default
    ) =>
        await db
            .SchoolYears.Where(known => known.SchoolCode == school && known.Year == year)
            .Select(known => (DateOnly?)known.Starts)
            .FirstOrDefaultAsync(cancel)
        ?? new DateOnly(year, 9, 5);

    /// <summary>Those who are in the class now, in the order of the register.</summary>
    /// <param name="schoolClass">With its subjects.</param>
    public async Task<IReadOnlyList<PupilResult>> Of(
        SchoolClass schoolClass,
        bool afterSummer,
        CancellationToken cancel = default
    )
    {
        var present = db.Enrolments.Where(enrolment =>
            enrolment.ClassId == schoolClass.Id && enrolment.Present && enrolment.Until == null
        );
        var pupils = await present
            .Join(
                db.Students,
                enrolment => enrolment.StudentId,
                student => student.Id,
                (_, student) => student
            )
            .AsNoTracking()
            .ToListAsync(cancel);
        // By pupil and not by column: a pupil who changed class within the year brings the marks of both.
        var marks = await (
            from enrolment in present
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
                Mark = new PlacedMark(
                    new AssessedMark(
                        subject.Subject,
                        gradebook.Term,
                        column.Kind,
                        column.Number,
                        mark.Value!.Value
                    ),
                    of.Id == schoolClass.Id,
                    mark.ChangedAt
                ),
            }
        ).ToListAsync(cancel);
        var conducts = await OfPupils(db.TermConducts, conduct => conduct.StudentId);
        var retests = await OfPupils(db.Retests, retest => retest.StudentId);
        var reviews = await OfPupils(db.YearReviews, review => review.StudentId);
        var byPupil = marks.ToLookup(row => row.StudentId, row => row.Mark);
        return
        [
            .. pupils
                .OrderBy(pupil => pupil.FullName, VietnameseNames.Order)
                .Select(pupil => new PupilResult(
                    pupil,
                    PupilYear.Of(
                        schoolClass,
                        schoolClass.Subjects,
                        CarriedMarks.Settle(byPupil[pupil.Id]),
                        conducts[pupil.Id],
                        retests[pupil.Id],
                        reviews[pupil.Id].FirstOrDefault(),
                        afterSummer
                    )
                )),
        ];

        async Task<ILookup<CitizenId, TRow>> OfPupils<TRow>(
            IQueryable<TRow> rows,
            System.Linq.Expressions.Expression<Func<TRow, CitizenId>> student
        )
            where TRow : class
        {
            var found = await rows.AsNoTracking()
                .Where(row => EF.Property<int>(row, nameof(TermConduct.Year)) == schoolClass.Year)
                .Join(present, student, enrolment => enrolment.StudentId, (row, _) => row)
                .ToListAsync(cancel);
            return found.ToLookup(student.Compile());
        }
    }
}
