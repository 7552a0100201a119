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
using SharedKernel.Access.Sessions;
using SharedKernel.Access.Tokens.Launch;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens;

/// <summary>
/// The authorization endpoint (OAuth 2.1, authorization code with PKCE): sends the person to sign in, to pick a patient and to allow the
/// app when need be, and back to the app with a code. https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
/// </summary>
internal sealed class AuthorizeClient(
    IOpenIddictApplicationManager applications,
    SignInManager<Account> signIn,
    IEnumerable<IScopeConditions> conditions,
    IEnumerable<ILaunchContexts> contexts,
    ResolveLaunch resolve,
    StartLaunch launches,
    SealedRequests requests,
    AppConsents consents,
    ICurrentCaller current
) : IFeature
{
    public const string Path = "/connect/authorize";
    private const string ConsentPath = "/connect/consent";

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
        var cancel = http.RequestAborted;
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
                    new AuthenticationProperties { RedirectUri = Path + QueryOf(request) },
                    [IdentityConstants.ApplicationScheme]
                );
        }
        // By the browser's session, whatever token the request may carry too.
        var user = CallerClaims.CallerOf(account);
        current.Become(user);
        var client = (await applications.FindByClientIdAsync(request.ClientId!, cancel))!;
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
        var server = $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}";
        var launch = await resolve.Run(request, user, granted, server, cancel);
        if (launch.Refusal is { } refusal)
        {
            return refusal;
        }
        if (launch.MustPick)
        {
            return await Ask(request, user, client, launch, contexts.First().PickerPath, cancel);
        }
        if (launch.Scopes.Count == 0)
        {
            return IssueToken.Refuse(
                Errors.InvalidScope,
                "Nothing of these scopes can be granted."
            );
        }
        var identity = IssueToken.ForAccount(account);
        if (!await applications.HasConsentTypeAsync(client, ConsentTypes.Implicit, cancel))
        {
            if (
                requests.IsRefusedBy(
                    user.Id,
                    request.ClientId!,
                    (string?)request.GetParameter(SealedRequests.RefusedParameter)
                )
            )
            {
                return IssueToken.Refuse(Errors.AccessDenied, "The user has refused.");
            }
            var allowed = request.HasPromptValue(PromptValues.Consent)
                ? null
                : await consents.Find(user.Id, client, launch.Scopes, cancel);
            if (allowed is null)
            {
                return await Ask(request, user, client, launch, ConsentPath, cancel);
            }
            identity.SetAuthorizationId(allowed);
        }
        if (
            launch.Scopes.Contains(ResolveLaunch.Launch)
            && !await launches.Use(
                (string)request.GetParameter(ResolveLaunch.Launch)!,
                user.Id,
                cancel
            )
        )
        {
            return IssueToken.Refuse(Errors.InvalidRequest, "This launch was used before.");
        }
        identity.SetClaim(LaunchClaims.Patient, launch.Subject?.Patient);
        identity.SetClaim(LaunchClaims.Encounter, launch.Subject?.Encounter);
        identity.SetClaim(LaunchClaims.FhirUser, launch.FhirUser);
        identity.SetScopes(launch.Scopes);
        identity.SetDestinations(IssueToken.Destinations);
        return Results.SignIn(
            new ClaimsPrincipal(identity),
            authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme
        );
    }

    /// <summary>To a page of ours, which leads back here.</summary>
    private async Task<IResult> Ask(
        OpenIddictRequest request,
        Caller user,
        object client,
        Resolved launch,
        string page,
        CancellationToken cancel
    )
    {
        if (request.HasPromptValue(PromptValues.None))
        {
            return page == ConsentPath
                ? IssueToken.Refuse(Errors.ConsentRequired, "The client needs a consent.")
                : IssueToken.Refuse(Errors.InteractionRequired, "A patient must be picked.");
        }
        var waiting = new WaitingRequest(
            user.Id,
            request.ClientId!,
            await applications.GetDisplayNameAsync(client, cancel) ?? request.ClientId!,
            QueryOf(request),
            launch.Scopes,
            launch.Subject
        );
        return Results.Redirect($"{page}?request={Uri.EscapeDataString(requests.Seal(waiting))}");
    }

    /// <summary>The same request without <c>prompt</c>, which would ask for ever.</summary>
    private static string QueryOf(OpenIddictRequest request) =>
        new QueryBuilder(
            request
                .GetParameters()
                .Where(parameter => parameter.Key != Parameters.Prompt)
                .Select(parameter =>
                    KeyValuePair.Create(parameter.Key, (string?)parameter.Value ?? "")
                )
        )
            .ToQueryString()
            .ToString();
}
