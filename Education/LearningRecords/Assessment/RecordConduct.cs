using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <param name="Absences">Sessions missed in the term, with and without leave.</param>
/// <param name="Version">The version that the writer saw; 0 when nothing was there.</param>
public sealed record ConductEntry(
    Guid Student,
    Level? Level,
    int Absences,
    string? Comment,
    int Version
);

public sealed record ConductRow(
    Guid Student,
    string Name,
    Level? Level,
    int Absences,
    string? Comment,
    int Version
);

public sealed record ConductView(
    string ClassName,
    int Grade,
    int Year,
    int Term,
    bool MayWrite,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<ConductRow> Rows
);

/// <summary>
/// The homeroom teacher's judgement of rèn luyện and the sessions missed, per pupil and term (Circular 22/2021/TT-BGDĐT, article 8).
/// </summary>
public sealed class RecordConduct(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostAbsencesInATerm = 250;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/classes/{id:guid}/conduct",
                (Guid id, int term, RecordConduct feature, CancellationToken cancel) =>
                    feature.Read(id, term, cancel)
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapPut(
                "/education/classes/{id:guid}/conduct",
                async (
                    Guid id,
                    int term,
                    ConductEntry[] entries,
                    RecordConduct feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, term, entries, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);
        routes
            .MapPost(
                "/education/classes/{id:guid}/conduct/publish",
                async (Guid id, int term, RecordConduct feature, CancellationToken cancel) =>
                {
                    await feature.Publish(id, term, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);
    }

    public async Task<ConductView> Read(Guid classId, int term, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(classId, Permission.ReadLearningRecords, cancel);
        var roster = await gradebooks.Roster(classId, cancel);
        var known = await Known(schoolClass, term, cancel);
        await Audit(AuditAction.Read, schoolClass, term, roster.Select(row => row.Student.Id));
        return new(
            schoolClass.Name,
            schoolClass.Grade,
            schoolClass.Year,
            term,
            await access.MayWriteConduct(schoolClass, cancel),
            Published(known, classId),
            [
                .. roster
                    .Where(row => !row.Left)
                    .Select(row =>
                    {
                        var conduct = known.GetValueOrDefault(row.Student.Id);
                        return new ConductRow(
                            row.Student.Id.Value,
                            row.Student.FullName,
                            conduct?.Level,
                            conduct?.Absences ?? 0,
                            conduct?.Comment,
                            conduct?.Version ?? 0
                        );
                    }),
            ]
        );
    }

    /// <summary>All or nothing.</summary>
    /// <exception cref="Conflict">Someone else changed one of the rows since it was read.</exception>
    public async Task Run(
        Guid classId,
        int term,
        IReadOnlyList<ConductEntry> entries,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await Writable(classId, term, cancel);
        var members = (await gradebooks.Roster(classId, cancel))
            .Where(row => !row.Left)
            .ToDictionary(row => row.Student.Id, row => row.Student.FullName);
        Validate(entries, members, Circular27.AppliesTo(schoolClass.Year, schoolClass.Grade));
        var known = await Known(schoolClass, term, cancel);
        var published = Published(known, classId);
        foreach (var entry in entries)
        {
            var student = new CitizenId(entry.Student);
            var conduct = known.GetValueOrDefault(student);
            if (
                conduct?.Level == entry.Level
                && (conduct?.Absences ?? 0) == entry.Absences
                && (conduct?.Comment ?? "") == (entry.Comment ?? "")
            )
            {
                continue;
            }
            if ((conduct?.Version ?? 0) != entry.Version)
            {
                throw SheetConflict.Of(members[student]);
            }
            if (conduct is null)
            {
                conduct = new TermConduct
                {
                    StudentId = student,
                    Year = schoolClass.Year,
                    Term = term,
                    ClassId = classId,
                    PublishedAt = published,
                    ChangedBy = access.Caller.Name,
                };
                db.TermConducts.Add(conduct);
            }
            conduct.Level = entry.Level;
            conduct.Absences = entry.Absences;
            conduct.Comment = string.IsNullOrWhiteSpace(entry.Comment)
                ? null
                : entry.Comment.Trim();
            conduct.Version++;
            conduct.ChangedAt = clock.GetUtcNow();
            conduct.ChangedBy = access.Caller.Name;
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw SheetConflict.Of(schoolClass.Name);
        }
        await Audit(AuditAction.Update, schoolClass, term, members.Keys);
    }

    public async Task Publish(Guid classId, int term, CancellationToken cancel = default)
    {
        var schoolClass = await Writable(classId, term, cancel);
        var known = await Known(schoolClass, term, cancel);
        foreach (var conduct in known.Values)
        {
            conduct.PublishedAt ??= clock.GetUtcNow();
        }
        await db.SaveChangesAsync(cancel);
        await Audit(AuditAction.Execute, schoolClass, term, known.Keys);
    }

    private async Task<SchoolClass> Writable(Guid classId, int term, CancellationToken cancel)
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        if (!await access.MayWriteConduct(schoolClass, cancel))
        {
            await access.Refuse(Permission.WriteMarks, $"Class/{classId}/conduct");
        }
        return term is 1 or 2 ? schoolClass : throw new NotFound($"Term {term}");
    }

    private static void Validate(
        IReadOnlyList<ConductEntry> entries,
        Dictionary<CitizenId, string> members,
        bool primary
    )
    {
        var errors = new List<FieldError>();
        foreach (var (entry, i) in entries.Select((entry, i) => (entry, i)))
        {
            if (!members.ContainsKey(new CitizenId(entry.Student)))
            {
                errors.Add(new($"[{i}].student", "The pupil is not in this class now."));
            }
            if (entry.Absences is < 0 or > MostAbsencesInATerm)
            {
                errors.Add(new($"[{i}].absences", $"0 to {MostAbsencesInATerm} sessions."));
            }
            if (entry.Level is { } level && !Enum.IsDefined(level))
            {
                errors.Add(new($"[{i}].level", "Good, Fair, Satisfactory or Unsatisfactory."));
            }
            if (primary && entry.Level is not null)
            {
                errors.Add(
                    new(
                        $"[{i}].level",
                        T.Of(
                            "Tiểu học không xếp loại rèn luyện; hãy đánh giá phẩm chất, năng lực.",
                            "Primary school has no level of conduct; judge qualities and competencies instead."
                        )
                    )
                );
            }
            if (entry.Comment is { Length: > 1000 })
            {
                errors.Add(new($"[{i}].comment", "At most 1000 characters."));
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    /// <summary>Of everyone who is or was in the class; a pupil who came in the year brings what the earlier class has judged.</summary>
    private Task<Dictionary<CitizenId, TermConduct>> Known(
        SchoolClass schoolClass,
        int term,
        CancellationToken cancel
    ) =>
        db
            .TermConducts.Where(conduct =>
                conduct.Year == schoolClass.Year
                && conduct.Term == term
                && db.Enrolments.Any(enrolment =>
                    enrolment.StudentId == conduct.StudentId
                    && enrolment.ClassId == schoolClass.Id
                    && enrolment.Present
                )
            )
            .ToDictionaryAsync(conduct => conduct.StudentId, cancel);

    /// <summary>When this class published; what was published elsewhere says nothing of it.</summary>
    private static DateTimeOffset? Published(
        Dictionary<CitizenId, TermConduct> known,
        Guid classId
    ) =>
        known
            .Values.Where(conduct => conduct.ClassId == classId)
            .Select(conduct => conduct.PublishedAt)
            .Max();

    private async Task Audit(
        AuditAction action,
        SchoolClass schoolClass,
        int term,
        IEnumerable<CitizenId> students
    ) =>
        await audit.Record(
            access.Caller,
            new AuditEntry(
                action,
                $"Class/{schoolClass.Id}/conduct/{term}",
                [.. students.Select(student => student.ToString())]
            )
        );
}
