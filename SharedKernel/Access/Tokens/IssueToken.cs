using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Sessions;
using SharedKernel.Access.Tokens.Launch;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens;

/// <summary>
/// The token endpoint (RFC 6749, section 3.2): client credentials for programs, authorization code and refresh token for
/// people. OpenIddict has checked the client, the code and the PKCE verifier when this runs.
/// </summary>
public sealed class IssueToken(
    IOpenIddictApplicationManager applications,
    SignInManager<Account> signIn,
    IConfiguration configuration,
    IEnumerable<IScopeConditions> conditions,
    IAudit audit
) : IFeature
{
    /// <summary>Property of a client that exists only in <c>demo</c>.</summary>
    public const string DemoProperty = "demo";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/connect/token", (HttpContext http, IssueToken issue) => issue.Run(http))
            .AllowAnonymous()
            .RequireRateLimiting(Limits.Token);

    public async Task<IResult> Run(HttpContext http)
    {
        var request =
            http.GetOpenIddictServerRequest()
            ?? throw new InvalidOperationException("OpenIddict has not seen this request.");
        var client = (await applications.FindByClientIdAsync(request.ClientId!))!;
        if (
            (await applications.GetPropertiesAsync(client)).ContainsKey(DemoProperty)
            && !configuration.GetValue<bool>("demo")
        )
        {
            return Refuse(Errors.InvalidClient, "A demo client works only in the demo.");
        }
        return request.IsClientCredentialsGrantType()
            ? await ForProgram(http, request, client)
            : await ForPerson(http, request);
    }

    private async Task<IResult> ForProgram(
        HttpContext http,
        OpenIddictRequest request,
        object client
    )
    {
        if (
            Scopes.Grant(
                request.GetScopes(),
                await PermittedScopes(applications, client),
                conditions
            )
            is not { Count: > 0 } granted
        )
        {
            return Refuse(Errors.InvalidScope, "The client may not have these scopes.");
        }
        var id = request.ClientId!;
        var name = await applications.GetDisplayNameAsync(client) ?? id;
        var identity = NewIdentity();
        identity.SetClaim(Claims.Subject, id);
        identity.SetClaim(Claims.Name, name);
        identity.SetClaim(Claims.Role, nameof(Role.System));
        var caller = new Caller(id, name, new HashSet<Role> { Role.System });
        return await Issue(http, identity, caller, granted);
    }

    private async Task<IResult> ForPerson(HttpContext http, OpenIddictRequest request)
    {
        var granted = await http.AuthenticateAsync(
            OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
        var account = granted.Principal?.GetClaim(Claims.Subject) is { } subject
            ? await signIn.UserManager.FindByIdAsync(subject)
            : null;
        // The account may have been closed, locked or given other roles since the code or the refresh token was made.
        if (
            account is null
            || !await signIn.CanSignInAsync(account)
            || await signIn.UserManager.IsLockedOutAsync(account)
            || account.SecurityStamp != granted.Principal!.GetClaim(CallerClaims.Stamp)
        )
        {
            return Refuse(Errors.InvalidGrant, "The account can no longer sign in.");
        }
        var identity = ForAccount(account);
        LaunchClaims.Copy(granted.Principal!, identity);
        var scopes = granted.Principal!.GetScopes();
        return await Issue(
            http,
            identity,
            CallerClaims.CallerOf(account),
            // A refresh may ask for less; OpenIddict has refused what asks for more.
            request.IsRefreshTokenGrantType() && request.GetScopes() is { Length: > 0 } fewer
                ? [.. scopes.Intersect(fewer)]
                : scopes
        );
    }

    internal static ClaimsIdentity ForAccount(Account account) =>
        CallerClaims.Identity(
            account,
            OpenIddictServerAspNetCoreDefaults.AuthenticationScheme,
            [new(CallerClaims.Stamp, account.SecurityStamp!)]
        );

    internal static async Task<IReadOnlyList<string>> PermittedScopes(
        IOpenIddictApplicationManager applications,
        object client
    ) =>
        [
            .. (await applications.GetPermissionsAsync(client))
                .Where(permission =>
                    permission.StartsWith(Permissions.Prefixes.Scope, StringComparison.Ordinal)
                )
                .Select(permission => permission[Permissions.Prefixes.Scope.Length..]),
        ];

    /// <summary>The security stamp stays inside codes and refresh tokens, which only this server can read.</summary>
    internal static IEnumerable<string> Destinations(Claim claim) =>
        claim.Type switch
        {
            CallerClaims.Stamp => [],
            LaunchClaims.FhirUser =>
            [
                OpenIddictConstants.Destinations.AccessToken,
                OpenIddictConstants.Destinations.IdentityToken,
            ],
            Claims.Subject or Claims.Name =>
            [
                OpenIddictConstants.Destinations.AccessToken,
                OpenIddictConstants.Destinations.IdentityToken,
            ],
            _ => [OpenIddictConstants.Destinations.AccessToken],
        };

    private async Task<IResult> Issue(
        HttpContext http,
        ClaimsIdentity identity,
        Caller caller,
        IReadOnlyList<string> scopes
    )
    {
        identity.SetScopes(scopes);
        identity.SetDestinations(Destinations);
        await audit.Record(
            caller,
            new(
                AuditAction.Execute,
                "token",
                identity.GetClaim(LaunchClaims.Patient) is { } patient ? [patient] : [],
                Detail: string.Join(' ', scopes)
            )
        );
        var answer = new AuthenticationProperties();
        // SMART wants them told always, OAuth only when they are not what was asked for.
        answer.Parameters[Parameters.Scope] = string.Join(' ', scopes);
        LaunchClaims.Tell(
            identity,
            answer.Parameters,
            $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}"
        );
        return Results.SignIn(
            new ClaimsPrincipal(identity),
            answer,
            authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }

    private static ClaimsIdentity NewIdentity() =>
        new(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);

    internal static IResult Refuse(string error, string description) =>
        Results.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            ),
            [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]
        );
}
