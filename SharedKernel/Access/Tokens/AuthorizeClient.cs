using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens;

/// <summary>
/// The authorization endpoint (OAuth 2.1, authorization code with PKCE): sends the person to sign in when need be, and back to
/// the client with a code. Only clients that an administrator has set up with implicit consent are served; others are told
/// that consent is required.
/// </summary>
public sealed class AuthorizeClient(
    IOpenIddictApplicationManager applications,
    SignInManager<Account> signIn,
    IEnumerable<IScopeConditions> conditions
) : IFeature
{
    public const string Path = "/connect/authorize";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapMethods(
                Path,
                [HttpMethods.Get, HttpMethods.Post],
                (HttpContext http, AuthorizeClient authorize) => authorize.Run(http)
            )
            .AllowAnonymous();

    public async Task<IResult> Run(HttpContext http)
    {
        var request =
            http.GetOpenIddictServerRequest()
            ?? throw new InvalidOperationException("OpenIddict has not seen this request.");
        var session = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        var account =
            session.Principal is { } signedIn && !request.HasPromptValue(PromptValues.Login)
                ? await signIn.UserManager.FindByIdAsync(signedIn.GetClaim(Claims.Subject) ?? "")
                : null;
        if (account is null)
        {
            return request.HasPromptValue(PromptValues.None)
                ? IssueToken.Refuse(Errors.LoginRequired, "Nobody is signed in.")
                : Results.Challenge(
                    new AuthenticationProperties { RedirectUri = Again(http, request) },
                    [IdentityConstants.ApplicationScheme]
                );
        }
        var client = (await applications.FindByClientIdAsync(request.ClientId!))!;
        if (!await applications.HasConsentTypeAsync(client, ConsentTypes.Implicit))
        {
            return IssueToken.Refuse(Errors.ConsentRequired, "The client needs a consent.");
        }
        if (
            Scopes.Grant(
                request.GetScopes(),
                await IssueToken.PermittedScopes(applications, client),
                conditions
            )
            is not { Count: > 0 } granted
        )
        {
            return IssueToken.Refuse(Errors.InvalidScope, "The client may not have these scopes.");
        }
        var identity = IssueToken.ForAccount(account);
        identity.SetScopes(granted);
        identity.SetDestinations(IssueToken.Destinations);
        return Results.SignIn(
            new ClaimsPrincipal(identity),
            authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }

    /// <summary>The same request without <c>prompt=login</c>, which would ask for ever.</summary>
    private static string Again(HttpContext http, OpenIddictRequest request) =>
        Path
        + new QueryBuilder(
            request
                .GetParameters()
                .Where(parameter => parameter.Key != Parameters.Prompt)
                .Select(parameter =>
                    KeyValuePair.Create(parameter.Key, (string?)parameter.Value ?? "")
                )
        ).ToQueryString();
}
