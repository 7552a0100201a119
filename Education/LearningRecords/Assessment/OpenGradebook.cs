using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <param name="Label">ĐĐGtx 1, ĐĐGgk, ĐĐGck.</param>
public sealed record GradebookColumn(Guid Id, ColumnKind Kind, int Number, string Label);

/// <param name="Value"><c>8.5</c>, <c>Đ</c>, <c>CĐ</c>; null when empty.</param>
/// <param name="Version">0 when nothing was ever written; sent back with a change.</param>
/// <param name="Requested">What somebody has asked to change it to and waits for; empty: to clear it; null: nobody has.</param>
public sealed record GradebookCell(
    Guid Column,
    string? Value,
    int Version,
    string? By,
    DateTimeOffset? At,
    string? Requested = null
);

/// <param name="Left">Has left the class: shown, not written.</param>
/// <param name="Result">ĐTBmhk such as <c>7.9</c>, or Đ / CĐ; null while an assessment is missing.</param>
public sealed record GradebookRow(
    Guid Student,
    string Code,
    string Name,
    bool Left,
    IReadOnlyList<GradebookCell> Cells,
    string? Result
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

/// <summary>The sổ điểm of one class in one subject and term: pupils × ĐĐGtx, ĐĐGgk, ĐĐGck with ĐTBmhk (Circular 22/2021, articles 6, 7, 9).</summary>
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
                        Label(column.Kind, column.Number)
                    )),
            ],
            [
                .. roster.Select(row =>
                    Row(row.Student, row.Left, taught, gradebook, marks[row.Student.Id], requested)
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

    public static string? ResultOf(
        ClassSubject subject,
        Gradebook gradebook,
        IEnumerable<Mark> marks
    )
    {
        var columns = gradebook.Columns.ToDictionary(column => column.Id);
        return Circular22.TermResult(
            subject.Subject,
            subject.Kind,
            subject.AnnualPeriods,
            [
                .. marks
                    .Where(mark => mark.Value is not null)
                    .Select(mark => (columns[mark.ColumnId].Kind, mark.Value!.Value)),
            ]
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
            _ => "ĐĐGck",
        };

    private static IEnumerable<MarkColumn> InOrder(Gradebook gradebook) =>
        gradebook.Columns.OrderBy(column => column.Kind).ThenBy(column => column.Number);

    private static GradebookRow Row(
        Student student,
        bool left,
        ClassSubject subject,
        Gradebook gradebook,
        IEnumerable<Mark> marks,
        Dictionary<(CitizenId, Guid), string> requested
    )
    {
        var byColumn = marks.ToDictionary(mark => mark.ColumnId);
        return new(
            student.Id.Value,
            student.Code,
            student.FullName,
            left,
            [.. InOrder(gradebook).Select(Cell)],
            ResultOf(subject, gradebook, byColumn.Values)
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
                requested.GetValueOrDefault((student.Id, column.Id))
            );
        }
    }
}
