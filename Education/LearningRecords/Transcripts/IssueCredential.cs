using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <summary>Gives a released học bạ out as a verifiable credential (CLR 2.0, VC-JWT), signed by the school. Each has a bit in the school's status list.</summary>
public sealed class IssueCredential(
    LearningRecordsDb db,
    SchoolAccess access,
    ReadTranscript read,
    SigningKeys keys,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostTries = 5;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/transcripts/{id:guid}/credential",
                async (
                    Guid id,
                    HttpContext http,
                    IssueCredential feature,
                    CancellationToken cancel
                ) =>
                    Results.Text(
                        await feature.Run(id, PublicAddress.Of(http), cancel),
                        CredentialJwt.MediaType
                    )
            )
            .Requires(Permission.ReadLearningRecords);

    /// <param name="address">Of this installation as others reach it.</param>
    /// <returns>The compact JWS, with all marks and without an end.</returns>
    /// <exception cref="Conflict">The học bạ is not in force.</exception>
    public async Task<string> Run(Guid id, string address, CancellationToken cancel = default)
    {
        var transcript = await read.Find(id, cancel);
        var credential = await Issue(transcript, address, withMarks: true, null, cancel);
        await audit.Record(
            access.Caller,
            new(
                AuditAction.Create,
                $"Transcript/{id}/credential/{credential.Id}",
                [transcript.StudentId.ToString()]
            ),
            cancel
        );
        return credential.Jwt;
    }

    /// <summary>Saves at once, with what else the context holds, such as the share that it belongs to.</summary>
    internal async Task<IssuedCredential> Issue(
        Transcript transcript,
        string address,
        bool withMarks,
        ShareLink? share,
        CancellationToken cancel
    )
    {
        if (!transcript.IsInForce)
        {
            throw new Conflict(
                T.Of(
                    "Học bạ chưa phát hành hoặc đã bị thay thế.",
                    "The transcript is not released, or was replaced."
                )
            );
        }
        var content = TranscriptXml.Read(transcript.Xml);
        var issuer = new Issuer(address, transcript.SchoolCode, content.School.Name);
        var seal = SchoolSeal.Of(keys, issuer.SchoolCode, issuer.Name);
        for (var tries = 1; ; tries++)
        {
            var next =
                await db
                    .IssuedCredentials.Where(known => known.SchoolCode == transcript.SchoolCode)
                    .MaxAsync(known => (int?)known.StatusIndex, cancel)
                ?? -1;
            var terms = new ClrTerms(
                Guid.CreateVersion7(),
                next + 1,
                withMarks,
                clock.GetUtcNow(),
                share?.ExpiresAt,
                transcript.ReleasedAt!.Value,
                ReadTranscript.Fingerprint(transcript)
            );
            var credential = new IssuedCredential
            {
                Id = terms.Id,
                TranscriptId = transcript.Id,
                SchoolCode = transcript.SchoolCode,
                StatusIndex = terms.StatusIndex,
                ShareId = share?.Id,
                Jwt = CredentialJwt.Sign(
                    ClrDocument.Of(content, issuer, terms),
                    seal,
                    issuer.Key(CredentialJwt.KeyId(seal.Certificate))
                ),
                IssuedAt = terms.From,
            };
            db.IssuedCredentials.Add(credential);
            try
            {
                await db.SaveChangesAsync(cancel);
                return credential;
            }
            catch (DbUpdateException) when (tries < MostTries)
            {
                // Another was issued at the same moment and took the bit.
                db.Entry(credential).State = EntityState.Detached;
            }
        }
    }
}
