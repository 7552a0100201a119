using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;

namespace Education.LearningRecords.Transcripts;

/// <param name="Content">As frozen in the signed document.</param>
/// <param name="Signatures">Checked now.</param>
/// <param name="IsGood">Released, complete, and every signature holds.</param>
public sealed record TranscriptView(
    Guid Id,
    Guid Student,
    int Version,
    TranscriptState State,
    DateTimeOffset? ReleasedAt,
    Guid? ReplacedBy,
    TranscriptContent Content,
    IReadOnlyList<SignatureReading> Signatures,
    bool IsGood
)
{
    /// <summary>SHA-256 of the document's XML in UTF-8, as hex: what a paper names.</summary>
    public required string Fingerprint { get; init; }
}

/// <param name="ReplacedBy">Of one that no longer counts.</param>
public sealed record TranscriptSummary(
    Guid Id,
    int Year,
    int Version,
    string School,
    string Class,
    TranscriptState State,
    DateTimeOffset? ReleasedAt,
    Guid? ReplacedBy
);

/// <summary>A học bạ số: what it says and whether its signatures hold. The school sees it in every state, pupil and parents once it is released.</summary>
public sealed class ReadTranscript(
    LearningRecordsDb db,
    SchoolAccess access,
    SigningKeys keys,
    ICitizens citizens,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/transcripts/{id:guid}",
                (Guid id, ReadTranscript feature, CancellationToken cancel) =>
                    feature.Run(id, cancel)
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapGet(
                "/education/transcripts/{id:guid}/xml",
                async (Guid id, ReadTranscript feature, CancellationToken cancel) =>
                {
                    var transcript = await feature.Find(id, cancel);
                    return Results.Text(transcript.Xml, "application/xml; charset=utf-8");
                }
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapGet(
                "/education/students/{id:guid}/transcripts",
                (Guid id, ReadTranscript feature, CancellationToken cancel) =>
                    feature.Of(new CitizenId(id), cancel)
            )
            .Requires(Permission.ReadLearningRecords);
    }

    public async Task<TranscriptView> Run(Guid id, CancellationToken cancel = default)
    {
        var transcript = await Find(id, cancel);
        var signatures = TranscriptSignatures.Verify(transcript.Xml, keys.Trusted());
        return new(
            id,
            transcript.StudentId.Value,
            transcript.Version,
            transcript.State,
            transcript.ReleasedAt,
            transcript.ReplacedBy,
            TranscriptXml.Read(transcript.Xml),
            signatures,
            signatures is [.., { Role: SignatureRole.Release, IsGood: true }]
        )
        {
            Fingerprint = Fingerprint(transcript),
        };
    }

    internal static string Fingerprint(Transcript transcript) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(transcript.Xml)));

    /// <summary>All of a pupil that the caller may see, the latest first.</summary>
    public async Task<IReadOnlyList<TranscriptSummary>> Of(
        CitizenId student,
        CancellationToken cancel = default
    )
    {
        var own = access.SeesOwnOnly;
        if (own && !await access.IsOwnOrGuardian(student, cancel))
        {
            await access.Refuse(Permission.ReadLearningRecords, $"Student/{student}", student);
        }
        var ids = (await citizens.RecordsOf(student, cancel))?.All.ToList() ?? [student];
        var rows = await (
            from transcript in db.Transcripts
            where
                ids.Contains(transcript.StudentId)
                && (!own || transcript.State == TranscriptState.Released)
            join school in db.Schools on transcript.SchoolCode equals school.Code
            join schoolClass in db.Classes on transcript.ClassId equals schoolClass.Id
            orderby transcript.Year descending, transcript.Version descending
            select new
            {
                transcript.SchoolCode,
                Summary = new TranscriptSummary(
                    transcript.Id,
                    transcript.Year,
                    transcript.Version,
                    school.Name,
                    schoolClass.Name,
                    transcript.State,
                    transcript.ReleasedAt,
                    transcript.ReplacedBy
                ),
            }
        ).ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new(AuditAction.Read, $"Student/{student}/transcripts", [student.ToString()]),
            cancel
        );
        return
        [
            .. rows.Where(row => own || access.May(Permission.ReadLearningRecords, row.SchoolCode))
                .Select(row => row.Summary),
        ];
    }

    /// <exception cref="NotFound">There is none, or the pupil may not see it yet.</exception>
    /// <exception cref="AccessDenied">It is another school's, or of another family's child.</exception>
    internal async Task<Transcript> Find(Guid id, CancellationToken cancel)
    {
        var transcript =
            await db.Transcripts.AsNoTracking().FirstOrDefaultAsync(known => known.Id == id, cancel)
            ?? throw new NotFound($"Transcript {id}");
        if (!access.SeesOwnOnly)
        {
            await access.Demand(Permission.ReadLearningRecords, transcript.SchoolCode);
        }
        else if (!await access.IsOwnOrGuardian(transcript.StudentId, cancel))
        {
            await access.Refuse(
                Permission.ReadLearningRecords,
                $"Transcript/{id}",
                transcript.StudentId
            );
        }
        else if (transcript.State is not TranscriptState.Released)
        {
            throw new NotFound($"Transcript {id}");
        }
        await audit.Record(
            access.Caller,
            new(AuditAction.Read, $"Transcript/{id}", [transcript.StudentId.ToString()]),
            cancel
        );
        return transcript;
    }
}
