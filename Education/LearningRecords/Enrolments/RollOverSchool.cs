using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Enrolments;

/// <summary>
/// Brings a whole school into the next year in one action: opens the classes of the next grades and enrols who goes up or repeats, by what
/// <see cref="ClassResults"/> decides (Circular 22/2021, article 12; Circular 27/2020, article 11). Looking first changes nothing; running it again
/// moves only those who have become ready since; <see cref="UndoRollOver"/> takes everything back until the new year begins.
/// </summary>
public sealed class RollOverSchool(
    LearningRecordsDb db,
    SchoolAccess access,
    ClassResults results,
    OpenClass openClass,
    PlanSchoolYear planYear,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/schools/{school}/years/{year:int}/roll-over";
        routes
            .MapGet(
                path,
                (string school, int year, RollOverSchool feature, CancellationToken cancel) =>
                    feature.Preview(school, year, cancel: cancel)
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapPost(
                path,
                (
                    string school,
                    int year,
                    RollOverRequest request,
                    RollOverSchool feature,
                    CancellationToken cancel
                ) => feature.Run(school, year, request, cancel)
            )
            .Requires(Permission.ManageSchool);
    }

    /// <summary>What <see cref="Run"/> would do now.</summary>
    /// <exception cref="NotFound">The school has no such year.</exception>
    public async Task<RollOverPlan> Preview(
        string school,
        int year,
        IReadOnlyDictionary<Guid, string>? names = null,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        var name =
            await db
                .Schools.Where(known => known.Code == school)
                .Select(known => known.Name)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"School {school}");
        if (
            !await db.SchoolYears.AnyAsync(
                known => known.SchoolCode == school && known.Year == year,
                cancel
            )
        )
        {
            throw new NotFound($"School year {year} of {school}");
        }
        var classes = await ClassesOf(school, year, cancel);
        var next = await db
            .Classes.AsNoTracking()
            .Where(known => known.SchoolCode == school && known.Year == year + 1)
            .ToDictionaryAsync(known => known.Name, cancel);
        var planned = classes.ConvertAll(known =>
        {
            var nextName = Next(known, names);
            return new RollOverClass(
                known.Id,
                known.Name,
                known.Grade,
                nextName,
                nextName is not null && next.ContainsKey(nextName)
            );
        });
        CheckNames(planned, next);
        var over = await results.SummerIsOver(school, year, cancel);
        var pupils = await Pupils(classes, planned, over, cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"School/{school}/roll-over/{year}",
                [.. pupils.Select(pupil => pupil.Student.ToString())]
            ),
            cancel
        );
        var starts = await results.Opening(school, year + 1, cancel);
        var done = await db.RollOverOf(school, year, cancel);
        return new(
            school,
            name,
            year,
            await db.SchoolYears.AnyAsync(
                known => known.SchoolCode == school && known.Year == year + 1,
                cancel
            ),
            starts,
            clock.Today() >= starts,
            done is null ? null : new(done.At, done.By, done.Pupils),
            planned,
            pupils
        );
    }

    /// <returns>How many pupils were enrolled for the next year.</returns>
    /// <exception cref="Conflict">Somebody else runs it at the same moment.</exception>
    public async Task<int> Run(
        string school,
        int year,
        RollOverRequest request,
        CancellationToken cancel = default
    )
    {
        var plan = await Preview(school, year, request.Names, cancel);
        var moving = plan.Moving.ToList();
        if (moving.Count == 0)
        {
            return 0;
        }
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            if (!plan.PlanKnown)
            {
                await PlanNext(school, year, cancel);
            }
            var rollOver = await db.RollOverOf(school, year, cancel);
            if (rollOver is null)
            {
                rollOver = new RollOver
                {
                    SchoolCode = school,
                    Year = year,
                    At = clock.GetUtcNow(),
                    By = access.Caller.Name,
                    Pupils = 0,
                };
                db.RollOvers.Add(rollOver);
            }
            rollOver.Pupils += moving.Count;
            var targets = await Targets(school, year, plan, moving, rollOver.Id, cancel);
            var starts = await results.Opening(school, year + 1, cancel);
            db.Enrolments.AddRange(
                moving.Select(pupil =>
                    Enrolment.Of(
                        new CitizenId(pupil.Student),
                        targets[pupil.To!],
                        EnrolmentStatus.Studying,
                        starts,
                        rollOver: rollOver.Id
                    )
                )
            );
            await db.SaveChangesAsync(cancel);
            await transaction.CommitAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    "Người khác đang chuyển năm học cho trường này; hãy tải lại trang.",
                    "Somebody else is bringing this school into the next year; load the page again."
                )
            );
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Execute,
                $"School/{school}/roll-over/{year}",
                [.. moving.Select(pupil => pupil.Student.ToString())]
            ),
            cancel
        );
        return moving.Count;
    }

    private Task<List<SchoolClass>> ClassesOf(string school, int year, CancellationToken cancel) =>
        db
            .Classes.AsNoTracking()
            .Include(known => known.Subjects)
            .Where(known => known.SchoolCode == school && known.Year == year)
            .OrderBy(known => known.Grade)
            .ThenBy(known => known.Name)
            .ToListAsync(cancel);

    private async Task<List<RollOverPupil>> Pupils(
        List<SchoolClass> classes,
        List<RollOverClass> planned,
        bool afterSummer,
        CancellationToken cancel
    )
    {
        var pupils = new List<RollOverPupil>();
        foreach (var (schoolClass, plan) in classes.Zip(planned))
        {
            var there = await EnrolledNext(schoolClass, cancel);
            foreach (var pupil in await results.Of(schoolClass, afterSummer, cancel))
            {
                var id = pupil.Student.Id;
                var decision = pupil.Year.Decision;
                var move = there.Contains(id)
                    ? RollOverMove.AlreadyThere
                    : decision?.Outcome switch
                    {
                        YearOutcome.Promoted when plan.NextName is null => RollOverMove.Completes,
                        YearOutcome.Promoted => RollOverMove.GoesUp,
                        YearOutcome.CompletedProgramme => RollOverMove.Completes,
                        YearOutcome.Repeats => RollOverMove.Repeats,
                        _ => RollOverMove.Waits,
                    };
                pupils.Add(
                    Of(
                        pupil.Student,
                        move,
                        move switch
                        {
                            RollOverMove.GoesUp => plan.NextName,
                            RollOverMove.Repeats => schoolClass.Name,
                            _ => null,
                        },
                        decision is null
                            ? T.Of("Chưa đủ điểm hoặc đánh giá", "Marks or judgements are missing")
                            : decision.Outcome.Text()
                    )
                );
            }
            foreach (var (student, status) in await Gone(schoolClass, cancel))
            {
                pupils.Add(Of(student, RollOverMove.Left, null, status.Text()));
            }

            RollOverPupil Of(Student student, RollOverMove move, string? to, string? why) =>
                new(
                    student.Id.Value,
                    student.Code,
                    student.FullName,
                    schoolClass.Id,
                    schoolClass.Name,
                    move,
                    to,
                    why
                );
        }
        return pupils;
    }

    private async Task<HashSet<CitizenId>> EnrolledNext(
        SchoolClass schoolClass,
        CancellationToken cancel
    ) =>
        (
            await (
                from enrolment in db.Enrolments
                where enrolment.ClassId == schoolClass.Id
                join next in db.Enrolments on enrolment.StudentId equals next.StudentId
                where next.Year == schoolClass.Year + 1
                select next.StudentId
            ).ToListAsync(cancel)
        ).ToHashSet();

    private async Task<List<(Student Student, EnrolmentStatus Status)>> Gone(
        SchoolClass schoolClass,
        CancellationToken cancel
    ) =>
        [
            .. (
                await (
                    from enrolment in db.Enrolments
                    where
                        enrolment.ClassId == schoolClass.Id
                        && !enrolment.Present
                        && enrolment.Until == null
                    join student in db.Students on enrolment.StudentId equals student.Id
                    select new { student, enrolment.Status }
                )
                    .AsNoTracking()
                    .ToListAsync(cancel)
            ).Select(row => (row.student, row.Status)),
        ];

    /// <summary>The classes that pupils go to, opened where they are not.</summary>
    private async Task<Dictionary<string, SchoolClass>> Targets(
        string school,
        int year,
        RollOverPlan plan,
        List<RollOverPupil> moving,
        Guid rollOver,
        CancellationToken cancel
    )
    {
        var targets = await db
            .Classes.Where(known => known.SchoolCode == school && known.Year == year + 1)
            .ToDictionaryAsync(known => known.Name, cancel);
        var from = (await ClassesOf(school, year, cancel)).ToDictionary(known => known.Id);
        foreach (var pupil in moving)
        {
            if (targets.ContainsKey(pupil.To!))
            {
                continue;
            }
            var old = from[pupil.FromClass];
            var grade = pupil.Move is RollOverMove.GoesUp ? old.Grade + 1 : old.Grade;
            // What pupils have chosen goes on; what is compulsory in the grade comes with it.
            var subjects = SubjectCatalogue
                .OfGrade(grade)
                .Where(subject =>
                    subject.IsCompulsory(grade)
                    || old.Subjects.Exists(taught => taught.Subject == subject.Code)
                )
                .Select(subject => subject.Code)
                .ToList();
            targets[pupil.To!] = openClass.Add(
                school,
                new(year + 1, grade, pupil.To!, subjects),
                rollOver
            );
        }
        return targets;
    }

    private async Task PlanNext(string school, int year, CancellationToken cancel)
    {
        var dates = await db.SchoolYears.FirstAsync(
            known => known.SchoolCode == school && known.Year == year,
            cancel
        );
        var second = await db
            .Terms.Where(term => term.SchoolCode == school && term.Year == year && term.Number == 2)
            .Select(term => term.Starts)
            .FirstAsync(cancel);
        await planYear.Run(
            school,
            new(year + 1, dates.Starts.AddYears(1), second.AddYears(1), dates.Ends.AddYears(1)),
            cancel
        );
    }

    /// <summary>6A becomes 7A, Hoa Mai of grade 1 becomes 2 Hoa Mai; null after the last grade of a level, which another school follows.</summary>
    private static string? Next(SchoolClass schoolClass, IReadOnlyDictionary<Guid, string>? names)
    {
        if (schoolClass.Grade is 5 or 9 or 12)
        {
            return null;
        }
        if (names?.GetValueOrDefault(schoolClass.Id)?.Trim() is { Length: > 0 } wished)
        {
            return wished;
        }
        var grade = schoolClass.Grade.ToString();
        return schoolClass.Name.StartsWith(grade, StringComparison.Ordinal)
            ? $"{schoolClass.Grade + 1}{schoolClass.Name[grade.Length..]}"
            : $"{schoolClass.Grade + 1} {schoolClass.Name}";
    }

    private static void CheckNames(
        List<RollOverClass> planned,
        Dictionary<string, SchoolClass> next
    )
    {
        foreach (var known in planned.Where(known => known.NextName is not null))
        {
            if (known.NextName!.Length > 30)
            {
                throw new InvalidInput(
                    $"names.{known.Class}",
                    T.Of("Tên lớp dài nhất 30 ký tự.", "A class name has at most 30 characters.")
                );
            }
            var taken =
                next.TryGetValue(known.NextName, out var there) && there.Grade != known.Grade + 1
                || planned.Exists(other =>
                    other.NextName == known.NextName && other.Grade != known.Grade
                    || other.Name == known.NextName && other.Grade != known.Grade + 1
                );
            if (taken)
            {
                throw new InvalidInput(
                    $"names.{known.Class}",
                    T.Of(
                        $"Lớp {known.NextName} của năm học tới là lớp của khối khác.",
                        $"Class {known.NextName} of the next year is of another grade."
                    )
                );
            }
        }
    }
}
