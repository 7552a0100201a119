using Health.Fhir.Api.Formats;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Health.Fhir.Api;

/// <summary>
/// Below /fhir a refused caller gets 401 or 403 with an OperationOutcome (https://hl7.org/fhir/R4/security.html#AccessDenied), never a
/// sign-in page. Whoever answered refusals before still does so first: audit and headers stay theirs.
/// </summary>
public sealed class FhirRefusals(IAuthorizationMiddlewareResultHandler others)
    : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        await others.HandleAsync(next, context, policy, authorizeResult);
        if (
            authorizeResult.Succeeded
            || context.Response.HasStarted
            || !context.Request.Path.StartsWithSegments(FhirRoute.Base, StringComparison.Ordinal)
        )
        {
            return;
        }
        Cors.Allow(context);
        context.Response.Headers.Remove("Location");
        if (authorizeResult.Forbidden)
        {
            await FhirHttp.Write(
                context,
                FhirAnswer.Outcome(
                    403,
                    Issue.Error(
                        "forbidden",
                        "The caller's roles, or the scopes of the token, do not allow this."
                    )
                )
            );
            return;
        }
        // A token that was sent and did not sign anybody in is expired or not ours (RFC 6750 §3.1).
        var invalid = context.Request.Headers.Authorization.Count > 0;
        if (context.Response.Headers.WWWAuthenticate.Count == 0)
        {
            context.Response.Headers.WWWAuthenticate = invalid
                ? "Bearer realm=\"Records\", error=\"invalid_token\""
                : "Bearer realm=\"Records\"";
        }
        await FhirHttp.Write(
            context,
            FhirAnswer.Outcome(
                401,
                Issue.Error(
                    invalid ? "expired" : "login",
                    invalid
                        ? "The token is not valid or has expired: get a new one at /connect/token."
                        : "Sign in first: send 'Authorization: Bearer …' with a token from /connect/token."
                )
            )
        );
    }
}
