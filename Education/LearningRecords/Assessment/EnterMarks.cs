using System.Text.Json.Serialization;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Value"><c>8.5</c> or <c>8,5</c>, <c>Đ</c> or <c>CĐ</c>; null or empty clears the cell.</param>
/// <param name="Version">The version that the writer saw (0 for an empty cell).</param>
/// <param name="Why">Needed to change a mark that pupils have seen, and to ask for a change where the gradebook is locked.</param>
public sealed record MarkEntry(
    Guid Student,
    Guid Column,
    string? Value,
    int Version,
    string? Why = null
);

public sealed record MarksRequest(string Subject, int Term, IReadOnlyList<MarkEntry> Marks);

[JsonConverter(typeof(JsonStringEnumConverter<MarkOutcome>))]
public enum MarkOutcome
{
    Saved,

    /// <summary>The gradebook is locked: the mark stays, and a request to change it waits for approval.</summary>
    Requested,

    /// <summary>Someone else changed the cell since: it holds what it held, and the answer shows it.</summary>
    Stale,

    /// <summary>What was sent cannot be a mark here; the message says why.</summary>
    Refused,
}

/// <param name="Value">What the cell holds now.</param>
public sealed record MarkAnswer(
    Guid Student,
    Guid Column,
    MarkOutcome Outcome,
    string? Value,
    int Version,
    string? By,
    DateTimeOffset? At,
    string? Message
);

/// <param name="Result">ĐTBmhk or Đ / CĐ after the change; null while an assessment is missing.</param>
public sealed record StudentResult(Guid Student, string? Result);

public sealed record MarksAnswer(
    IReadOnlyList<MarkAnswer> Marks,
    IReadOnlyList<StudentResult> Results
);

/// <summary>
/// Writes marks into a gradebook, cell by cell: a cell that someone else changed meanwhile is never overwritten, a wrong value
/// does not keep the others from being saved, and sending the same again changes nothing. Every change joins the history of the
/// mark (who, when, old, new, why). In a locked gradebook each change becomes a request (<see cref="DecideMarkRequests"/>).
/// </summary>
public sealed class EnterMarks(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostMarks = 2000;
    private const int MostAttempts = 8;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/classes/{id:guid}/marks",
                (Guid id, MarksRequest request, EnterMarks feature, CancellationToken cancel) =>
                    feature.Run(id, request, cancel)
            )
            .Requires(Permission.WriteMarks);

    public async Task<MarksAnswer> Run(
        Guid classId,
        MarksRequest request,
        CancellationToken cancel = default
    )
    {
        if (request.Marks is not { Count: > 0 and <= MostMarks })
        {
            throw new InvalidInput("marks", $"Send 1 to {MostMarks} marks at a time.");
        }
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        var (subject, gradebook) = await gradebooks.Find(
            schoolClass,
            request.Subject,
            request.Term,
            cancel
        );
        await access.DemandMarks(schoolClass, subject, cancel);
        var members = (await gradebooks.Roster(classId, cancel)).ToDictionary(
            row => row.Student.Id,
            row => row.Left
        );
        var answers = await Save(request.Marks, subject, gradebook, members, cancel);
        var touched = request
            .Marks.Select(entry => new CitizenId(entry.Student))
            .Where(members.ContainsKey)
            .Distinct()
            .ToList();
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"Class/{classId}/gradebook/{request.Subject}/{request.Term}",
                [.. touched.Select(student => student.ToString())]
            ),
            cancel
        );
        var marks = await gradebooks.MarksOf(gradebook, cancel);
        var carried = await gradebooks.Carried(subject, request.Term, cancel);
        return new(
            answers,
            [
                .. touched.Select(student => new StudentResult(
                    student.Value,
                    OpenGradebook.ResultOf(subject, gradebook, marks[student], carried[student])
                )),
            ]
        );
    }

    /// <summary>
    /// Compares and saves; when another writer was faster between the two, compares again with what that one left.
    /// </summary>
    private async Task<List<MarkAnswer>> Save(
        IReadOnlyList<MarkEntry> entries,
        ClassSubject subject,
        Gradebook gradebook,
        Dictionary<CitizenId, bool> members,
        CancellationToken cancel
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            db.ChangeTracker.Clear();
            try
            {
                var answers = await Apply(entries, subject, gradebook, members, cancel);
                await db.SaveChangesAsync(cancel);
                return answers;
            }
            catch (DbUpdateException) when (attempt < MostAttempts) { }
        }
    }

    private async Task<List<MarkAnswer>> Apply(
        IReadOnlyList<MarkEntry> entries,
        ClassSubject subject,
        Gradebook gradebook,
        Dictionary<CitizenId, bool> members,
        CancellationToken cancel
    )
    {
        var takes = gradebook.Columns.ToDictionary(
            column => column.Id,
            column => column.Kind.Takes(subject.Kind)
        );
        var columns = takes.Keys.ToList();
        var students = entries.Select(entry => new CitizenId(entry.Student)).Distinct().ToList();
        var marks = await db
            .Marks.Where(mark =>
                columns.Contains(mark.ColumnId) && students.Contains(mark.StudentId)
            )
            .ToDictionaryAsync(mark => (mark.StudentId, mark.ColumnId), cancel);
        var asked = gradebook.LockedAt is null ? [] : await OwnRequests(gradebook, cancel);
        var answers = new List<MarkAnswer>(entries.Count);
        foreach (var entry in entries)
        {
            var student = new CitizenId(entry.Student);
            var mark = marks.GetValueOrDefault((student, entry.Column));
            if (Refusal(entry, student) is { } refusal)
            {
                answers.Add(Answer(entry, mark, MarkOutcome.Refused, refusal));
                continue;
            }
            var wanted = string.IsNullOrWhiteSpace(entry.Value)
                ? (MarkValue?)null
                : Parse(entry.Value!, takes[entry.Column]);
            if (mark?.Value == wanted)
            {
                // Sent again after a lost answer, or typed alike by two teachers.
                answers.Add(Answer(entry, mark, MarkOutcome.Saved));
            }
            else if ((mark?.Version ?? 0) != entry.Version)
            {
                answers.Add(Answer(entry, mark, MarkOutcome.Stale));
            }
            else if (gradebook.LockedAt is not null)
            {
                answers.Add(Ask(entry, student, mark, wanted, gradebook, asked));
            }
            else if (
                gradebook.PublishedAt is not null
                && mark?.Value is not null
                && string.IsNullOrWhiteSpace(entry.Why)
            )
            {
                answers.Add(
                    Answer(
                        entry,
                        mark,
                        MarkOutcome.Refused,
                        T.Of(
                            "Điểm đã công bố: hãy ghi lý do sửa trước khi sửa điểm.",
                            "Published already: give the reason before changing this mark."
                        )
                    )
                );
            }
            else
            {
                mark = marks[(student, entry.Column)] = Change(entry, student, mark, wanted);
                answers.Add(Answer(entry, mark, MarkOutcome.Saved));
            }
        }
        return answers;

        string? Refusal(MarkEntry entry, CitizenId student)
        {
            if (!takes.ContainsKey(entry.Column))
            {
                return T.Of(
                    "Cột điểm không thuộc sổ điểm này.",
                    "The column is not of this gradebook."
                );
            }
            if (!members.TryGetValue(student, out var left))
            {
                return T.Of("Học sinh không thuộc lớp này.", "The pupil is not of this class.");
            }
            if (left)
            {
                return T.Of("Học sinh đã rời lớp.", "The pupil has left the class.");
            }
            if (
                !string.IsNullOrWhiteSpace(entry.Value)
                && !MarkValue.TryParse(entry.Value, takes[entry.Column], out _)
            )
            {
                return takes[entry.Column].Expected();
            }
            return entry.Why is { Length: > 500 }
                ? T.Of("Lý do dài quá 500 ký tự.", "The reason is longer than 500 characters.")
                : null;
        }
    }

    private Task<List<MarkRequest>> OwnRequests(Gradebook gradebook, CancellationToken cancel)
    {
        var me = access.Caller.Id;
        return db
            .MarkRequests.Where(request =>
                request.GradebookId == gradebook.Id
                && request.State == MarkRequestState.Pending
                && request.By == me
            )
            .ToListAsync(cancel);
    }

    /// <summary>A later wish of the same person for the same cell takes the place of the earlier one.</summary>
    private MarkAnswer Ask(
        MarkEntry entry,
        CitizenId student,
        Mark? mark,
        MarkValue? wanted,
        Gradebook gradebook,
        List<MarkRequest> asked
    )
    {
        if (string.IsNullOrWhiteSpace(entry.Why))
        {
            return Answer(
                entry,
                mark,
                MarkOutcome.Refused,
                T.Of(
                    "Sổ điểm đã khóa: hãy ghi lý do để gửi đề nghị sửa điểm.",
                    "The gradebook is locked: give a reason, and a request is sent."
                )
            );
        }
        var before = asked.Find(request =>
            request.StudentId == student && request.ColumnId == entry.Column
        );
        if (before is null || before.New != wanted || before.Version != entry.Version)
        {
            var now = clock.GetUtcNow();
            if (before is not null)
            {
                asked.Remove(before);
                before.State = MarkRequestState.Withdrawn;
                before.DecidedAt = now;
            }
            var request = new MarkRequest
            {
                GradebookId = gradebook.Id,
                StudentId = student,
                ColumnId = entry.Column,
                Old = mark?.Value,
                New = wanted,
                Version = entry.Version,
                Why = entry.Why.Trim(),
                At = now,
                By = access.Caller.Id,
                ByName = access.Caller.Name,
            };
            asked.Add(request);
            db.MarkRequests.Add(request);
        }
        return Answer(
            entry,
            mark,
            MarkOutcome.Requested,
            T.Of(
                "Đã gửi đề nghị sửa điểm, chờ duyệt.",
                "The request was sent and waits for approval."
            )
        );
    }

    private Mark Change(MarkEntry entry, CitizenId student, Mark? mark, MarkValue? wanted)
    {
        var now = clock.GetUtcNow();
        db.MarkChanges.Add(
            new MarkChange
            {
                StudentId = student,
                ColumnId = entry.Column,
                Old = mark?.Value,
                New = wanted,
                At = now,
                By = access.Caller.Id,
                ByName = access.Caller.Name,
                Why = string.IsNullOrWhiteSpace(entry.Why) ? null : entry.Why.Trim(),
            }
        );
        if (mark is null)
        {
            mark = new Mark
            {
                StudentId = student,
                ColumnId = entry.Column,
                Value = wanted,
                Version = 1,
                ChangedAt = now,
                ChangedBy = access.Caller.Name,
            };
            db.Marks.Add(mark);
            return mark;
        }
        mark.Value = wanted;
        mark.Version++;
        mark.ChangedAt = now;
        mark.ChangedBy = access.Caller.Name;
        return mark;
    }

    private static MarkValue Parse(string text, ValueKind kind) =>
        MarkValue.TryParse(text, kind, out var value)
            ? value
            : throw new InvalidInput("value", text);

    private static MarkAnswer Answer(
        MarkEntry entry,
        Mark? mark,
        MarkOutcome outcome,
        string? message = null
    ) =>
        new(
            entry.Student,
            entry.Column,
            outcome,
            mark?.Value?.ToString(),
            mark?.Version ?? 0,
            mark?.ChangedBy,
            mark?.ChangedAt,
            message
        );
}
