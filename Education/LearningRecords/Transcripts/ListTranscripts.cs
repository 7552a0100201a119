using Education.LearningRecords.Assessment;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Transcripts;

/// <param name="Transcript">Null when none was made.</param>
/// <param name="Waiting">Who must sign next.</param>
public sealed record ClassTranscriptRow(
    Guid Student,
    string Name,
    Guid? Transcript,
    int Version,
    TranscriptState State,
    int Signed,
    int Signers,
    IReadOnlyList<string> Waiting
);

/// <param name="Mine">By role, how many transcripts wait for the caller's signature.</param>
/// <param name="MayMake">The caller makes and deletes them: the homeroom teacher, or whoever manages the school.</param>
public sealed record ClassTranscripts(
    Guid Class,
    string ClassName,
    int Year,
    IReadOnlyList<ClassTranscriptRow> Rows,
    IReadOnlyDictionary<SignAs, int> Mine,
    bool MayMake
);

/// <summary>How far the học bạ số of a class have come, pupil by pupil, and what waits for the one who looks.</summary>
public sealed class ListTranscripts(
    LearningRecordsDb db,
    SchoolAccess access,
    OpenGradebook gradebooks,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/classes/{id:guid}/transcripts",
                (Guid id, ListTranscripts feature, CancellationToken cancel) =>
                    feature.Run(id, cancel)
            )
            .Requires(Permission.ReadLearningRecords);

    public async Task<ClassTranscripts> Run(Guid classId, CancellationToken cancel = default)
    {
        var schoolClass = await access.Class(classId, Permission.ReadLearningRecords, cancel);
        var roster = await gradebooks.Roster(classId, cancel);
        // The documents themselves are large, and a list needs none of them.
        var known = await db
            .Transcripts.Where(row => row.ClassId == classId && row.ReplacedBy == null)
            .Select(row => new Transcript
            {
                Id = row.Id,
                StudentId = row.StudentId,
                SchoolCode = row.SchoolCode,
                Year = row.Year,
                ClassId = row.ClassId,
                Version = row.Version,
                State = row.State,
                Xml = "",
                CreatedAt = row.CreatedAt,
                CreatedBy = row.CreatedBy,
            })
            .ToListAsync(cancel);
        var signers = (
            await (
                from row in db.Transcripts
                where row.ClassId == classId && row.ReplacedBy == null
                join signer in db.TranscriptSigners on row.Id equals signer.TranscriptId
                orderby signer.Place
                select signer
            )
                .AsNoTracking()
                .ToListAsync(cancel)
        ).ToLookup(signer => signer.TranscriptId);
        known.ForEach(transcript => transcript.Signers.AddRange(signers[transcript.Id]));
        var me = await db
            .Teachers.Where(teacher =>
                teacher.SchoolCode == schoolClass.SchoolCode
                && teacher.AccountId == access.Caller.Id
            )
            .Select(teacher => teacher.Id)
            .ToListAsync(cancel);
        var roles = access.May(Permission.ManageSchool, schoolClass.SchoolCode)
            ? Enum.GetValues<SignAs>()
            : [SignAs.Teacher];
        var latest = known
            .GroupBy(transcript => transcript.StudentId)
            .ToDictionary(
                pupil => pupil.Key,
                pupil => pupil.MaxBy(transcript => transcript.Version)!
            );
        await audit.Record(
            access.Caller,
            new(
                AuditAction.Read,
                $"Class/{classId}/transcripts",
                [.. roster.Select(row => row.Student.Id.ToString())]
            ),
            cancel
        );
        return new(
            classId,
            schoolClass.Name,
            schoolClass.Year,
            [
                .. roster
                    .Where(row => !row.Left || latest.ContainsKey(row.Student.Id))
                    .Select(row =>
                        Row(
                            row.Student.Id.Value,
                            row.Student.FullName,
                            latest.GetValueOrDefault(row.Student.Id)
                        )
                    ),
            ],
            roles.ToDictionary(
                role => role,
                role =>
                    latest.Values.Count(transcript =>
                        SignTranscripts.Mine(transcript, role, me).Any()
                    )
            ),
            await access.MayWriteConduct(schoolClass, cancel)
        );
    }

    private static ClassTranscriptRow Row(Guid student, string name, Transcript? transcript) =>
        transcript is null
            ? new(student, name, null, 0, TranscriptState.Created, 0, 0, [])
            : new(
                student,
                name,
                transcript.Id,
                transcript.Version,
                transcript.State,
                transcript.Signers.Count(signer => signer.SignedAt is not null),
                transcript.Signers.Count,
                [
                    .. Enum.GetValues<SignatureRole>()
                        .SelectMany(transcript.Waiting)
                        .Select(signer => signer.Name)
                        .Distinct(),
                ]
            );
}
