using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <param name="Label">ĐĐGtx 1, ĐĐGgk, ĐĐGck; in primary school the level, the test or the quality.</param>
/// <param name="Takes">What may stand in its cells.</param>
public sealed record GradebookColumn(
    Guid Id,
    ColumnKind Kind,
    int Number,
    string Label,
    ValueKind Takes
);

/// <param name="Value"><c>8.5</c>, <c>Đ</c>, <c>CĐ</c>; null when empty.</param>
/// <param name="Version">0 when nothing was ever written; sent back with a change.</param>
/// <param name="Requested">What somebody has asked to change it to and waits for; empty: to clear it; null: nobody has.</param>
/// <param name="Carried">The mark that the pupil brought from an earlier class or school and that counts while the cell is empty.</param>
public sealed record GradebookCell(
    Guid Column,
    string? Value,
    int Version,
    string? By,
    DateTimeOffset? At,
    string? Requested = null,
    string? Carried = null
);

/// <param name="Left">Has left the class: shown, not written.</param>
/// <param name="Result">ĐTBmhk such as <c>7.9</c>, or Đ / CĐ; null while an assessment is missing, and in primary school.</param>
/// <param name="Remark">The teacher's comment on the pupil in this subject and term.</param>
/// <param name="RemarkVersion">0 when none was ever written; sent back with a change.</param>
public sealed record GradebookRow(
    Guid Student,
    string Code,
    string Name,
    bool Left,
    IReadOnlyList<GradebookCell> Cells,
    string? Result,
    string? Remark = null,
    int RemarkVersion = 0
);

public sealed record GradebookView(
    Guid ClassId,
    string ClassName,
    string SchoolCode,
    string SchoolName,
    int Year,
    string Subject,
    string SubjectName,
    AssessmentKind Kind,
    int Term,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? LockedAt,
    bool MayWrite,
    bool MayLock,
    IReadOnlyList<GradebookColumn> Columns,
    IReadOnlyList<GradebookRow> Rows
);

/// <summary>
/// The sổ điểm of one class in one subject and term: pupils × ĐĐGtx, ĐĐGgk, ĐĐGck with ĐTBmhk (Circular 22/2021, articles 6, 7, 9), or in
/// primary school × levels and tests in the middle and at the end of the term (Circular 27/2020, articles 6, 7).
/// </summary>
public sealed class OpenGradebook(LearningRecordsDb db, SchoolAccess access, IAudit audit)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/classes/{id:guid}/gradebook/{subject}",
                (
                    Guid id,
                    string subject,
                    int term,
                    OpenGradebook feature,
                    CancellationToken cancel
                ) => feature.Run(id, subject, term, cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    public async Task<GradebookView> Run(
        Guid classId,
        string subject,
        int term,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.ReadLearningRecords, cancel);
        var (taught, gradebook) = await Find(schoolClass, subject, term, cancel);
        var roster = await Roster(classId, cancel);
        var marks = await MarksOf(gradebook, cancel);
        var carried = await Carried(taught, term, cancel);
        var remarks = await db
            .Remarks.AsNoTracking()
            .Where(remark => remark.GradebookId == gradebook.Id)
            .ToDictionaryAsync(remark => remark.StudentId, cancel);
        var requested = await Requested(gradebook, cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"Class/{classId}/gradebook/{subject}/{term}",
                [.. roster.Select(row => row.Student.Id.ToString())]
            ),
            cancel
        );
        return new(
            classId,
            schoolClass.Name,
            schoolClass.SchoolCode,
            await db
                .Schools.Where(school => school.Code == schoolClass.SchoolCode)
                .Select(school => school.Name)
                .FirstAsync(cancel),
            schoolClass.Year,
            subject,
            taught.Name,
            taught.Kind,
            term,
            gradebook.PublishedAt,
            gradebook.LockedAt,
            await access.MayWriteMarks(schoolClass, taught, cancel),
            access.May(Permission.ManageSchool, schoolClass.SchoolCode),
            [
                .. InOrder(gradebook)
                    .Select(column => new GradebookColumn(
                        column.Id,
                        column.Kind,
                        column.Number,
                        Label(taught.Kind, column.Kind, column.Number),
                        column.Kind.Takes(taught.Kind)
                    )),
            ],
            [
                .. roster.Select(row =>
                    Row(
                        row.Student,
                        row.Left,
                        taught,
                        gradebook,
                        marks[row.Student.Id],
                        row.Left ? [] : [.. carried[row.Student.Id]],
                        requested,
                        remarks.GetValueOrDefault(row.Student.Id)
                    )
                ),
            ]
        );
    }

    /// <exception cref="NotFound">The class is not taught the subject, or the term is not 1 or 2.</exception>
    public async Task<(ClassSubject Subject, Gradebook Gradebook)> Find(
        SchoolClass schoolClass,
        string subject,
        int term,
        CancellationToken cancel = default
    )
    {
        var taught =
            schoolClass.Subjects.Find(known => known.Subject == subject)
            ?? throw new NotFound($"Subject {subject} of class {schoolClass.Name}");
        var gradebook =
            await db
                .Gradebooks.Include(known => known.Columns)
                .FirstOrDefaultAsync(
                    known => known.ClassSubjectId == taught.Id && known.Term == term,
                    cancel
                )
            ?? throw new NotFound($"Gradebook {subject} of term {term}");
        return (taught, gradebook);
    }

    /// <summary>Everyone who has studied in the class, in the order of the register; those who left come last.</summary>
    public async Task<List<(Student Student, bool Left)>> Roster(
        Guid classId,
        CancellationToken cancel = default
    )
    {
        var rows = await (
            from enrolment in db.Enrolments
            where enrolment.ClassId == classId && enrolment.Present
            join student in db.Students on enrolment.StudentId equals student.Id
            select new { student, enrolment.Until }
        )
            .AsNoTracking()
            .ToListAsync(cancel);
        return
        [
            .. rows.GroupBy(row => row.student.Id)
                .Select(student =>
                    (student.First().student, Left: student.All(row => row.Until is not null))
                )
                .OrderBy(row => row.Left)
                .ThenBy(row => row.student.FullName, VietnameseNames.Order),
        ];
    }

    public async Task<ILookup<CitizenId, Mark>> MarksOf(
        Gradebook gradebook,
        CancellationToken cancel = default
    )
    {
        var columns = gradebook.Columns.Select(column => column.Id).ToList();
        var marks = await db
            .Marks.AsNoTracking()
            .Where(mark => columns.Contains(mark.ColumnId))
            .ToListAsync(cancel);
        return marks.ToLookup(mark => mark.StudentId);
    }

    /// <summary>
    /// Marks in this subject and term that the class's pupils have from classes they were in before in the year, here or at another school.
    /// </summary>
    public async Task<ILookup<CitizenId, AssessedMark>> Carried(
        ClassSubject subject,
        int term,
        CancellationToken cancel = default
    )
    {
        // Nearly always nobody: one look through an index spares the search for marks.
        var moved = await (
            from enrolment in db.Enrolments
            where
                enrolment.ClassId == subject.ClassId && enrolment.Present && enrolment.Until == null
            join other in db.Enrolments on enrolment.StudentId equals other.StudentId
            where
                other.Year == enrolment.Year && other.ClassId != enrolment.ClassId && other.Present
            select other.StudentId
        )
            .Distinct()
            .ToListAsync(cancel);
        if (moved.Count == 0)
        {
            return Array.Empty<AssessedMark>().ToLookup(_ => default(CitizenId));
        }
        var marks = await (
            from mark in db.Marks
            where moved.Contains(mark.StudentId) && mark.Value != null
            join column in db.MarkColumns on mark.ColumnId equals column.Id
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join taught in db.ClassSubjects on gradebook.ClassSubjectId equals taught.Id
            join of in db.Classes on taught.ClassId equals of.Id
            where
                db.Classes.Any(here => here.Id == subject.ClassId && here.Year == of.Year)
                && of.Id != subject.ClassId
                && taught.Subject == subject.Subject
                && gradebook.Term == term
            select new
            {
                mark.StudentId,
                Mark = new PlacedMark(
                    new AssessedMark(
                        taught.Subject,
                        gradebook.Term,
                        column.Kind,
                        column.Number,
                        mark.Value!.Value
                    ),
                    false,
                    mark.ChangedAt
                ),
            }
        ).ToListAsync(cancel);
        return marks
            .GroupBy(row => row.StudentId, row => row.Mark)
            .SelectMany(pupil =>
                CarriedMarks.Settle(pupil).Select(mark => (Student: pupil.Key, Mark: mark))
            )
            .ToLookup(row => row.Student, row => row.Mark);
    }

    /// <summary>The wishes that wait, by cell; of several people's, the last.</summary>
    private async Task<Dictionary<(CitizenId, Guid), string>> Requested(
        Gradebook gradebook,
        CancellationToken cancel
    )
    {
        if (gradebook.LockedAt is null)
        {
            return [];
        }
        var requests = await db
            .MarkRequests.AsNoTracking()
            .Where(request =>
                request.GradebookId == gradebook.Id && request.State == MarkRequestState.Pending
            )
            .OrderBy(request => request.Id)
            .ToListAsync(cancel);
        return requests
            .GroupBy(request => (request.StudentId, request.ColumnId))
            .ToDictionary(cell => cell.Key, cell => cell.Last().New?.ToString() ?? "");
    }

    /// <param name="carried">Counts where the gradebook has no mark of its own.</param>
    public static string? ResultOf(
        ClassSubject subject,
        Gradebook gradebook,
        IEnumerable<Mark> marks,
        IEnumerable<AssessedMark> carried
    )
    {
        if (subject.Kind is not (AssessmentKind.Scored or AssessmentKind.Comment))
        {
            return null;
        }
        var columns = gradebook.Columns.ToDictionary(column => column.Id);
        var own = marks
            .Where(mark => mark.Value is not null)
            .Select(mark => new PlacedMark(
                new(
                    subject.Subject,
                    gradebook.Term,
                    columns[mark.ColumnId].Kind,
                    columns[mark.ColumnId].Number,
                    mark.Value!.Value
                ),
                true,
                mark.ChangedAt
            ));
        var brought = carried.Select(mark => new PlacedMark(mark, false, default));
        return Circular22.TermResult(
            subject.Subject,
            subject.Kind,
            subject.AnnualPeriods,
            [.. CarriedMarks.Settle(own.Concat(brought)).Select(mark => (mark.Column, mark.Value))]
        ) switch
        {
            ScoredResult scored => scored.Average.ToString(
                "0.0",
                System.Globalization.CultureInfo.InvariantCulture
            ),
            CommentResult comment => comment.Passed ? "Đ" : "CĐ",
            _ => null,
        };
    }

    public static string Label(ColumnKind kind, int number) =>
        kind switch
        {
            ColumnKind.Regular => $"ĐĐGtx {number}",
            ColumnKind.Midterm => "ĐĐGgk",
            ColumnKind.Final => "ĐĐGck",
            ColumnKind.MidtermLevel => "Mức giữa kì",
            _ => "Mức cuối kì",
        };

    /// <param name="subject">How the subject is assessed: the columns of primary school have names of their own.</param>
    public static string Label(AssessmentKind subject, ColumnKind kind, int number) =>
        (subject, kind) switch
        {
            (AssessmentKind.Level, ColumnKind.Midterm) => "KTĐK giữa kì",
            (AssessmentKind.Level, ColumnKind.Final) => "KTĐK cuối kì",
            (AssessmentKind.Trait, _) => Circular27.Traits[number - 1].Name
                + (kind.IsMidterm() ? " – giữa kì" : " – cuối kì"),
            _ => Label(kind, number),
        };

    private static IEnumerable<MarkColumn> InOrder(Gradebook gradebook) =>
        gradebook.Columns.OrderBy(column => column.Kind.Place()).ThenBy(column => column.Number);

    private static GradebookRow Row(
        Student student,
        bool left,
        ClassSubject subject,
        Gradebook gradebook,
        IEnumerable<Mark> marks,
        IReadOnlyCollection<AssessedMark> carried,
        Dictionary<(CitizenId, Guid), string> requested,
        Remark? remark
    )
    {
        var byColumn = marks.ToDictionary(mark => mark.ColumnId);
        return new(
            student.Id.Value,
            student.Code,
            student.FullName,
            left,
            [.. InOrder(gradebook).Select(Cell)],
            ResultOf(subject, gradebook, byColumn.Values, carried),
            remark?.Text,
            remark?.Version ?? 0
        );

        GradebookCell Cell(MarkColumn column)
        {
            var mark = byColumn.GetValueOrDefault(column.Id);
            return new(
                column.Id,
                mark?.Value?.ToString(),
                mark?.Version ?? 0,
                mark?.ChangedBy,
                mark?.ChangedAt,
                requested.GetValueOrDefault((student.Id, column.Id)),
                mark?.Value is null
                    ? carried
                        .FirstOrDefault(other =>
                            other.Column == column.Kind && other.Number == column.Number
                        )
                        ?.Value.ToString()
                    : null
            );
        }
    }
}
