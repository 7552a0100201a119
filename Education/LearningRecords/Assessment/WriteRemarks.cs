using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>A teacher's comment (nhận xét) on one pupil in one subject and term; published with the gradebook it lies in.</summary>
public sealed class Remark
{
    public required CitizenId StudentId { get; init; }
    public required Guid GradebookId { get; init; }
    public required string Text { get; set; }
    public int Version { get; set; }
    public DateTimeOffset ChangedAt { get; set; }
    public required string ChangedBy { get; set; }
}

/// <param name="Version">The version that the writer saw; 0 when nothing was there.</param>
public sealed record RemarkEntry(Guid Student, string? Text, int Version);

/// <summary>
/// Comments on the pupils of a class in one subject and term: all that assessment in the course of learning is in primary school (Circular
/// 27/2020, article 6), and beside the marks in grades 6–12 (Circular 22/2021, article 5.2).
/// </summary>
public sealed class WriteRemarks(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public const int MostCharacters = 1000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/classes/{id:guid}/gradebook/{subject}/remarks",
                async (
                    Guid id,
                    string subject,
                    int term,
                    RemarkEntry[] entries,
                    WriteRemarks feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, subject, term, entries, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);

    /// <summary>All or nothing; an empty text takes the comment away.</summary>
    /// <exception cref="Conflict">Someone else changed one of the comments since it was read.</exception>
    public async Task Run(
        Guid classId,
        string subject,
        int term,
        IReadOnlyList<RemarkEntry> entries,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        var (taught, gradebook) = await gradebooks.Find(schoolClass, subject, term, cancel);
        await access.DemandMarks(schoolClass, taught, cancel);
        if (gradebook.LockedAt is not null)
        {
            throw new Conflict(
                T.Of(
                    "Sổ điểm đã khóa: không sửa nhận xét được nữa.",
                    "The gradebook is locked: comments do not change any more."
                )
            );
        }
        var members = (await gradebooks.Roster(classId, cancel))
            .Where(row => !row.Left)
            .ToDictionary(row => row.Student.Id, row => row.Student.FullName);
        Validate(entries, members);
        var known = await db
            .Remarks.Where(remark => remark.GradebookId == gradebook.Id)
            .ToDictionaryAsync(remark => remark.StudentId, cancel);
        var changed = new List<string>();
        foreach (var entry in entries)
        {
            var student = new CitizenId(entry.Student);
            var remark = known.GetValueOrDefault(student);
            var text = entry.Text?.Trim() ?? "";
            if ((remark?.Text ?? "") == text)
            {
                continue;
            }
            if ((remark?.Version ?? 0) != entry.Version)
            {
                throw SheetConflict.Of(members[student]);
            }
            if (remark is null)
            {
                remark = new Remark
                {
                    StudentId = student,
                    GradebookId = gradebook.Id,
                    Text = text,
                    ChangedBy = access.Caller.Name,
                };
                db.Remarks.Add(remark);
            }
            remark.Text = text;
            remark.Version++;
            remark.ChangedAt = clock.GetUtcNow();
            remark.ChangedBy = access.Caller.Name;
            changed.Add(student.ToString());
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw SheetConflict.Of(schoolClass.Name);
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Update,
                $"Class/{classId}/gradebook/{subject}/{term}/remarks",
                changed
            ),
            cancel
        );
    }

    private static void Validate(
        IReadOnlyList<RemarkEntry> entries,
        Dictionary<CitizenId, string> members
    )
    {
        var errors = new List<FieldError>();
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            if (!members.ContainsKey(new CitizenId(entry.Student)))
            {
                errors.Add(new($"[{i}].student", "The pupil is not in this class now."));
            }
            if (entry.Text?.Length > MostCharacters)
            {
                errors.Add(new($"[{i}].text", $"At most {MostCharacters} characters."));
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }
}
