using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Transcripts;

[JsonConverter(typeof(JsonStringEnumConverter<ShareState>))]
public enum ShareState
{
    Open,
    Expired,
    Revoked,
}

/// <param name="Credentials">VC-JWTs, the latest year first; empty unless open.</param>
public sealed record OpenedShare(
    ShareState State,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<string> Credentials
);

/// <summary>
/// What a stranger with a link gets: the signed credentials, which the page then checks in the reader's own browser. Each opening
/// leaves an audit row that pupil and parent see.
/// </summary>
public sealed class OpenShare(LearningRecordsDb db, IAudit audit, TimeProvider clock) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/shared/{token}",
                async (
                    string token,
                    HttpContext http,
                    OpenShare feature,
                    CancellationToken cancel
                ) =>
                {
                    // A link that was taken back must not go on in a cache, and the token must not leave with a referrer.
                    http.Response.Headers.CacheControl = "no-store";
                    return Results.Json(await feature.Run(token, cancel));
                }
            )
            .AllowAnonymous();

    /// <exception cref="NotFound">There is no such link.</exception>
    public async Task<OpenedShare> Run(string token, CancellationToken cancel = default)
    {
        var hash = ShareRecord.HashOf(token);
        var share =
            await db
                .ShareLinks.AsNoTracking()
                .FirstOrDefaultAsync(known => known.TokenHash == hash, cancel)
            ?? throw new NotFound("This link");
        if (share.RevokedAt is not null)
        {
            return new(ShareState.Revoked, share.ExpiresAt, []);
        }
        if (share.ExpiresAt <= clock.GetUtcNow())
        {
            return new(ShareState.Expired, share.ExpiresAt, []);
        }
        var credentials = await (
            from credential in db.IssuedCredentials
            where credential.ShareId == share.Id
            join transcript in db.Transcripts on credential.TranscriptId equals transcript.Id
            orderby transcript.Year descending
            select credential.Jwt
        ).ToListAsync(cancel);
        await db
            .ShareLinks.Where(known => known.Id == share.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(known => known.Opened, known => known.Opened + 1),
                cancel
            );
        await audit.Record(
            new Caller(
                $"share-{share.Id}",
                "Người có liên kết chia sẻ" + (share.Note is null ? "" : $" ({share.Note})"),
                new HashSet<Role>()
            ),
            new(AuditAction.Read, $"ShareLink/{share.Id}", [share.StudentId.ToString()]),
            cancel
        );
        return new(ShareState.Open, share.ExpiresAt, credentials);
    }
}
