using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <summary>As whom one signs: a teacher for subjects and homeroom, or the school's head for the principal or with the seal.</summary>
public enum SignAs
{
    Teacher,
    Principal,
    Release,
}

/// <param name="Transcripts">Null or empty: all of the class that wait for this.</param>
public sealed record SignTranscriptsRequest(SignAs As, IReadOnlyList<Guid>? Transcripts = null);

/// <param name="Signatures">How many were made.</param>
/// <param name="Released">How many học bạ are released by them.</param>
/// <param name="Problems">By pupil, what was not signed and why.</param>
public sealed record SigningAnswer(
    int Signatures,
    int Released,
    IReadOnlyList<SigningProblem> Problems
);

public sealed record SigningProblem(Guid Transcript, string Pupil, string Problem);

/// <summary>
/// Signs the học bạ số of a class, all that wait for the caller in one go: subject teachers, then the homeroom teacher, then the
/// principal, then the release with the school's seal (CV 119/BGDĐT-GDTH, 2025). What was frozen is compared with the results of
/// now first: nobody signs marks that have changed.
/// </summary>
public sealed class SignTranscripts(
    LearningRecordsDb db,
    SchoolAccess access,
    FreezeYear freeze,
    SigningKeys keys,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    /// <summary>Teachers sign a class at the same time; who comes second signs what the first has signed.</summary>
    private const int MostTries = 10;

    public static void AddServices(IServiceCollection services) => SigningKeys.AddTo(services);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/classes/{id:guid}/transcripts/signatures",
                (
                    Guid id,
                    SignTranscriptsRequest request,
                    SignTranscripts feature,
                    CancellationToken cancel
                ) => feature.Run(id, request, cancel)
            )
            .Requires(Permission.WriteMarks);

    /// <exception cref="AccessDenied">The caller may not sign as this.</exception>
    /// <exception cref="Conflict">The caller, or the school, has no certificate.</exception>
    public async Task<SigningAnswer> Run(
        Guid classId,
        SignTranscriptsRequest request,
        CancellationToken cancel = default
    )
    {
        var schoolClass = await access.Class(classId, Permission.WriteMarks, cancel);
        if (request.As is not SignAs.Teacher)
        {
            await access.Demand(Permission.ManageSchool, schoolClass.SchoolCode);
        }
        var me = await db
            .Teachers.Where(teacher =>
                teacher.SchoolCode == schoolClass.SchoolCode
                && teacher.AccountId == access.Caller.Id
            )
            .Select(teacher => teacher.Id)
            .ToListAsync(cancel);
        var waiting = await db
            .Transcripts.AsNoTracking()
            .Where(known => known.ClassId == classId && known.State < TranscriptState.Released)
            .Select(known => known.Id)
            .ToListAsync(cancel);
        var chosen = request.Transcripts is { Count: > 0 } some
            ? waiting.Intersect(some).ToList()
            : waiting;
        var key = Key(request.As, schoolClass.SchoolCode, await SchoolName(schoolClass, cancel));
        var (signatures, released, problems, signed) = (
            0,
            0,
            new List<SigningProblem>(),
            new List<string>()
        );
        foreach (var id in chosen)
        {
            var one = await Sign(id, schoolClass, request.As, me, key, cancel);
            if (one.Problem is not null)
            {
                problems.Add(new(id, one.Pupil, one.Problem));
            }
            if (one.Made > 0)
            {
                signatures += one.Made;
                released += one.Released ? 1 : 0;
                signed.Add(one.Student.ToString());
            }
        }
        await audit.Record(
            access.Caller,
            new(
                AuditAction.Execute,
                $"Class/{classId}/transcripts/sign",
                signed,
                Detail: request.As.ToString()
            ),
            cancel
        );
        return new(signatures, released, problems);
    }

    private async Task<One> Sign(
        Guid id,
        SchoolClass schoolClass,
        SignAs role,
        List<Guid> me,
        SigningKey key,
        CancellationToken cancel
    )
    {
        for (var tries = 1; ; tries++)
        {
            db.ChangeTracker.Clear();
            var transcript = await db
                .Transcripts.Include(known => known.Signers)
                .FirstOrDefaultAsync(known => known.Id == id, cancel);
            if (transcript is null)
            {
                // Deleted since the list was read.
                return new(0, false, default, "", null);
            }
            var pupil = await db
                .Students.AsNoTracking()
                .FirstAsync(student => student.Id == transcript.StudentId, cancel);
            if (!Mine(transcript, role, me).Any())
            {
                return new(0, false, pupil.Id, pupil.FullName, null);
            }
            var frozen = TranscriptXml.Read(transcript.Xml);
            if (!await freeze.IsCurrent(frozen, pupil, schoolClass, cancel))
            {
                return new(
                    0,
                    false,
                    pupil.Id,
                    pupil.FullName,
                    T.Of(
                        "Kết quả đã thay đổi sau khi lập; hãy xóa và lập lại.",
                        "The results have changed since it was made; delete it and make it anew."
                    )
                );
            }
            var (now, made) = (clock.GetUtcNow(), 0);
            // The last subject of a homeroom teacher opens the way for the homeroom's signature: one go makes both.
            while (Mine(transcript, role, me).MinBy(signer => signer.Place) is { } signer)
            {
                signer.Name = role is SignAs.Release ? signer.Name : access.Caller.Name;
                signer.SignedAt = now;
                transcript.Xml = TranscriptSignatures.Sign(
                    transcript.Xml,
                    signer.Role,
                    signer.Subject,
                    signer.Name,
                    key,
                    now
                );
                transcript.Signatures++;
                made++;
            }
            transcript.State = transcript.StateOfSignatures();
            if (transcript.State is TranscriptState.Released)
            {
                transcript.ReleasedAt = now;
                await Replace(transcript, cancel);
            }
            try
            {
                await db.SaveChangesAsync(cancel);
                return new(
                    made,
                    transcript.State is TranscriptState.Released,
                    pupil.Id,
                    pupil.FullName,
                    null
                );
            }
            catch (DbUpdateConcurrencyException) when (tries < MostTries)
            {
                // Read again what the other has signed.
            }
        }
    }

    /// <summary>The version that this one corrects counts no more, and neither do credentials that were given out of it.</summary>
    private async Task Replace(Transcript transcript, CancellationToken cancel)
    {
        if (transcript.Replaces is not { } old)
        {
            return;
        }
        (await db.Transcripts.FirstAsync(known => known.Id == old, cancel)).ReplacedBy =
            transcript.Id;
        var issued = await db
            .IssuedCredentials.Where(known => known.TranscriptId == old)
            .ToListAsync(cancel);
        issued.ForEach(credential => credential.Revoke(clock.GetUtcNow()));
    }

    internal static IEnumerable<TranscriptSigner> Mine(
        Transcript transcript,
        SignAs role,
        IReadOnlyCollection<Guid> me
    ) =>
        role switch
        {
            SignAs.Principal => transcript.Waiting(SignatureRole.Principal),
            SignAs.Release => transcript.Waiting(SignatureRole.Release),
            _ => transcript
                .Waiting(SignatureRole.Subject)
                .Concat(transcript.Waiting(SignatureRole.Homeroom))
                .Where(signer => signer.TeacherId is { } teacher && me.Contains(teacher)),
        };

    /// <summary>The seal is the school's own certificate, under its code; everything else is signed by the person.</summary>
    private SigningKey Key(SignAs role, string school, string name) =>
        role is SignAs.Release
            ? SchoolSeal.Of(keys, school, name)
            : keys.Of(access.Caller, KeyKind.Rsa);

    private Task<string> SchoolName(SchoolClass schoolClass, CancellationToken cancel) =>
        db
            .Schools.Where(school => school.Code == schoolClass.SchoolCode)
            .Select(school => school.Name)
            .FirstAsync(cancel);

    private sealed record One(
        int Made,
        bool Released,
        CitizenId Student,
        string Pupil,
        string? Problem
    );
}
