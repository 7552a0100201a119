using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Column">ĐĐGtx 1, ĐĐGgk, ĐĐGck.</param>
/// <param name="Result">ĐTBmhk or Đ / CĐ as it is; null while an assessment is missing.</param>
/// <param name="ResultAfter">The same if the request is approved.</param>
/// <param name="MayDecide">Manages the school and is not who asked.</param>
public sealed record MarkRequestView(
    Guid Id,
    Guid ClassId,
    string ClassName,
    string Subject,
    string SubjectName,
    int Term,
    Guid Student,
    string StudentName,
    string Column,
    string? Old,
    string? New,
    string? Result,
    string? ResultAfter,
    string Why,
    DateTimeOffset At,
    string By,
    MarkRequestState State,
    DateTimeOffset? DecidedAt,
    string? DecidedBy,
    string? Note,
    bool MayDecide,
    bool IsOwn
);

public sealed record DecisionRequest(bool Approve, string? Note = null);

/// <summary>
/// Requests to change marks of locked gradebooks: asked by a teacher, decided by somebody else who manages the school. An approved one
/// changes the mark and joins its history under both names.
/// </summary>
public sealed class DecideMarkRequests(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostShown = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/schools/{code}/mark-requests",
                (string code, DecideMarkRequests feature, CancellationToken cancel) =>
                    feature.List(code, cancel)
            )
            .Requires(Permission.WriteMarks);
        routes
            .MapPost(
                "/education/mark-requests/{id:guid}/decision",
                async (
                    Guid id,
                    DecisionRequest decision,
                    DecideMarkRequests feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, decision.Approve, decision.Note, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageSchool);
        routes
            .MapDelete(
                "/education/mark-requests/{id:guid}",
                async (Guid id, DecideMarkRequests feature, CancellationToken cancel) =>
                {
                    await feature.Withdraw(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);
    }

    /// <summary>
    /// Those that wait first, then the newest. Who manages the school sees all, a teacher the own ones.
    /// </summary>
    public async Task<IReadOnlyList<MarkRequestView>> List(
        string schoolCode,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.WriteMarks, schoolCode);
        var manages = access.May(Permission.ManageSchool, schoolCode);
        var me = access.Caller.Id;
        var rows = await (
            from request in db.MarkRequests
            where manages || request.By == me
            join gradebook in db.Gradebooks on request.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where schoolClass.SchoolCode == schoolCode
            join column in db.MarkColumns on request.ColumnId equals column.Id
            join student in db.Students on request.StudentId equals student.Id
            orderby request.State == MarkRequestState.Pending descending, request.Id descending
            select new
            {
                request,
                gradebook,
                subject,
                schoolClass.Name,
                column.Kind,
                column.Number,
                Student = student.FullName,
            }
        )
            .AsNoTracking()
            .Take(MostShown)
            .ToListAsync(cancel);
        var views = new List<MarkRequestView>(rows.Count);
        foreach (var row in rows)
        {
            var (now, after) =
                row.request.State is MarkRequestState.Pending
                    ? await Effect(row.request, row.subject, cancel)
                    : (null, null);
            views.Add(
                new(
                    row.request.Id,
                    row.subject.ClassId,
                    row.Name,
                    row.subject.Subject,
                    row.subject.Name,
                    row.gradebook.Term,
                    row.request.StudentId.Value,
                    row.Student,
                    OpenGradebook.Label(row.subject.Kind, row.Kind, row.Number),
                    row.request.Old?.ToString(),
                    row.request.New?.ToString(),
                    now,
                    after,
                    row.request.Why,
                    row.request.At,
                    row.request.ByName,
                    row.request.State,
                    row.request.DecidedAt,
                    row.request.DecidedBy,
                    row.request.Note,
                    manages && row.request.By != me,
                    row.request.By == me
                )
            );
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"School/{schoolCode}/mark-requests",
                [.. views.Select(view => new CitizenId(view.Student).ToString()).Distinct()]
            ),
            cancel
        );
        return views;
    }

    /// <exception cref="NotFound">There is no such request.</exception>
    /// <exception cref="Conflict">It was decided already, or the mark has changed since.</exception>
    /// <exception cref="InvalidInput">Refused without a word to the teacher.</exception>
    public async Task Run(
        Guid id,
        bool approve,
        string? note = null,
        CancellationToken cancel = default
    )
    {
        note = string.IsNullOrWhiteSpace(note) ? null : note.Trim();
        if (!approve && note is null)
        {
            throw new InvalidInput(
                "note",
                T.Of(
                    "Hãy ghi lý do không duyệt để giáo viên biết.",
                    "Say why it is refused, so that the teacher knows."
                )
            );
        }
        if (note is { Length: > 500 })
        {
            throw new InvalidInput(
                "note",
                T.Of("Ghi chú dài quá 500 ký tự.", "The note is longer than 500 characters.")
            );
        }
        var (request, schoolCode) = await Find(id, cancel);
        await access.Demand(Permission.ManageSchool, schoolCode);
        if (request.By == access.Caller.Id)
        {
            throw new InvalidInput(
                "id",
                T.Of(
                    "Người đề nghị không tự duyệt; hãy để người quản lí khác quyết định.",
                    "Who asks does not decide; let another manager do it."
                )
            );
        }
        Decide(request, approve ? MarkRequestState.Approved : MarkRequestState.Refused, note);
        if (approve)
        {
            await Change(request, cancel);
        }
        await Save(request, approve ? "approve" : "refuse", cancel);
    }

    /// <exception cref="AccessDenied">Somebody else asked.</exception>
    public async Task Withdraw(Guid id, CancellationToken cancel = default)
    {
        var (request, _) = await Find(id, cancel);
        if (request.By != access.Caller.Id)
        {
            await access.Refuse(Permission.WriteMarks, $"MarkRequest/{id}", request.StudentId);
        }
        Decide(request, MarkRequestState.Withdrawn, null);
        await Save(request, "withdraw", cancel);
    }

    private async Task<(MarkRequest Request, string SchoolCode)> Find(
        Guid id,
        CancellationToken cancel
    )
    {
        var found =
            await (
                from request in db.MarkRequests
                where request.Id == id
                join gradebook in db.Gradebooks on request.GradebookId equals gradebook.Id
                join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
                join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
                select new { request, schoolClass.SchoolCode }
            ).FirstOrDefaultAsync(cancel) ?? throw new NotFound($"Mark request {id}");
        return (found.request, found.SchoolCode);
    }

    private void Decide(MarkRequest request, MarkRequestState state, string? note)
    {
        if (request.State is not MarkRequestState.Pending)
        {
            throw Decided();
        }
        request.State = state;
        request.DecidedAt = clock.GetUtcNow();
        request.DecidedBy = access.Caller.Name;
        request.Note = note;
    }

    private async Task Change(MarkRequest request, CancellationToken cancel)
    {
        var mark = await db.Marks.FirstOrDefaultAsync(
            known => known.StudentId == request.StudentId && known.ColumnId == request.ColumnId,
            cancel
        );
        if ((mark?.Version ?? 0) != request.Version)
        {
            throw new Conflict(
                T.Of(
                    "Điểm này đã đổi sau khi có đề nghị; hãy xem lại và đề nghị lại.",
                    "The mark has changed since the request; look at it and ask again."
                )
            );
        }
        var now = clock.GetUtcNow();
        var names = T.Of(
            $"{request.ByName}, duyệt: {access.Caller.Name}",
            $"{request.ByName}, approved by {access.Caller.Name}"
        );
        db.MarkChanges.Add(
            new MarkChange
            {
                StudentId = request.StudentId,
                ColumnId = request.ColumnId,
                Old = mark?.Value,
                New = request.New,
                At = now,
                By = request.By,
                ByName = names,
                Why = request.Why,
            }
        );
        if (mark is null)
        {
            db.Marks.Add(
                mark = new Mark
                {
                    StudentId = request.StudentId,
                    ColumnId = request.ColumnId,
                    Version = 0,
                    ChangedAt = now,
                    ChangedBy = request.ByName,
                }
            );
        }
        mark.Value = request.New;
        mark.Version++;
        mark.ChangedAt = now;
        mark.ChangedBy = request.ByName;
    }

    private async Task Save(MarkRequest request, string what, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        // The request was decided, or the cell written, between reading and saving.
        catch (DbUpdateException)
        {
            throw Decided();
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"MarkRequest/{request.Id}/{what}",
                [request.StudentId.ToString()]
            ),
            cancel
        );
    }

    /// <summary>The subject's result with the mark as it is, and as it is wished.</summary>
    private async Task<(string? Now, string? After)> Effect(
        MarkRequest request,
        ClassSubject subject,
        CancellationToken cancel
    )
    {
        var gradebook = await db
            .Gradebooks.AsNoTracking()
            .Include(known => known.Columns)
            .FirstAsync(known => known.Id == request.GradebookId, cancel);
        var columns = gradebook.Columns.Select(column => column.Id).ToList();
        var marks = await db
            .Marks.AsNoTracking()
            .Where(mark => mark.StudentId == request.StudentId && columns.Contains(mark.ColumnId))
            .ToListAsync(cancel);
        var carried = (await gradebooks.Carried(subject, gradebook.Term, cancel))[
            request.StudentId
        ];
        var now = OpenGradebook.ResultOf(subject, gradebook, marks, carried);
        var wished = new Mark
        {
            StudentId = request.StudentId,
            ColumnId = request.ColumnId,
            Value = request.New,
            Version = 0,
            ChangedAt = request.At,
            ChangedBy = request.ByName,
        };
        return (
            now,
            OpenGradebook.ResultOf(
                subject,
                gradebook,
                marks.Where(mark => mark.ColumnId != request.ColumnId).Append(wished),
                carried
            )
        );
    }

    private static Conflict Decided() =>
        new(
            T.Of(
                "Đề nghị này hoặc điểm này vừa được người khác đổi; hãy tải lại trang.",
                "This request or its mark was just changed by somebody else; reload the page."
            )
        );
}
