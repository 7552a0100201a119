using System.Collections.Immutable;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>What a person has allowed an app.</summary>
/// <param name="Id">Of the authorization.</param>
public sealed record AppConsent(
    string Id,
    string App,
    IReadOnlyList<string> Scopes,
    DateTimeOffset? Since
);

/// <summary>
/// What people allow apps: asked once, remembered for the same scopes, shown to them, and taken back by them, which ends every refresh
/// token that came of it (access tokens end by themselves, within 15 minutes).
/// </summary>
public sealed class AppConsents(
    IOpenIddictAuthorizationManager authorizations,
    IOpenIddictApplicationManager applications,
    IOpenIddictTokenManager tokens,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <summary>Id of what was allowed before and covers these scopes; null when there is none.</summary>
    internal async Task<string?> Find(
        string account,
        object client,
        IReadOnlyList<string> scopes,
        CancellationToken cancel
    )
    {
        var id = await applications.GetIdAsync(client, cancel);
        await foreach (
            var known in authorizations.FindAsync(
                account,
                id,
                Statuses.Valid,
                AuthorizationTypes.Permanent,
                [.. scopes],
                cancel
            )
        )
        {
            return await authorizations.GetIdAsync(known, cancel);
        }
        return null;
    }

    internal async Task Allow(WaitingRequest request, CancellationToken cancel)
    {
        var client =
            await applications.FindByClientIdAsync(request.Client, cancel)
            ?? throw new NotFound($"The app '{request.Client}'");
        var identity = new System.Security.Claims.ClaimsIdentity();
        identity.SetClaim(Claims.Subject, request.Account);
        await authorizations.CreateAsync(
            identity,
            request.Account,
            (await applications.GetIdAsync(client, cancel))!,
            AuthorizationTypes.Permanent,
            request.Scopes.ToImmutableArray(),
            cancel
        );
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Create,
                $"Client/{request.Client}",
                [],
                Detail: "allowed: " + string.Join(' ', request.Scopes)
            ),
            cancel
        );
    }

    /// <summary>The caller's own.</summary>
    public async Task<IReadOnlyList<AppConsent>> Mine(CancellationToken cancel = default)
    {
        var mine = new List<AppConsent>();
        await foreach (
            var known in authorizations.FindAsync(
                Owner(),
                null,
                Statuses.Valid,
                AuthorizationTypes.Permanent,
                null,
                cancel
            )
        )
        {
            var client = await authorizations.GetApplicationIdAsync(known, cancel) is { } id
                ? await applications.FindByIdAsync(id, cancel)
                : null;
            if (client is not null)
            {
                mine.Add(
                    new(
                        (await authorizations.GetIdAsync(known, cancel))!,
                        await applications.GetDisplayNameAsync(client, cancel) ?? "",
                        await authorizations.GetScopesAsync(known, cancel),
                        await authorizations.GetCreationDateAsync(known, cancel)
                    )
                );
            }
        }
        return [.. mine.OrderBy(one => one.App, StringComparer.CurrentCulture)];
    }

    /// <exception cref="NotFound">It is none of the caller's.</exception>
    public async Task TakeBack(string id, CancellationToken cancel = default)
    {
        var known = await authorizations.FindByIdAsync(id, cancel);
        if (
            known is null
            || await authorizations.GetSubjectAsync(known, cancel) != Owner()
            || !await authorizations.TryRevokeAsync(known, cancel)
        )
        {
            throw new NotFound("The consent");
        }
        await tokens.RevokeByAuthorizationIdAsync(id, cancel);
        await audit.Record(current.Caller, new(AuditAction.Delete, $"AppConsent/{id}", []), cancel);
    }

    private string Owner() =>
        current.Caller is { IsSignedIn: true, Scopes: null } caller
            ? caller.Id
            : throw new AccessDenied(Permission.ReadOwnAudit);
}
