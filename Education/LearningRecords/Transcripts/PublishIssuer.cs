using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// What a stranger needs to check a school's credentials: its profile, its public key and the lists of what was taken back. Nothing
/// in it is about a person.
/// </summary>
public sealed class PublishIssuer(LearningRecordsDb db, SigningKeys keys, TimeProvider clock)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var issuer = routes.MapGroup("/education/issuers/{school}").AllowAnonymous();
        issuer.MapGet(
            "",
            async (
                string school,
                HttpContext http,
                PublishIssuer feature,
                CancellationToken cancel
            ) => Open(http, await feature.Profile(school, PublicAddress.Of(http), cancel))
        );
        issuer.MapGet(
            "/jwks",
            async (
                string school,
                HttpContext http,
                PublishIssuer feature,
                CancellationToken cancel
            ) =>
                Open(
                    http,
                    new JsonObject
                    {
                        ["keys"] = new JsonArray(
                            await feature.Key(school, null, PublicAddress.Of(http), cancel)
                        ),
                    }
                )
        );
        issuer.MapGet(
            "/keys/{key}",
            async (
                string school,
                string key,
                HttpContext http,
                PublishIssuer feature,
                CancellationToken cancel
            ) => Open(http, await feature.Key(school, key, PublicAddress.Of(http), cancel))
        );
        issuer.MapGet(
            "/status/{number:int}",
            async (
                string school,
                int number,
                HttpContext http,
                PublishIssuer feature,
                CancellationToken cancel
            ) =>
            {
                http.Response.Headers.AccessControlAllowOrigin = "*";
                http.Response.Headers.CacheControl = "no-cache";
                return Results.Text(
                    await feature.Status(school, number, PublicAddress.Of(http), cancel),
                    CredentialJwt.MediaType
                );
            }
        );
    }

    public async Task<JsonObject> Profile(string school, string address, CancellationToken cancel)
    {
        var issuer = await Find(school, address, cancel);
        var profile = issuer.Profile();
        profile["@context"] = new JsonArray(
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
        );
        profile["otherIdentifier"] = new JsonArray(
            new JsonObject
            {
                ["type"] = "IdentifierEntry",
                ["identifier"] = issuer.SchoolCode,
                ["identifierType"] = "identifier",
            }
        );
        return profile;
    }

    /// <param name="id">Null for the present one.</param>
    /// <exception cref="NotFound">The school has no such key.</exception>
    public async Task<JsonObject> Key(
        string school,
        string? id,
        string address,
        CancellationToken cancel
    )
    {
        var issuer = await Find(school, address, cancel);
        var certificate = Seal(issuer).Certificate;
        return id is null || id == CredentialJwt.KeyId(certificate)
            ? CredentialJwt.PublicKey(certificate, issuer.Key(CredentialJwt.KeyId(certificate)))
            : throw new NotFound($"Key {id}");
    }

    /// <exception cref="NotFound">The list was not begun.</exception>
    public async Task<string> Status(
        string school,
        int number,
        string address,
        CancellationToken cancel
    )
    {
        var issuer = await Find(school, address, cancel);
        var issued = db.IssuedCredentials.Where(known => known.SchoolCode == school);
        if (
            number < 0
            || !await issued.AnyAsync(
                known => known.StatusIndex >= number * StatusList.Bits,
                cancel
            )
        )
        {
            throw new NotFound($"Status list {number}");
        }
        var revoked = await issued
            .Where(known => known.RevokedAt != null)
            .Select(known => known.StatusIndex)
            .ToListAsync(cancel);
        var seal = Seal(issuer);
        return CredentialJwt.Sign(
            StatusList.Credential(issuer, number, revoked, clock.GetUtcNow()),
            seal,
            issuer.Key(CredentialJwt.KeyId(seal.Certificate))
        );
    }

    private SigningKey Seal(Issuer issuer) => SchoolSeal.Of(keys, issuer.SchoolCode, issuer.Name);

    private async Task<Issuer> Find(string school, string address, CancellationToken cancel) =>
        new(
            address,
            school,
            await db
                .Schools.Where(known => known.Code == school)
                .Select(known => known.Name)
                .FirstOrDefaultAsync(cancel)
                ?? throw new NotFound($"School {school}")
        );

    /// <summary>Verifiers run on pages of their own.</summary>
    private static IResult Open(HttpContext http, JsonObject answer)
    {
        http.Response.Headers.AccessControlAllowOrigin = "*";
        return Results.Json(answer);
    }
}
