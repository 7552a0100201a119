using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using OpenIddict.Abstractions;
using OpenIddict.Client.AspNetCore;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Sessions.Outside;

/// <summary>
/// Signs a person in by the outside provider, or links their account with it. Lock-outs, closed demo accounts and the second factor hold
/// as after a password. https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
/// </summary>
internal sealed class SignInOutside(
    OutsideProvider provider,
    OutsideAccounts accounts,
    SignIn signIn,
    UserManager<Account> users
) : IFeature
{
    public const string SignInPath = "/sign-in/outside";
    public const string LinkPath = "/my/outside-account/link";

    /// <summary>In the state: id of the account that is to be linked.</summary>
    private const string LinkItem = "link";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                SignInPath,
                (SignInOutside outside, string? returnUrl) => outside.Begin(returnUrl, null)
            )
            .AllowAnonymous()
            .RequireRateLimiting(Limits.SignIn);
        routes
            .MapGet(
                LinkPath,
                (HttpContext http, SignInOutside outside, ICurrentCaller current) =>
                    http.Request.Headers["Sec-Fetch-Site"] == "cross-site"
                        ? Results.Forbid()
                        : outside.Begin("/my/outside-account", current.Caller.Id)
            )
            .RequireAuthorization();
        routes
            .MapMethods(
                OutsideProvider.CallbackPath,
                [HttpMethods.Get, HttpMethods.Post],
                (HttpContext http, SignInOutside outside) => outside.End(http)
            )
            .AllowAnonymous()
            .DisableAntiforgery();
    }

    private IResult Begin(string? returnUrl, string? link)
    {
        if (!provider.IsSet)
        {
            return Results.NotFound();
        }
        var properties = new AuthenticationProperties { RedirectUri = SignIn.LocalPath(returnUrl) };
        if (link is not null)
        {
            properties.Items[LinkItem] = link;
        }
        return Results.Challenge(
            properties,
            [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme]
        );
    }

    private async Task<IResult> End(HttpContext http)
    {
        if (!provider.IsSet)
        {
            return Results.NotFound();
        }
        var answer = await http.AuthenticateAsync(
            OpenIddictClientAspNetCoreDefaults.AuthenticationScheme
        );
        var returnUrl = SignIn.LocalPath(answer.Properties?.RedirectUri);
        if (answer.Principal?.GetClaim(Claims.Subject) is not { Length: > 0 } subject)
        {
            return Back("refused", returnUrl);
        }
        if (answer.Properties?.Items.TryGetValue(LinkItem, out var owner) == true)
        {
            return await Link(http, owner!, subject, returnUrl);
        }
        var account = await accounts.Find(subject, http.RequestAborted) is { } id
            ? await users.FindByIdAsync(id)
            : null;
        if (account is null)
        {
            return Back("unknown", returnUrl);
        }
        return await signIn.Proven(account, http.RequestAborted) switch
        {
            SignInOutcome.SignedIn => Results.LocalRedirect(returnUrl),
            SignInOutcome.NeedsSecondFactor => Results.LocalRedirect(
                "/sign-in/second-factor?returnUrl=" + Uri.EscapeDataString(returnUrl)
            ),
            _ => Back("refused", returnUrl),
        };
    }

    private async Task<IResult> Link(
        HttpContext http,
        string owner,
        string subject,
        string returnUrl
    )
    {
        // Whoever began it must still be signed in.
        var session = await http.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (session.Principal?.GetClaim(Claims.Subject) != owner)
        {
            return Back("refused", returnUrl);
        }
        try
        {
            await accounts.Link(
                CurrentCaller.From(session.Principal!),
                subject,
                http.RequestAborted
            );
            return Results.LocalRedirect(returnUrl);
        }
        catch (Conflict)
        {
            return Results.LocalRedirect(returnUrl + "?taken=true");
        }
    }

    private static IResult Back(string why, string returnUrl) =>
        Results.LocalRedirect(
            $"/sign-in?outside={why}&returnUrl={Uri.EscapeDataString(returnUrl)}"
        );
}
