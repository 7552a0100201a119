using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <param name="Transcripts">Which released học bạ, each a year.</param>
/// <param name="WithMarks">Single marks and terms too, or the year's results alone.</param>
/// <param name="Days">How long the link works, 1 to 365.</param>
/// <param name="Note">For whom it is, so that the sharer finds it again.</param>
public sealed record ShareRequest(
    IReadOnlyList<Guid> Transcripts,
    bool WithMarks,
    int Days,
    string? Note = null
);

/// <param name="Token">Told this once; afterwards only its hash is known.</param>
public sealed record SharedRecord(Guid Id, string Token, DateTimeOffset ExpiresAt);

public sealed record ShareView(
    Guid Id,
    string? Note,
    bool WithMarks,
    IReadOnlyList<int> Years,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RevokedAt,
    int Opened
);

/// <summary>
/// Lets somebody outside see a pupil's signed record by a link, for as long and as much as pupil or parent decide; they take it back
/// when they like (Law on Personal Data Protection 91/2025/QH15: the consent is theirs, not the school's).
/// </summary>
public sealed class ShareRecord(
    LearningRecordsDb db,
    SchoolAccess access,
    IssueCredential issue,
    ICitizens citizens,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int MostDays = 365;
    private const int LongestNote = 100;
    private const int TokenBytes = 32;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/education/students/{id:guid}/shares",
                async (
                    Guid id,
                    ShareRequest request,
                    HttpContext http,
                    ShareRecord feature,
                    CancellationToken cancel
                ) =>
                {
                    var shared = await feature.Run(
                        new CitizenId(id),
                        request,
                        PublicAddress.Of(http),
                        cancel
                    );
                    return Results.Created($"/verify/{shared.Token}", shared);
                }
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapGet(
                "/education/students/{id:guid}/shares",
                (Guid id, ShareRecord feature, CancellationToken cancel) =>
                    feature.Of(new CitizenId(id), cancel)
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapDelete(
                "/education/shares/{id:guid}",
                async (Guid id, ShareRecord feature, CancellationToken cancel) =>
                {
                    await feature.Revoke(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ReadLearningRecords);
    }

    /// <exception cref="AccessDenied">The caller is neither the pupil nor a parent.</exception>
    /// <exception cref="InvalidInput">Nothing is chosen, or something that is not the pupil's or not in force.</exception>
    public async Task<SharedRecord> Run(
        CitizenId student,
        ShareRequest request,
        string address,
        CancellationToken cancel = default
    )
    {
        await DemandOwn(student, cancel);
        var errors = new List<FieldError>();
        if (request.Days is < 1 or > MostDays)
        {
            errors.Add(
                new("days", T.Of($"Từ 1 đến {MostDays} ngày.", $"From 1 to {MostDays} days."))
            );
        }
        if (request.Note?.Length > LongestNote)
        {
            errors.Add(
                new(
                    "note",
                    T.Of(
                        $"Ghi chú tối đa {LongestNote} kí tự.",
                        $"A note has at most {LongestNote} characters."
                    )
                )
            );
        }
        var ids = (await citizens.RecordsOf(student, cancel))?.All.ToList() ?? [student];
        var chosen = request.Transcripts.Distinct().ToList();
        var transcripts = await db
            .Transcripts.AsNoTracking()
            .Where(known =>
                chosen.Contains(known.Id)
                && ids.Contains(known.StudentId)
                && known.State == TranscriptState.Released
                && known.ReplacedBy == null
            )
            .ToListAsync(cancel);
        if (chosen.Count == 0 || transcripts.Count != chosen.Count)
        {
            errors.Add(
                new(
                    "transcripts",
                    T.Of(
                        "Chọn ít nhất một học bạ đã phát hành của học sinh này.",
                        "Choose at least one released transcript of this pupil."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = clock.GetUtcNow();
        var share = new ShareLink
        {
            TokenHash = HashOf(token),
            StudentId = transcripts[0].StudentId,
            WithMarks = request.WithMarks,
            Note = string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim(),
            CreatedBy = access.Caller.Name,
            CreatedAt = now,
            ExpiresAt = now.AddDays(request.Days),
        };
        // All or nothing: a link that shows some of what was chosen would be a lie.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        db.ShareLinks.Add(share);
        await db.SaveChangesAsync(cancel);
        foreach (var transcript in transcripts)
        {
            await issue.Issue(transcript, address, request.WithMarks, share, cancel);
        }
        await transaction.CommitAsync(cancel);
        await audit.Record(
            access.Caller,
            new(AuditAction.Create, $"ShareLink/{share.Id}", [student.ToString()]),
            cancel
        );
        return new(share.Id, token, share.ExpiresAt);
    }

    /// <summary>All links of a pupil, the latest first.</summary>
    public async Task<IReadOnlyList<ShareView>> Of(
        CitizenId student,
        CancellationToken cancel = default
    )
    {
        await DemandOwn(student, cancel);
        var ids = (await citizens.RecordsOf(student, cancel))?.All.ToList() ?? [student];
        var shares = await db
            .ShareLinks.AsNoTracking()
            .Where(share => ids.Contains(share.StudentId))
            .OrderByDescending(share => share.CreatedAt)
            .ToListAsync(cancel);
        var shareIds = shares.Select(share => (Guid?)share.Id).ToList();
        var years = await (
            from credential in db.IssuedCredentials
            where shareIds.Contains(credential.ShareId)
            join transcript in db.Transcripts on credential.TranscriptId equals transcript.Id
            select new { credential.ShareId, transcript.Year }
        ).ToListAsync(cancel);
        var byShare = years.ToLookup(row => row.ShareId, row => row.Year);
        await audit.Record(
            access.Caller,
            new(AuditAction.Read, $"Student/{student}/shares", [student.ToString()]),
            cancel
        );
        return
        [
            .. shares.Select(share => new ShareView(
                share.Id,
                share.Note,
                share.WithMarks,
                [.. byShare[share.Id].Order()],
                share.CreatedBy,
                share.CreatedAt,
                share.ExpiresAt,
                share.RevokedAt,
                share.Opened
            )),
        ];
    }

    /// <summary>Ends a link, and with it the credentials that were read by it: a copy that somebody kept says so too. Twice changes nothing.</summary>
    public async Task Revoke(Guid id, CancellationToken cancel = default)
    {
        var share =
            await db
                .ShareLinks.Include(known => known.Credentials)
                .FirstOrDefaultAsync(known => known.Id == id, cancel)
            ?? throw new NotFound($"Share {id}");
        await DemandOwn(share.StudentId, cancel);
        var now = clock.GetUtcNow();
        share.RevokedAt ??= now;
        share.Credentials.ForEach(credential => credential.Revoke(now));
        await db.SaveChangesAsync(cancel);
        await audit.Record(
            access.Caller,
            new(AuditAction.Delete, $"ShareLink/{id}", [share.StudentId.ToString()]),
            cancel
        );
    }

    internal static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private async Task DemandOwn(CitizenId student, CancellationToken cancel)
    {
        if (!await access.IsOwnOrGuardian(student, cancel))
        {
            if (
                !access.SeesOwnOnly
                && !await db.Students.AnyAsync(known => known.Id == student, cancel)
            )
            {
                throw new NotFound($"Student {student}");
            }
            await access.Refuse(
                Permission.ReadLearningRecords,
                $"Student/{student}/shares",
                student
            );
        }
    }
}
