using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Retests">Result of assessing again by subject: <c>6.5</c>, <c>Đ</c>; empty takes it away. Subjects not named stay.</param>
/// <param name="SummerConduct">Grades 6–12: rèn luyện after the summer; null takes it away.</param>
/// <param name="Promoted">Grades 1–5, not completed: the principal's decision; null while it is open.</param>
/// <param name="Reason">Why the principal decided so; needed with <paramref name="Promoted"/>.</param>
/// <param name="RecognisedFor">Grades 1–5, completed well: for what the class recognised the pupil; empty for nothing.</param>
/// <param name="Version">The version that the writer saw; 0 when nothing was there.</param>
public sealed record YearEntry(
    Guid Student,
    int Version,
    IReadOnlyDictionary<string, string?>? Retests = null,
    Level? SummerConduct = null,
    bool? Promoted = null,
    string? Reason = null,
    string? RecognisedFor = null
);

/// <summary>
/// The end of a class's year: who goes up, who is assessed again, who trains conduct in the summer, who repeats, each with its reasons; and what
/// people add to it. Circular 22/2021/TT-BGDĐT articles 12–15; Circular 27/2020/TT-BGDĐT articles 11 and 13. Re-tests and conduct after the summer are the homeroom teacher's to
/// enter, the decision on a pupil who has not completed a primary grade is the principal's.
/// </summary>
public sealed class DecideYear(
    LearningRecordsDb db,
    SchoolAccess access,
    ClassResults results,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/classes/{id:guid}/year-end";
        routes
            .MapGet(
                path,
                (Guid id, DecideYear feature, CancellationToken cancel) => feature.Read(id, cancel)
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapPut(
                path,
                async (
                    Guid id,
                    YearEntry[] entries,
                    DecideYear feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, entries, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);
        routes
            .MapPost(
                path + "/publish",
                async (Guid id, DecideYear feature, CancellationToken cancel) =>
                {
                    await feature.Publish(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);
    }

    public async Task<YearView> Read(Guid classId, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(classId, Permission.ReadLearningRecords, cancel);
        var over = await results.SummerIsOver(schoolClass.SchoolCode, schoolClass.Year, cancel);
        var pupils = await results.Of(schoolClass, over, cancel);
        var reviews = await Reviews(schoolClass, cancel);
        var retests = (await Retests(schoolClass, cancel)).ToLookup(retest => retest.StudentId);
        await Audit(
            AuditAction.Read,
            schoolClass,
            pupils.Select(pupil => pupil.Student.Id.ToString())
        );
        return new(
            classId,
            schoolClass.Name,
            schoolClass.Grade,
            schoolClass.Year,
            RuleSets.Of(schoolClass.Year, schoolClass.Grade) ?? RuleSet.Circular22,
            over,
            await access.MayWriteConduct(schoolClass, cancel),
            access.May(Permission.ManageSchool, schoolClass.SchoolCode),
            Published(reviews, classId),
            [
                .. pupils.Select(pupil =>
                    Row(
                        pupil,
                        reviews.GetValueOrDefault(pupil.Student.Id),
                        retests[pupil.Student.Id].ToDictionary(retest => retest.Subject)
                    )
                ),
            ]
        );
    }

    /// <summary>All or nothing.</summary>
    /// <exception cref="Conflict">Someone else changed one of the rows since it was read, or the summer is over.</exception>
    public async Task Run(
        Guid classId,
        IReadOnlyList<YearEntry> entries,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await Writable(classId, cancel);
        var over = await results.SummerIsOver(schoolClass.SchoolCode, schoolClass.Year, cancel);
        if (over && !access.May(Permission.ManageSchool, schoolClass.SchoolCode))
        {
            throw new Conflict(
                T.Of(
                    "Năm học mới đã khai giảng: chỉ người quản lí nhà trường còn sửa được kết quả năm học trước.",
                    "The new school year has begun: only who manages the school still changes the results of the last one."
                )
            );
        }
        var pupils = (await results.Of(schoolClass, over, cancel)).ToDictionary(pupil =>
            pupil.Student.Id
        );
        var reviews = await Reviews(schoolClass, cancel);
        YearEntryCheck.Demand(
            schoolClass,
            entries,
            pupils,
            reviews,
            access.May(Permission.ManageSchool, schoolClass.SchoolCode)
        );
        var retests = (await Retests(schoolClass, cancel)).ToDictionary(retest =>
            (retest.StudentId, retest.Subject)
        );
        var published = Published(reviews, classId);
        var changed = new List<(CitizenId Student, string What)>();
        foreach (var entry in entries)
        {
            var student = new CitizenId(entry.Student);
            var review = reviews.GetValueOrDefault(student);
            var what = new List<string>();
            if (review is null)
            {
                review = new YearReview
                {
                    StudentId = student,
                    Year = schoolClass.Year,
                    ClassId = classId,
                    ChangedBy = access.Caller.Name,
                };
            }
            Set(entry, review, what);
            SetRetests(entry, student, schoolClass, retests, published, what);
            if (what.Count == 0)
            {
                continue;
            }
            if (review.Version != entry.Version)
            {
                throw SheetConflict.Of(pupils[student].Student.FullName);
            }
            if (review.Version == 0)
            {
                db.YearReviews.Add(review);
            }
            review.PublishedAt ??= published;
            review.Version++;
            review.ChangedAt = clock.GetUtcNow();
            review.ChangedBy = access.Caller.Name;
            changed.Add((student, string.Join("; ", what)));
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw SheetConflict.Of(schoolClass.Name);
        }
        foreach (var (student, what) in changed)
        {
            await Audit(AuditAction.Update, schoolClass, [student.ToString()], what);
        }
    }

    /// <summary>Pupils and parents see from now on what was decided and what re-tests brought.</summary>
    public async Task Publish(Guid classId, CancellationToken cancel = default)
    {
        var schoolClass = await Writable(classId, cancel);
        var now = clock.GetUtcNow();
        var reviews = await Reviews(schoolClass, cancel);
        foreach (var pupil in await results.Of(schoolClass, afterSummer: false, cancel))
        {
            if (!reviews.ContainsKey(pupil.Student.Id))
            {
                db.YearReviews.Add(
                    new()
                    {
                        StudentId = pupil.Student.Id,
                        Year = schoolClass.Year,
                        ClassId = classId,
                        PublishedAt = now,
                        Version = 1,
                        ChangedAt = now,
                        ChangedBy = access.Caller.Name,
                    }
                );
            }
        }
        foreach (var review in reviews.Values)
        {
            review.PublishedAt ??= now;
        }
        foreach (var retest in await Retests(schoolClass, cancel))
        {
            retest.PublishedAt ??= now;
        }
        await db.SaveChangesAsync(cancel);
        await Audit(
            AuditAction.Execute,
            schoolClass,
            reviews.Keys.Select(student => student.ToString()),
            "publish"
        );
    }

    private void Set(YearEntry entry, YearReview review, List<string> what)
    {
        Change(
            "conduct",
            review.SummerConduct,
            entry.SummerConduct,
            value => review.SummerConduct = value
        );
        Change("promoted", review.Promoted, entry.Promoted, value => review.Promoted = value);
        Change(
            "reason",
            review.Reason,
            YearEntryCheck.Trimmed(entry.Reason),
            value => review.Reason = value
        );
        Change(
            "recognised",
            review.RecognisedFor,
            YearEntryCheck.Trimmed(entry.RecognisedFor),
            value => review.RecognisedFor = value
        );

        void Change<TValue>(string name, TValue old, TValue now, Action<TValue> set)
        {
            if (!EqualityComparer<TValue>.Default.Equals(old, now))
            {
                set(now);
                what.Add(name is "reason" or "recognised" ? name : $"{name} {old} → {now}");
            }
        }
    }

    private void SetRetests(
        YearEntry entry,
        CitizenId student,
        SchoolClass schoolClass,
        Dictionary<(CitizenId, string), Retest> known,
        DateTimeOffset? published,
        List<string> what
    )
    {
        foreach (var (subject, text) in entry.Retests ?? new Dictionary<string, string?>())
        {
            var before = known.GetValueOrDefault((student, subject));
            MarkValue? wanted = string.IsNullOrWhiteSpace(text)
                ? null
                : Parse(text, YearEntryCheck.Kind(schoolClass, subject)!.Value);
            if (before?.Value == wanted)
            {
                continue;
            }
            what.Add($"{subject} {before?.Value} → {wanted}");
            if (wanted is not { } value)
            {
                db.Retests.Remove(before!);
                continue;
            }
            if (before is null)
            {
                before = new Retest
                {
                    StudentId = student,
                    Year = schoolClass.Year,
                    Subject = subject,
                    ClassId = schoolClass.Id,
                    Value = value,
                    PublishedAt = published,
                    ChangedBy = access.Caller.Name,
                };
                db.Retests.Add(before);
            }
            before.Value = value;
            before.Version++;
            before.ChangedAt = clock.GetUtcNow();
            before.ChangedBy = access.Caller.Name;
        }
    }

    private static YearRow Row(
        PupilResult pupil,
        YearReview? review,
        Dictionary<string, Retest> retests
    )
    {
        var year = pupil.Year;
        return new(
            pupil.Student.Id.Value,
            pupil.Student.Code,
            pupil.Student.FullName,
            year.Primary is { } primary
                ? primary.Year?.Level.Official()
                : year.Sheet.AfterRetests?.Level.Official(),
            year.ConductOfYear,
            year.SummerConduct,
            year.Absences,
            year.Decision?.Outcome,
            Explanations.Year(year),
            year.Award,
            year.Sheet.Year?.Level is Level.Unsatisfactory
                ?
                [
                    .. year
                        .Sheet.Subjects.Where(sheet => Circular22.MayRetest(sheet.Year!))
                        .Select(sheet => new RetestView(
                            sheet.Subject.Subject,
                            sheet.Subject.Name,
                            Explanations.Text(sheet.Year),
                            retests.GetValueOrDefault(sheet.Subject.Subject)?.Value.ToString(),
                            ColumnKind.Final.Takes(sheet.Subject.Kind)
                        )),
                ]
                : [],
            review?.Promoted,
            review?.Reason,
            review?.RecognisedFor,
            review?.Version ?? 0
        );
    }

    private static MarkValue Parse(string text, ValueKind kind) =>
        MarkValue.TryParse(text, kind, out var value)
            ? value
            : throw new InvalidInput("retests", kind.Expected());

    private async Task<SchoolClass> Writable(Guid classId, CancellationToken cancel)
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        if (!await access.MayWriteConduct(schoolClass, cancel))
        {
            await access.Refuse(Permission.WriteMarks, $"Class/{classId}/year-end");
        }
        return schoolClass;
    }

    private static DateTimeOffset? Published(
        Dictionary<CitizenId, YearReview> reviews,
        Guid classId
    ) =>
        reviews
            .Values.Where(review => review.ClassId == classId)
            .Select(review => review.PublishedAt)
            .Max();

    /// <summary>Of those who are in the class now, wherever they were written.</summary>
    private Task<Dictionary<CitizenId, YearReview>> Reviews(
        SchoolClass schoolClass,
        CancellationToken cancel
    ) =>
        db
            .YearReviews.Where(review =>
                review.Year == schoolClass.Year
                && db.Enrolments.Any(enrolment =>
                    enrolment.StudentId == review.StudentId
                    && enrolment.ClassId == schoolClass.Id
                    && enrolment.Present
                    && enrolment.Until == null
                )
            )
            .ToDictionaryAsync(review => review.StudentId, cancel);

    private Task<List<Retest>> Retests(SchoolClass schoolClass, CancellationToken cancel) =>
        db
            .Retests.Where(retest =>
                retest.Year == schoolClass.Year
                && db.Enrolments.Any(enrolment =>
                    enrolment.StudentId == retest.StudentId
                    && enrolment.ClassId == schoolClass.Id
                    && enrolment.Present
                    && enrolment.Until == null
                )
            )
            .ToListAsync(cancel);

    private async Task Audit(
        AuditAction action,
        SchoolClass schoolClass,
        IEnumerable<string> students,
        string? detail = null
    ) =>
        await audit.Record(
            access.Caller,
            new AuditEntry(
                action,
                $"Class/{schoolClass.Id}/year-end",
                [.. students],
                Detail: detail
            )
        );
}
