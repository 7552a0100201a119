using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <param name="Students">Null or empty: the whole class.</param>
/// <param name="Why">Why released ones are corrected; needed for those alone.</param>
public sealed record CreateTranscriptsRequest(
    IReadOnlyList<Guid>? Students = null,
    string? Why = null
);

/// <param name="Problem">Why none was made; null when one was.</param>
public sealed record CreatedTranscript(
    Guid Student,
    string Name,
    Guid? Transcript,
    string? Problem
);

/// <summary>
/// Lập học bạ số of a class or of some of its pupils: freezes the year's results into documents that are then signed. Of a pupil whose
/// học bạ is released already, a new version is made that will replace it.
/// </summary>
public sealed class CreateTranscripts(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    FreezeYear freeze,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int LongestReason = 200;

    public static void AddServices(IServiceCollection services) => services.AddScoped<FreezeYear>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/transcripts",
                (
                    Guid id,
                    CreateTranscriptsRequest request,
                    CreateTranscripts feature,
                    CancellationToken cancel
                ) => feature.Run(id, request, cancel)
            )
            .Requires(Permission.WriteMarks);

    /// <summary>Each pupil by itself: one who lacks a mark does not hold up the others.</summary>
    /// <exception cref="AccessDenied">The caller neither manages the school nor is the homeroom teacher.</exception>
    /// <exception cref="InvalidInput">The class has a subject without a teacher, or no homeroom teacher.</exception>
    public async Task<IReadOnlyList<CreatedTranscript>> Run(
        Guid classId,
        CreateTranscriptsRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        if (!await access.MayWriteConduct(schoolClass, cancel))
        {
            await access.Refuse(Permission.WriteMarks, $"Class/{classId}/transcripts");
        }
        if (RuleSets.Of(schoolClass.Year, schoolClass.Grade) is not RuleSet.Circular22)
        {
            throw new InvalidInput(
                "class",
                T.Of(
                    "Học bạ số hiện chỉ lập cho lớp 6–12 theo Thông tư 22/2021.",
                    "Transcripts are made for grades 6–12 under Circular 22/2021 only."
                )
            );
        }
        var why = request.Why?.Trim() is { Length: > 0 } given ? given : null;
        if (why?.Length > LongestReason)
        {
            throw new InvalidInput(
                "why",
                T.Of(
                    $"Lí do tối đa {LongestReason} kí tự.",
                    $"A reason has at most {LongestReason} characters."
                )
            );
        }
        var signers = await Signers(schoolClass, cancel);
        var pupils = (await gradebooks.Roster(classId, cancel))
            .Where(row =>
                !row.Left
                && (
                    request.Students is not { Count: > 0 } chosen
                    || chosen.Contains(row.Student.Id.Value)
                )
            )
            .Select(row => row.Student)
            .ToList();
        var results = new List<CreatedTranscript>();
        foreach (var pupil in pupils)
        {
            results.Add(await Create(pupil, schoolClass, signers, why, cancel));
        }
        await audit.Record(
            access.Caller,
            new(
                AuditAction.Create,
                $"Class/{classId}/transcripts",
                [
                    .. results
                        .Where(result => result.Transcript is not null)
                        .Select(result => result.Student.ToString()),
                ]
            ),
            cancel
        );
        return results;
    }

    private async Task<CreatedTranscript> Create(
        Student pupil,
        SchoolClass schoolClass,
        IReadOnlyList<TranscriptSigner> signers,
        string? why,
        CancellationToken cancel
    )
    {
        var last = await db
            .Transcripts.AsNoTracking()
            .Where(known =>
                known.StudentId == pupil.Id
                && known.SchoolCode == schoolClass.SchoolCode
                && known.Year == schoolClass.Year
            )
            .OrderByDescending(known => known.Version)
            .Select(known => new
            {
                known.Id,
                known.Version,
                known.State,
            })
            .FirstOrDefaultAsync(cancel);
        if (last is { State: not TranscriptState.Released })
        {
            return Problem(
                T.Of(
                    "Đã lập, đang kí. Xóa bản này nếu cần lập lại.",
                    "Made already and being signed. Delete it to make it anew."
                )
            );
        }
        if (last is not null && why is null)
        {
            return Problem(
                T.Of(
                    "Đã phát hành. Ghi lí do để lập bản đính chính.",
                    "Released already. Give a reason to make a corrected version."
                )
            );
        }
        var head = new TranscriptHead(
            Guid.CreateVersion7(),
            (last?.Version ?? 0) + 1,
            last?.Id,
            last is null ? null : why
        );
        var (content, missing) = await freeze.Run(pupil, schoolClass, head, cancel);
        if (missing.Count > 0)
        {
            return Problem(
                T.Of("Chưa đủ kết quả cả năm: ", "The year lacks: ") + string.Join(", ", missing)
            );
        }
        var transcript = new Transcript
        {
            Id = head.Id,
            StudentId = pupil.Id,
            SchoolCode = schoolClass.SchoolCode,
            Year = schoolClass.Year,
            ClassId = schoolClass.Id,
            Version = head.Version,
            Replaces = head.Replaces,
            Why = head.Why,
            Xml = TranscriptXml.Write(content),
            CreatedAt = clock.GetUtcNow(),
            CreatedBy = access.Caller.Name,
        };
        transcript.Signers.AddRange(
            signers.Select(signer => new TranscriptSigner
            {
                TranscriptId = head.Id,
                Place = signer.Place,
                Role = signer.Role,
                Subject = signer.Subject,
                TeacherId = signer.TeacherId,
                Name = signer.Name,
            })
        );
        db.Transcripts.Add(transcript);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            return Problem(
                T.Of("Người khác vừa lập.", "Somebody else has made it at the same moment.")
            );
        }
        return new(pupil.Id.Value, pupil.FullName, head.Id, null);

        CreatedTranscript Problem(string text) => new(pupil.Id.Value, pupil.FullName, null, text);
    }

    /// <summary>Every teacher of every subject, the homeroom teacher, the principal, the school's seal.</summary>
    private async Task<List<TranscriptSigner>> Signers(
        SchoolClass schoolClass,
        CancellationToken cancel
    )
    {
        var today = clock.Today();
        var names = await db
            .Teachers.Where(teacher => teacher.SchoolCode == schoolClass.SchoolCode)
            .ToDictionaryAsync(teacher => teacher.Id, teacher => teacher.FullName, cancel);
        var school = await db
            .Schools.Where(known => known.Code == schoolClass.SchoolCode)
            .Select(known => known.Name)
            .FirstAsync(cancel);
        var signers = new List<TranscriptSigner>();
        var without = new List<string>();
        foreach (var subject in schoolClass.Subjects.InCatalogueOrder())
        {
            var teachers = subject
                .Assignments.Where(assignment =>
                    assignment.Until is null || assignment.Until >= today
                )
                .Select(assignment => assignment.TeacherId)
                .Distinct()
                .ToList();
            if (teachers.Count == 0)
            {
                without.Add(subject.Name);
            }
            foreach (var teacher in teachers)
            {
                Add(SignatureRole.Subject, names[teacher], teacher, subject.Subject);
            }
        }
        if (without.Count > 0)
        {
            throw new InvalidInput(
                "subjects",
                T.Of("Chưa phân công giáo viên: ", "No teacher is assigned to: ")
                    + string.Join(", ", without)
                    + "."
            );
        }
        if (schoolClass.HomeroomTeacherId is not { } homeroom)
        {
            throw new InvalidInput(
                "homeroom",
                T.Of("Lớp chưa có giáo viên chủ nhiệm.", "The class has no homeroom teacher.")
            );
        }
        Add(SignatureRole.Homeroom, names[homeroom], homeroom);
        Add(SignatureRole.Principal, school);
        Add(SignatureRole.Release, school);
        return signers;

        void Add(SignatureRole role, string name, Guid? teacher = null, string? subject = null) =>
            signers.Add(
                new()
                {
                    TranscriptId = Guid.Empty,
                    Place = signers.Count + 1,
                    Role = role,
                    Subject = subject,
                    TeacherId = teacher,
                    Name = name,
                }
            );
    }
}
