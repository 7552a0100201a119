using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Students;

/// <param name="Until">Null for the status that holds, and for the last one of a finished school year.</param>
public sealed record EnrolmentView(
    int Year,
    string School,
    string Class,
    EnrolmentStatus Status,
    DateOnly From,
    DateOnly? Until
);

public sealed record ConductOfTerm(int Term, Level? Level, int Absences, string? Comment);

/// <summary>One school year of a pupil, computed from the marks that the reader may see.</summary>
/// <param name="Sheet">Empty in primary school, whose year is <paramref name="Primary"/>.</param>
/// <param name="Conduct">Of the year, or after the summer where it was judged again; null until both terms are judged.</param>
/// <param name="Decision">What follows from the year; null while something is missing.</param>
public sealed record RecordYear(
    int Year,
    int Grade,
    string Class,
    string School,
    YearSheet Sheet,
    IReadOnlyList<ConductOfTerm> Terms,
    Level? Conduct,
    YearDecision? Decision,
    Award Award,
    RuleSet Rules = RuleSet.Circular22,
    PrimarySheet? Primary = null
)
{
    /// <summary>Teachers' comments: term, subject, text.</summary>
    public IReadOnlyList<SubjectRemark> Remarks { get; init; } = [];
}

/// <param name="Subject">Name of the subject.</param>
public sealed record SubjectRemark(int Term, string Subject, string Text);

public sealed record OwnRecord(CitizenId Student, string Name, string Code);

/// <param name="Years">The latest first.</param>
/// <param name="PublishedOnly">The reader is the pupil or a parent: only what is published is in it.</param>
public sealed record LearningRecord(
    CitizenId Student,
    string Code,
    string Name,
    PartialDate? BirthDate,
    Sex Sex,
    bool PublishedOnly,
    IReadOnlyList<RecordYear> Years,
    IReadOnlyList<EnrolmentView> Enrolments
)
{
    /// <summary>Years assessed by rules that hold no more, as their documents state them; the latest first.</summary>
    public IReadOnlyList<OldYear> OldYears { get; init; } = [];
}

/// <summary>
/// A pupil's học bạ: marks by term, averages, levels with their reasons, conduct, over all years. Pupil and parents see what is published
/// and nothing of others: no rank, no class average (Circular 15/2026/TT-BGDĐT, article 22.2).
/// </summary>
public sealed class ReadRecord(
    LearningRecordsDb db,
    SchoolAccess access,
    ClassResults results,
    ICitizens citizens,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/students/{id:guid}/record",
                async (Guid id, ReadRecord feature, CancellationToken cancel) =>
                    RecordDocument.Of(await feature.Run(new CitizenId(id), cancel))
            )
            .Requires(Permission.ReadLearningRecords);

    /// <summary>The records a citizen may see: the own one and those of the children in the citizen's care.</summary>
    public async Task<IReadOnlyList<OwnRecord>> Own(CancellationToken cancel = default)
    {
        if (access.Caller.Citizen is not { } me)
        {
            return [];
        }
        var mine = (await citizens.RecordsOf(me, cancel))?.All.ToList() ?? [me];
        var care = access.Care(mine);
        return await db
            .Students.Where(student =>
                mine.Contains(student.Id) || care.Any(row => row.StudentId == student.Id)
            )
            .OrderBy(student => student.FullName)
            .Select(student => new OwnRecord(student.Id, student.FullName, student.Code))
            .ToListAsync(cancel);
    }

    /// <exception cref="NotFound">The person was never a pupil.</exception>
    /// <exception cref="AccessDenied">The pupil was never at the caller's school, or neither the caller nor in the caller's care.</exception>
    public async Task<LearningRecord> Run(CitizenId id, CancellationToken cancel = default)
    {
        // A pupil whose records were merged has one học bạ, under whichever id the school opened each of them.
        var ids = (await citizens.RecordsOf(id, cancel))?.All.ToList() ?? [id];
        if (access.SeesOwnOnly && !await access.IsOwnOrGuardian(id, cancel))
        {
            await access.Refuse(Permission.ReadLearningRecords, $"Student/{id}", id);
        }
        var student =
            await db
                .Students.AsNoTracking()
                .Where(student => ids.Contains(student.Id))
                .OrderByDescending(student => student.Id == id)
                .ThenBy(student => student.Id)
                .FirstOrDefaultAsync(cancel)
            ?? throw new NotFound($"Student {id}");
        id = student.Id;
        var enrolments = await EnrolmentsOf(ids, cancel);
        if (!access.SeesOwnOnly)
        {
            enrolments = await VisibleToSchool(id, enrolments);
        }
        var publishedOnly = access.SeesOwnOnly;
        await audit.Record(
            access.Caller,
            new AuditEntry(AuditAction.Read, $"Student/{id}", [id.ToString()]),
            cancel
        );
        return new(
            id,
            student.Code,
            student.FullName,
            student.BirthDate,
            student.Sex,
            publishedOnly,
            await Years(ids, enrolments, publishedOnly, cancel),
            [
                .. enrolments.Select(row => new EnrolmentView(
                    row.Enrolment.Year,
                    row.School,
                    row.Class.Name,
                    row.Enrolment.Status,
                    row.Enrolment.From,
                    row.Enrolment.Until
                )),
            ]
        )
        {
            OldYears = await db
                .OldYears.AsNoTracking()
                .Include(year => year.Results.OrderBy(subject => subject.Place))
                .Where(year => ids.Contains(year.StudentId))
                .OrderByDescending(year => year.Year)
                .ToListAsync(cancel),
        };
    }

    /// <summary>
    /// One year as its school has it, for a document that the school makes of it: whoever makes it has asked for access and leaves the
    /// audit row. Null when the pupil was not enrolled in that year.
    /// </summary>
    internal async Task<RecordYear?> Year(CitizenId id, int year, CancellationToken cancel)
    {
        var ids = (await citizens.RecordsOf(id, cancel))?.All.ToList() ?? [id];
        var enrolments = (await EnrolmentsOf(ids, cancel)).FindAll(row => row.Class.Year == year);
        return (await Years(ids, enrolments, publishedOnly: false, cancel)).SingleOrDefault();
    }

    private Task<List<EnrolledAs>> EnrolmentsOf(List<CitizenId> ids, CancellationToken cancel) =>
        (
            from enrolment in db.Enrolments
            where ids.Contains(enrolment.StudentId)
            join schoolClass in db.Classes on enrolment.ClassId equals schoolClass.Id
            join school in db.Schools on enrolment.SchoolCode equals school.Code
            orderby enrolment.From, enrolment.Id
            select new EnrolledAs(enrolment, schoolClass, school.Name)
        )
            .AsNoTracking()
            .ToListAsync(cancel);

    /// <summary>The school of a present pupil sees the whole record; a former school sees the years the pupil was there.</summary>
    private async Task<List<EnrolledAs>> VisibleToSchool(CitizenId id, List<EnrolledAs> rows)
    {
        bool Reaches(EnrolledAs row) =>
            access.May(Permission.ReadLearningRecords, row.Enrolment.SchoolCode);

        if (!rows.Exists(Reaches))
        {
            await access.Refuse(Permission.ReadLearningRecords, $"Student/{id}", id);
        }
        var latest = rows.Max(row => row.Enrolment.Year);
        var present = rows.Exists(row =>
            Reaches(row)
            && row.Enrolment is { Until: null, Present: true }
            && row.Enrolment.Year == latest
        );
        return present ? rows : rows.FindAll(Reaches);
    }

    /// <param name="ids">All under which the person is a pupil.</param>
    private async Task<List<RecordYear>> Years(
        List<CitizenId> ids,
        List<EnrolledAs> enrolments,
        bool publishedOnly,
        CancellationToken cancel
    )
    {
        var years = enrolments.Select(row => row.Class.Year).Distinct().ToList();
        var marks = await (
            from mark in db.Marks
            where ids.Contains(mark.StudentId) && mark.Value != null
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where !publishedOnly || gradebook.PublishedAt != null
            select new
            {
                schoolClass.Year,
                ClassId = schoolClass.Id,
                mark.StudentId,
                mark.ChangedAt,
                Mark = new AssessedMark(
                    subject.Subject,
                    gradebook.Term,
                    column.Kind,
                    column.Number,
                    mark.Value!.Value
                ),
            }
        ).ToListAsync(cancel);
        var remarks = await (
            from remark in db.Remarks
            where ids.Contains(remark.StudentId) && remark.Text != ""
            join gradebook in db.Gradebooks on remark.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where !publishedOnly || gradebook.PublishedAt != null
            orderby gradebook.Term, subject.Name
            select new
            {
                schoolClass.Year,
                Remark = new SubjectRemark(gradebook.Term, subject.Name, remark.Text),
            }
        ).ToListAsync(cancel);
        var retests = await db
            .Retests.AsNoTracking()
            .Where(retest =>
                ids.Contains(retest.StudentId) && (!publishedOnly || retest.PublishedAt != null)
            )
            .ToListAsync(cancel);
        var reviews = await db
            .YearReviews.AsNoTracking()
            .Where(review =>
                ids.Contains(review.StudentId) && (!publishedOnly || review.PublishedAt != null)
            )
            .ToListAsync(cancel);
        var conducts = await db
            .TermConducts.AsNoTracking()
            .Where(conduct =>
                ids.Contains(conduct.StudentId) && (!publishedOnly || conduct.PublishedAt != null)
            )
            .ToListAsync(cancel);
        var latest = years.ToDictionary(
            year => year,
            year => enrolments.Last(row => row.Class.Year == year)
        );
        var classIds = latest.Values.Select(row => row.Class.Id).ToList();
        var subjects = await db
            .ClassSubjects.AsNoTracking()
            .Where(subject => classIds.Contains(subject.ClassId))
            .ToListAsync(cancel);
        var result = new List<RecordYear>(years.Count);
        foreach (var year in years.OrderDescending())
        {
            var enrolled = latest[year];
            var own = enrolled.Enrolment.StudentId;
            var computed = PupilYear.Of(
                enrolled.Class,
                subjects.FindAll(subject => subject.ClassId == enrolled.Class.Id),
                CarriedMarks.Settle(
                    marks
                        .Where(row => row.Year == year)
                        .Select(row => new PlacedMark(
                            row.Mark,
                            row.ClassId == enrolled.Class.Id && row.StudentId == own,
                            row.ChangedAt
                        ))
                ),
                // A term that two of the ids filled counts once, as the present class has it.
                conducts
                    .Where(conduct => conduct.Year == year)
                    .OrderByDescending(conduct => conduct.StudentId == own)
                    .DistinctBy(conduct => conduct.Term),
                retests
                    .Where(retest => retest.Year == year)
                    .OrderByDescending(retest => retest.StudentId == own)
                    .DistinctBy(retest => retest.Subject),
                reviews
                    .Where(review => review.Year == year)
                    .MaxBy(review => review.StudentId == own),
                await results.SummerIsOver(enrolled.Class.SchoolCode, year, cancel)
            );
            result.Add(
                new(
                    year,
                    enrolled.Class.Grade,
                    enrolled.Class.Name,
                    enrolled.School,
                    computed.Sheet,
                    computed.Terms,
                    computed.Conduct,
                    computed.Decision,
                    computed.Award,
                    computed.Rules,
                    computed.Primary
                )
                {
                    Remarks = [.. remarks.Where(row => row.Year == year).Select(row => row.Remark)],
                }
            );
        }
        return result;
    }

    private sealed record EnrolledAs(Enrolment Enrolment, SchoolClass Class, string School);
}
